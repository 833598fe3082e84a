"""A media as one MP4 file: the segments that aren't made yet are made first, then their own bytes are sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from inpoint.delivery.answers import Delivery
from inpoint.encodings.segments import Segments
from inpoint.errors import InpointError, Invalid
from inpoint.model.cmaf import read_segment
from inpoint.model.encoding import SegmentName
from inpoint.model.timeline import Timeline
from inpoint.playback.mp4 import Layer, Layout, layout
from inpoint.playback.tracks import Track
from inpoint.ports import BlobStore, Keys, Priority

_PASS = 4  # segments that one process makes of one decode
_WIDTH = 4


@dataclass(frozen=True, slots=True)
class File:
    size: int
    blocks: AsyncIterator[bytes]


class Files:
    def __init__(self, delivery: Delivery, segments: Segments, store: BlobStore, keys: Keys) -> None:
        self._delivery = delivery
        self._segments = segments
        self._store = store
        self._keys = keys

    async def mp4(self, timeline: Timeline, rendition: str | None) -> File:
        """The highest rendition unless another is named. Raises Invalid for one that there isn't."""
        presentation = await self._delivery.presentation(timeline)
        if rendition is None:
            video = presentation.video[-1]
        else:
            found = presentation.track(f"video-{rendition}")
            if found is None:
                have = ", ".join(track.rendition.name for track in presentation.video if track.rendition)
                raise Invalid("rendition", f"must be one of {have}")
            video = found
        tracks = [video, *presentation.audio]
        names = [[name for section in track.sections for name in section.names] for track in tracks]
        await self._make(names)
        plan = layout([await self._layer(track, own) for track, own in zip(tracks, names, strict=True)])
        return File(plan.size, self._blocks(plan, names))

    async def _make(self, tracks: list[list[SegmentName]]) -> None:
        """Make what is missing, several passes at once, behind everything that somebody watches or cuts."""
        passes = iter([names[at : at + _PASS] for names in tracks for at in range(0, len(names), _PASS)])

        async def work() -> None:
            for one in passes:
                for number, name in enumerate(one):
                    await self._segments.ensure(name, Priority.FOLLOW_UP, one[number + 1 :])

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_WIDTH):
                    group.create_task(work())
        except* InpointError as failed:
            raise failed.exceptions[0] from failed

    async def _layer(self, track: Track, names: list[SegmentName]) -> Layer:
        section = track.sections[0]
        init = await self._store.get(self._keys.init(section.encoding.id, names[0].rendition))
        # Sizes are enough for the index: hours of media data must not pile up here.
        segments = [replace(read_segment(await self._segments.data(name, Priority.EDGE)), data=b"") for name in names]
        return Layer(init, section.timescale, segments, section.lead)

    async def _blocks(self, plan: Layout, names: list[list[SegmentName]]) -> AsyncIterator[bytes]:
        yield plan.head
        for place, number in plan.order:
            yield read_segment(await self._segments.data(names[place][number], Priority.EDGE)).data
