"""What to make next when nobody asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator, Sequence
from typing import Literal

import structlog

from inpoint.errors import MediaError, NotFound
from inpoint.making.encodings import Encodings, Loaded
from inpoint.making.segments import Segments
from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.fill import FillProgress
from inpoint.model.names import audio_names, is_whole, video_names
from inpoint.model.pace import Pace
from inpoint.model.timeline import Timeline
from inpoint.model.weights import weigh
from inpoint.ports import EncodingRows, Priority, RetentionRows
from inpoint.shelf.encodings import EncodingShelf

_log = structlog.get_logger()

Extent = Literal["all", "first", "none"]

#: Grid segments that one process makes in one pass, all rungs together: one decode serves them all.
RUN = 4
_TELL_EVERY = 1.0  # seconds


class _Teller:
    """Counts what a fill makes, and tells its encoding's row now and then."""

    def __init__(self, rows: EncodingRows, encoding_id: str, made: int, total: int) -> None:
        self._rows = rows
        self._encoding_id = encoding_id
        self._made_before = self._made = made
        self._total = total
        self._began = time.monotonic()
        self._pace = Pace(_TELL_EVERY, self._began)

    async def count(self, segments: int) -> None:
        """Segments that were made."""
        self._made += segments
        if self._pace.is_due(time.monotonic()):
            await self.tell()

    async def tell(self, *, ended: bool = False) -> None:
        """Now."""
        elapsed = time.monotonic() - self._began
        rate = (self._made - self._made_before) / elapsed if elapsed > 0 else 0.0
        await self._rows.set_fill_progress(self._encoding_id, FillProgress(self._made, self._total, rate, ended))


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


def runs(names: Sequence[SegmentName], length: int) -> Iterator[list[SegmentName]]:
    """Video segments in passes of ``length`` grid frames each, over all rungs."""
    current: list[SegmentName] = []
    for name in names:
        number = name.start // length
        if current and current[0].start // length != number:
            yield current
            current = []
        current.append(name)
    if current:
        yield current


class Fill:
    """Makes what living timelines play and nobody has asked for yet, when nothing else is to be made."""

    def __init__(
        self,
        segments: Segments,
        encodings: Encodings,
        rows: EncodingRows,
        retention: RetentionRows,
        shelf: EncodingShelf,
        extent: Extent,
        width: int,
    ) -> None:
        """``width`` passes run at once."""
        self._segments = segments
        self._encodings = encodings
        self._rows = rows
        self._retention = retention
        self._shelf = shelf
        self._extent: Extent = extent
        self._width = width
        self._turn = asyncio.Semaphore(1)

    async def _note_filled(self, encoding: Encoding) -> None:
        """Which rungs are whole now: players are offered them however fast this machine is."""
        stored = await self._shelf.segments(encoding.id)
        played = wanted(encoding, await self._retention.timelines_of(encoding.id), "all")
        lacking = {name.rendition for name in played if name not in stored and is_whole(name, encoding)}
        whole = [one.name for one in encoding.renditions if one.name not in lacking]
        heard = {name.rendition for name in stored if name.is_audio}
        await self._shelf.put_weights(encoding.id, weigh(stored, {*whole, *heard}))
        await self._rows.set_filled(encoding.id, whole)

    async def fill(self, encoding_id: str) -> None:
        """Make what living timelines play and nobody has asked for yet. One encoding at a time is filled."""
        async with self._turn:
            try:
                loaded = await self._encodings.load(encoding_id)
            except NotFound:
                return
            await self._fill_all(loaded)

    async def _fill_all(self, loaded: Loaded) -> None:
        encoding_id = loaded.encoding.id
        timelines = await self._retention.timelines_of(encoding_id)
        names = wanted(loaded.encoding, timelines, self._extent)
        stored = await self._shelf.segments(encoding_id)
        missing = [name for name in names if name not in stored]
        told = _Teller(self._rows, encoding_id, len(names) - len(missing), len(names))
        await told.tell()
        await self._fill(loaded, missing, told)
        await self._note_filled(loaded.encoding)
        await told.tell(ended=True)

    async def _fill(self, loaded: Loaded, missing: Sequence[SegmentName], told: _Teller) -> None:
        """Sound first; clips' edges one by one, for their seams are checked; the picture in passes.

        Raises the last failure that another try may mend, when everything else has been made.
        """
        encoding = loaded.encoding
        whole = [name for name in missing if not name.is_audio and is_whole(name, encoding)]
        single = [name for name in missing if name.is_audio or not is_whole(name, encoding)]
        passes = runs(whole, encoding.runs.times(RUN).length)
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

        async def alone(name: SegmentName) -> None:
            await self._segments.ensure(name, Priority.FILL)
            await told.count(1)

        for name in single:
            await make(alone(name), name)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._width):
                group.create_task(work())
        if failed:
            raise failed[-1]

    async def _pass(self, loaded: Loaded, names: Sequence[SegmentName], told: _Teller) -> None:
        """One pass over chunks; what was made meanwhile is left out, and what nothing plays any more."""
        timelines = await self._retention.timelines_of(loaded.encoding.id)
        left = [name for name in names if is_played(name, timelines) and not await self._shelf.has(name)]
        await told.count(len(names) - len(left))
        if not left:
            return

        async def count(_: SegmentName) -> None:
            await told.count(1)

        await self._segments.make_video(loaded, left, Priority.FILL, count)
