"""Which segments a timeline plays: pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from inpoint.model.encoding import Encoding, SegmentName, audio_rendition
from inpoint.model.grid import AAC_FRAME, AUDIO_RATE, Grid, aac_frame_at, aac_range
from inpoint.model.timeline import Lane, Piece


def video_names(piece: Piece, encoding: Encoding, rendition: str) -> Iterator[SegmentName]:
    """The segments of a piece of video in one rendition."""
    for start, end in piece.spans(encoding.grid.segment_frames):
        yield SegmentName(encoding.id, rendition, start, end)


def audio_names(lane: Lane, number: int, encoding: Encoding) -> list[SegmentName]:
    """The segments of a lane's piece of sound, in AAC frames; a span too short for one is its neighbour's."""
    piece = lane.pieces[number]
    rendition = audio_rendition(piece.track)
    grid = encoding.grid
    at, last = _sound_span(lane, number, grid)
    names = []
    segment = piece.start // grid.segment_frames
    while at < last:
        segment += 1
        stop = last if segment >= grid.segments else min(last, aac_frame_at(segment * grid.segment_frames, grid.rate))
        if stop > at:
            names.append(SegmentName(encoding.id, rendition, at, stop))
        at = max(at, stop)
    return names


def _sound_span(lane: Lane, number: int, grid: Grid) -> tuple[int, int]:
    """The AAC frames of a lane's piece. Whole frames are joined without a gap; where they would run more than one
    frame ahead of the picture, or behind, one is left out or added, so that the error never adds up."""
    ahead = Fraction(0)  # AAC frames by which the sound so far is longer than the picture
    for place, piece in enumerate(lane.pieces[: number + 1]):
        if place == len(lane.pieces) - 1:
            first, end = aac_range(piece.start, piece.end, grid)
        else:
            first = aac_frame_at(piece.start, grid.rate)
            end = max(first + 1, aac_frame_at(piece.end, grid.rate))
        if len(lane.pieces) == 1:
            break
        length = Fraction(piece.frames * AUDIO_RATE, AAC_FRAME) / grid.rate
        if ahead + (end - first) - length < -1:
            end += 1
        elif ahead + (end - first) - length > 1 and end - first > 1:
            end -= 1
        ahead += (end - first) - length
    return first, end


def is_whole(name: SegmentName, grid: Grid) -> bool:
    """Whether a video segment is one of the grid's own rather than an edge."""
    return name.start % grid.segment_frames == 0 and (
        name.end - name.start == grid.segment_frames or name.end == grid.frames
    )


def whole_audio(name: SegmentName, encoding: Encoding) -> SegmentName:
    """The grid's own audio segment that holds the AAC frames of ``name``."""
    grid = encoding.grid
    low, high = 0, grid.segments - 1
    while low < high:  # the last segment that begins at or before the name's first frame
        middle = (low + high + 1) // 2
        if aac_frame_at(middle * grid.segment_frames, grid.rate) <= name.start:
            low = middle
        else:
            high = middle - 1
    return SegmentName(encoding.id, name.rendition, *aac_range(*grid.segment(low), grid))
