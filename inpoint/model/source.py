"""What a look into a source and its rewrap found. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from inpoint.model.appearance import Appearance
from inpoint.model.fitting import Shapes, Size
from inpoint.model.warning import MediaWarning


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """``width`` and ``height`` are those of a shown picture: upright, with square pixels, even; ``bit_rate`` is in
    bit/s."""

    codec: str
    width: int
    height: int
    appearance: Appearance
    bit_rate: int
    #: Where there are pictures of several sizes: the greatest shape is the one above.
    shapes: Shapes = ()


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """``sample_rate`` and ``channels`` are those that decode; ``language`` is a BCP 47 tag, "und" if unknown."""

    codec: str
    sample_rate: int
    channels: int
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class TextFacts:
    """``language`` is a BCP 47 tag, "und" if unknown."""

    language: str
    name: str


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """``frames`` of a grid of ``rate`` a second, which begins at ``zero`` seconds of the source's own time."""

    rate: Fraction
    zero: Fraction
    frames: int
    video: PictureFacts
    audio: tuple[SoundFacts, ...]
    text: tuple[TextFacts, ...]
    #: In frames of the grid.
    warnings: tuple[MediaWarning, ...] = ()
    #: Whether there is nothing to be seen but a cover, or not even that.
    is_sound_alone: bool = False
    #: The size of the picture that its maker meant to stand for it, if there is one.
    poster: Size | None = None
