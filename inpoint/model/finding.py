"""What of a library is asked for, and in what order. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from inpoint.model.media import Status


@dataclass(frozen=True, slots=True)
class Page:
    """``limit`` things from the 0-based ``start`` on."""

    start: int
    limit: int
    newest_first: bool = True


@dataclass(frozen=True, slots=True)
class WantedMedia:
    """Which media are asked for: those that fit everything that isn't None."""

    parent_id: str | None = None
    ids: Collection[str] | None = None
    #: Any of these states; of media that came from an address (True), that were sent or cut (False), or of both.
    states: Collection[tuple[Status, bool | None]] | None = None
    creator: str | None = None
    title: str | None = None
    #: Any of these ids or titles.
    named: tuple[Collection[str], Collection[str]] | None = None
    #: A part of the title, in any case.
    search: str | None = None
    #: Cut from another media, or not.
    is_clip: bool | None = None
    #: Made at or after a time, and before one.
    since: datetime | None = None
    before: datetime | None = None


EVERYTHING = WantedMedia()

SortKey = Literal["created", "title", "duration"]


@dataclass(frozen=True, slots=True)
class Sorting:
    """Ids decide between equals. Titles are compared without case."""

    by: SortKey = "created"
    descending: bool = True


#: Where a page of a sorting begins: after what has this value (microseconds, a title, seconds) and this id.
Place = tuple[int | str, str]


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds that media play, each rounded up, and how many they are."""

    seconds: int
    count: int
