"""``ports.Engine`` over confined processes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from inpoint.engine.pool import Pool
from inpoint.engine.processes import Zygote
from inpoint.engine.sound import window
from inpoint.engine.wire import Message
from inpoint.errors import EngineFailed
from inpoint.model.encoding import Rendition
from inpoint.model.overlay import overlay_facts
from inpoint.model.treatment import Imposition
from inpoint.ports import (
    GatheredTrack,
    Loudness,
    MadeSegment,
    Picture,
    Priority,
    Rewrapped,
    ShotOrder,
    SoundOrder,
    StillOrder,
    VideoOrder,
)

_REWRAP_SILENCE = 120.0  # seconds without a sign of progress
_SEGMENT_SECONDS = 60.0
_GATHER_SECONDS = 1800.0
_REWRAP_CPU = 4 * 3600


class ConfinedEngine:
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
        await self._pool.stop()
        await self.zygote.stop()

    async def rewrap(
        self,
        source: Path,
        out: Path,
        max_seconds: int,
        progress: Callable[[float], None],
        rate: Fraction | None = None,
    ) -> Rewrapped:
        header = {"op": "rewrap", "path": str(source), "out": str(out), "max_seconds": max_seconds}
        header["rate"] = None if rate is None else str(rate)
        last = await self._opened(header, [source], [out], progress)
        return Rewrapped(last.header["facts"], last.blobs[0])

    async def rewrap_sound(self, source: Path, out: Path, shift: Fraction, max_seconds: int) -> Rewrapped:
        header = {"op": "rewrap_sound", "path": str(source), "out": str(out), "max_seconds": max_seconds}
        last = await self._opened(header | {"shift": str(shift)}, [source], [out])
        return Rewrapped(last.header["facts"], last.blobs[0])

    async def mix(
        self,
        base: Path,
        zero: Fraction | None,
        laid: Sequence[tuple[Path, Imposition]],
        seconds: Fraction,
        out: Path,
    ) -> None:
        header: dict[str, Any] = {"op": "mix", "path": str(base), "seconds": str(seconds), "out": str(out)}
        header["zero"] = None if zero is None else str(zero)
        header["laid"] = [
            {
                "path": str(path),
                "start": str(one.start),
                "end": None if one.end is None else str(one.end),
                "fade_in": str(one.fade_in),
                "fade_out": str(one.fade_out),
            }
            for path, one in laid
        ]
        await self._opened(header, [base, *(path for path, _ in laid)], [out.parent])

    async def captions(self, source: Path, shift: Fraction) -> bytes:
        header = {"op": "captions", "path": str(source), "shift": str(shift)}
        return (await self._opened(header, [source], [])).blobs[0]

    async def read_image(self, source: Path) -> tuple[bytes, int, int]:
        last = await self._opened({"op": "image", "path": str(source)}, [source], [])
        return last.blobs[0], last.header["width"], last.header["height"]

    async def _opened(
        self,
        header: dict[str, Any],
        readable: Sequence[Path],
        writable: Sequence[Path],
        progress: Callable[[float], None] | None = None,
    ) -> Message:
        """The answer of a process of its own that may read some files and write into some folders."""
        process = await self.zygote.fork(
            readable=readable, writable=writable, cpu_seconds=_REWRAP_CPU, file_bytes=self._max_bytes
        )
        result: Message | None = None
        try:
            async with aclosing(process.ask(Message(header), _REWRAP_SILENCE)) as parts:
                async for part in parts:
                    if "progress" not in part.header:
                        result = part
                    elif progress is not None:
                        progress(part.header["progress"])
        finally:
            self.zygote.end(process)
        if result is None:
            raise EngineFailed(detail=f"{header['op']} ended without a result")
        return result

    async def inits(self, mezzanine: str, picture: Picture, renditions: Sequence[Rendition]) -> dict[str, bytes]:
        header = {"op": "inits", "renditions": [asdict(one) for one in renditions], **_picture(picture)}
        async with self._pool.process(mezzanine, Priority.EDGE) as process:
            parts = await process.answer(Message(header), _SEGMENT_SECONDS)
        return {part.header["rendition"]: part.blobs[0] for part in parts}

    async def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        """Segments as they are done. Closing the iterator early ends the process."""
        header = {
            "op": "encode",
            **_picture(order.picture),
            "chunks": list(order.chunks),
            "places": [(place.chunk, place.rank) for place in order.places],
            "first": order.first,
            "at_end": order.at_end,
            "wanted": [
                {"rendition": asdict(rendition), "start": start, "end": end} for rendition, start, end in order.wanted
            ],
            "threads": self._threads if priority.waits else 1,
            "images": [overlay_facts(overlay) for _, overlay in order.images],
        }
        request = Message(header, [*order.chunks.values(), *(data for data, _ in order.images)])
        async with (
            self._pool.process(order.mezzanine, priority) as process,
            aclosing(process.ask(request, _timeout(priority))) as parts,
        ):
            async for part in parts:
                yield _made(part)

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment:
        async with self._pool.process(order.mezzanine, priority) as process:
            (part,) = await process.answer(_sound("sound", order), _timeout(priority))
        return _made(part)

    async def gather(self, tracks: Sequence[GatheredTrack], out: Path) -> None:
        folders = sorted({path.parent for track in tracks for path in track.paths})
        process = await self.zygote.fork(
            readable=folders, writable=[out.parent], cpu_seconds=_REWRAP_CPU, file_bytes=2 * self._max_bytes
        )
        told = [
            {"paths": [str(path) for path in track.paths], "numbers": list(track.numbers), "language": track.language}
            for track in tracks
        ]
        arrays = [part.tobytes() for track in tracks for part in (track.chunk, track.rank, track.time)]
        try:
            await process.answer(Message({"op": "gather", "tracks": told, "out": str(out)}, arrays), _GATHER_SECONDS)
        finally:
            self.zygote.end(process)

    async def loudness(self, order: SoundOrder) -> Loudness:
        async with self._pool.process(order.mezzanine, Priority.FOLLOW_UP) as process:
            (part,) = await process.answer(_sound("loudness", order), _timeout(Priority.FOLLOW_UP))
        return Loudness(**part.header)

    async def levels(self, order: SoundOrder) -> bytes:
        async with self._pool.process(order.mezzanine, Priority.FILL) as process:
            (part,) = await process.answer(_sound("levels", order), _timeout(Priority.FILL))
        return part.blobs[0]

    async def shots(self, order: ShotOrder) -> list[int]:
        header = {
            "op": "shots",
            "chunks": list(order.chunks),
            "places": [(place.chunk, place.rank) for place in order.places],
            "lead": order.lead,
        }
        async with self._pool.process(order.mezzanine, Priority.FILL) as process:
            (part,) = await process.answer(Message(header, list(order.chunks.values())), _timeout(Priority.FILL))
        return [int(one) for one in part.header["shots"]]

    async def still(self, order: StillOrder, priority: Priority) -> bytes:
        header = {
            "op": "still",
            "rotation": order.rotation,
            "chunks": list(order.chunks),
            "places": [(place.chunk, place.rank) for place in order.places],
            "canvas": asdict(order.canvas),
            "format": order.format,
            "rate": str(order.rate),
            "fitting": _fitting(order.fitting),
            "images": [overlay_facts(overlay) for _, overlay in order.images],
        }
        request = Message(header, [*order.chunks.values(), *(data for data, _ in order.images)])
        async with self._pool.process(order.mezzanine, priority) as process:
            (part,) = await process.answer(request, _timeout(priority))
        return part.blobs[0]

    async def sheet(self, mezzanine: str, tiles: Sequence[bytes], tile: tuple[int, int], columns: int) -> bytes:
        message = Message({"op": "sheet", "tile": tile, "columns": columns}, list(tiles))
        async with self._pool.process(mezzanine, Priority.EDGE) as process:
            (part,) = await process.answer(message, _SEGMENT_SECONDS)
        return part.blobs[0]

    async def check(self, mezzanine: str, segment: MadeSegment, frame_ticks: int, priority: Priority) -> str | None:
        header = {
            "op": "check",
            "start": segment.start,
            "count": segment.end - segment.start,
            "ticks": frame_ticks,
        }
        request = Message(header, [segment.init, segment.data])
        async with self._pool.process(mezzanine, priority) as process:
            (part,) = await process.answer(request, _timeout(priority))
        return str(part.header["fault"]) if part.header["fault"] else None

    async def pixel_rate(self) -> float:
        async with self._pool.process("", Priority.EDGE) as process:
            (part,) = await process.answer(Message({"op": "pixel_rate"}), _SEGMENT_SECONDS)
        self._pool.forget("")
        return float(part.header["rate"])

    def sound_window(self, start: int, end: int, rate: int) -> tuple[int, int]:
        return window(start, end, rate)

    def forget(self, mezzanine: str) -> None:
        self._pool.forget(mezzanine)


def _timeout(priority: Priority) -> float:
    """What gives way to everything may take much longer."""
    return _SEGMENT_SECONDS * (1 if priority.waits else 20)


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "rate": str(picture.rate),
        "rotation": picture.rotation,
        "color": dict(picture.color),
        "fitting": _fitting(picture.fitting),
    }


def _fitting(fitting: tuple[tuple[int, int], tuple[int, int]] | None) -> dict[str, Any] | None:
    return None if fitting is None else {"shape": fitting[0], "canvas": fitting[1]}


def _sound(operation: str, order: SoundOrder) -> Message:
    header = {
        "op": operation,
        "chunks": list(order.chunks),
        "firsts": [first for first, _ in order.chunks.values()],
        "runs": [asdict(run) for run in order.runs],
        "rate": order.rate,
        "start": order.start,
        "end": order.end,
        "gain": order.gain,
    }
    return Message(header, [data for _, data in order.chunks.values()])


def _made(part: Message) -> MadeSegment:
    header = part.header
    return MadeSegment(header.get("rendition", ""), header["start"], header["end"], *part.blobs)
