"""The grid: the exact frames of a media at a constant rate. Pure.

Times are integers on a track's own timescale or ``Fraction`` seconds; never floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil

from inpoint.model import aac

#: A frame belongs to a range if ``start - SLACK <= pts < end - SLACK``: clips that meet share no frame
#: and lose none, and times rounded to milliseconds name the frame they were read from.
SLACK = Fraction(1, 1000)

#: Rates that recorders mean, those that are cut on as they are.
STANDARD_RATES = tuple(map(Fraction, ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")))
_SLOW_RATES = tuple(map(Fraction, ("1", "2", "5", "6", "8", "10", "12", "25/2", "15000/1001", "15", "16", "20")))
_FAST_RATES = tuple(map(Fraction, ("90", "100", "120000/1001", "120", "144", "240000/1001", "240")))
_KNOWN_RATES = (*_SLOW_RATES, *STANDARD_RATES, *_FAST_RATES)
#: A grid that is worth cutting on is no coarser, and no player shows more.
_COARSEST, _FINEST = 24, 60
_NEAR, _EXACT = Fraction(1, 100), Fraction(1, 4000)  # a measured rate is a known one
#: Gaps are usual if so many of them differ by no more than this from the middle one.
_MOST, _ALIKE = Fraction(3, 4), Fraction(1, 5)
_HOLE = 10  # middle gaps: what is longer says nothing of the rate
_ASTRAY = Fraction(3, 5)  # slots that a frame may lie from its time

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
    rate or of the source's own. The last frame stays for its duration (ticks).

    The rate is the source's if every time fits one; the usual one if most gaps are alike; else the one between 24 and
    60 that loses fewest frames. A slow source's is multiplied, a fast one's divided, to lie between them.
    """
    own, slots = _own_slots(times, time_base)
    if own is None:
        rate = wanted or min(
            STANDARD_RATES, key=lambda one: (_lost(_due(times, time_base, one)), one.denominator, one)
        )
        slots = _due(times, time_base, rate)
        return Laid(rate, _held(slots, slots[-1] + max(1, _slot(last_duration, time_base, rate))))
    rate = wanted or _cut_on(own)
    count = slots[-1] + max(1, _slot(last_duration, time_base, own))
    finer, of = (rate / own).as_integer_ratio()
    return Laid(rate, _held([-(-slot * finer // of) for slot in slots], -(-count * finer // of)))


def _own_slots(times: Sequence[int], time_base: Fraction) -> tuple[Fraction | None, list[int]]:
    """The source's own rate, if it has one, and each frame's slot at that."""
    constant = _constant_rate(times, time_base)
    if constant is not None:
        return constant, [_slot(time - times[0], time_base, constant) for time in times]
    usual = _usual_rate(times, time_base)
    return usual, [] if usual is None else _followed(times, time_base, usual)


def _cut_on(rate: Fraction) -> Fraction:
    """A multiple of a slow rate, or a fraction of a fast one."""
    return rate * max(1, ceil(_COARSEST / rate * (1 - _NEAR))) / max(1, ceil(rate / _FINEST))


def _usual_rate(times: Sequence[int], time_base: Fraction) -> Fraction | None:
    """The rate of the middle gap, if most are like it."""
    gaps = sorted(b - a for a, b in pairwise(times) if b > a)
    if not gaps:
        return Fraction(30)
    middle = gaps[len(gaps) // 2]
    reach = max(middle * _ALIKE, _TOLERANCE / time_base)
    alike = [gap for gap in gaps if abs(gap - middle) <= reach]
    if len(alike) < _MOST * len(gaps):
        return None
    near = [gap for gap in gaps if gap <= _HOLE * middle]
    steps = sum(max(1, _rounded(gap * len(alike), sum(alike))) for gap in near)
    same = [gap for gap in alike if abs(gap - middle) * time_base <= _TOLERANCE]
    # What is the same says it best, if it isn't the half of a jitter; all steps together say it always.
    for found, reach in ((len(same) / (sum(same) * time_base), _EXACT), (steps / (sum(near) * time_base), _NEAR)):
        known = min(_KNOWN_RATES, key=lambda rate: abs(rate / found - 1))
        if abs(known / found - 1) <= reach:
            return known
    return Fraction(max(1, round(steps / (sum(near) * time_base))))


def _followed(times: Sequence[int], time_base: Fraction, rate: Fraction) -> list[int]:
    """Slots by the gaps between frames, as long as they don't lead astray: jitter loses nothing then."""
    per = time_base * rate
    slots = [0]
    for before, time in pairwise(times):
        slot = slots[-1] + _rounded((time - before) * per.numerator, per.denominator)
        away = slot * per.denominator - (time - times[0]) * per.numerator
        if abs(away) > _ASTRAY * per.denominator:
            slot = _rounded((time - times[0]) * per.numerator, per.denominator)
        slots.append(max(slot, slots[-1]))
    return slots


def _due(times: Sequence[int], time_base: Fraction, rate: Fraction) -> list[int]:
    """The first slot at which each frame is due; half a tick forgives a rounded time."""
    per = time_base * rate
    return [max(0, -(-((2 * (time - times[0]) - 1) * per.numerator) // (2 * per.denominator))) for time in times]


def _lost(slots: Sequence[int]) -> int:
    """Frames that are never shown, for the next one is due as well."""
    return sum(a == b for a, b in pairwise(slots))


def _rounded(value: int, of: int) -> int:
    return (2 * value + of) // (2 * of)


def _slot(ticks: int, time_base: Fraction, rate: Fraction) -> int:
    at = ticks * time_base * rate
    return _rounded(at.numerator, at.denominator)


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
    for rate in _KNOWN_RATES:
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
    worst, previous, shortest = 0, -1, None
    for time in times:
        at = (time - times[0]) * tick
        slot = (2 * at + slot_length) // (2 * slot_length)
        error = abs(at - slot * slot_length)
        if error > limit or slot <= previous:
            return None
        if previous >= 0:
            shortest = slot - previous if shortest is None else min(shortest, slot - previous)
        worst, previous = max(worst, error), slot
    if previous > 4 * len(times) or shortest != 1:
        return None  # a few frames scattered over a long time, or every second slot: not a rate
    return Fraction(worst, rate.numerator * scale)
