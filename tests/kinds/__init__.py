"""The kinds of source that play: how each is made, what is right for it, and what plays, judged by another decoder.

Each is a row of ``docs/2-concepts/kinds.md``, which ``python -m tests.kinds`` writes anew.
"""

from __future__ import annotations

from tests.kinds.coded import CODED
from tests.kinds.contained import CONTAINED
from tests.kinds.harmed import HARMED
from tests.kinds.heard import HEARD
from tests.kinds.kind import Kind
from tests.kinds.timed import TIMED

#: By the heading that they stand under.
GROUPS: dict[str, tuple[Kind, ...]] = {
    "Pictures by how they are coded": CODED,
    "Sound by how it is coded": HEARD,
    "Containers and tracks": CONTAINED,
    "Times": TIMED,
    "Sizes, damage and files that are cut off": HARMED,
}
KINDS: dict[str, Kind] = {kind.name: kind for group in GROUPS.values() for kind in group}
