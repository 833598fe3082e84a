"""CMAF boxes: init segments, media segments, and cutting a segment short. Pure bytes.

Written here rather than by libavformat, whose muxer rebases decode times to zero and rounds them.
Sources: ISO/IEC 14496-12 (box structure), 23000-19 (CMAF). What a codec puts into its sample entry is its own affair.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

SYNC_SAMPLE = 0x02000000  # depends on nothing
DELTA_SAMPLE = 0x01010000  # depends on others; not a sync sample
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

_TFHD_FLAGS = 0x020000 | 0x000008 | 0x000020  # default-base-is-moof, default duration, default flags
_TRUN_FLAGS = 0x000001 | 0x000004 | 0x000200  # data offset, first sample's flags, sizes


@dataclass(frozen=True, slots=True)
class Boxes:
    """The brands of init segments and of media segments, four characters each, one after another."""

    init: str = "iso6cmfcmp41"
    segment: str = "msdhmsixcmfs"


@dataclass(frozen=True, slots=True)
class Segment:
    """A media segment, read: ``time`` and ``duration`` (of one sample) in ticks, samples in decode order."""

    brands: bytes
    time: int
    duration: int
    sizes: tuple[int, ...]
    first_flags: int
    default_flags: int
    data: bytes

    @property
    def samples(self) -> list[bytes]:
        """Each frame's bytes."""
        out, at = [], 0
        for size in self.sizes:
            out.append(self.data[at : at + size])
            at += size
        return out


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box (ISO/IEC 14496-12, 4.2): its size, its kind, its parts."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Kind and body bounds of each box in ``data[start:end]``. Raises ValueError if a size is impossible."""
    end = len(data) if end is None else end
    while start < end:
        if end - start < 8:
            raise ValueError("truncated box")
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > end:
            raise ValueError(f"impossible size of {kind!r}")
        yield kind, start + 8, start + size
        start += size


# Media segments


def media_segment(
    time: int, duration: int, samples: Sequence[bytes], boxes: Boxes = Boxes(), *, delta_flags: int = SYNC_SAMPLE
) -> bytes:
    """One moof and its mdat: samples of equal ``duration`` from decode time ``time``, in ticks.

    The first is a sync sample; the others have ``delta_flags``.
    """
    sizes = tuple(map(len, samples))
    brands = boxes.segment.encode()
    return assemble(Segment(brands, time, duration, sizes, SYNC_SAMPLE, delta_flags, b"".join(samples)))


def assemble(segment: Segment) -> bytes:
    """The inverse of ``read_segment``. Its sequence number is a function of its place alone, rising with it, never
    0."""
    count = len(segment.sizes)
    sequence = segment.time // segment.duration + 1
    tfhd = full_box(b"tfhd", 0, _TFHD_FLAGS, struct.pack(">III", 1, segment.duration, segment.default_flags))
    tfdt = full_box(b"tfdt", 1, 0, struct.pack(">Q", segment.time))

    def moof(offset: int) -> bytes:
        trun = full_box(
            b"trun", 0, _TRUN_FLAGS,
            struct.pack(f">IiI{count}I", count, offset, segment.first_flags, *segment.sizes),
        )  # fmt: skip
        return box(
            b"moof",
            full_box(b"mfhd", 0, 0, struct.pack(">I", sequence & 0xFFFFFFFF)),
            box(b"traf", tfhd, tfdt, trun),
        )

    styp = box(b"styp", segment.brands[:4], struct.pack(">I", 0), segment.brands)
    head = moof(len(moof(0)) + 8)
    return styp + head + box(b"mdat", segment.data)


def read_segment(data: bytes) -> Segment:
    """Read a segment that ``assemble`` wrote. Raises ValueError on anything else."""
    top = {kind: (start, end) for kind, start, end in boxes(data)}
    if not {b"styp", b"moof", b"mdat"} <= top.keys():
        raise ValueError("not a media segment")
    traf = next(((s, e) for k, s, e in boxes(data, *top[b"moof"]) if k == b"traf"), None)
    if traf is None:
        raise ValueError("no track fragment")
    inner = {kind: start for kind, start, _ in boxes(data, *traf)}
    try:
        duration, default_flags = struct.unpack_from(">II", data, inner[b"tfhd"] + 8)
        (time,) = struct.unpack_from(">Q", data, inner[b"tfdt"] + 4)
        count, _, first_flags = struct.unpack_from(">IiI", data, inner[b"trun"] + 4)
        sizes = struct.unpack_from(f">{count}I", data, inner[b"trun"] + 16)
    except (KeyError, struct.error) as error:
        raise ValueError("not a segment of ours") from error
    start, end = top[b"mdat"]
    if sum(sizes) != end - start:
        raise ValueError("sample sizes disagree with the data")
    brands = data[top[b"styp"][0] + 8 : top[b"styp"][1]]
    return Segment(brands, time, duration, sizes, first_flags, default_flags, data[start:end])


def cut(data: bytes, first: int, last: int) -> bytes:
    """The samples ``[first, last)`` of a segment, at their own times. Only a prefix of video can be decoded;
    any run of AAC frames can."""
    whole = read_segment(data)
    offset = sum(whole.sizes[:first])
    sizes = whole.sizes[first:last]
    time = whole.time + first * whole.duration
    return assemble(replace(whole, time=time, sizes=sizes, data=whole.data[offset : offset + sum(sizes)]))


# Init segments


def video_init(entry: bytes, timescale: int, width: int, height: int, boxes: Boxes) -> bytes:
    """ftyp and moov of a picture's track, whose sample entry is a codec's."""
    header = full_box(b"vmhd", 0, 1, struct.pack(">4H", 0, 0, 0, 0))
    return _init(timescale, entry, header, b"vide", width, height, boxes)


def sound_init(entry: bytes, timescale: int, boxes: Boxes) -> bytes:
    """The same of a soundtrack."""
    return _init(timescale, entry, full_box(b"smhd", 0, 0, struct.pack(">hH", 0, 0)), b"soun", 0, 0, boxes)


def visual_entry(kind: bytes, width: int, height: int, configuration: bytes) -> bytes:
    """A picture's sample entry, with square pixels; ``configuration`` is the codec's box."""
    fields = (
        struct.pack(">6xH16x", 1)
        + struct.pack(">HHIIIH", width, height, 0x480000, 0x480000, 0, 1)
        + bytes(32)
        + struct.pack(">Hh", 0x18, -1)
    )
    return box(kind, fields, configuration, box(b"pasp", struct.pack(">II", 1, 1)))


def _init(
    timescale: int, entry: bytes, header: bytes, handler: bytes, width: int, height: int, boxes: Boxes
) -> bytes:
    brands = boxes.init.encode()
    ftyp = box(b"ftyp", brands[:4], struct.pack(">I", 0), brands)
    track = full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0))
    moov = box(
        b"moov",
        movie_header(timescale, 0, next_track=2),
        trak(1, timescale, 0, 0, [entry], header, handler, width, height, _EMPTY_TABLE),
        box(b"mvex", track),
    )
    return ftyp + moov


_EMPTY_TABLE = (
    full_box(b"stts", 0, 0, bytes(4))
    + full_box(b"stsc", 0, 0, bytes(4))
    + full_box(b"stsz", 0, 0, bytes(8))
    + full_box(b"stco", 0, 0, bytes(4))
)


def movie_header(timescale: int, duration: int, *, next_track: int) -> bytes:
    """An mvhd; ``duration`` is in ticks of ``timescale``."""
    return full_box(
        b"mvhd", 1, 0,
        struct.pack(">QQIQ", 0, 0, timescale, duration),
        struct.pack(">IH10x", 0x10000, 0x100), _MATRIX, bytes(24), struct.pack(">I", next_track),
    )  # fmt: skip


def trak(
    number: int, timescale: int, duration: int, movie_duration: int, entries: Sequence[bytes], header: bytes,
    handler: bytes, width: int, height: int, table: bytes, edits: bytes = b"",
) -> bytes:  # fmt: skip
    """A track box: ``table`` is its sample table beyond stsd, ``edits`` an edts box or nothing."""
    volume = 0x100 if handler == b"soun" else 0
    tkhd = full_box(
        b"tkhd", 1, 3,
        struct.pack(">QQI4xQ8xhhH2x", 0, 0, number, movie_duration, 0, int(handler == b"soun"), volume),
        _MATRIX, struct.pack(">II", width << 16, height << 16),
    )  # fmt: skip
    mdhd = full_box(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, timescale, duration, 0x55C4, 0))
    hdlr = full_box(b"hdlr", 0, 0, struct.pack(">4x4s12x", handler), b"Inpoint\0")
    url = full_box(b"url ", 0, 1)
    dinf = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), url))
    stbl = box(b"stbl", full_box(b"stsd", 0, 0, struct.pack(">I", len(entries)), *entries), table)
    minf = box(b"minf", header, dinf, stbl)
    return box(b"trak", tkhd, edits, box(b"mdia", mdhd, hdlr, minf))


def sample_entry(init: bytes) -> tuple[bytes, bytes, bytes, int, int]:
    """Sample entry, media header, handler, width and height of an init segment of ours."""
    path = [b"moov", b"trak", b"mdia", b"minf"]
    start, end = 0, len(init)
    handler, size = b"", (0, 0)
    for kind in path:
        children = {k: (s, e) for k, s, e in boxes(init, start, end)}
        if b"hdlr" in children:
            handler = init[children[b"hdlr"][0] + 8 : children[b"hdlr"][0] + 12]
        if b"tkhd" in children:
            width, height = struct.unpack_from(">II", init, children[b"tkhd"][1] - 8)
            size = (width >> 16, height >> 16)
        start, end = children[kind]
    children = {k: (s, e) for k, s, e in boxes(init, start, end)}
    head = next(k for k in (b"vmhd", b"smhd") if k in children)
    stsd = next((s, e) for k, s, e in boxes(init, *children[b"stbl"]) if k == b"stsd")
    header_start, header_end = children[head]
    return init[stsd[0] + 8 : stsd[1]], init[header_start - 8 : header_end], handler, *size
