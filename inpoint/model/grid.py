"""The grid: the exact frames of a media at a constant rate. Pure.

Times are integers on a track's own timescale or ``Fraction`` seconds; never floats.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from inpoint.model import aac

#: A frame belongs to a range if ``start - SLACK <= pts < end - SLACK``: clips that meet share no frame
#: and lose none, and times rounded to milliseconds name the frame they were read from.
SLACK = Fraction(1, 1000)

STANDARD_RATES = tuple(
    sorted(
        Fraction(rate)
        for rate in (
            "1", "2", "5", "6", "8", "10", "12", "25/2", "15", "16", "20",
            "24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60",
        )
    )
)  # fmt: skip

_TOLERANCE = Fraction(3, 2000)  # 1.5 ms


@dataclass(frozen=True, slots=True)
class Grid:
    """``frames`` frames at ``rate`` a second."""

    rate: Fraction
    frames: int

    @property
    def timescale(self) -> int:
        """Ticks a second; a frame is a whole number of them (23.976 fits no power of ten)."""
        return timescale(self.rate)

    @property
    def frame_ticks(self) -> int:
        """How long a frame is, in ticks of the timescale."""
        return frame_ticks(self.rate)

    @property
    def duration(self) -> Fraction:
        """Seconds."""
        return self.frames / self.rate


def timescale(rate: Fraction) -> int:
    """The rate's numerator, in thousandths where the rate is whole or nearly so."""
    return rate.numerator if rate.numerator >= 10_000 else rate.numerator * 1000


def frame_ticks(rate: Fraction) -> int:
    """How long a frame is, in ticks of the timescale."""
    return int(timescale(rate) / rate)


def aac_frame_at(frame: int, rate: Fraction) -> int:
    """The AAC frame that sounds as a video frame begins: at most 21.4 ms earlier, and never later, because a player
    that finds no sound at its first frame waits."""
    return int(Fraction(frame * aac.RATE, aac.FRAME) / rate)


def aac_range(start: int, end: int, grid: Grid) -> tuple[int, int]:
    """The AAC frames that sound under the frames ``[start, end)``: at least one. At the grid's end the sound covers
    the last picture; elsewhere the frame across the edge belongs to what follows."""
    first, last = aac_frame_at(start, grid.rate), aac_frame_at(end, grid.rate)
    if end == grid.frames and last * aac.FRAME * grid.rate < end * aac.RATE:
        last += 1
    return first, max(first + 1, last)


@dataclass(frozen=True, slots=True)
class Laid:
    """A rate, and for each grid frame which source frame is shown then."""

    rate: Fraction
    shown: list[int]


def lay(times: Sequence[int], time_base: Fraction, last_duration: int, wanted: Fraction | None = None) -> Laid:
    """Lay a constant grid over the frames' times (ticks of ``time_base``, ascending, at least one), of the ``wanted``
    rate or of the source's own.

    The rate is constant if every time fits one standard rate; otherwise the grid is a little finer than the
    source's own steps, and each grid frame shows the last source frame that is due.
    """
    rate = _constant_rate(times, time_base)
    if rate is not None and wanted in (None, rate):
        slots = [_slot(time - times[0], time_base, rate) for time in times]
        return Laid(rate, _held(slots, slots[-1] + 1))
    rate = wanted or _finer_rate(times, time_base)
    end = (times[-1] - times[0] + max(last_duration, 1)) * time_base
    count = max(1, -(-(end * rate).numerator // (end * rate).denominator))
    step = 1 / (rate * time_base)  # ticks a grid frame
    shown = []
    for number in range(count):
        due = times[0] + number * step + Fraction(1, 2)  # half a tick forgives a rounded time
        shown.append(max(0, bisect_right(times, due) - 1))
    return Laid(rate, shown)


def _slot(ticks: int, time_base: Fraction, rate: Fraction) -> int:
    at = ticks * time_base * rate
    return (2 * at.numerator + at.denominator) // (2 * at.denominator)


def _held(slots: Sequence[int], count: int) -> list[int]:
    """For each slot the last frame at or before it: a frame missing from the source repeats the one before."""
    shown, current = [], 0
    for slot in range(count):
        while current + 1 < len(slots) and slots[current + 1] <= slot:
            current += 1
        shown.append(current)
    return shown


def _constant_rate(times: Sequence[int], time_base: Fraction) -> Fraction | None:
    """The standard rate that all times fit within 1.5 ms or half a tick: the best fit, then the smallest."""
    if len(times) == 1:
        return Fraction(30)
    tolerance = max(_TOLERANCE, time_base / 2)
    best: tuple[int, Fraction] | None = None
    for rate in STANDARD_RATES:
        worst = _worst_fit(times, time_base, rate, tolerance)
        if worst is None:
            continue
        score = int(worst * 5_000)  # fits alike within 0.2 ms are equally good
        if best is None or (score, rate) < best:
            best = (score, rate)
    return best[1] if best else None


def _worst_fit(times: Sequence[int], time_base: Fraction, rate: Fraction, tolerance: Fraction) -> Fraction | None:
    """The largest distance of a time from its slot, in seconds; None if beyond tolerance or two share one."""
    # In integers: time = ticks * n / d, slot length = b / a; all over the common unit d * a.
    per_tick, per_slot = time_base * rate.numerator, rate.denominator
    scale = per_tick.denominator
    tick, slot_length = per_tick.numerator, per_slot * scale
    limit = int(tolerance * rate.numerator * scale)
    worst, previous = 0, -1
    for time in times:
        at = (time - times[0]) * tick
        slot = (2 * at + slot_length) // (2 * slot_length)
        error = abs(at - slot * slot_length)
        if error > limit or slot <= previous:
            return None
        worst, previous = max(worst, error), slot
    if previous > 4 * len(times):
        return None  # a few frames scattered over a long time: not a rate
    return Fraction(worst, rate.numerator * scale)


def _finer_rate(times: Sequence[int], time_base: Fraction) -> Fraction:
    """The smallest standard rate whose step is no longer than the source's shorter ones; above 60 a divisor."""
    gaps = sorted(b - a for a, b in pairwise(times) if b > a)
    if not gaps:
        return Fraction(30)
    short = gaps[len(gaps) // 20]
    # Rounded to ticks, one step is told as several lengths: their mean is nearer the truth than any.
    alike = [gap for gap in gaps if abs(gap - short) * time_base <= _TOLERANCE]
    gap = Fraction(sum(alike), len(alike)) * time_base
    for rate in STANDARD_RATES:
        if 1 / rate <= gap * Fraction(5001, 5000):
            return rate
    fast = round(1 / gap)
    return Fraction(fast, -(-fast // 60))
