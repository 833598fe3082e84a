"""Which renditions a source gets: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from inpoint.model.encoding import Rendition
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
    "standard": (0, Fraction(1)),
    "pro": (2, Fraction(4, 3)),
    "premium": (4, Fraction(7, 4)),
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

#: H.264 table A-1: level times ten, macroblocks a second, macroblocks a frame, High profile's kbit/s.
_LEVELS = (
    (30, 40_500, 1_620, 12_500),
    (31, 108_000, 3_600, 17_500),
    (32, 216_000, 5_120, 25_000),
    (40, 245_760, 8_192, 25_000),
    (42, 522_240, 8_704, 62_500),
    (50, 589_824, 22_080, 168_750),
    (51, 983_040, 36_864, 300_000),
    (52, 2_073_600, 36_864, 300_000),
)


def ladder(
    width: int, height: int, rate: Fraction, treatment: Treatment, source_rate: int, codec: str
) -> tuple[Rendition, ...]:
    """The renditions of a source, the lowest first; never larger than the source or the treatment's.

    A source smaller than the lowest rung gets one rung of its own size. ``source_rate`` is in bit/s.
    """
    rungs = [_bettered(rung, treatment.quality) for rung in RUNGS]
    allowed = [rung for rung in rungs if rung.height <= treatment.max_height] or rungs[:1]
    fitting = [rung for rung in allowed if _scale(width, height, rung) <= 1]
    if not fitting:
        return (_rendition(f"{min(width, height)}p", width, height, rungs[0], rate, source_rate, codec),)
    return tuple(
        _rendition(f"{rung.height}p", *_fit(width, height, rung), rung, rate, source_rate, codec) for rung in fitting
    )


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
    name: str, width: int, height: int, rung: Rung, rate: Fraction, source_rate: int, codec: str
) -> Rendition:
    own = rung.max_rate * 3 // 2 if rate > 31 else rung.max_rate
    worth = source_rate * 3 // 2 * (2 if codec in EFFICIENT else 1)
    max_rate = max(_LEAST_RATE, min(own, worth))
    return Rendition(name, width, height, rung.crf, max_rate, max_rate, _level(width, height, rate, max_rate))


def _level(width: int, height: int, rate: Fraction, max_rate: int) -> int:
    blocks = -(-width // 16) * -(-height // 16)
    for level, per_second, per_frame, kilobits in _LEVELS:
        if blocks <= per_frame and blocks * rate <= per_second and max_rate <= kilobits * 1000:
            return level
    return _LEVELS[-1][0]
