"""What can be found in a media without looking at it: where shots begin, how loud it is, where it is silent. Pure.

It is found in runs, each a pure function of a mezzanine and a run's number, so it comes bit by bit and is never found
twice. A level is a byte: decibels below full scale, from LEAST up to 0 in LEVELS steps; UNKNOWN is not found yet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from inpoint.model import aac
from inpoint.model.encoding import Encoding
from inpoint.model.grid import aac_frame_at
from inpoint.model.timeline import Lane, Piece, Timeline

LEAST = -90.0  # decibels
LEVELS = 254
UNKNOWN = 255

#: AAC frames, and segments of the grid, that are looked at in one run.
LEVEL_RUN = 3000
SHOT_RUN = 8

#: Frames before the first of a run that are looked at with it: how much a frame differs from the one before is
#: compared with how much that did.
SHOT_LEAD = 2

#: Decibels below what is loud here that are silence; at most and at least so many below full scale; seconds.
_QUIET, _QUIETEST, _LOUDEST = 35.0, -60.0, -30.0
_SHORTEST = 0.4
_FLICKER = Fraction(1, 5)  # seconds


def level_of(decibels: float) -> int:
    """A level, which is a byte, for a mean power in decibels below full scale."""
    return max(0, min(LEVELS, round((decibels - LEAST) / -LEAST * LEVELS)))


def decibels_of(level: int) -> float:
    """The decibels below full scale that a level stands for."""
    return LEAST + level / LEVELS * -LEAST


def shot_span(encoding: Encoding, run: int) -> tuple[int, int]:
    """The grid frames of a run."""
    return encoding.runs.times(SHOT_RUN).segment(run, encoding.grid.frames)


def level_frames(encoding: Encoding) -> int:
    """AAC frames that have a level."""
    return aac_frame_at(encoding.grid.frames, encoding.grid.rate)


def level_span(encoding: Encoding, run: int) -> tuple[int, int]:
    """The AAC frames of a run."""
    return run * LEVEL_RUN, min((run + 1) * LEVEL_RUN, level_frames(encoding))


def shot_runs(encoding: Encoding, start: int = 0, end: int | None = None) -> range:
    """The runs that the grid frames ``[start, end)`` are in."""
    frames = encoding.runs.times(SHOT_RUN).length
    last = encoding.grid.frames if end is None else end
    return range(start // frames, -(-last // frames))


def level_runs(encoding: Encoding, start: int = 0, end: int | None = None) -> range:
    """The numbers of the runs that AAC frames lie in."""
    rate = encoding.grid.rate
    last = level_frames(encoding) if end is None else aac_frame_at(end, rate)
    return range(aac_frame_at(start, rate) // LEVEL_RUN, -(-last // LEVEL_RUN))


def shots(timeline: Timeline, found: Sequence[Sequence[int]]) -> list[int]:
    """Frames of the timeline at which a shot begins, the first one's left out: those ``found`` of each piece of its
    picture, in grid frames of its encoding, and the joins. What flickers is one shot."""
    frames: list[int] = []
    at = 0
    for piece, inside in zip(timeline.lanes[0].pieces, found, strict=True):
        own = [at + shot - piece.start for shot in inside if piece.start < shot < piece.end]
        frames += [at, *own] if at else own
        at += piece.frames
    return [one for before, one in pairwise([0, *frames]) if one - before >= timeline.rate * _FLICKER]


def piece_levels(piece: Piece, at: int, rate: Fraction, levels: bytes | bytearray | None) -> bytes:
    """Of all an encoding's levels those that a piece plays which begins at a timeline's frame ``at``; of silence
    there are none. As many as that part of the timeline has AAC frames, so that no error adds up."""
    count = aac_frame_at(at + piece.frames, rate) - aac_frame_at(at, rate)
    if levels is None:
        return bytes(count)
    first = aac_frame_at(piece.start, rate)
    return bytes(levels[first : first + count].ljust(count, bytes([UNKNOWN])))


def coarser(levels: bytes, first: float, count: float, points: int) -> list[int | None]:
    """The greatest level in each of ``points`` equal parts of ``count`` levels from ``first`` on; None where it isn't
    known."""
    found: list[int | None] = []
    for number in range(points):
        start = first + number * count / points
        part = levels[max(0, floor(start)) : max(0, ceil(start + count / points))].replace(bytes([UNKNOWN]), b"")
        found.append(max(part) if part else None)
    return found


def silences(levels: bytes, lane: Lane, timeline: Timeline) -> list[tuple[int, int]]:
    """Stretches of the timeline's frames in which nothing is heard, of a lane's levels one after another."""
    quiet = _threshold(levels)
    if quiet is None:
        return []
    shortest = ceil(_SHORTEST * aac.RATE / aac.FRAME)
    each = aac.FRAME * timeline.rate / aac.RATE  # frames of the timeline in an AAC frame
    found = [
        (ceil(match.start() * each), floor(match.end() * each))
        for match in re.finditer(rb"[\x00-" + re.escape(bytes([quiet])) + rb"]{%d,}" % shortest, levels)
    ]
    return [(start, min(end, lane.frames)) for start, end in found if start < min(end, lane.frames)]


def _threshold(levels: bytes) -> int | None:
    """The greatest level that is silence here; None if nothing is known."""
    counts = Counter(levels)
    known = len(levels) - counts[UNKNOWN]
    if not known:
        return None
    heard = 0
    for loud in range(LEVELS, -1, -1):
        heard += counts[loud]
        if heard * 20 >= known:  # a twentieth is louder than this
            break
    return level_of(min(max(decibels_of(loud) - _QUIET, _QUIETEST), _LOUDEST))
