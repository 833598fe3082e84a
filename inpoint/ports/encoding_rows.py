"""Rows of encodings, and of how long what is stored is needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from inpoint.model.encoding import Encoding
from inpoint.model.fill import FillProgress
from inpoint.model.sweep import Sweep
from inpoint.model.timeline import Timeline
from inpoint.model.warning import MediaWarning


class EncodingRows(Protocol):
    """Encodings, and how far their fills are."""

    async def add_encodings(self, made: Sequence[Encoding], media_id: str, timeline: Timeline, size: int) -> bool:
        """With their media's timeline and size in one transaction. False if the media is gone."""
        ...

    async def encoding(self, encoding_id: str) -> Encoding | None:
        """By its id; None if there is none. Raises LaterRelease for one of a recipe that isn't known here."""
        ...

    async def encodings(self, encoding_ids: Collection[str]) -> dict[str, Encoding]:
        """Those that there are, and that this program knows the recipe of, by their ids."""
        ...

    async def encodings_of(self, workspace_id: str) -> list[str]:
        """The ids of a workspace's."""
        ...

    async def filled(self, encoding_id: str) -> frozenset[str]:
        """The renditions of which every segment of the grid has been made."""
        ...

    async def set_filled(self, encoding_id: str, renditions: Collection[str]) -> None:
        """Which renditions are whole: everything of them that plays has been made."""
        ...

    async def fill_progress(self, encoding_id: str) -> FillProgress | None:
        """None before a fill has begun."""
        ...

    async def warn(self, encoding_id: str, found: Sequence[MediaWarning]) -> None:
        """Add to its warnings what was found later, in frames of its grid."""
        ...

    async def set_fill_progress(self, encoding_id: str, progress: FillProgress) -> None:
        """How far the fill is."""
        ...


class RetentionRows(Protocol):
    """Who needs what of encodings, and what is due to be swept."""

    async def needing(self, encoding_id: str, without: str | None = None) -> tuple[set[str], list[Timeline]]:
        """The ids of the other encodings that are made of its mezzanine, if that is its own; and every living
        timeline that plays something of any of them, leased ones included; ``without`` a media, only what is
        owned by others."""
        ...

    async def timelines_of(self, encoding_id: str) -> list[Timeline]:
        """Every living timeline that plays something of the encoding, leased ones included."""
        ...

    async def lease(self, media_id: str, timeline: Timeline, until: datetime) -> bool:
        """Keep what a timeline plays although no media owns it: a slice of this media's, sliced just now. A sweep is
        due when the lease ends. False if the media is gone."""
        ...

    async def delete_encoding(self, encoding_id: str) -> bool:
        """Delete its row unless a timeline or another encoding needs it; a sweep of its mezzanine is then due."""
        ...

    async def due_sweeps(self, now: datetime) -> list[Sweep]:
        """Sweeps whose time has come."""
        ...

    async def finish_sweep(self, sweep: Sweep) -> None:
        """It is done: forget it, unless it was put off meanwhile."""
        ...
