"""An MP4 whose one track has a sample entry for each of several files."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from inpoint.model.cmaf import boxes

_TABLES = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
#: Where a box says how long it lasts: 32 bits of the presentation's or the track's ticks.
_LENGTHS = {b"mvhd": 16, b"tkhd": 20, b"mdhd": 16}


def spliced(paths: Sequence[Path], out: Path) -> Path:
    """The pictures of equally long MP4s, one after another, each with its own sample entry (ISO/IEC 14496-12, 8.5.2
    and 8.7.4)."""
    files = [path.read_bytes() for path in paths]
    tables = [dict(_parts(data, *_TABLES)) for data in files]
    samples = [_number(table[b"stsz"], 8) for table in tables]
    data = [dict(_parts(one))[b"mdat"] for one in files]
    ftyp = _box(b"ftyp", dict(_parts(files[0]))[b"ftyp"])
    starts = [len(ftyp) + 8 + sum(map(len, data[:number])) for number in range(len(data))]
    keys = [
        key + sum(samples[:number])
        for number, table in enumerate(tables)
        for key in struct.unpack(f">{len(table[b'stss']) // 4 - 2}I", table[b"stss"][8:])
    ]
    runs = [value for number, count in enumerate(samples, 1) for value in (number, count, number)]
    made: dict[bytes, bytes] = {
        b"stsd": struct.pack(">II", 0, len(tables)) + b"".join(one[b"stsd"][8:] for one in tables),
        **{name: _appended([one[name] for one in tables]) for name in (b"stts", b"ctts") if name in tables[0]},
        b"stss": _table(len(keys), keys),
        b"stsc": _table(len(samples), runs),
        b"stsz": struct.pack(">III", 0, 0, sum(samples)) + b"".join(one[b"stsz"][12:] for one in tables),
        b"stco": _table(len(starts), starts),
    }
    stbl = b"".join(_box(name, body) for name, body in made.items())
    moov = _index(b"moov", dict(_parts(files[0]))[b"moov"], stbl, len(files))
    out.write_bytes(ftyp + _box(b"mdat", b"".join(data)) + moov)
    return out


def _index(kind: bytes, body: bytes, stbl: bytes, times: int) -> bytes:
    """The box of the first file, with other tables, so many times as long, without an edit list."""
    if kind == b"stbl":
        body = stbl
    elif kind in _TABLES:
        body = b"".join(
            _index(name, one, stbl, times) for name, one in _parts(body) if name not in (b"edts", b"udta")
        )
    elif at := _LENGTHS.get(kind):
        body = body[:at] + struct.pack(">I", _number(body, at) * times) + body[at + 4 :]
    return _box(kind, body)


def _parts(data: bytes, *path: bytes) -> list[tuple[bytes, bytes]]:
    """The boxes within, by kind."""
    found = [(kind, data[start:end]) for kind, start, end in boxes(data)]
    return _parts(dict(found)[path[0]], *path[1:]) if path else found


def _appended(tables: Sequence[bytes]) -> bytes:
    count = sum(_number(one, 4) for one in tables)
    return tables[0][:4] + struct.pack(">I", count) + b"".join(one[8:] for one in tables)


def _table(count: int, values: Sequence[int]) -> bytes:
    return struct.pack(f">II{len(values)}I", 0, count, *values)


def _number(body: bytes, at: int) -> int:
    return int(struct.unpack_from(">I", body, at)[0])


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body
