"""A clip's job: cut the edges, check the seams, publish whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from inpoint.clips.cover import ClipCovers
from inpoint.clips.plan import Plan, plan
from inpoint.clips.waiting import WaitingClips
from inpoint.errors import EmptyRange, InpointError, NotFound
from inpoint.making.encodings import Encodings
from inpoint.making.segments import Segments
from inpoint.model.encoding import SegmentName
from inpoint.model.media import Failure, Media
from inpoint.ports import MediaRows, Priority


class ClipRendering:
    """Makes what a clip needs before it is ready: the segments at its edges, its files and tracks."""

    def __init__(
        self, rows: MediaRows, encodings: Encodings, segments: Segments, waiting: WaitingClips, covers: ClipCovers
    ) -> None:
        self._rows = rows
        self._encodings = encodings
        self._segments = segments
        self._waiting = waiting
        self._covers = covers

    async def edges(self, clip_id: str) -> None:
        """Make the boundary segments of the rendition that players start with; then the clip is ready."""
        try:
            clip = await self._pending(clip_id)
            if clip is None:
                return
            await self._make((await self._plan(clip)).first, Priority.EDGE)
            await self._rows.make_ready(clip_id)
            await self._waiting.source_ready(clip_id)
        except EmptyRange as error:
            await self._fail(clip_id, Failure("empty_range", error.message))
        except InpointError as error:
            if error.retryable:
                raise
            await self._fail(clip_id, Failure(error.code, error.message))

    async def give_up(self, clip_id: str, error: InpointError) -> None:
        """What no further try will mend."""
        await self._fail(clip_id, Failure(error.code, error.message))

    async def _fail(self, clip_id: str, failure: Failure) -> None:
        if await self._rows.fail(clip_id, failure):
            await self._waiting.source_failed(clip_id, "the source media failed: " + failure.message)

    async def _pending(self, clip_id: str) -> Media | None:
        clip = await self._rows.media(clip_id)
        if clip is None or clip.is_final:
            return None
        clip = await self._waiting.sliced(clip)
        clip = await self._covers.cover(clip) if clip else None
        return clip if clip and await self._rows.advance(clip_id, "indexing") else None

    async def other_edges(self, clip_id: str) -> None:
        """The other renditions' boundary segments, which follow at once."""
        clip = await self._rows.media(clip_id)
        if clip is None or clip.timeline is None:
            return
        try:
            await self._make((await self._plan(clip)).others, Priority.FOLLOW_UP)
        except NotFound:
            return  # deleted meanwhile

    async def _plan(self, clip: Media) -> Plan:
        assert clip.timeline is not None
        return plan(clip.timeline, await self._encodings.played(clip.timeline))

    async def _make(self, names: Sequence[SegmentName], priority: Priority) -> None:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(self._segments.ensure(name, priority))
