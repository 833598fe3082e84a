"""A playback is a way to watch a media; a viewing is one request to watch, judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from inpoint.model.range import Range

Policy = Literal["public", "signed"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom a restriction lets in. ``allow`` counts where the default is to deny, ``deny`` where it is to allow."""

    default: Literal["allow", "deny"] = "allow"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it keeps nobody out."""
        return self.default == "allow" and not self.deny


@dataclass(frozen=True, slots=True)
class Playback:
    """A way of playing a media: an id of its own, and the rules for who may."""

    id: str
    media_id: str
    policy: Policy
    #: Names of the pages' hosts; "*.example.com" stands for every name below it, and not for itself.
    domains: Rule = field(default_factory=Rule)
    #: Parts of the User-Agent header, in any case.
    agents: Rule = field(default_factory=Rule)
    #: The greatest height of a rendition that it plays.
    max_height: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether everybody is answered alike, so that shared caches may keep the answer."""
        return self.policy == "public" and self.domains.is_open and self.agents.is_open


@dataclass(frozen=True, slots=True)
class Filters:
    """Which renditions a manifest is to list, by height; the lowest first unless ``descending``."""

    least: int | None = None
    most: int | None = None
    descending: bool = False
    #: Bits a second: only the rendition that comes nearest.
    bandwidth: float | None = None


@dataclass(frozen=True, slots=True)
class Viewing:
    """A request to watch: which playback, from where, and with what right.

    ``granted`` is the workspace whose key signed a valid token for this playback; ``refused`` that a token was shown
    which is none. ``passed_on`` is the query that everything which a manifest names must carry.
    """

    playback_id: str
    granted: str | None = None
    refused: bool = False
    host: str | None = None
    agent: str | None = None
    filters: Filters = field(default_factory=Filters)
    #: The part to play, if not the whole: a preview of the clip that it would be.
    range: Range | None = None
    #: Where the request came from: an address; "" for one of the workspace's own people.
    client: str = ""
    #: Whether the site that shows it was judged before.
    vouched: bool = False
    #: Whether its right doesn't reach to files to keep.
    view_only: bool = False
    passed_on: str = ""
