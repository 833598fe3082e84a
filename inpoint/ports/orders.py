"""What engines are told, and what they answer: each defined here once, and sent to a process as it stands.

Media are told by ``mezzanine``: whoever serves one never serves another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from pathlib import Path

from inpoint.model.appearance import Appearance
from inpoint.model.cmaf import Boxes
from inpoint.model.encoding import Rendition
from inpoint.model.fitting import Fitting, Size
from inpoint.model.index import AudioRun, FramePlace
from inpoint.model.overlay import Overlay
from inpoint.model.recipe import PictureRecipe, SoundRecipe
from inpoint.model.source import SoundFacts, SourceFacts
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
class Chunk:
    """A chunk of a mezzanine: its number and its bytes."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class OverlayImage:
    """A PNG, and where it lies."""

    data: bytes
    overlay: Overlay


# Sources


@dataclass(frozen=True, slots=True)
class RewrapOrder:
    """Chunks and captions of a source into the folder ``out``. ``rate`` is the grid's, where it must be that of
    another source."""

    source: Path
    out: Path
    max_seconds: int
    rate: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rewrap is, from 0 to 100."""

    percent: float


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """A source's facts and its index; chunks and captions are files in the folder."""

    facts: SourceFacts
    index: bytes


@dataclass(frozen=True, slots=True)
class SoundRewrapOrder:
    """Chunks of a file's first soundtrack, which begins ``shift`` seconds in, into the folder ``out``."""

    source: Path
    out: Path
    shift: Fraction
    max_seconds: int


@dataclass(frozen=True, slots=True)
class SoundRewrapped:
    """The same of a soundtrack."""

    facts: SoundFacts
    index: bytes


@dataclass(frozen=True, slots=True)
class LaidSound:
    """A file whose first soundtrack is laid over another."""

    path: Path
    wanted: Imposition


@dataclass(frozen=True, slots=True)
class MixOrder:
    """``seconds`` of the first soundtrack of ``base`` from ``zero`` on (None: from where it begins), with others laid
    over it, as the sound file ``out`` in a folder of its own."""

    base: Path
    zero: Fraction | None
    laid: Sequence[LaidSound]
    seconds: Fraction
    out: Path


@dataclass(frozen=True, slots=True)
class Mixed:
    """The file is there."""


@dataclass(frozen=True, slots=True)
class CaptionsOrder:
    """The cues of a subtitle file (WebVTT, TTML, SubRip, SSA), ``shift`` seconds later."""

    source: Path
    shift: Fraction


@dataclass(frozen=True, slots=True)
class ReadCaptions:
    """Cues as an encoding keeps them."""

    cues: bytes


@dataclass(frozen=True, slots=True)
class ImageOrder:
    """An image file, to be read once."""

    source: Path


@dataclass(frozen=True, slots=True)
class ReadImage:
    """An image as a PNG, and its size in pixels."""

    data: bytes
    width: int
    height: int


# Segments


@dataclass(frozen=True, slots=True)
class Picture:
    """What all segments of an encoding's picture share."""

    recipe: PictureRecipe
    boxes: Boxes
    rate: Fraction
    appearance: Appearance
    fitting: Fitting | None = None


@dataclass(frozen=True, slots=True)
class InitOrder:
    """Init segments of renditions."""

    mezzanine: str
    picture: Picture
    renditions: Sequence[Rendition]


@dataclass(frozen=True, slots=True)
class MadeInit:
    """A rendition's init segment."""

    rendition: str
    data: bytes


@dataclass(frozen=True, slots=True)
class WantedSegment:
    """The grid frames ``[start, end)`` of a rendition."""

    rendition: Rendition
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """Segments to make in one pass. ``places`` are those of the grid frames from ``first`` on, to the recipe's
    look-ahead beyond the last wanted one or, if ``at_end``, to the grid's end; of pictures that have fields, the
    neighbours ``before`` and ``after`` them are told as well, where there are any. ``images`` lie over the picture,
    the first the lowest. ``is_all`` is whether the chunks are all from which a picture may come that stands for a
    lost one."""

    mezzanine: str
    picture: Picture
    chunks: Sequence[Chunk]
    places: Sequence[FramePlace]
    first: int
    at_end: bool
    wanted: Sequence[WantedSegment]
    images: Sequence[OverlayImage] = ()
    threads: int = 1
    is_all: bool = True
    before: FramePlace | None = None
    after: FramePlace | None = None


@dataclass(frozen=True, slots=True)
class SoundOrder:
    """The AAC frames ``[start, end)``. ``firsts`` are the chunks' first packets; ``runs`` the packets that sound, at
    ``rate`` samples a second; ``gain`` is in decibels."""

    mezzanine: str
    recipe: SoundRecipe
    boxes: Boxes
    chunks: Sequence[Chunk]
    firsts: Sequence[int]
    runs: Sequence[AudioRun]
    rate: int
    start: int
    end: int
    gain: float = 0.0


@dataclass(frozen=True, slots=True)
class MadeSegment:
    """``rendition`` is empty for sound; ``init`` is the init segment that it goes with. ``lost`` are stretches of its
    frames that can't be decoded: the picture before stands for them, and sound is silent."""

    rendition: str
    start: int
    end: int
    init: bytes
    data: bytes
    lost: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class CheckOrder:
    """A video segment, to be decoded on its own; ``frame_ticks`` is how long a frame is on its timescale."""

    mezzanine: str
    segment: MadeSegment
    frame_ticks: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a segment; None if nothing."""

    fault: str | None


# What is measured, and what is found


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS (ITU-R BS.1770), and the greatest sample, 1 being full scale."""

    lufs: float
    peak: float


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud each AAC frame is (``model.survey``)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ShotOrder:
    """Which of the grid frames at ``places``, counted behind the first ``lead`` of them, begin a shot."""

    mezzanine: str
    chunks: Sequence[Chunk]
    places: Sequence[FramePlace]
    lead: int


@dataclass(frozen=True, slots=True)
class Shots:
    """The numbers of those that do."""

    frames: Sequence[int]


@dataclass(frozen=True, slots=True)
class RateOrder:
    """How fast a picture is made by a recipe, tried on a pattern."""

    recipe: PictureRecipe
    boxes: Boxes


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """Pixels a second that one process encodes."""

    pixels: float


# Pictures and files


@dataclass(frozen=True, slots=True)
class StillOrder:
    """The frames at ``places``, ascending, as an image; several are a moving one at ``rate`` pictures a second.
    ``is_all`` as in VideoOrder."""

    mezzanine: str
    appearance: Appearance
    chunks: Sequence[Chunk]
    places: Sequence[FramePlace]
    canvas: Canvas
    format: ImageFormat
    rate: Fraction
    images: Sequence[OverlayImage] = ()
    fitting: Fitting | None = None
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """Bare pictures of one size, in rows, as a JPEG."""

    mezzanine: str
    tiles: Sequence[bytes]
    tile: Size
    columns: int


@dataclass(frozen=True, slots=True)
class Painted:
    """An image's bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class GatheredTrack:
    """Chunks' files with their numbers; ``times`` are in milliseconds, of each frame or packet by its chunk and rank:
    arrays of 64-bit integers, as they lie in memory."""

    paths: Sequence[Path]
    numbers: Sequence[int]
    chunks: bytes
    ranks: bytes
    times: bytes
    language: str


@dataclass(frozen=True, slots=True)
class GatherOrder:
    """Kept packets, into the file ``out``."""

    tracks: Sequence[GatheredTrack]
    out: Path


@dataclass(frozen=True, slots=True)
class Gathered:
    """The file is there."""
