"""An MP4 over segments' own bytes: an index in front, nothing copied. Pure.

The file's media data is the segments' ``mdat`` bodies, picture and sound in turn; the moov names each sample's place.
Sources: ISO/IEC 14496-12, 8.6 (times), 8.7 (places), 8.6.6 (edit lists).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from inpoint.model.cmaf import Segment, box, full_box, movie_header, sample_entry, trak


@dataclass(frozen=True, slots=True)
class Layer:
    """A track: its init segments, timescale, segments in order with the number of the init that each goes with, and
    ``lead``: seconds by which its first sample lies after the file's beginning (negative: before it)."""

    inits: Sequence[bytes]
    timescale: int
    segments: Sequence[Segment]
    described: Sequence[int]
    lead: Fraction = Fraction(0)

    @property
    def duration(self) -> int:
        """In ticks of its timescale."""
        return sum(segment.duration * len(segment.sizes) for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Layout:
    """``head`` is everything before the media data; ``order`` names (layer, segment) as their data follows."""

    head: bytes
    order: tuple[tuple[int, int], ...]
    #: Bytes of each, in that order.
    sizes: tuple[int, ...]


_MOVIE_SCALE = 48_000


def layout(layers: Sequence[Layer], brand: bytes) -> Layout:
    """A file that plays the layers together, of a codec's ``brand``. The moov comes first, so that it plays while it
    loads."""
    order = _interleaved(layers)
    sizes = tuple(sum(layers[place].segments[number].sizes) for place, number in order)
    ftyp = box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2" + brand + b"mp41")
    head_size = len(ftyp) + len(_moov(layers, order, 0)) + 16
    mdat = struct.pack(">I4sQ", 1, b"mdat", 16 + sum(sizes))
    head = ftyp + _moov(layers, order, head_size) + mdat
    return Layout(head, tuple(order), sizes)


def _interleaved(layers: Sequence[Layer]) -> list[tuple[int, int]]:
    """Segments of all layers by the time at which they begin."""
    starts = []
    for place, layer in enumerate(layers):
        at = 0
        for number, segment in enumerate(layer.segments):
            starts.append((Fraction(at, layer.timescale), place, number))
            at += segment.duration * len(segment.sizes)
    return [(place, number) for _, place, number in sorted(starts)]


def _moov(layers: Sequence[Layer], order: Sequence[tuple[int, int]], data_start: int) -> bytes:
    offsets: list[list[int]] = [[] for _ in layers]
    at = data_start
    for place, number in order:
        offsets[place].append(at)
        at += sum(layers[place].segments[number].sizes)
    durations = [_movie_time(Fraction(layer.duration, layer.timescale)) for layer in layers]
    tracks = [
        _track(number, layer, offsets[number - 1], durations[number - 1]) for number, layer in enumerate(layers, 1)
    ]
    return box(b"moov", movie_header(_MOVIE_SCALE, max(durations), next_track=len(layers) + 1), *tracks)


def _movie_time(seconds: Fraction) -> int:
    return round(seconds * _MOVIE_SCALE)


def _track(number: int, layer: Layer, offsets: Sequence[int], duration: int) -> bytes:
    entries = [sample_entry(init)[0] for init in layer.inits]
    _, header, handler, width, height = sample_entry(layer.inits[0])
    return trak(
        number, layer.timescale, layer.duration, duration, entries, header, handler, width, height,
        _table(layer, offsets, handler), _edits(layer, duration),
    )  # fmt: skip


def _edits(layer: Layer, duration: int) -> bytes:
    """Sound begins on its own frames, up to half a frame before or after the picture: said exactly."""
    if layer.lead == 0:
        return b""
    if layer.lead > 0:
        entries = [(_movie_time(layer.lead), -1), (duration, 0)]
    else:
        entries = [(duration - _movie_time(-layer.lead), round(-layer.lead * layer.timescale))]
    packed = b"".join(struct.pack(">QqI", length, time, 0x10000) for length, time in entries)
    return box(b"edts", full_box(b"elst", 1, 0, struct.pack(">I", len(entries)), packed))


def _table(layer: Layer, offsets: Sequence[int], handler: bytes) -> bytes:
    sizes = [size for segment in layer.segments for size in segment.sizes]
    stts = _runs([segment.duration for segment in layer.segments for _ in segment.sizes])
    chunks = [len(segment.sizes) for segment in layer.segments]
    stsc: list[tuple[int, int, int]] = []
    for number, (count, described) in enumerate(zip(chunks, layer.described, strict=True), 1):
        if not stsc or stsc[-1][1:] != (count, described + 1):
            stsc.append((number, count, described + 1))
    parts = [
        full_box(b"stts", 0, 0, struct.pack(">I", len(stts)), *(struct.pack(">II", n, d) for d, n in stts)),
        full_box(b"stsc", 0, 0, struct.pack(">I", len(stsc)), *(struct.pack(">III", *one) for one in stsc)),
        full_box(b"stsz", 0, 0, struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes)),
        full_box(b"co64", 0, 0, struct.pack(f">I{len(offsets)}Q", len(offsets), *offsets)),
    ]
    if handler == b"vide":
        first, at = [], 1
        for count in chunks:
            first.append(at)
            at += count
        parts.append(full_box(b"stss", 0, 0, struct.pack(f">I{len(first)}I", len(first), *first)))
    return b"".join(parts)


def _runs(values: Sequence[int]) -> list[tuple[int, int]]:
    """Equal neighbours as (value, count)."""
    return [(value, len(list(same))) for value, same in groupby(values)]
