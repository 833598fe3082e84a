"""What makes media, in confined processes."""

from __future__ import annotations

from array import array
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from inpoint.model.encoding import Rendition
from inpoint.model.index import AudioRun, FramePlace
from inpoint.model.overlay import Overlay
from inpoint.model.still import Canvas, ImageFormat
from inpoint.model.treatment import Imposition


class Priority(IntEnum):
    """Who is served first. The last two are nobody's wait: they run when nothing else does."""

    VIEWER = 0
    EDGE = 1
    FOLLOW_UP = 2
    FILL = 3

    @property
    def waits(self) -> bool:
        """Whether somebody waits for it."""
        return self in (Priority.VIEWER, Priority.EDGE)


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """A source's facts (see ``engine.rewrap``) and its index; chunks and captions are files in the folder."""

    facts: Mapping[str, Any]
    index: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """What an encoder must know beside the rendition."""

    rate: Fraction
    rotation: int
    color: Mapping[str, int]
    #: Its own shape and the canvas that it is fitted into, where they differ.
    fitting: tuple[tuple[int, int], tuple[int, int]] | None = None


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """Segments of one mezzanine to make in one pass. ``places`` are those of the grid frames from ``first`` on."""

    mezzanine: str
    picture: Picture
    chunks: Mapping[int, bytes]
    places: Sequence[FramePlace]
    first: int
    at_end: bool
    wanted: Sequence[tuple[Rendition, int, int]]
    #: PNGs over the picture, the first the lowest.
    images: Sequence[tuple[bytes, Overlay]] = ()


@dataclass(frozen=True, slots=True)
class SoundOrder:
    """The AAC frames ``[start, end)``; ``chunks`` holds each chunk's first packet and bytes."""

    mezzanine: str
    chunks: Mapping[int, tuple[int, bytes]]
    runs: Sequence[AudioRun]
    rate: int
    start: int
    end: int
    #: Decibels.
    gain: float = 0.0


@dataclass(frozen=True, slots=True)
class GatheredTrack:
    """Chunks' files with their numbers; the time in milliseconds of each frame or packet, by its chunk and rank."""

    paths: Sequence[Path]
    numbers: array[int]
    chunk: array[int]
    rank: array[int]
    time: array[int]
    language: str


@dataclass(frozen=True, slots=True)
class StillOrder:
    """The frames at ``places``, ascending, as an image; several are a moving one at ``rate`` pictures a second."""

    mezzanine: str
    rotation: int
    chunks: Mapping[int, bytes]
    places: Sequence[FramePlace]
    canvas: Canvas
    format: ImageFormat
    rate: Fraction
    images: Sequence[tuple[bytes, Overlay]] = ()
    fitting: tuple[tuple[int, int], tuple[int, int]] | None = None


@dataclass(frozen=True, slots=True)
class ShotOrder:
    """Which of the grid frames at ``places``, counted behind the first ``lead`` of them, begin a shot."""

    mezzanine: str
    chunks: Mapping[int, bytes]
    places: Sequence[FramePlace]
    lead: int


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS (ITU-R BS.1770), and the greatest sample, 1 being full scale."""

    lufs: float
    peak: float


@dataclass(frozen=True, slots=True)
class MadeSegment:
    """``rendition`` is empty for sound."""

    rendition: str
    start: int
    end: int
    init: bytes
    data: bytes


class Engine(Protocol):
    """Makes media, in confined processes. Raises MediaErrors."""

    async def rewrap(
        self,
        source: Path,
        out: Path,
        max_seconds: int,
        progress: Callable[[float], None],
        rate: Fraction | None = None,
    ) -> Rewrapped:
        """``rate`` is the grid's, where it must be that of another source."""
        ...

    async def rewrap_sound(self, source: Path, out: Path, shift: Fraction, max_seconds: int) -> Rewrapped:
        """Of a file's first soundtrack, which begins ``shift`` seconds in."""
        ...

    async def mix(
        self,
        base: Path,
        zero: Fraction | None,
        laid: Sequence[tuple[Path, Imposition]],
        seconds: Fraction,
        out: Path,
    ) -> None:
        """Write ``seconds`` of a file's sound from ``zero`` on (None: from where it begins), with others laid over
        it, as a sound file in a folder of its own."""
        ...

    async def captions(self, source: Path, shift: Fraction) -> bytes:
        """The cues of a subtitle file (WebVTT, SubRip, SSA), ``shift`` seconds later, as an encoding keeps them."""
        ...

    async def read_image(self, source: Path) -> tuple[bytes, int, int]:
        """An image file as a PNG, and its width and height."""
        ...

    async def inits(self, mezzanine: str, picture: Picture, renditions: Sequence[Rendition]) -> dict[str, bytes]: ...
    def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        """Segments as they are done; closed early, nothing more is made."""
        ...

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment: ...
    async def gather(self, tracks: Sequence[GatheredTrack], out: Path) -> None:
        """Write the chunks' packets into one file."""
        ...

    async def loudness(self, order: SoundOrder) -> Loudness:
        """Of the frames of an order, before its gain."""
        ...

    async def levels(self, order: SoundOrder) -> bytes:
        """How loud each AAC frame of an order is, before its gain (``model.survey``)."""
        ...

    async def shots(self, order: ShotOrder) -> list[int]: ...
    async def still(self, order: StillOrder, priority: Priority) -> bytes: ...
    async def sheet(self, mezzanine: str, tiles: Sequence[bytes], tile: tuple[int, int], columns: int) -> bytes:
        """Bare pictures of one size, in rows, as a JPEG."""
        ...

    async def check(self, mezzanine: str, segment: MadeSegment, frame_ticks: int, priority: Priority) -> str | None:
        """What is wrong with a video segment, decoded on its own; None if nothing."""
        ...

    async def pixel_rate(self) -> float:
        """Pixels that one process encodes in a second, measured here."""
        ...

    def sound_window(self, start: int, end: int, rate: int) -> tuple[int, int]:
        """The samples of media time that the AAC frames ``[start, end)`` are made of."""
        ...

    def forget(self, mezzanine: str) -> None: ...
