"""An encoding: a mezzanine with its grid and ladder. Segments are made of it, each named by what it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from inpoint.model import aac
from inpoint.model.appearance import Appearance
from inpoint.model.codec import codec_of
from inpoint.model.fitting import Fitting, Shapes, Size
from inpoint.model.grid import Grid
from inpoint.model.overlay import Overlay
from inpoint.model.recipe import Recipe
from inpoint.model.runs import Runs
from inpoint.model.source import SoundFacts
from inpoint.model.warning import MediaWarning


@dataclass(frozen=True, slots=True)
class Rendition:
    """One way in which an encoding's picture is made, known by its ``name``.

    ``rung`` is the height of the 16:9 frame that it fits into, lying or standing. ``crf`` is the quality aimed at,
    ``max_rate`` the cap in bit/s and ``buffer`` the VBV's size in bits; ``level`` is the codec's own. ``runs`` says
    where its segments begin.
    """

    name: str
    rung: int
    width: int
    height: int
    crf: int
    max_rate: int
    buffer: int
    level: int
    codec: str
    runs: Runs

    @property
    def codec_text(self) -> str:
        """As manifests name the codec (RFC 6381)."""
        return codec_of(self.codec).text(self.level)


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


def track_of(number: int, facts: SoundFacts) -> AudioTrack:
    """A soundtrack as it was found."""
    return AudioTrack(number, facts.codec, facts.sample_rate, facts.channels, facts.language, facts.name)


@dataclass(frozen=True, slots=True)
class TextTrack:
    """Captions of the source, or none."""

    number: int
    language: str = "und"
    name: str = "default"


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a source was made into: by which recipe, on which grid, in which renditions and tracks."""

    id: str
    workspace_id: str
    #: By which all its segments are made.
    recipe: Recipe
    grid: Grid
    #: Where the segments of its sound and captions begin, in frames of the grid.
    runs: Runs
    #: Of a shown picture: upright, with square pixels.
    width: int
    height: int
    appearance: Appearance
    #: The lowest first; none of sound alone.
    renditions: tuple[Rendition, ...]
    audio: tuple[AudioTrack, ...]
    text: tuple[TextTrack, ...]
    #: Images over the picture, the first the lowest.
    overlays: tuple[Overlay, ...] = ()
    #: The source's own shape, where it is fitted into the picture because it is joined to another.
    shape: Size | None = None
    #: Of a source that has pictures of several sizes.
    shapes: Shapes = ()
    #: Whose chunks and index it is made of, if they aren't its own.
    mezzanine_id: str | None = None
    #: The size of the picture that stands for its source, if there is one.
    poster: Size | None = None
    #: What is known by now, by frames of the grid.
    warnings: tuple[MediaWarning, ...] = ()

    @property
    def mezzanine(self) -> str:
        """The id of the encoding whose chunks this one is made of: its own, unless images lie over it."""
        return self.mezzanine_id or self.id

    @property
    def fitting(self) -> Fitting | None:
        """How the source's picture comes onto the canvas."""
        if self.shape is None and not self.shapes:
            return None
        canvas = self.width, self.height
        return Fitting(self.shape or canvas, canvas, self.shapes)

    @property
    def has_fields(self) -> bool:
        """Whether a picture of it is made of its neighbours, too."""
        return self.recipe.picture.is_standard and self.appearance.is_interlaced

    @property
    def lowest(self) -> Rendition | None:
        """What players start with; None of sound alone."""
        return self.renditions[0] if self.renditions else None

    @property
    def is_sound_alone(self) -> bool:
        """Whether its picture is there to be looked at, as a cover is, and never played."""
        return not self.renditions

    def rendition(self, name: str) -> Rendition | None:
        """By its name; None where there is none."""
        return next((rendition for rendition in self.renditions if rendition.name == name), None)

    def runs_of(self, rendition: str) -> Runs:
        """Where the whole segments of a rendition or a soundtrack begin."""
        found = self.rendition(rendition)
        return self.runs if found is None else found.runs

    def segment(self, rendition: str, start: int, end: int) -> SegmentName:
        """The name of a segment of this encoding."""
        return SegmentName(self.id, self.recipe.number, rendition, start, end)


@dataclass(frozen=True, slots=True)
class SegmentName:
    """What a segment is: an encoding and the number of its recipe, a rendition ("720p") or audio track ("audio-0"),
    and the frames ``[start, end)``: video frames of the grid, or AAC frames."""

    encoding: str
    generation: int
    rendition: str
    start: int
    end: int

    @property
    def is_audio(self) -> bool:
        """Whether it is sound."""
        return self.rendition.startswith("audio-")


def audio_rendition(track: int) -> str:
    """The name of a soundtrack's only rendition, by the track's number."""
    return f"audio-{track}"


#: How long an AAC frame is, in seconds.
AAC_SECONDS = Fraction(aac.FRAME, aac.RATE)
