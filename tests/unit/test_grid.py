"""Laying a grid over a source's times."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpoint.model.grid import STANDARD_RATES, aac_frame_at, frame_ticks, lay, timescale

MS = Fraction(1, 1000)


@pytest.mark.parametrize("rate", [rate for rate in STANDARD_RATES if rate >= 5])
@pytest.mark.parametrize("base", [MS, Fraction(1, 90_000)])
def test_a_constant_rate_is_found_behind_rounded_times(rate: Fraction, base: Fraction) -> None:
    times = [round(number / rate / base) for number in range(900)]
    laid = lay(times, base, 1)
    assert laid.rate == rate
    assert laid.shown == list(range(900))


def test_a_missing_frame_repeats_the_one_before() -> None:
    times = [round(number * 1000 / 25) for number in range(100) if number not in (10, 11, 50)]
    laid = lay(times, MS, 40)
    assert laid.rate == 25
    assert laid.shown[9:13] == [9, 9, 9, 10]
    assert len(laid.shown) == 100


def test_a_single_frame_is_a_grid() -> None:
    assert lay([17], MS, 33).shown == [0]


def test_drift_is_no_constant_rate() -> None:
    times = [round(number * 1000 / 29.5) for number in range(600)]
    laid = lay(times, MS, 34)
    assert laid.rate >= 29.5
    assert len(laid.shown) == pytest.approx(600 / 29.5 * float(laid.rate), abs=2)


@given(st.integers(0, 10_000))
def test_variable_times_show_the_last_frame_that_is_due(seed: int) -> None:
    rng = random.Random(seed)
    times = [0]
    for _ in range(120):
        times.append(times[-1] + rng.randrange(18, 70))
    laid = lay(times, MS, 33)
    for number, shown in enumerate(laid.shown):
        due = number / laid.rate * 1000 + Fraction(1, 2)
        assert times[shown] <= due
        assert shown + 1 == len(times) or times[shown + 1] > due


@pytest.mark.parametrize(
    "rate", [Fraction(30), Fraction(30000, 1001), Fraction(25), Fraction(24000, 1001), Fraction(60)]
)
@pytest.mark.parametrize("base", [MS, Fraction(1, 15_360)])
def test_a_hole_off_the_beat_keeps_the_rate(rate: Fraction, base: Fraction) -> None:
    """Two recordings joined with a gap that is no whole number of frames."""
    first = [round(number / rate / base) for number in range(400)]
    second = [round((Fraction(4217, 100) / rate + number / rate) / base) for number in range(400)]
    assert lay([*first, *(first[-1] + one for one in second)], base, 1).rate == rate


def test_above_sixty_an_integer_divisor() -> None:
    times = [round(number * 90_000 / 120) for number in range(480)]
    laid = lay(times, Fraction(1, 90_000), 750)
    assert laid.rate == 60
    assert laid.shown[:4] == [0, 2, 4, 6]


@pytest.mark.parametrize("rate", STANDARD_RATES)
def test_a_frame_is_a_whole_number_of_ticks(rate: Fraction) -> None:
    assert frame_ticks(rate) * rate == timescale(rate)


@given(st.integers(0, 10**7), st.sampled_from(STANDARD_RATES))
def test_sound_begins_at_most_an_aac_frame_early(frame: int, rate: Fraction) -> None:
    early = frame / rate - aac_frame_at(frame, rate) * Fraction(1024, 48_000)
    assert 0 <= early < Fraction(1024, 48_000)
