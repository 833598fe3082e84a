"""``ports.Engine`` over confined processes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from inpoint.engine import calls
from inpoint.engine.calls import Call, Order, Part
from inpoint.engine.pool import Pool
from inpoint.engine.processes import Zygote
from inpoint.errors import EngineFailed
from inpoint.ports.orders import (
    CaptionsOrder,
    CheckOrder,
    GatherOrder,
    ImageOrder,
    InitOrder,
    Loudness,
    MadeSegment,
    MixOrder,
    Priority,
    Progress,
    RateOrder,
    ReadImage,
    RewrapOrder,
    Rewrapped,
    SheetOrder,
    ShotOrder,
    SoundOrder,
    SoundRewrapOrder,
    SoundRewrapped,
    StillOrder,
    VideoOrder,
)

_REWRAP_SILENCE = 120.0  # seconds without a sign of progress
_SEGMENT_SECONDS = 60.0
_GATHER_SECONDS = 1800.0
_USUAL_CPU = 4 * 3600  # processor seconds
_CPU_EACH = 4  # for each second that a source may last: what has no key frames near is decoded and encoded


class ConfinedEngine:
    """``ports.Engine`` by processes that can reach neither network nor database."""

    def __init__(self, size: int, max_bytes: int) -> None:
        """``size`` processes for those who wait; a rewrap may write files of ``max_bytes`` at most."""
        self.zygote = Zygote()
        self._pool = Pool(self.zygote, size)
        self._max_bytes = max_bytes
        self._threads = 2 if size > 1 else 1

    async def start(self) -> None:
        await self.zygote.start()
        await self._pool.start()

    async def stop(self) -> None:
        """All its processes end."""
        await self._pool.stop()
        await self.zygote.stop()

    # Files, each opened by a process of its own

    async def rewrap(self, order: RewrapOrder, progress: Callable[[float], None]) -> Rewrapped:
        made: Rewrapped | None = None
        cpu = _CPU_EACH * order.max_seconds
        opened = self._opened(calls.REWRAP, order, [order.source], [order.out], cpu_seconds=cpu)
        async with aclosing(opened) as parts:
            async for part in parts:
                if isinstance(part, Progress):
                    progress(part.percent)
                else:
                    made = part
        return _required(made)

    async def rewrap_sound(self, order: SoundRewrapOrder) -> SoundRewrapped:
        return await self._one(calls.REWRAP_SOUND, order, [order.source], [order.out])

    async def mix(self, order: MixOrder) -> None:
        readable = [order.base, *(one.path for one in order.laid)]
        await self._one(calls.MIX, order, readable, [order.out.parent])

    async def captions(self, order: CaptionsOrder) -> bytes:
        return (await self._one(calls.CAPTIONS, order, [order.source])).cues

    async def read_image(self, order: ImageOrder) -> ReadImage:
        return await self._one(calls.IMAGE, order, [order.source])

    async def gather(self, order: GatherOrder) -> None:
        folders = sorted({path.parent for track in order.tracks for path in track.paths})
        most, patience = 2 * self._max_bytes, _GATHER_SECONDS
        async with aclosing(
            self._opened(calls.GATHER, order, folders, [order.out.parent], file_bytes=most, patience=patience)
        ) as parts:
            async for _ in parts:
                continue

    async def _one(
        self, call: Call[Order, Part], order: Order, readable: Sequence[Path], writable: Sequence[Path] = ()
    ) -> Part:
        async with aclosing(self._opened(call, order, readable, writable)) as parts:
            made = [part async for part in parts]
        return _required(made[-1] if made else None)

    async def _opened(
        self,
        call: Call[Order, Part],
        order: Order,
        readable: Sequence[Path],
        writable: Sequence[Path],
        *,
        cpu_seconds: int = _USUAL_CPU,
        file_bytes: int | None = None,
        patience: float = _REWRAP_SILENCE,
    ) -> AsyncGenerator[Part]:
        """The answer of a process of its own that may read some files and write into some folders."""
        most = self._max_bytes if file_bytes is None else file_bytes
        process = await self.zygote.fork(
            readable=readable, writable=writable, cpu_seconds=cpu_seconds, file_bytes=most
        )
        try:
            async with aclosing(process.ask(call, order, patience)) as parts:
                async for part in parts:
                    yield part
        finally:
            self.zygote.end(process)

    # Mezzanines, each served by warm processes of its own

    async def inits(self, order: InitOrder) -> dict[str, bytes]:
        async with self._pool.process(order.mezzanine, Priority.EDGE) as process:
            made = await process.answer(calls.INITS, order, _SEGMENT_SECONDS)
        return {one.rendition: one.data for one in made}

    async def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        """Closing the iterator early ends the process."""
        asked = replace(order, threads=self._threads if priority.waits else 1)
        async with (
            self._pool.process(order.mezzanine, priority) as process,
            aclosing(process.ask(calls.VIDEO, asked, _patience(priority))) as parts,
        ):
            async for part in parts:
                yield part

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment:
        return await self._warm(calls.SOUND, order, order.mezzanine, priority)

    async def loudness(self, order: SoundOrder) -> Loudness:
        return await self._warm(calls.LOUDNESS, order, order.mezzanine, Priority.FOLLOW_UP)

    async def levels(self, order: SoundOrder) -> bytes:
        return (await self._warm(calls.LEVELS, order, order.mezzanine, Priority.FILL)).data

    async def shots(self, order: ShotOrder) -> list[int]:
        return list((await self._warm(calls.SHOTS, order, order.mezzanine, Priority.FILL)).frames)

    async def still(self, order: StillOrder, priority: Priority) -> bytes:
        return (await self._warm(calls.STILL, order, order.mezzanine, priority)).data

    async def sheet(self, order: SheetOrder) -> bytes:
        return (await self._warm(calls.SHEET, order, order.mezzanine, Priority.EDGE)).data

    async def check(self, order: CheckOrder, priority: Priority) -> str | None:
        return (await self._warm(calls.CHECK, order, order.mezzanine, priority)).fault or None

    async def pixel_rate(self, order: RateOrder) -> float:
        measured = await self._warm(calls.PIXEL_RATE, order, "", Priority.EDGE)
        self._pool.forget("")
        return measured.pixels

    def forget(self, mezzanine: str) -> None:
        self._pool.forget(mezzanine)

    async def _warm(self, call: Call[Order, Part], order: Order, mezzanine: str, priority: Priority) -> Part:
        """The one part of the answer of a process that serves the mezzanine."""
        async with self._pool.process(mezzanine, priority) as process:
            (part,) = await process.answer(call, order, _patience(priority))
        return part


def _required(made: Part | None) -> Part:
    if made is None:
        raise EngineFailed(detail="a process ended without a result")
    return made


def _patience(priority: Priority) -> float:
    """Seconds between parts. What gives way to everything may take much longer."""
    return _SEGMENT_SECONDS * (1 if priority.waits else 20)
