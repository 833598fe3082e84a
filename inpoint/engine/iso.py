"""What the boxes of an MP4 or QuickTime file say where libav is silent (ISO/IEC 14496-12)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from inpoint.model.cmaf import boxes

_MOST_INDEX = 64 << 20  # bytes of a moov that are looked at
_MOST_BOXES = 100_000
_ENCRYPTED = ("encv", "enca", "drms", "drmi")


def is_iso(head: bytes) -> bool:
    """Whether a file that begins so is of this family."""
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"moof")


def top_boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """The outermost boxes: kind, where the content begins, and where it ends or should."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            file.seek(at)
            header = file.read(16)
            if len(header) < 8:
                return
            length, kind = struct.unpack_from(">I4s", header)
            begin = at + 8
            if length == 1 and len(header) == 16:
                length, begin = struct.unpack_from(">Q", header, 8)[0], at + 16
            if length == 0:
                length = size - at
            if length < begin - at:
                return
            yield kind, begin, at + length
            at += length


def entries(path: Path) -> list[str]:
    """The sample entries of all tracks: how each is coded, as the file names it; empty where it can't be told."""
    for kind, begin, end in top_boxes(path):
        if kind == b"moov" and end - begin <= _MOST_INDEX:
            with path.open("rb") as file:
                file.seek(begin, os.SEEK_SET)
                moov = file.read(end - begin)
            try:
                return list(_entries(moov))
            except (ValueError, struct.error):
                return []
    return []


def _entries(moov: bytes) -> Iterator[str]:
    for kind, start, end in boxes(moov):
        if kind == b"trak":
            inside = (start, end)
            for name in (b"mdia", b"minf", b"stbl", b"stsd"):
                found = next(((s, e) for k, s, e in boxes(moov, *inside) if k == name), None)
                if found is None:
                    break
                inside = found
            else:
                yield moov[inside[0] + 12 : inside[0] + 16].decode("latin-1")


def is_encrypted(path: Path) -> bool:
    """Whether a track is (ISO/IEC 23001-7)."""
    return any(entry in _ENCRYPTED for entry in entries(path))


def lacks_index(path: Path) -> bool:
    """Whether the boxes are there that hold media, and none that says what it is."""
    kinds = {kind for kind, _, _ in top_boxes(path)}
    return b"mdat" in kinds and not kinds & {b"moov", b"moof"}
