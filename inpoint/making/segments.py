"""A segment by its name: from the store, or made now, once for all who ask.

Only stored bytes are served: what is made is put, first stored wins, and then read like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

import structlog

from inpoint.errors import EdgeFailed, EngineFailed, NoPicture, NotFound
from inpoint.making.encodings import Encodings, Loaded
from inpoint.making.feeds import feeds
from inpoint.making.orders import sound_need, sound_order, video_chunks, video_order
from inpoint.model import cmaf
from inpoint.model.cuts import Encoded, Excerpt, Prefix, Shared, cut_of
from inpoint.model.encoding import SegmentName, audio_rendition
from inpoint.model.names import is_whole
from inpoint.model.warning import damage
from inpoint.ports import EncodingRows, Engine, Priority
from inpoint.ports.orders import CheckOrder, MadeSegment
from inpoint.shelf.encodings import EncodingShelf

_log = structlog.get_logger()


class _Run:
    """Segments that are being made in one pass, and how many wait for any of them."""

    def __init__(self, name: SegmentName, priority: Priority) -> None:
        self.priority = priority
        self.futures: dict[SegmentName, asyncio.Future[None]] = {}
        self.waiting = 0
        self.task: asyncio.Task[None] | None = None
        self.claim(name)

    def claim(self, name: SegmentName) -> None:
        """Wait for a segment's future."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to ask
        self.futures[name] = future

    def settle(self, name: SegmentName) -> None:
        """A segment was made."""
        if not self.futures[name].done():
            self.futures[name].set_result(None)

    def fail(self, error: Exception) -> None:
        """All that wait hear of it."""
        for future in self.futures.values():
            if not future.done():
                future.set_exception(error)


class Segments:
    """Each segment by its name: read if it is kept, else made, once for all who ask."""

    def __init__(self, shelf: EncodingShelf, rows: EncodingRows, engine: Engine, encodings: Encodings) -> None:
        self._shelf = shelf
        self._rows = rows
        self._engine = engine
        self._encodings = encodings
        self._making: dict[SegmentName, _Run] = {}

    async def ensure(self, name: SegmentName, priority: Priority, following: Sequence[SegmentName] = ()) -> None:
        """Return when the segment is stored. Raises MediaError, or NotFound if its encoding is gone.

        ``following`` are the segments that a viewer will want next: made in the same pass where that is possible.
        When all who waited for a segment have given up, its making is given up too.
        """
        if await self._shelf.has(name):
            return
        run = self._making.get(name)
        if run is None or (priority.waits and not run.priority.waits):  # nobody waits behind what gives way
            run = self._begin(name, priority, following)
        run.waiting += 1
        try:
            await asyncio.shield(run.futures[name])
        finally:
            run.waiting -= 1
            if run.waiting == 0 and not run.futures[name].done() and run.task is not None:
                self._forget(run)
                run.task.cancel()

    async def data(self, name: SegmentName, priority: Priority) -> bytes:
        """A segment's bytes; made first if it isn't there."""
        await self.ensure(name, priority)
        return await self._shelf.segment(name)

    def _begin(self, name: SegmentName, priority: Priority, following: Sequence[SegmentName]) -> _Run:
        run = _Run(name, priority)
        self._making[name] = run
        run.task = asyncio.create_task(self._make(run, name, priority, following))
        return run

    async def _make(self, run: _Run, name: SegmentName, priority: Priority, following: Sequence[SegmentName]) -> None:
        try:
            loaded = await self._encodings.load(name.encoding)
            match cut_of(name, loaded.encoding):
                case Shared() if name.is_audio:
                    await self._make_sound(loaded, name, priority)
                case Shared():
                    await self._make_run(loaded, run, priority, following)
                case Excerpt(_, whole):
                    data = await self.data(whole, priority)
                    await self._keep(name, cmaf.cut(data, name.start - whole.start, name.end - whole.start))
                case Prefix(_, whole):
                    await self._make_edge(loaded, name, whole, priority)
                case Encoded():
                    await self._make_edge(loaded, name, None, priority)
            run.settle(name)
        except Exception as error:
            run.fail(error)
        finally:
            self._forget(run)

    def _forget(self, run: _Run) -> None:
        for name in run.futures:
            if self._making.get(name) is run:
                del self._making[name]

    async def _make_run(
        self, loaded: Loaded, run: _Run, priority: Priority, following: Sequence[SegmentName]
    ) -> None:
        """The segment, and those that follow and are not there yet, in one pass."""
        for one in following:
            known = one in self._making or await self._shelf.has(one)
            if known or one.encoding != loaded.encoding.id or not is_whole(one, loaded.encoding):
                break
            run.claim(one)
            self._making[one] = run

        async def made(one: SegmentName) -> None:
            run.settle(one)

        await self.make_video(loaded, list(run.futures), priority, made)

    async def make_video(
        self,
        loaded: Loaded,
        names: Sequence[SegmentName],
        priority: Priority,
        made: Callable[[SegmentName], Awaitable[None]],
    ) -> None:
        """Encode segments of one encoding in one pass and store each as it is done."""
        async with aclosing(self._encoded(loaded, names, priority)) as segments:
            async for segment in segments:
                name = loaded.encoding.segment(segment.rendition, segment.start, segment.end)
                await self._same_init(loaded, name, segment)
                await self._warn(loaded, segment.lost)
                await self._keep(name, segment.data)
                await made(name)

    async def _encoded(
        self, loaded: Loaded, names: Sequence[SegmentName], priority: Priority
    ) -> AsyncGenerator[MadeSegment]:
        start, end = min(name.start for name in names), max(name.end for name in names)
        async for chunks, is_all in feeds(self._shelf, loaded, video_chunks(loaded, start, end)):
            order = video_order(loaded, names, chunks, is_all=is_all)
            try:
                async with aclosing(self._engine.video(order, priority)) as segments:
                    async for segment in segments:
                        yield segment
                return
            except NoPicture:
                continue  # with more of what lies around

    async def _warn(self, loaded: Loaded, lost: Sequence[tuple[int, int]], *, is_sound: bool = False) -> None:
        if lost:
            await self._rows.warn(loaded.encoding.id, damage(lost, loaded.encoding.grid, is_sound=is_sound))

    async def _same_init(self, loaded: Loaded, name: SegmentName, segment: MadeSegment) -> None:
        """One init segment serves a rendition: another one's parameter sets must never be mixed in."""
        init = await self._shelf.init(loaded.encoding, name.rendition)
        if init != segment.init:
            _log.error("segment.parameter_sets_differ", name=str(name))
            raise EngineFailed(detail="parameter sets differ from the init segment's")

    async def _keep(self, name: SegmentName, data: bytes) -> None:
        await self._shelf.put_segment(name, data)
        if await self._rows.encoding(name.encoding) is None:  # deleted meanwhile: leave nothing behind
            await self._shelf.discard(name.encoding, [name])
            raise NotFound(detail=f"encoding {name.encoding}")

    # Edges

    async def _make_edge(
        self, loaded: Loaded, name: SegmentName, whole: SegmentName | None, priority: Priority
    ) -> None:
        """A segment that a clip's edge cuts short, its seam checked before anybody sees it. ``whole`` is the one that
        it is a prefix of, if any: the very bytes that encoding would give.

        If the check fails it is made in another way: cut from the whole one, then encoded, then encoded afresh.
        """
        for number in range(3):
            segment = await (
                self._edge_encoded(loaded, name, priority) if number else self._prefix(loaded, name, whole)
            )
            if segment is None:
                continue
            order = CheckOrder(loaded.encoding.mezzanine, segment, loaded.encoding.grid.frame_ticks)
            fault = await self._engine.check(order, priority)
            if fault is None:
                await self._keep(name, segment.data)
                return
            _log.warning("seam.fault", segment=str(name), way=number, fault=fault)
            self._engine.forget(loaded.encoding.mezzanine)  # the next way begins in a fresh process
        raise EdgeFailed

    async def _prefix(self, loaded: Loaded, name: SegmentName, whole: SegmentName | None) -> MadeSegment | None:
        """None where there is no whole segment."""
        if whole is None:
            return None
        try:
            data = await self._shelf.segment(whole)
        except NotFound:
            return None
        init = await self._shelf.init(loaded.encoding, name.rendition)
        part = cmaf.cut(data, 0, name.end - name.start)
        return MadeSegment(name.rendition, name.start, name.end, init, part)

    async def _edge_encoded(self, loaded: Loaded, name: SegmentName, priority: Priority) -> MadeSegment:
        async with aclosing(self._encoded(loaded, [name], priority)) as segments:
            (made,) = [segment async for segment in segments]  # to the end: the process lives on
        await self._same_init(loaded, name, made)
        await self._warn(loaded, made.lost)
        return made

    # Sound

    async def _make_sound(self, loaded: Loaded, name: SegmentName, priority: Priority) -> None:
        encoding = loaded.encoding
        track = next(t.number for t in encoding.audio if audio_rendition(t.number) == name.rendition)
        need = sound_need(loaded.index.audio[track], encoding.recipe.sound, name.start, name.end)
        chunks = await self._shelf.chunks(encoding.mezzanine, need.chunks, track)
        order = sound_order(loaded, track, need, name, chunks)
        segment = await self._engine.sound(order, priority)
        await self._same_init(loaded, name, segment)
        await self._warn(loaded, segment.lost, is_sound=True)
        await self._keep(name, segment.data)
