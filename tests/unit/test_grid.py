"""Laying a grid over a source's times."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpoint.model.grid import STANDARD_RATES, aac_frame_at, frame_ticks, lay, timescale

MS = Fraction(1, 1000)


@pytest.mark.parametrize("rate", STANDARD_RATES)
@pytest.mark.parametrize("base", [MS, Fraction(1, 90_000)])
def test_a_constant_rate_is_found_behind_rounded_times(rate: Fraction, base: Fraction) -> None:
    times = [round(number / rate / base) for number in range(900)]
    laid = lay(times, base, 1)
    assert laid.rate == rate
    assert laid.shown == list(range(900))


@pytest.mark.parametrize(
    ("slow", "rate"),
    [("1", "24"), ("2", "24"), ("5", "25"), ("8", "24"), ("10", "30"), ("12", "24"), ("25/2", "25"), ("15", "30"),
     ("15000/1001", "30000/1001"), ("16", "32"), ("20", "40"), ("7", "28"), ("17", "34")],
)  # fmt: skip
def test_a_slow_source_is_cut_on_a_multiple(slow: str, rate: str) -> None:
    times = [round(number / Fraction(slow) / MS) for number in range(60)]
    laid = lay(times, MS, round(1000 / Fraction(slow)))
    assert laid.rate == Fraction(rate)
    each = Fraction(rate) / Fraction(slow)
    assert laid.shown[:: int(each)] == list(range(60))
    assert len(laid.shown) == 60 * each


@pytest.mark.parametrize(
    ("fast", "rate"),
    [("90", "45"), ("100", "50"), ("120000/1001", "60000/1001"), ("120", "60"), ("144", "48"), ("240", "60"),
     ("240000/1001", "60000/1001"), ("72", "36")],
)  # fmt: skip
def test_a_fast_source_is_cut_on_a_part(fast: str, rate: str) -> None:
    base = Fraction(1, 90_000)
    times = [round(number / Fraction(fast) / base) for number in range(480)]
    laid = lay(times, base, round(1 / Fraction(fast) / base))
    assert laid.rate == Fraction(rate)
    each = int(Fraction(fast) / Fraction(rate))
    assert laid.shown == list(range(0, 480, each))


@pytest.mark.parametrize("rate", [24, 25, 30, 31, 50, 60])
@given(st.integers(0, 10_000))
def test_jitter_loses_nothing(rate: int, seed: int) -> None:
    rng = random.Random(seed)
    reach = 1000 / rate / 4
    times = [max(0, round(number * 1000 / rate + rng.uniform(-reach, reach) / 2)) for number in range(300)]
    laid = lay(times, MS, round(1000 / rate))
    assert abs(laid.rate / rate - 1) <= Fraction(1, 500)
    assert set(laid.shown) == set(range(300))
    for number, shown in enumerate(laid.shown):
        assert abs(number / laid.rate * 1000 - times[shown]) <= 2000 / rate


def test_one_shift_by_half_a_slot_keeps_the_rate() -> None:
    times = [round(number * 1000 / 30 + (500 / 30 if number > 90 else 0)) for number in range(300)]
    laid = lay(times, MS, 33)
    assert laid.rate == 30
    assert set(laid.shown) == set(range(300))


def test_what_is_recorded_of_a_screen_loses_few_pictures() -> None:
    rng = random.Random(5)
    times = [0]
    for _ in range(400):
        times.append(times[-1] + rng.choice([8, 16, 17, 33, 50, 120, 900]))
    laid = lay(times, MS, 16)
    assert laid.rate == 60
    assert len(set(laid.shown)) >= 0.8 * len(times)
    assert laid.shown[-1] == 400


@pytest.mark.parametrize(
    ("times", "duration", "frames"),
    [([0], 5000, 150), ([17], 33, 1), ([0, 40, 80], 5000, 127), ([0, 240_000], 1000, 24 * 241), ([0, 1, 2], 40, 3)],
)  # fmt: skip
def test_few_pictures_are_a_grid(times: list[int], duration: int, frames: int) -> None:
    laid = lay(times, MS, duration)
    assert 24 <= laid.rate <= 60
    assert len(laid.shown) == pytest.approx(frames, abs=2)
    assert laid.shown[-1] == len(times) - 1


def test_a_missing_frame_repeats_the_one_before() -> None:
    times = [round(number * 1000 / 25) for number in range(100) if number not in (10, 11, 50)]
    laid = lay(times, MS, 40)
    assert laid.rate == 25
    assert laid.shown[9:13] == [9, 9, 9, 10]
    assert len(laid.shown) == 100


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


@pytest.mark.parametrize("rate", STANDARD_RATES)
def test_a_frame_is_a_whole_number_of_ticks(rate: Fraction) -> None:
    assert frame_ticks(rate) * rate == timescale(rate)


@given(st.integers(0, 10**7), st.sampled_from(STANDARD_RATES))
def test_sound_begins_at_most_an_aac_frame_early(frame: int, rate: Fraction) -> None:
    early = frame / rate - aac_frame_at(frame, rate) * Fraction(1024, 48_000)
    assert 0 <= early < Fraction(1024, 48_000)
