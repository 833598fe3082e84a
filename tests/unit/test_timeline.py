"""Properties of timelines: slices of slices, joins, durations, sharing, retention."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inpoint.clips.plan import plan, played
from inpoint.errors import EmptyRange, MixedTimelines
from inpoint.model.appearance import Appearance
from inpoint.model.cuts import Excerpt, Prefix, Shared
from inpoint.model.encoding import AudioTrack, Encoding, Rendition
from inpoint.model.grid import STANDARD_RATES, Grid, aac_range
from inpoint.model.names import audio_names, is_whole, sound_span, video_names, whole_audio
from inpoint.model.range import Range
from inpoint.model.recipe import FIRST, Recipe
from inpoint.model.runs import Runs
from inpoint.model.timeline import Lane, Piece, Timeline, concatenate
from tests.recipes import LATER

RATES = st.sampled_from([rate for rate in STANDARD_RATES if rate >= 10])
LOW = Rendition("360p", 360, 640, 360, 23, 800_000, 800_000, 30, "avc", Runs(60))
HIGH = Rendition("720p", 720, 1280, 720, 23, 3_200_000, 3_200_000, 31, "avc", Runs(60))


def encoding(rate: Fraction, frames: int, recipe: Recipe = FIRST) -> Encoding:
    runs = recipe.picture.runs(rate)
    return Encoding(
        "e", "w", recipe, Grid(rate, frames), runs, 1280, 720, Appearance(),
        (replace(LOW, runs=runs), replace(HIGH, runs=runs)), (AudioTrack(0, "aac", 48_000, 2),), (),
    )  # fmt: skip


def whole(made: Encoding) -> Timeline:
    piece = (Piece(made.id, 0, 0, made.grid.frames),)
    return Timeline(made.grid.rate, (Lane("video", piece), Lane("audio", piece)))


@st.composite
def sliced(draw: st.DrawFn) -> tuple[Encoding, Timeline, int, int]:
    rate = draw(RATES)
    made = encoding(rate, draw(st.integers(1, 2000)), draw(st.sampled_from(LATER.known)))
    start = draw(st.integers(0, made.grid.frames - 1))
    end = draw(st.integers(start + 1, made.grid.frames))
    return made, whole(made), start, end


@given(sliced(), st.data())
def test_a_slice_of_a_slice_is_a_slice(drawn: tuple[Encoding, Timeline, int, int], data: st.DataObject) -> None:
    _, timeline, start, end = drawn
    first = data.draw(st.integers(0, end - start - 1))
    last = data.draw(st.integers(first + 1, end - start))
    assert timeline.slice(start, end).slice(first, last) == timeline.slice(start + first, start + last)


@given(RATES, st.data())
def test_joined_sound_keeps_up_with_the_picture(rate: Fraction, data: st.DataObject) -> None:
    """Whole AAC frames, one after another, never half a frame from the picture, however many joins. (A part of one
    picture may be shorter than an AAC frame, of which it has one all the same.)"""
    made = encoding(rate, 3000)
    cuts = sorted(data.draw(st.sets(st.integers(0, 3000), min_size=2, max_size=100)))
    pieces = tuple(Piece(made.id, 0, a, b) for a, b in pairwise(cuts) if b - a > 1)[::2]
    assume(pieces)
    lane = Lane("audio", pieces)
    heard = None
    for number, piece in enumerate(pieces):
        names = audio_names(lane, number, made)
        assert all(a.end == b.start for a, b in pairwise(names))
        assert all(name.end > name.start for name in names)
        for name in names:
            whole_one = whole_audio(name, made)
            assert whole_one.start <= name.start
            assert name.end <= whole_one.end
        span = sound_span(lane, number, made.grid)
        assert abs(span.late) <= Fraction(1, 2)
        begins = names[0].start + span.late - Fraction(piece.start * 48_000, 1024) / rate
        assert heard is None or begins == heard  # where the sound before has ended
        heard = begins + names[-1].end - names[0].start - Fraction(piece.frames * 48_000, 1024) / rate


@given(sliced(), st.data())
def test_what_is_left_out_is_cut_away(drawn: tuple[Encoding, Timeline, int, int], data: st.DataObject) -> None:
    made, timeline, start, end = drawn
    rate = made.grid.rate
    moments = st.fractions(0, timeline.duration + 1)
    without = tuple((min(pair), max(pair)) for pair in data.draw(st.lists(st.tuples(moments, moments), max_size=4)))
    asked = Range(start / rate, end / rate, without)
    slack = Fraction(1, 1000)
    left = [n for n in range(start, end) if not any(a - slack <= n / rate < b - slack for a, b in without)]
    if not left:
        with pytest.raises(EmptyRange):
            timeline.within(asked)
        return
    got = timeline.within(asked)
    assert [n for piece in got.lanes[0].pieces for n in range(piece.start, piece.end)] == left
    assert got.sectioned.lanes == got.lanes


@given(sliced(), st.data())
def test_slices_that_meet_join_to_the_slice(drawn: tuple[Encoding, Timeline, int, int], data: st.DataObject) -> None:
    _, timeline, start, end = drawn
    middle = data.draw(st.integers(start, end))
    parts = [timeline.slice(a, b) for a, b in ((start, middle), (middle, end)) if a < b]
    assert concatenate(parts) == timeline.slice(start, end)


@given(sliced())
def test_a_duration_is_its_frames(drawn: tuple[Encoding, Timeline, int, int]) -> None:
    _, timeline, start, end = drawn
    clip = timeline.slice(start, end)
    assert clip.frames == end - start
    assert clip.duration == Fraction(end - start) / timeline.rate
    assert all(lane.frames == clip.frames for lane in clip.lanes)


@given(sliced())
def test_ranges_in_milliseconds_name_the_frames_they_were_read_from(
    drawn: tuple[Encoding, Timeline, int, int],
) -> None:
    _, timeline, start, end = drawn
    times = [Fraction(round(frame / timeline.rate * 1000), 1000) for frame in (start, end)]
    assert timeline.range_of(times[0], times[1]) == (start, end)


@given(sliced())
def test_at_most_two_segments_a_rendition_are_new(drawn: tuple[Encoding, Timeline, int, int]) -> None:
    made, timeline, start, end = drawn
    clip = timeline.slice(start, end)
    edges = plan(clip, {made.id: made})
    first = [name for name in edges.first if not name.is_audio]
    assert len(first) <= 2
    assert len(edges.others) == len(first)
    assert len([name for name in edges.first if name.is_audio]) <= 3
    length = made.renditions[0].runs.length
    if start % length == 0 and (end % length == 0 or end == made.grid.frames):
        assert not first
    if start // length == (end - 1) // length:
        assert len(first) <= 1


@given(sliced())
def test_whole_segments_are_the_sources_own(drawn: tuple[Encoding, Timeline, int, int]) -> None:
    made, timeline, start, end = drawn
    own = played([timeline], made)
    for name in played([timeline.slice(start, end)], made):
        shared = name == whole_audio(name, made) if name.is_audio else is_whole(name, made)
        assert not shared or name in own


@given(sliced())
def test_a_plan_says_how_each_segment_comes_to_be(drawn: tuple[Encoding, Timeline, int, int]) -> None:
    made, timeline, start, end = drawn
    for track in plan(timeline.slice(start, end), {made.id: made}).tracks:
        for cut in track.cuts:
            frames = (cut.name.start, cut.name.end)
            if isinstance(cut, Prefix):
                assert cut.whole.start == cut.name.start
                assert cut.whole.end > cut.name.end
            elif isinstance(cut, Excerpt):
                assert cut.whole.start <= frames[0] < frames[1] <= cut.whole.end
            else:
                whole_ones = [(name.start, name.end) for name in played([timeline], made)]
                assert (frames in whole_ones) == isinstance(cut, Shared)


def test_a_plan_can_be_printed() -> None:
    made = encoding(Fraction(30), 300)
    told = str(plan(whole(made).slice(45, 150), {made.id: made})).splitlines()
    assert [line.split() for line in told[:2]] == [["360p", "45-60", "encoded"], ["360p", "60-120", "shared"]]
    assert told[2].split() == ["360p", "120-150", "prefix"]
    assert any(line.split()[0] == "audio-0" and line.endswith("excerpt") for line in told)


@given(sliced())
def test_segments_cover_the_piece_without_gap_or_overlap(drawn: tuple[Encoding, Timeline, int, int]) -> None:
    made, timeline, start, end = drawn
    piece = timeline.slice(start, end).lanes[0].pieces[0]
    names = list(video_names(piece, made, "360p"))
    assert (names[0].start, names[-1].end) == (start, end)
    assert all(a.end == b.start for a, b in pairwise(names))
    sounds = audio_names(Lane("audio", (piece,)), 0, made)
    assert (sounds[0].start, sounds[-1].end) == aac_range(start, end, made.grid)
    assert all(a.end == b.start for a, b in pairwise(sounds))
    for sound in sounds:
        holder = whole_audio(sound, made)
        assert holder.start <= sound.start
        assert sound.end <= holder.end or sound is sounds[-1]


def test_times_outside_are_clamped_and_empty_ranges_refused() -> None:
    timeline = whole(encoding(Fraction(30), 90))
    assert timeline.range_of(Fraction(-5), Fraction(99)) == (0, 90)
    assert timeline.range_of(None, None) == (0, 90)
    assert timeline.range_of(Fraction(1), None) == (30, 90)
    for start, end in ((1, 1), (2, 1), (3, 4)):
        with pytest.raises(EmptyRange):
            timeline.range_of(Fraction(start), Fraction(end))


def test_clips_that_meet_share_no_frame_and_lose_none() -> None:
    timeline = whole(encoding(Fraction(30000, 1001), 600))
    cut = Fraction("7.341")
    assert timeline.range_of(None, cut)[1] == timeline.range_of(cut, None)[0]


def test_timelines_of_other_rates_do_not_join() -> None:
    with pytest.raises(MixedTimelines):
        concatenate([whole(encoding(Fraction(25), 50)), whole(encoding(Fraction(30), 60))])
