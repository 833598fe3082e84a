"""Clips whose source isn't ready: they wait for it, begin with it, and fail with it."""

from __future__ import annotations

from inpoint.errors import NotFound, SourceFailed
from inpoint.model.media import Failure, Media
from inpoint.ports import Jobs, MediaRows

DELETED = "the source media was deleted before it was ready"


class WaitingClips:
    """Clips that begin, or fail, when their source is ready or has failed."""

    def __init__(self, rows: MediaRows, jobs: Jobs) -> None:
        self._rows = rows
        self._jobs = jobs

    async def go_on(self, clip: Media) -> None:
        """Start a clip's job, unless it waits for its source; fail it if that has failed or is gone."""
        assert clip.parent_id is not None
        source = None if clip.timeline is not None else await self._rows.media(clip.parent_id)
        if clip.timeline is not None or (source is not None and source.status == "ready"):
            await self._jobs.start("clip", clip.id)
        elif source is None:
            await self.source_failed(clip.parent_id, DELETED)
        elif source.status == "failed":
            await self.source_failed(clip.parent_id, "the source media failed")

    async def source_ready(self, source_id: str) -> None:
        """Start the clips that waited for a source."""
        for clip in await self._rows.waiting_clips(source_id):
            await self._jobs.start("clip", clip.id)

    async def source_failed(self, source_id: str, why: str) -> None:
        """A clip fails with its source, and so do the clips that wait for that clip."""
        for clip in await self._rows.waiting_clips(source_id):
            if clip.timeline is None:
                await self._rows.fail(clip.id, Failure(SourceFailed.code, why))
                await self.source_failed(clip.id, why)

    async def sliced(self, clip: Media) -> Media | None:
        """A clip with the timeline that it waited for; None if it is gone. Raises MediaError if it can't be made."""
        if clip.timeline is not None:
            return clip
        assert clip.parent_id is not None
        source = await self._rows.media(clip.parent_id)
        if source is None:
            raise SourceFailed(DELETED)
        if source.timeline is None or source.status != "ready":
            raise NotFound(detail="the source isn't ready after all")
        clip = source.sliced(clip)
        assert clip.timeline is not None
        return clip if await self._rows.set_timeline(clip.id, clip.timeline, clip.size) else None
