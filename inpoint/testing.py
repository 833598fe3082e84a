"""In-memory twins of ports, for unit tests: a store, an engine that writes what it was asked, a settable clock."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from inpoint.errors import NotFound
from inpoint.model import cmaf
from inpoint.model.encoding import Rendition
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


class MemoryStore:
    """``ports.BlobStore`` in a dictionary."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    async def put(self, key: str, data: bytes) -> bool:
        return self.blobs.setdefault(key, data) is data

    async def put_files(self, files: Mapping[str, Path]) -> None:
        for key, path in files.items():
            self.blobs[key] = path.read_bytes()
            path.unlink()

    async def get(self, key: str) -> bytes:
        if key not in self.blobs:
            raise NotFound(detail=key)
        return self.blobs[key]

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        return (await self.get(key))[start:end]

    async def size(self, key: str) -> int:
        return len(await self.get(key))

    async def exists(self, key: str) -> bool:
        return key in self.blobs

    async def list(self, prefix: str) -> dict[str, int]:
        return {key: len(data) for key, data in self.blobs.items() if key.startswith(prefix)}

    async def delete(self, keys: Collection[str]) -> None:
        for key in keys:
            self.blobs.pop(key, None)

    def path(self, key: str) -> Path | None:
        del key
        return None


class ScriptedEngine:
    """``ports.Engine`` without media: each frame's sample is its number; ``faults`` are what checks will find."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int, int]] = []
        self.priorities: list[Priority] = []
        self.faults: list[str | None] = []
        self.forgotten: list[str] = []

    async def rewrap(
        self,
        source: Path,
        out: Path,
        max_seconds: int,
        progress: Callable[[float], None],
        rate: Fraction | None = None,
    ) -> Rewrapped:
        raise NotImplementedError("a scripted engine opens no source")

    async def rewrap_sound(self, source: Path, out: Path, shift: Fraction, max_seconds: int) -> Rewrapped:
        raise NotImplementedError("a scripted engine opens no source")

    async def mix(
        self,
        base: Path,
        zero: Fraction | None,
        laid: Sequence[tuple[Path, Imposition]],
        seconds: Fraction,
        out: Path,
    ) -> None:
        raise NotImplementedError("a scripted engine opens no source")

    async def captions(self, source: Path, shift: Fraction) -> bytes:
        raise NotImplementedError("a scripted engine opens no source")

    async def read_image(self, source: Path) -> tuple[bytes, int, int]:
        raise NotImplementedError("a scripted engine opens no image")

    async def inits(self, mezzanine: str, picture: Picture, renditions: Sequence[Rendition]) -> dict[str, bytes]:
        del mezzanine, picture
        return {one.name: one.name.encode() for one in renditions}

    async def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        self.priorities.append(priority)
        for rendition, start, end in order.wanted:
            self.made.append((rendition.name, start, end))
            samples = [number.to_bytes(4, "big") for number in range(start, end)]
            data = cmaf.media_segment(start * 1000, 1000, samples, sequence=start + 1)
            yield MadeSegment(rendition.name, start, end, rendition.name.encode(), data)

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment:
        del priority
        self.made.append(("sound", order.start, order.end))
        samples = [number.to_bytes(4, "big") for number in range(order.start, order.end)]
        data = cmaf.media_segment(order.start * 1024, 1024, samples, sequence=1)
        return MadeSegment("", order.start, order.end, b"audio-0", data)

    async def gather(self, tracks: Sequence[GatheredTrack], out: Path) -> None:
        raise NotImplementedError("a scripted engine writes no file")

    async def loudness(self, order: SoundOrder) -> Loudness:
        """As many LUFS below full scale as the first frame's number."""
        return Loudness(-float(order.start), 0.5)

    async def levels(self, order: SoundOrder) -> bytes:
        return bytes(order.end - order.start)

    async def shots(self, order: ShotOrder) -> list[int]:
        return [number - order.lead for number in range(order.lead, len(order.places), 100)]

    async def still(self, order: StillOrder, priority: Priority) -> bytes:
        self.priorities.append(priority)
        return repr([(place.chunk, place.rank) for place in order.places]).encode()

    async def sheet(self, mezzanine: str, tiles: Sequence[bytes], tile: tuple[int, int], columns: int) -> bytes:
        del mezzanine, tile, columns
        return b"".join(tiles)

    async def check(self, mezzanine: str, segment: MadeSegment, frame_ticks: int, priority: Priority) -> str | None:
        del mezzanine, segment, frame_ticks, priority
        return self.faults.pop(0) if self.faults else None

    async def pixel_rate(self) -> float:
        return 1e9

    def sound_window(self, start: int, end: int, rate: int) -> tuple[int, int]:
        return start * 1024 * rate // 48_000, end * 1024 * rate // 48_000

    def forget(self, mezzanine: str) -> None:
        self.forgotten.append(mezzanine)


class SettableClock:
    """``ports.Clock`` that moves when told."""

    def __init__(self, now: datetime = datetime(2030, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
