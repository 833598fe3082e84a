"""An MP4 with an edit list."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from inpoint.model.cmaf import boxes


def edited(path: Path, out: Path, edits: Sequence[tuple[Fraction, Fraction]]) -> None:
    """The MP4 with an edit list in every track: starts and durations in seconds (ISO/IEC 14496-12, 8.6.6)."""
    data = path.read_bytes()
    moov, mdat = (next((s, e) for kind, s, e in boxes(data) if kind == name) for name in (b"moov", b"mdat"))
    assert moov[0] > mdat[0], "offsets hold only where the index comes last"
    inner = b""
    for kind, start, end in boxes(data, *moov):
        body = data[start:end]
        if kind == b"trak":
            parts = [(k, data[s:e]) for k, s, e in boxes(data, start, end) if k != b"edts"]
            told = next(s for k, s, _ in boxes(data, *_inside(data, start, end, b"edts")) if k == b"elst")
            zero = struct.unpack_from(">i", data, told + 12)[0]  # where the first picture is, or the sound begins
            ((at, _),) = [(s, e) for k, s, e in boxes(data, *_inside(data, start, end, b"mdia")) if k == b"mdhd"]
            scale = struct.unpack_from(">I", data, at + 12)[0]
            entries = b"".join(
                struct.pack(">IiI", round(lasts * 1000), zero + round(begins * scale), 1 << 16)
                for begins, lasts in edits
            )
            elst = struct.pack(">II", 0, len(edits)) + entries
            parts.insert(1, (b"edts", _box(b"elst", elst)))
            body = b"".join(_box(k, one) for k, one in parts)
        inner += _box(kind, body)
    out.write_bytes(data[: moov[0] - 8] + _box(b"moov", inner) + data[moov[1] :])


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _inside(data: bytes, start: int, end: int, name: bytes) -> tuple[int, int]:
    return next((s, e) for kind, s, e in boxes(data, start, end) if kind == name)
