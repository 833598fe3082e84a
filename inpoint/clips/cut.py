"""From a request for a clip to a timeline: validate, slice. What waits for its source waits here."""

from __future__ import annotations

from dataclasses import replace

from inpoint.errors import MediaError, NotFound, Refused
from inpoint.model.media import Failure, Media
from inpoint.model.once import Once
from inpoint.ports import Catalog, Jobs


class Cutting:
    def __init__(self, catalog: Catalog, jobs: Jobs) -> None:
        self._catalog = catalog
        self._jobs = jobs

    async def create(self, clip: Media, once: Once | None = None) -> Media:
        """Accept a clip of ``clip.parent_id``. One of a source that isn't ready waits, and says so.

        Raises NotFound for an unknown source, Refused for a failed one, EmptyRange, Repeated.
        """
        assert clip.parent_id is not None
        source = await self._catalog.media_of(clip.workspace_id, clip.parent_id)
        if source.status == "failed":
            raise Refused("the source media failed, so it can't be clipped")
        if source.status == "ready" and source.timeline is not None:
            clip = source.sliced(clip)
        else:
            clip = replace(clip, status_reason="waiting for the source media to be ready")
        await self._catalog.add_media(clip, once)
        await self.go_on(clip)
        return clip

    async def go_on(self, clip: Media) -> None:
        """Start a clip's job, unless it waits for its source; fail it if that has failed or is gone, as it may have
        while the clip was being accepted."""
        assert clip.parent_id is not None
        source = await self._catalog.media(clip.parent_id)
        if clip.timeline is not None or (source is not None and source.status == "ready"):
            await self._jobs.start("clip", clip.id)
        elif source is None:
            await self.source_failed(clip.parent_id, "the source media was deleted before it was ready")
        elif source.status == "failed":
            await self.source_failed(clip.parent_id, "the source media failed")

    async def source_ready(self, source_id: str) -> None:
        """Start the clips that waited for a source."""
        for clip in await self._catalog.waiting_clips(source_id):
            await self._jobs.start("clip", clip.id)

    async def source_failed(self, source_id: str, why: str) -> None:
        """A clip fails with its source, and so do the clips that wait for that clip."""
        for clip in await self._catalog.waiting_clips(source_id):
            if clip.timeline is None:
                await self._catalog.fail(clip.id, Failure("source_failed", why))
                await self.source_failed(clip.id, why)

    async def slice_waiting(self, clip: Media) -> Media | None:
        """Give a clip that waited its timeline; None if it is gone. Raises MediaError if it can't be made."""
        if clip.timeline is not None:
            return clip
        assert clip.parent_id is not None
        source = await self._catalog.media(clip.parent_id)
        if source is None:
            raise MediaError("the source media was deleted before it was ready")
        if source.timeline is None or source.status != "ready":
            raise NotFound(detail="the source isn't ready after all")
        clip = source.sliced(clip)
        assert clip.timeline is not None
        return clip if await self._catalog.set_timeline(clip.id, clip.timeline, clip.size) else None
