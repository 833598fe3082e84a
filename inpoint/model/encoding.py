"""An encoding: a mezzanine with its grid and ladder. Segments are made of it, each named by what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from inpoint.model.grid import AAC_FRAME, AUDIO_RATE, Grid
from inpoint.model.overlay import Overlay

#: Settings belong to a generation, fixed at import. Later code keeps the tables to make older ones.
GENERATION = 1


@dataclass(frozen=True, slots=True)
class Rendition:
    """One rung. ``crf`` is the quality aimed at, ``max_rate`` the cap and ``buffer`` the VBV's size, in bit/s
    and bits; ``level`` is H.264's times ten."""

    name: str
    width: int
    height: int
    crf: int
    max_rate: int
    buffer: int
    level: int

    @property
    def rung(self) -> int:
        """What the name says: the height of the 16:9 frame that it fits into, lying or standing."""
        return int(self.name.removesuffix("p"))

    @property
    def codec(self) -> str:
        """RFC 6381: H.264 High, no constraints."""
        return f"avc1.6400{self.level:02x}"


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A track of the source."""

    number: int
    codec: str
    sample_rate: int
    channels: int
    language: str = "und"
    name: str = "default"
    #: Decibels by which it is made louder.
    gain: float = 0.0


@dataclass(frozen=True, slots=True)
class TextTrack:
    number: int
    language: str = "und"
    name: str = "default"


@dataclass(frozen=True, slots=True)
class Encoding:
    id: str
    workspace_id: str
    generation: int
    grid: Grid
    #: Of a shown picture: upright, with square pixels.
    width: int
    height: int
    #: Degrees counter-clockwise by which stored pictures are turned; color as libav numbers it.
    rotation: int
    color: Mapping[str, int]
    #: The lowest first.
    renditions: tuple[Rendition, ...]
    audio: tuple[AudioTrack, ...]
    text: tuple[TextTrack, ...]
    #: Images over the picture, the first the lowest.
    overlays: tuple[Overlay, ...] = ()
    #: The source's own shape, where it is fitted into the picture because it is joined to another.
    shape: tuple[int, int] | None = None
    #: Whose chunks and index it is made of, if they aren't its own.
    mezzanine_id: str | None = None

    @property
    def mezzanine(self) -> str:
        return self.mezzanine_id or self.id

    @property
    def fitting(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        return None if self.shape is None else (self.shape, (self.width, self.height))

    @property
    def lowest(self) -> Rendition:
        """What players start with."""
        return self.renditions[0]

    def rendition(self, name: str) -> Rendition | None:
        return next((rendition for rendition in self.renditions if rendition.name == name), None)


@dataclass(frozen=True, slots=True)
class SegmentName:
    """What a segment is: an encoding, a rendition ("720p") or audio track ("audio-0"), and the frames
    ``[start, end)``: video frames of the grid, or AAC frames."""

    encoding: str
    rendition: str
    start: int
    end: int

    @property
    def is_audio(self) -> bool:
        return self.rendition.startswith("audio-")


def audio_rendition(track: int) -> str:
    return f"audio-{track}"


#: RFC 6381: AAC-LC.
AUDIO_CODEC = "mp4a.40.2"
AAC_SECONDS = Fraction(AAC_FRAME, AUDIO_RATE)
