"""Clips: drafted from a source that is read and sliced once, then cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inpoint.clips.waiting import WaitingClips
from inpoint.errors import SourceUnclippable
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.model.treatment import Treatment
from inpoint.ports import MediaRows


class Clips:
    """What may be cut, and what a clip inherits of its source."""

    def __init__(self, rows: MediaRows, waiting: WaitingClips) -> None:
        self._rows = rows
        self._waiting = waiting

    async def draft(self, workspace_id: str, source_id: str, write: Callable[[Media], Media]) -> Media:
        """A clip as it would be; nothing is made. ``write`` is given the source, and gives the clip in the words of
        who wants it, with its range. One of a source that isn't ready has no timeline yet, and says that it waits.

        Raises NotFound for an unknown source, Refused for a failed one, EmptyRange.
        """
        source = await self._rows.media_of(workspace_id, source_id)
        wanted = write(source)
        if source.status == "failed":
            raise SourceUnclippable("the source media failed, so it can't be clipped")
        clip = replace(wanted, parent_id=source.id, treatment=inherited(source.treatment, wanted.treatment))
        if source.status == "ready" and source.timeline is not None:
            return source.sliced(clip)
        return replace(clip, status_reason="waiting for the source media to be ready")

    async def cut(self, clip: Media, once: Once | None = None) -> None:
        """Accept a clip that was drafted. Raises NotFound if its source is gone by now, Repeated."""
        await self._rows.add_media(clip, once)
        await self._waiting.go_on(clip)


def inherited(source: Treatment, wanted: Treatment) -> Treatment:
    """What a clip is made like: as its source, never greater, under images of its own. Those of its source are in the
    picture that it shares."""
    return replace(source, max_height=min(source.max_height, wanted.max_height), overlays=wanted.overlays)
