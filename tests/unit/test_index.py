"""The index: round trips, needs, places of sound packets."""

from __future__ import annotations

import itertools
import random
from array import array
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpoint.model.index import (
    AudioIndex,
    Index,
    VideoIndex,
    audio_runs,
    dump,
    load,
    needs,
    neighbours,
    place_packets,
)


def video(chunks: int, each: int, alone: set[int]) -> VideoIndex:
    count = chunks * each
    return VideoIndex(
        array("I", [n // each for n in range(count)]),
        array("I", [n % each for n in range(count)]),
        array("I", range(count)),
        array("I", [int(c in alone) for c in range(chunks)]),
    )


def test_round_trip() -> None:
    sound = AudioIndex(44_100, array("q", [-1024, 0]), array("I", [1024, 1024]), array("I", [0]))
    index = Index(video(3, 50, {0, 2}), [sound])
    assert load(dump(index)) == index
    with pytest.raises(ValueError, match="not an index"):
        load(b"something else")


def test_needs_the_look_ahead_and_the_chunk_before_an_open_one() -> None:
    index = video(4, 50, {0, 1, 3})
    assert needs(index, 0, 10, 12) == [0]
    assert needs(index, 0, 45, 12) == [0, 1]
    assert needs(index, 100, 110, 12) == [1, 2]
    assert needs(index, 150, 200, 12) == [3]


@given(st.integers(0, 199), st.integers(1, 200))
def test_what_a_part_needs_the_whole_needs(start: int, length: int) -> None:
    index = video(4, 50, {0, 2})
    end = min(start + length, 200)
    assert set(needs(index, start, end, 12)) <= set(needs(index, 0, 200, 12))
    assert set(needs(index, start, end, 12)) <= set(needs(index, start, end, 12, has_fields=True))
    for frame in range(start, end):
        assert set(needs(index, frame, frame + 1, 12)) <= set(needs(index, start, end, 12))


def test_neighbours_are_other_pictures() -> None:
    index = video(4, 50, {0, 1, 2, 3})
    assert neighbours(index, 50, 100) == (49, 100)
    assert neighbours(index, 0, 200) == (None, None)
    index.grid = array("I", [0, 0, 0, 1, 2, 2, 3])
    assert neighbours(index, 1, 5) == (None, 6), "a picture that is held is one"
    assert neighbours(index, 4, 5) == (3, 6)
    assert needs(video(4, 50, {0, 1, 2, 3}), 50, 88, 12, has_fields=True) == [0, 1, 2]


def test_milliseconds_are_seen_through() -> None:
    """AAC at 44.1 kHz whose times were rounded to milliseconds begins at its priming, to the sample."""
    times = [round((n * 1024 - 1024) / 44.1) for n in range(400)]
    placed = place_packets(times, [1024] * 400, Fraction(1, 1000), 44_100, Fraction(0))
    assert list(placed) == [n * 1024 - 1024 for n in range(400)]


def test_a_first_packet_without_sound_moves_nothing() -> None:
    """Vorbis' first block is only overlapped with: sound begins with the second, at that one's time."""
    times = [0, *(3 + round(number * 1024 / 48) for number in range(50))]
    placed = place_packets(times, [0, *[1024] * 50], Fraction(1, 1000), 48_000, Fraction(0))
    assert placed[1] == pytest.approx(144, abs=24)
    assert list(placed[1:]) == [placed[1] + number * 1024 for number in range(50)]


def test_a_gap_is_kept_and_jitter_laid_end_to_end() -> None:
    times = [0, 960, 1920, 48_000, 48_100, 49_920]
    placed = place_packets(times, [960] * 6, Fraction(1, 48_000), 48_000, Fraction(0))
    assert list(placed) == [0, 960, 1920, 48_000, 48_960, 49_920]


@pytest.mark.parametrize("overlap", [1000, 1440, 5000, 48_000])
def test_sound_keeps_its_times_over_every_join(overlap: int) -> None:
    """Pieces that overlap, as recordings that were joined do: the later one is heard, and never late."""
    times = [part * (96_000 - overlap) + number * 960 for part in range(20) for number in range(100)]
    placed = place_packets(times, [960] * len(times), Fraction(1, 48_000), 48_000, Fraction(0))
    assert list(placed) == sorted(placed)
    for part in range(20):
        late = range(part * 100 + overlap // 960 + 1, part * 100 + 100)
        assert all(placed[number] == times[number] for number in late)


def test_sound_that_is_stamped_denser_than_it_lasts_follows_its_stamps() -> None:
    times = [round(number * 1024 * 0.97) for number in range(2000)]
    placed = place_packets(times, [1024] * len(times), Fraction(1, 48_000), 48_000, Fraction(0))
    assert max(abs(at - time) for at, time in zip(placed, times, strict=True)) < 960


def test_stamps_that_count_something_else_are_passed_over() -> None:
    """Bytes, say, on a clock of blocks."""
    times = [number * 1024 for number in range(16)]
    placed = place_packets(times, [2048] * 16, Fraction(32, 125), 8000, Fraction(0))
    assert list(placed) == [number * 2048 for number in range(16)]


def test_a_clock_that_begins_again_is_laid_end_to_end() -> None:
    times = [number * 960 for number in range(500)] * 2
    placed = place_packets(times, [960] * 1000, Fraction(1, 48_000), 48_000, Fraction(0))
    assert list(placed) == [number * 960 for number in range(1000)]


def test_runs_stop_at_gaps() -> None:
    index = AudioIndex(48_000, array("q", [0, 960, 9600, 10_560]), array("I", [960] * 4), array("I", [0, 2]))
    runs = audio_runs(index, 0, 20_000)
    assert [(run.first, run.end, run.start, run.samples) for run in runs] == [(0, 2, 0, 1920), (2, 4, 9600, 1920)]
    assert audio_runs(index, 3000, 9000) == []


@pytest.mark.parametrize("step", [-768, -200, 200, 768])
def test_a_small_step_that_stays_is_a_join(step: int) -> None:
    """Of less than 20 ms: what follows it is where it says."""
    times = [1024 * number + (step if number >= 60 else 0) for number in range(120)]
    placed = place_packets(times, [1024] * 120, Fraction(1, 48_000), 48_000, Fraction(0))
    assert list(placed) == times


def test_a_clock_that_is_a_little_slow_is_no_step() -> None:
    """By 30 in 100,000: a step of 20 ms a minute, and not one of two every few seconds."""
    times = [round(1024 * number * 1.0003) for number in range(6000)]
    placed = place_packets(times, [1024] * 6000, Fraction(1, 48_000), 48_000, Fraction(0))
    breaks = sum(b - a != 1024 for a, b in itertools.pairwise(placed))
    assert breaks == 1
    assert max(abs(at - time) for at, time in zip(placed, times, strict=True)) <= 960


def test_jitter_is_no_step() -> None:
    chance = random.Random(1)
    times = [1024 * number + chance.randrange(-400, 400) for number in range(200)]
    times[0] = 0
    placed = place_packets(times, [1024] * 200, Fraction(1, 48_000), 48_000, Fraction(0))
    assert list(placed) == list(range(placed[0], placed[0] + 200 * 1024, 1024))
