"""What to make next when nobody asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator, Sequence
from typing import Literal

import structlog

from inpoint.encodings.loaded import Library, Loaded
from inpoint.encodings.segments import Segments
from inpoint.errors import MediaError, NotFound
from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.fill import FillProgress
from inpoint.model.names import audio_names, is_whole, video_names
from inpoint.model.timeline import Timeline
from inpoint.ports import BlobStore, Catalog, Keys, Priority

_log = structlog.get_logger()

Extent = Literal["all", "first", "none"]

#: Grid segments that one process makes in one pass, all rungs together: one decode serves them all.
RUN = 4
_TELL_EVERY = 1.0  # seconds


class _Teller:
    """Counts what a fill makes, and tells the catalog now and then."""

    def __init__(self, catalog: Catalog, encoding_id: str, made: int, total: int) -> None:
        self._catalog = catalog
        self._encoding_id = encoding_id
        self._made_before = self._made = made
        self._total = total
        self._began = self._told = time.monotonic()

    async def count(self, segments: int) -> None:
        self._made += segments
        if time.monotonic() - self._told >= _TELL_EVERY:
            await self.tell()

    async def tell(self, *, ended: bool = False) -> None:
        self._told = time.monotonic()
        elapsed = self._told - self._began
        rate = (self._made - self._made_before) / elapsed if elapsed > 0 else 0.0
        await self._catalog.set_fill_progress(self._encoding_id, FillProgress(self._made, self._total, rate, ended))


def wanted(encoding: Encoding, timelines: Sequence[Timeline], extent: Extent) -> list[SegmentName]:
    """Every segment that the timelines play, in the order in which it is likely to be asked for: the sound, then
    the picture from the beginning, all rungs abreast."""
    if extent == "none":
        return []
    renditions = encoding.renditions if extent == "all" else encoding.renditions[:1]
    sound: dict[SegmentName, None] = {}
    picture: dict[SegmentName, None] = {}
    for timeline in timelines:
        for lane, number in timeline.playing(encoding.id):
            if lane.kind == "audio":
                sound.update(dict.fromkeys(audio_names(lane, number, encoding)))
            elif lane.kind == "video":
                for rendition in renditions:
                    picture.update(dict.fromkeys(video_names(lane.pieces[number], encoding, rendition.name)))
    return [*sorted(sound, key=_order), *sorted(picture, key=_order)]


def is_played(name: SegmentName, timelines: Sequence[Timeline]) -> bool:
    """Whether any timeline still plays the frames of a video segment."""
    return any(
        piece.encoding == name.encoding and piece.start <= name.start and name.end <= piece.end
        for timeline in timelines
        for lane in timeline.of("video")
        for piece in lane.pieces
    )


def _order(name: SegmentName) -> tuple[int, int]:
    return name.start, name.end


def runs(names: Sequence[SegmentName], segment_frames: int) -> Iterator[list[SegmentName]]:
    """Video segments in passes of RUN grid segments each, over all rungs."""
    current: list[SegmentName] = []
    for name in names:
        number = name.start // segment_frames // RUN
        if current and current[0].start // segment_frames // RUN != number:
            yield current
            current = []
        current.append(name)
    if current:
        yield current


class Fill:
    def __init__(
        self,
        segments: Segments,
        library: Library,
        catalog: Catalog,
        store: BlobStore,
        keys: Keys,
        extent: Extent,
        width: int,
    ) -> None:
        """``width`` passes run at once."""
        self._segments = segments
        self._library = library
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._extent: Extent = extent
        self._width = width
        self._turn = asyncio.Semaphore(1)

    async def _note_filled(self, encoding: Encoding) -> None:
        """Which rungs are whole now: players are offered them however fast this machine is."""
        stored = await self._stored(encoding.id)
        played = wanted(encoding, await self._catalog.timelines_of(encoding.id), "all")
        lacking = {name.rendition for name in played if name not in stored and is_whole(name, encoding.grid)}
        whole = [one.name for one in encoding.renditions if one.name not in lacking]
        await self._catalog.set_filled(encoding.id, whole)

    async def _stored(self, encoding_id: str) -> set[SegmentName]:
        listed = await self._store.list(self._keys.segments(encoding_id))
        return {name for key in listed if (name := self._keys.segment_name(encoding_id, key)) is not None}

    async def fill(self, encoding_id: str) -> None:
        """Make what living timelines play and nobody has asked for yet. One encoding at a time is filled."""
        async with self._turn:
            try:
                loaded = await self._library.load(encoding_id)
            except NotFound:
                return
            await self._fill_all(loaded)

    async def _fill_all(self, loaded: Loaded) -> None:
        encoding_id = loaded.encoding.id
        timelines = await self._catalog.timelines_of(encoding_id)
        names = wanted(loaded.encoding, timelines, self._extent)
        stored = await self._stored(encoding_id)
        missing = [name for name in names if name not in stored]
        told = _Teller(self._catalog, encoding_id, len(names) - len(missing), len(names))
        await told.tell()
        await self._fill(loaded, missing, told)
        await self._note_filled(loaded.encoding)
        await told.tell(ended=True)

    async def _fill(self, loaded: Loaded, missing: Sequence[SegmentName], told: _Teller) -> None:
        """Sound first; clips' edges one by one, for their seams are checked; the picture in passes.

        Raises the last failure that another try may mend, when everything else has been made.
        """
        grid = loaded.encoding.grid
        single = [name for name in missing if name.is_audio or not is_whole(name, grid)]
        passes = runs([name for name in missing if not name.is_audio and is_whole(name, grid)], grid.segment_frames)
        failed: list[MediaError] = []

        async def make(one: Awaitable[None], first: SegmentName) -> None:
            try:
                await one
            except (MediaError, NotFound) as error:
                _log.warning("fill.failed", segment=str(first), detail=error.detail)
                if isinstance(error, MediaError) and error.retryable:
                    failed.append(error)

        async def work() -> None:
            for names in passes:
                await make(self._pass(loaded, names, told), names[0])

        for name in single:
            await make(self._segments.ensure(name, Priority.FILL), name)
            await told.count(1)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._width):
                group.create_task(work())
        if failed:
            raise failed[-1]

    async def _pass(self, loaded: Loaded, names: Sequence[SegmentName], told: _Teller) -> None:
        """One pass over chunks; what was made meanwhile is left out, and what nothing plays any more."""
        timelines = await self._catalog.timelines_of(loaded.encoding.id)
        left = [
            name
            for name in names
            if is_played(name, timelines) and not await self._store.exists(self._keys.segment(name))
        ]
        await told.count(len(names) - len(left))
        if not left:
            return

        async def count(_: SegmentName) -> None:
            await told.count(1)

        await self._segments.make_video(loaded, left, Priority.FILL, count)
