"""The page of kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/2-concepts/kinds.md"

_HEAD = """# The kinds that are tried

Each of these sources is made by the tests, imported, and looked at: the whole of it and clips from anywhere, every
rendition frame by frame, its sound against the noise that it was made of, all by another decoder. `make test` cuts
one clip of each, `make test-all` ten, at other places every day.

`tests/kinds` makes them; `python -m tests.kinds` tries them and writes this page.
"""


def written(rows: Mapping[str, Sequence[str]]) -> str:
    """All of it; ``rows`` by heading."""
    head = "| kind | how it is made | what is right | what plays |\n|---|---|---|---|\n"
    tables = (f"\n## {heading}\n\n{head}" + "\n".join(one) + "\n" for heading, one in rows.items())
    return _HEAD + "".join(tables)
