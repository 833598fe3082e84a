"""A media as one MP4 file: the segments that aren't made yet are made first, then their own bytes are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from inpoint.delivery.answers import Delivery
from inpoint.encodings.segments import Segments
from inpoint.errors import Invalid
from inpoint.model.cmaf import read_segment
from inpoint.model.encoding import SegmentName
from inpoint.model.timeline import Timeline
from inpoint.playback.mp4 import Layer, Layout, layout
from inpoint.playback.tracks import Track
from inpoint.ports import BlobStore, Keys, Priority


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
        presentation = await self._delivery.presentation(timeline, offered_only=False)
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
        plan = layout([await self._layer(track, own) for track, own in zip(tracks, names, strict=True)])
        return File(plan.size, self._blocks(plan, names))

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
