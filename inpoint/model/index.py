"""The index: every shown frame's place in the chunks, every sound packet's place in time.

Fixed-width records in one blob, so that a three-hour index loads in about a millisecond.
A frame's place is its chunk and its rank there: the chunk's packets carry their rank as timestamp, so a decoded
frame says which it is, whatever its container did to the source's times.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

_MAGIC = b"INPTIDX1"


@dataclass(slots=True)
class VideoIndex:
    """Shown frames in display order. ``grid[n]`` is the shown frame of grid frame n.

    ``alone[c]`` is 1 if chunk c decodes alone, 0 if it is fed the chunk before as well, and n if that and others, n
    of them: pictures that are refreshed bit by bit take a while to be right.
    """

    chunk: array[int] = field(default_factory=lambda: array("I"))
    rank: array[int] = field(default_factory=lambda: array("I"))
    grid: array[int] = field(default_factory=lambda: array("I"))
    alone: array[int] = field(default_factory=lambda: array("I"))


def frame_times(index: VideoIndex, rate: Fraction) -> tuple[array[int], array[int], array[int]]:
    """Chunk, rank and time in milliseconds of every shown frame: the first at which the grid shows it, or for one
    that it leaves out, that of the frame before."""
    times = array("q", [0]) * len(index.chunk)
    known = 0
    for number, shown in enumerate(index.grid):
        if number == 0 or shown != index.grid[number - 1]:
            time = round(number / rate * 1000)
            for left_out in range(known, shown):
                times[left_out] = time
            times[shown] = time
            known = shown + 1
    for left_out in range(known, len(times)):
        times[left_out] = round(len(index.grid) / rate * 1000)
    return array("q", index.chunk), array("q", index.rank), times


@dataclass(slots=True)
class AudioIndex:
    """Packets in order: ``start[p]`` is the packet's first sample in media time, ``samples[p]`` its length,
    at the track's own rate; ``first[c]`` is the first packet of chunk c."""

    rate: int
    start: array[int] = field(default_factory=lambda: array("q"))
    samples: array[int] = field(default_factory=lambda: array("I"))
    first: array[int] = field(default_factory=lambda: array("I"))


@dataclass(slots=True)
class Index:
    """Where each frame and packet of a mezzanine lies."""

    video: VideoIndex
    audio: list[AudioIndex]


@dataclass(frozen=True, slots=True)
class FramePlace:
    """A frame to decode: chunk, and rank in the chunk."""

    chunk: int
    rank: int


@dataclass(frozen=True, slots=True)
class AudioRun:
    """Packets ``[first, end)`` that sound without a gap, the first sample at ``start`` of media time;
    the last packet sounds for ``last_samples`` of the ``samples``."""

    first: int
    end: int
    start: int
    samples: int
    last_samples: int


def places(index: VideoIndex, start: int, end: int) -> list[FramePlace]:
    """Where the grid frames ``[start, end)`` are."""
    return [FramePlace(index.chunk[shown], index.rank[shown]) for shown in index.grid[start:end]]


def neighbours(index: VideoIndex, start: int, end: int) -> tuple[int | None, int | None]:
    """The last grid frame before ``[start, end)`` that shows another picture than its first, and the first behind
    that shows another than its last; None where there is none."""
    before = bisect_left(index.grid, index.grid[start]) - 1
    after = bisect_right(index.grid, index.grid[end - 1])
    return (before if before >= 0 else None), (after if after < len(index.grid) else None)


def easiest(index: VideoIndex, start: int, end: int) -> int:
    """Of the grid frames ``[start, end)`` the first that is decoded without others; if none is, the first."""
    chunk = index.chunk[index.grid[start]]
    if index.rank[index.grid[start]] == 0:
        return start
    following = bisect_right(index.grid, chunk, start, end, key=lambda shown: index.chunk[shown])
    is_alone = following < end and index.alone[index.chunk[index.grid[following]]] == 1
    return following if is_alone else start


def needs(index: VideoIndex, start: int, end: int, lookahead: int, *, has_fields: bool = False) -> list[int]:
    """The chunks that making the grid frames ``[start, end)`` takes: theirs, those of the encoder's look-ahead, those
    of their neighbours if they have fields, and the chunk before where one does not decode alone. Used by encoding,
    by retention and by moving."""
    last = min(end + lookahead, len(index.grid))
    if has_fields:
        before, after = neighbours(index, start, last)
        start = start if before is None else before
        last = last if after is None else after + 1
    first_chunk = index.chunk[index.grid[start]]
    last_chunk = index.chunk[index.grid[last - 1]]
    return list(range(fed_from(index, first_chunk), last_chunk + 1))


def fed_from(index: VideoIndex, chunk: int) -> int:
    """The first chunk that a decoder is fed, so that all pictures of a chunk are right."""
    return chunk if index.alone[chunk] == 1 else max(0, chunk - max(1, index.alone[chunk]))


def audio_runs(index: AudioIndex, start: int, end: int) -> list[AudioRun]:
    """The runs of packets that sound within the samples ``[start, end)`` of media time."""
    if not index.start:
        return []
    first = max(0, bisect_right(index.start, start) - 1)
    last = bisect_left(index.start, end)
    runs: list[AudioRun] = []
    at = first
    while at < last:
        begin, stop, samples = at, at, 0
        while stop < last and (stop == begin or index.start[stop] == index.start[begin] + samples):
            samples += index.samples[stop]
            stop += 1
        runs.append(AudioRun(begin, stop, index.start[begin], samples, index.samples[stop - 1]))
        at = stop
    return [run for run in runs if run.start < end and run.start + run.samples > start]


def audio_chunk_of(index: AudioIndex, packet: int) -> int:
    """The chunk that holds a packet."""
    return bisect_right(index.first, packet) - 1


_FOLLOWING = 33  # packets that tell whether a step stays
_RESTART = 5  # seconds that times jump back by, where they begin again
_ABSURD, _AT_LEAST = 100, 60  # times that sound lasts, and seconds beside, that its stamps may span


def place_packets(
    times: Sequence[int],
    samples: Sequence[int],
    time_base: Fraction,
    rate: int,
    zero: Fraction,
    priming: int = 0,
    anew: Collection[int] = (),
) -> array[int]:
    """The first sample of each packet in media time, whose zero is ``zero`` seconds of the source's.

    Packets follow one another without a gap as long as their timestamps agree within 20 ms (containers round
    them, recorders jitter). A larger disagreement is a real gap, and is kept; or an overlap, where the later packet
    is heard: sound never drifts from its times. A smaller one is real, too, where all that follows is off by the
    same: recordings were joined there. Packets that begin ``anew`` are where they are told to be, to the sample.
    A track that begins about its codec's ``priming`` samples before zero begins exactly there.
    """
    placed = array("q")
    tolerance, least = rate // 50, max(rate // 500, ceil(2 * time_base * rate))
    told = [round((time * time_base - zero) * rate) for time in times]
    silent = next((number for number, count in enumerate(samples) if count), 0)  # packets that only begin a codec
    expected = _anchor(times[silent:], samples[silent:], time_base, rate, priming) - round(zero * rate)
    is_late, is_told, begins = False, tells_times(times, samples, time_base, rate), frozenset(anew)
    away = 0
    for number, stamp in enumerate(told):
        if number in begins and placed:
            expected, is_late = stamp, False
            placed[-1] = min(placed[-1], stamp)  # nothing is left of it to be heard
        is_near = abs(stamp - expected) < tolerance and not is_late
        if is_near and abs(stamp - expected - away) > least:
            is_near = not _stays(told, samples, number, expected, least)
        if not is_told or expected - stamp > _RESTART * rate or is_near:
            at = expected  # as told, within the tolerance; or a clock that began again
        else:
            at = max(stamp, placed[-1]) if placed else stamp
            is_late = at != stamp
        placed.append(at)
        away, expected = stamp - at, at + samples[number]
    return placed


def _stays(told: Sequence[int], samples: Sequence[int], number: int, expected: int, least: int) -> bool:
    """Whether a packet that is ``expected`` elsewhere than told, and those that follow, are all off by as much."""
    away = told[number] - expected
    last = min(number + _FOLLOWING, len(told))
    for one in range(number + 1, last):
        expected += samples[one - 1]
        if abs(told[one] - expected - away) > least:
            return False
    return last - number > _FOLLOWING // 4


def tells_times(times: Sequence[int], samples: Sequence[int], time_base: Fraction, rate: int) -> bool:
    """Whether times are times: some files count something else, and a minute of sound would last for hours."""
    spans = (max(times, default=0) - min(times, default=0)) * time_base
    return spans <= _ABSURD * Fraction(sum(samples), rate) + _AT_LEAST


def _anchor(times: Sequence[int], samples: Sequence[int], time_base: Fraction, rate: int, priming: int) -> int:
    """Where the first packet begins, in samples of the source's time, as exactly as all the packets together say.

    A time that was rounded to a tick says that the truth lies within half a tick; many packets narrow it down.
    """
    if not times:
        return 0
    first = times[0] * time_base * rate
    tick = time_base * rate
    low, high = first - tick / 2, first + tick / 2
    played = 0
    for time, length in zip(times[:2000], samples, strict=False):
        told = time * time_base * rate - played
        if told - tick / 2 > high or told + tick / 2 < low:
            break
        low, high = max(low, told - tick / 2), min(high, told + tick / 2)
        played += length
    usual = (-priming, 0, -samples[0])
    return next((place for place in usual if low <= place <= high), round((low + high) / 2))


def dump(index: Index) -> bytes:
    """One blob: magic, a JSON header of lengths, then the arrays, little-endian."""
    arrays = [index.video.chunk, index.video.rank, index.video.grid, index.video.alone]
    for track in index.audio:
        arrays += [track.start, track.samples, track.first]
    header = json.dumps(
        {"rates": [track.rate for track in index.audio], "lengths": [len(values) for values in arrays]}
    ).encode()
    parts = [_MAGIC, len(header).to_bytes(4, "little"), header]
    return b"".join(parts + [_little(values).tobytes() for values in arrays])


def load(blob: bytes) -> Index:
    """The inverse of ``dump``. Raises ValueError if the blob is none."""
    if blob[:8] != _MAGIC:
        raise ValueError("not an index")
    size = int.from_bytes(blob[8:12], "little")
    header = json.loads(blob[12 : 12 + size])
    at = 12 + size
    lengths = iter(header["lengths"])

    def read(code: str) -> array[int]:
        nonlocal at
        values = array(code)
        end = at + next(lengths) * values.itemsize
        values.frombytes(blob[at:end])
        at = end
        return _little(values)

    video = VideoIndex(read("I"), read("I"), read("I"), read("I"))
    audio = [AudioIndex(rate, read("q"), read("I"), read("I")) for rate in header["rates"]]
    return Index(video, audio)


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values
