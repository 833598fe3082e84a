"""A recipe: how the segments of a generation of encodings are made, to the byte. Pure.

An encoding is made by one recipe for ever: its row tells the number, and whoever names, makes, lists, cuts or sweeps
its segments asks the recipe. A change of anything here is another recipe with the next number; the earlier ones stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import gcd

from inpoint.errors import LaterRelease
from inpoint.model import aac
from inpoint.model.cmaf import Boxes
from inpoint.model.runs import Runs


@dataclass(frozen=True, slots=True)
class PictureRecipe:
    """``parameters`` are the encoder's own; rates, sizes and qualities are a rendition's."""

    codec: str
    preset: str
    parameters: tuple[tuple[str, str], ...]
    #: Frames beyond a segment's last that its encoder is fed: a segment cut short is then byte for byte the prefix
    #: of the whole one.
    lookahead: int
    #: About how long a segment is, in seconds.
    segment_seconds: int
    #: Whether pictures are decoded and scaled to the same bits on every processor.
    is_exact: bool = False
    #: Whether they are made of fields where they are interlaced, and are brought to limited BT.709; else they are as
    #: recorded, and tagged so.
    is_standard: bool = False
    #: How many seconds of its cap a rendition's buffer holds, and how many times its source's rate the cap may be.
    buffer_seconds: int = 1
    headroom: Fraction = Fraction(3, 2)

    def runs(self, rate: Fraction) -> Runs:
        """Segments of a whole number of frames, at ``rate`` frames a second."""
        return Runs(max(1, round(rate * self.segment_seconds)))


@dataclass(frozen=True, slots=True)
class SoundRecipe:
    """``run_up`` and ``follow_up`` are AAC frames before and after a segment's own that its encoder hears."""

    #: Bit/s.
    bit_rate: int
    run_up: int
    follow_up: int
    #: Samples on both sides for the resampler's filter.
    margin: int
    #: Of packets before the first wanted sample, with which any sound codec is content (Opus asks for 80 ms, MP3 for
    #: 10 frames).
    pre_roll: Fraction
    #: Whether it is decoded and encoded to the same bits on every processor.
    is_exact: bool = False
    #: Whether mixing channels keeps within what two channels can hold, and one channel stays as loud as it is.
    is_level: bool = False

    def window(self, start: int, end: int, rate: int) -> tuple[int, int]:
        """The samples of media time, at ``rate``, that the AAC frames ``[start, end)`` are made of; the first is on
        the resampler's phase and may be negative (silence)."""
        step = rate // gcd(rate, aac.RATE)
        first = (start - self.run_up) * aac.FRAME * rate // aac.RATE - self.margin
        last = -(-(end + self.follow_up) * aac.FRAME * rate // aac.RATE) + self.margin
        return first // step * step, last


@dataclass(frozen=True, slots=True)
class Recipe:
    """``number`` is what rows and keys say."""

    number: int
    picture: PictureRecipe
    sound: SoundRecipe
    boxes: Boxes


#: No B-frames: display order is decode order, and a prefix is a segment. ``zones`` gives the first frame the quality
#: that one long pass would; the look-ahead is rc-lookahead and 2.
FIRST = Recipe(
    1,
    PictureRecipe(
        codec="avc",
        preset="veryfast",
        parameters=(
            ("stitchable", "1"),
            ("threads", "1"),
            ("cpu-independent", "1"),
            ("bframes", "0"),
            ("ref", "1"),
            ("keyint", "infinite"),
            ("scenecut", "0"),
            ("rc-lookahead", "10"),
            ("zones", "0,0,b=1.4"),
        ),
        lookahead=12,
        segment_seconds=2,
    ),
    SoundRecipe(bit_rate=128_000, run_up=8, follow_up=1, margin=256, pre_roll=Fraction(3, 10)),
    Boxes(),
)

#: Sound is heard two whole AAC frames past a segment's end. The encoder chooses a frame's window by what follows it;
#: where that broke off it saw an attack, and announced short blocks that the next segment doesn't begin with: a click
#: at every seam of loud sound. And all is the same wherever it is made.
SECOND = replace(
    FIRST,
    number=2,
    picture=replace(FIRST.picture, is_exact=True),
    sound=replace(FIRST.sound, follow_up=2, is_exact=True),
)

#: Every picture is one of limited BT.709, and has no fields; and no sound is clipped that wasn't. Pictures are nearer
#: to their source, for as many bytes (benchmarks/README.md).
THIRD = replace(
    SECOND,
    number=3,
    picture=replace(SECOND.picture, is_standard=True, preset="faster", buffer_seconds=2, headroom=Fraction(3)),
    sound=replace(SECOND.sound, is_level=True),
)


@dataclass(frozen=True)
class Recipes:
    """Those that this program knows; what is new is made by the newest."""

    known: tuple[Recipe, ...]

    @cached_property
    def _by_number(self) -> Mapping[int, Recipe]:
        return {recipe.number: recipe for recipe in self.known}

    @property
    def newest(self) -> Recipe:
        """The one with the greatest number."""
        return self._by_number[max(self._by_number)]

    def has(self, number: int) -> bool:
        """Whether this program knows it."""
        return number in self._by_number

    def of(self, number: int) -> Recipe:
        """Raises LaterRelease for a number that this program doesn't know."""
        recipe = self._by_number.get(number)
        if recipe is None:
            raise LaterRelease(detail=f"recipe {number}")
        return recipe


RECIPES = Recipes((FIRST, SECOND, THIRD))
