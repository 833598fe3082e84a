"""Which segments a timeline plays: pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from inpoint.model import aac
from inpoint.model.encoding import Encoding, SegmentName, audio_rendition
from inpoint.model.grid import Grid, aac_frame_at, aac_range
from inpoint.model.timeline import Lane, Piece


def video_names(piece: Piece, encoding: Encoding, rendition: str) -> Iterator[SegmentName]:
    """The segments of a piece of video in one rendition."""
    for start, end in encoding.runs_of(rendition).spans(piece.start, piece.end):
        yield encoding.segment(rendition, start, end)


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """The AAC frames ``[start, end)`` of a lane's piece; ``late`` is by how many they are heard after their own time,
    so that they follow those before without a gap."""

    start: int
    end: int
    late: Fraction = Fraction(0)


def sound_span(lane: Lane, number: int, grid: Grid) -> SoundSpan:
    """Whole frames are joined, as many as bring the next piece nearest to its own time: the sound is never half a
    frame (11 ms) from the picture, however many pieces there are. A piece has one frame at least."""
    heard = Fraction(0)  # AAC frames from the section's beginning to where its sound begins
    for place, piece in enumerate(lane.pieces[: number + 1]):
        start = aac_frame_at(piece.start, grid.rate)
        lead = start - _frames(piece.start, grid)
        heard = lead if place == 0 else heard
        late = heard - lead
        if place == len(lane.pieces) - 1:
            first, end = aac_range(piece.start, piece.end, grid)
            return SoundSpan(first, end, late)
        following = lane.pieces[place + 1].start
        next_lead = aac_frame_at(following, grid.rate) - _frames(following, grid)
        nearest = ceil(_frames(piece.frames, grid) + next_lead - heard - Fraction(1, 2))  # never beyond the source
        count = max(1, nearest)
        heard += count - _frames(piece.frames, grid)
    return SoundSpan(start, start + count, late)


def _frames(frames: int, grid: Grid) -> Fraction:
    """Video frames in AAC frames."""
    return Fraction(frames * aac.RATE, aac.FRAME) / grid.rate


def audio_names(lane: Lane, number: int, encoding: Encoding) -> list[SegmentName]:
    """The segments of a lane's piece of sound, in AAC frames; a span too short for one is its neighbour's."""
    piece, grid, runs = lane.pieces[number], encoding.grid, encoding.runs
    span = sound_span(lane, number, grid)
    rendition = audio_rendition(piece.track)
    names, at, frame = [], span.start, piece.start
    while at < span.end:
        _, frame = runs.holding(frame, grid.frames)
        stop = span.end if frame >= grid.frames else min(span.end, aac_frame_at(frame, grid.rate))
        if stop > at:
            names.append(encoding.segment(rendition, at, stop))
        at = max(at, stop)
    return names


def is_whole(name: SegmentName, encoding: Encoding) -> bool:
    """Whether a video segment is one of its rendition's own rather than an edge."""
    return (name.start, name.end) == encoding.runs_of(name.rendition).holding(name.start, encoding.grid.frames)


def whole_audio(name: SegmentName, encoding: Encoding) -> SegmentName:
    """The whole audio segment that holds the AAC frames of ``name``."""
    grid, runs = encoding.grid, encoding.runs
    low, high = 0, runs.count(grid.frames) - 1
    while low < high:  # the last segment that begins at or before the name's first frame
        middle = (low + high + 1) // 2
        if aac_frame_at(runs.segment(middle, grid.frames)[0], grid.rate) <= name.start:
            low = middle
        else:
            high = middle - 1
    return encoding.segment(name.rendition, *aac_range(*runs.segment(low, grid.frames), grid))
