"""Pictures of a timeline: decoded when wanted, once for all who ask, and kept at hand for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from fractions import Fraction

from cachetools import LRUCache

from inpoint.errors import NoPicture, NotFound
from inpoint.making.encodings import Encodings
from inpoint.making.feeds import feeds
from inpoint.making.orders import images, still_chunks
from inpoint.model.appearance import Appearance
from inpoint.model.encoding import Encoding
from inpoint.model.index import FramePlace, easiest, places
from inpoint.model.still import Canvas, ImageFormat, Sheet
from inpoint.model.timeline import Piece, Timeline
from inpoint.ports import Engine, Priority
from inpoint.ports.orders import SheetOrder, StillOrder
from inpoint.shelf.encodings import EncodingShelf

_KEPT = 64 << 20  # bytes
_AT_ONCE = 4  # tiles

#: Called before something is made; it may raise.
Admit = Callable[[], None]


class Stills:
    """Pictures of single frames, of several in motion, and sheets of them."""

    def __init__(self, shelf: EncodingShelf, engine: Engine, encodings: Encodings) -> None:
        self._shelf = shelf
        self._engine = engine
        self._encodings = encodings
        self._making: dict[Hashable, asyncio.Task[bytes]] = {}
        self._made: LRUCache[Hashable, bytes] = LRUCache(_KEPT, getsizeof=len)

    async def picture(
        self,
        timeline: Timeline,
        frames: Sequence[int],
        canvas: Canvas,
        kind: ImageFormat,
        rate: Fraction,
        admit: Admit,
    ) -> bytes:
        """The picture of one frame, or the moving one of several, ascending, at ``rate`` a second.

        Of frames of several pieces, only those of the first one's encoding move. Raises MediaErrors, or NotFound if
        the encoding is gone.
        """
        pieces = _together([timeline.at(frame) for frame in frames])
        return await self._once(
            (pieces, canvas, kind, rate), admit, lambda: self._paint(pieces, canvas, kind, rate, Priority.EDGE)
        )

    async def poster(self, encoding: Encoding, canvas: Canvas, kind: ImageFormat, admit: Admit) -> bytes:
        """The picture that stands for an encoding's source. Raises NotFound where there is none, MediaErrors."""

        async def paint() -> bytes:
            chunk = await self._shelf.poster(encoding.mezzanine)
            place = FramePlace(chunk.number, 0)
            order = StillOrder(encoding.mezzanine, Appearance(), [chunk], [place], canvas, kind, encoding.grid.rate)
            return await self._engine.still(order, Priority.EDGE)

        return await self._once((encoding.mezzanine, "poster", canvas, kind), admit, paint)

    async def easiest(self, timeline: Timeline, frame: int, within: int) -> int:
        """The frame, or one of the ``within`` that follow it, if that is quicker to decode."""
        here = timeline.at(frame)
        loaded = await self._encodings.load(here.encoding or "")
        last = min(here.start + 1 + within, loaded.encoding.grid.frames)
        found = frame + easiest(loaded.index.video, here.start, last) - here.start
        is_same = found < timeline.frames and timeline.at(found).start - here.start == found - frame
        return found if is_same else frame

    async def sheet(self, timeline: Timeline, plan: Sheet, admit: Admit) -> bytes:
        """The plan's tiles as a JPEG. Raises as ``picture``."""
        return await self._once((timeline, plan), admit, lambda: self._sheet(timeline, plan))

    async def _once(self, key: Hashable, admit: Admit, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """What is at hand under a key, or made now, by one for all."""
        if (made := self._made.get(key)) is not None:
            return made
        task = self._making.get(key)
        if task is None:
            admit()
            task = self._making[key] = asyncio.ensure_future(make())
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    def _keep(self, key: Hashable, done: asyncio.Task[bytes]) -> None:
        self._making.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        if len(done.result()) <= _KEPT:
            self._made[key] = done.result()

    async def _paint(
        self, pieces: Sequence[Piece], canvas: Canvas, kind: ImageFormat, rate: Fraction, priority: Priority
    ) -> bytes:
        loaded = await self._encodings.load(pieces[0].encoding or "")
        encoding = loaded.encoding
        wanted = [place for piece in pieces for place in places(loaded.index.video, piece.start, piece.end)]
        async for chunks, is_all in feeds(self._shelf, loaded, still_chunks(loaded, wanted)):
            order = StillOrder(
                encoding.mezzanine,
                encoding.appearance,
                chunks,
                wanted,
                canvas,
                kind,
                rate,
                images(loaded),
                encoding.fitting,
                is_all,
            )
            try:
                return await self._engine.still(order, priority)
            except NoPicture:
                continue  # with more of what lies around
        raise NoPicture

    async def _sheet(self, timeline: Timeline, plan: Sheet) -> bytes:
        turns = asyncio.Semaphore(_AT_ONCE)
        tile = Canvas(plan.tile, plan.tile)

        async def paint(frame: int) -> bytes:
            async with turns:
                return await self._paint([timeline.at(frame)], tile, "raw", timeline.rate, Priority.FOLLOW_UP)

        tiles = await asyncio.gather(*(paint(frame) for frame in plan.frames))
        main = timeline.at(0).encoding
        if main is None:
            raise NotFound
        return await self._engine.sheet(SheetOrder(main, tiles, plan.tile, plan.columns))


def _together(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Those that one decoder gives in one pass: of the first one's encoding, each further on."""
    kept = [pieces[0]]
    for piece in pieces[1:]:
        if piece.encoding != kept[0].encoding or piece.start <= kept[-1].start:
            break
        kept.append(piece)
    return tuple(kept)
