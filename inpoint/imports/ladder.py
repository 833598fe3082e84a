"""Which renditions a source gets: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from inpoint.model.codec import codec_of
from inpoint.model.encoding import Rendition
from inpoint.model.recipe import PictureRecipe
from inpoint.model.source import PictureFacts
from inpoint.model.treatment import Quality, Treatment

#: Codecs that say as much in half the bits: a rate measured in them is worth twice as much.
EFFICIENT = frozenset({"hevc", "vp9", "av1"})
_LEAST_RATE = 150_000


@dataclass(frozen=True, slots=True)
class Rung:
    """A picture fits the rung if it fits ``height`` by 16:9, lying or standing. Rate in bit/s, up to 30 frames/s."""

    height: int
    crf: int
    max_rate: int


#: What a better quality costs: how much lower the CRF, how many times the cap.
_QUALITIES: Mapping[Quality, tuple[int, Fraction]] = {
    "usual": (0, Fraction(1)),
    "better": (2, Fraction(4, 3)),
    "best": (4, Fraction(7, 4)),
}

#: The lowest first. The second lies above 1 Mbit/s, so that players start on the lowest.
RUNGS = (
    Rung(360, 23, 800_000),
    Rung(480, 23, 1_500_000),
    Rung(720, 23, 3_200_000),
    Rung(1080, 23, 6_000_000),
    Rung(1440, 23, 10_000_000),
    Rung(2160, 23, 20_000_000),
)


def ladder(
    source: PictureFacts, rate: Fraction, treatment: Treatment, recipe: PictureRecipe
) -> tuple[Rendition, ...]:
    """The renditions of a source, the lowest first; never larger than the source or the treatment's.

    A source smaller than the lowest rung gets one rung of its own size.
    """
    width, height = source.width, source.height
    rungs = [_bettered(rung, treatment.quality) for rung in RUNGS]
    allowed = [rung for rung in rungs if rung.height <= treatment.max_height] or rungs[:1]
    fitting = [rung for rung in allowed if _scale(width, height, rung) <= 1]
    if not fitting:
        return (_rendition(min(width, height), width, height, rungs[0], rate, source, recipe),)
    return tuple(_rendition(rung.height, *_fit(width, height, rung), rung, rate, source, recipe) for rung in fitting)


def _bettered(rung: Rung, quality: Quality) -> Rung:
    finer, wider = _QUALITIES[quality]
    return Rung(rung.height, rung.crf - finer, int(rung.max_rate * wider))


def _scale(width: int, height: int, rung: Rung) -> Fraction:
    """How much the picture would be enlarged to fill the rung's box."""
    long, short = max(width, height), min(width, height)
    return min(Fraction(rung.height * 16, 9 * long), Fraction(rung.height, short))


def _fit(width: int, height: int, rung: Rung) -> tuple[int, int]:
    scale = _scale(width, height, rung)
    return _even(width * scale), _even(height * scale)


def _even(size: Fraction) -> int:
    return max(2, round(size / 2) * 2)


def _rendition(
    height_of_box: int,
    width: int,
    height: int,
    rung: Rung,
    rate: Fraction,
    source: PictureFacts,
    recipe: PictureRecipe,
) -> Rendition:
    own = rung.max_rate * 3 // 2 if rate > 31 else rung.max_rate
    worth = int(source.bit_rate * recipe.headroom) * (2 if source.codec in EFFICIENT else 1)
    max_rate = max(_LEAST_RATE, min(own, worth))
    return Rendition(
        name=f"{height_of_box}p",
        rung=height_of_box,
        width=width,
        height=height,
        crf=rung.crf,
        max_rate=max_rate,
        buffer=max_rate * recipe.buffer_seconds,
        level=codec_of(recipe.codec).level(width, height, rate, max_rate),
        codec=recipe.codec,
        runs=recipe.runs(rate),
    )
