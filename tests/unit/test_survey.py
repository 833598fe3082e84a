"""What is found in a media, cut and joined as its timeline is."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from inpoint.model import survey
from inpoint.model.survey import UNKNOWN, coarser, decibels_of, level_of, piece_levels, shots, silences
from inpoint.model.timeline import Lane, Piece, Timeline
from tests.unit.test_timeline import encoding

RATE = Fraction(25)


def timeline(*pieces: tuple[int, int]) -> Timeline:
    kept = tuple(Piece("source", 0, start, end) for start, end in pieces)
    return Timeline(RATE, (Lane("video", kept), Lane("audio", kept)))


def test_levels_are_decibels() -> None:
    assert level_of(0) == survey.LEVELS
    assert level_of(-200) == level_of(-90) == 0
    for decibels in range(-90, 1):
        assert decibels_of(level_of(decibels)) == pytest.approx(decibels, abs=0.2)


def test_every_frame_is_in_one_run() -> None:
    for rate, frames in ((RATE, 5000), (Fraction(30000, 1001), 12_345), (Fraction(24), 10)):
        one = encoding(rate, frames)
        spans = [survey.shot_span(one, run) for run in survey.shot_runs(one)]
        assert [frame for start, end in spans for frame in range(start, end)] == list(range(frames))
        heard = [survey.level_span(one, run) for run in survey.level_runs(one)]
        assert heard[0][0] == 0
        assert heard[-1][1] == survey.level_frames(one)
        assert all(before[1] == after[0] for before, after in pairwise(heard))
        for frame in (0, frames // 2, frames - 1):
            (run,) = survey.shot_runs(one, frame, frame + 1)
            start, end = survey.shot_span(one, run)
            assert start <= frame < end


def test_shots_are_those_that_a_timeline_plays_and_its_joins() -> None:
    found = [50, 100, 150, 152, 400]
    assert shots(timeline((0, 500)), [found]) == [50, 100, 150, 400]  # what flickers is one
    assert shots(timeline((100, 200)), [found]) == [50]  # its own first frame is none
    assert shots(timeline((120, 200), (0, 60)), [found, found]) == [30, 80, 130]


def test_levels_stay_in_place_over_many_joins() -> None:
    levels = bytes(range(200)) * 50
    pieces = [(number * 7, number * 7 + 10) for number in range(60)]
    joined, at = b"", 0
    for start, end in pieces:
        joined += piece_levels(Piece("source", 0, start, end), at, RATE, levels)
        at += end - start
    assert len(joined) == at * 48_000 // 1024 // 25  # no error adds up
    assert piece_levels(Piece(None, 0, 0, 100), 0, RATE, None) == bytes(187)
    assert piece_levels(Piece("source", 0, 0, 100), 0, RATE, b"\1")[1:] == bytes([UNKNOWN]) * 186


def test_coarser_levels_are_the_greatest() -> None:
    levels = bytes([1, 5, 2, UNKNOWN, 9, UNKNOWN, UNKNOWN, UNKNOWN])
    assert coarser(levels, 0, 8, 4) == [5, 2, 9, None]
    assert coarser(levels, 4, 1, 2) == [9, 9]
    assert coarser(levels, 6, 8, 2) == [None, None]


def test_silences_are_what_is_far_below_the_loud() -> None:
    loud, quiet = bytes([level_of(-10)]), bytes([level_of(-70)])
    each = 48_000 / 1024
    levels = loud * 100 + quiet * 50 + loud * 100 + quiet * 5 + loud * 100
    lane = timeline((0, 200)).lanes[1]
    (found,) = silences(levels, lane, timeline((0, 200)))
    assert found[0] / 25 == pytest.approx(100 / each, abs=0.04)
    assert found[1] / 25 == pytest.approx(150 / each, abs=0.04)
    assert silences(bytes([UNKNOWN]) * 100, lane, timeline((0, 200))) == []
    assert silences(loud * 300, lane, timeline((0, 200))) == []
    assert silences(quiet * 300, lane, timeline((0, 160))) == [(0, 160)]  # nothing at all is heard
