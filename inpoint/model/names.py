"""Which segments a timeline plays: pure."""

from __future__ import annotations

from collections.abc import Iterator

from inpoint.model.encoding import Encoding, SegmentName, audio_rendition
from inpoint.model.grid import Grid, aac_frame_at, aac_range
from inpoint.model.timeline import Piece


def video_names(piece: Piece, encoding: Encoding, rendition: str) -> Iterator[SegmentName]:
    """The segments of a piece of video in one rendition."""
    for start, end in piece.spans(encoding.grid.segment_frames):
        yield SegmentName(encoding.id, rendition, start, end)


def audio_names(piece: Piece, encoding: Encoding) -> Iterator[SegmentName]:
    """The segments of a piece of sound, in AAC frames; a span too short for one is covered by its neighbour."""
    rendition = audio_rendition(piece.track)
    grid = encoding.grid
    first, last = aac_range(piece.start, piece.end, grid)
    at = first
    for _, end in piece.spans(grid.segment_frames):
        stop = last if end == piece.end else aac_frame_at(end, grid.rate)
        if stop > at:
            yield SegmentName(encoding.id, rendition, at, stop)
        at = max(at, stop)


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
