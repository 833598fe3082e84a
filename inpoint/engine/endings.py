"""Whether a file is as long as it says: recorders are stopped, downloads break off."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from inpoint.engine import iso

_TAIL = 70_000  # more than an Ogg page has
_RIFF_LIST = 12
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_MATROSKA_SEGMENT = b"\x18\x53\x80\x67"


def is_cut_off(path: Path) -> bool:
    """Whether a file ends before what its outermost structure announces; False where that announces nothing."""
    with path.open("rb") as file:
        head = file.read(4096)
        size = file.seek(0, os.SEEK_END)
        if iso.is_iso(head):
            return any(end > size for _, _, end in iso.top_boxes(path))
        looks = (one for magic, one in _ENDINGS.items() if head.startswith(magic))
        return any(look(file, head, size) for look in looks)


def is_fragmented(path: Path) -> bool:
    """Whether it is an MP4 whose index lies between its parts, so that any of them may be the last."""
    with path.open("rb") as file:
        if not iso.is_iso(file.read(16)):
            return False
    return any(kind == b"moof" for kind, _, _ in iso.top_boxes(path))


def _matroska(_: BinaryIO, head: bytes, size: int) -> bool:
    at = head.find(_MATROSKA_SEGMENT)
    if at < 0 or at + 12 > len(head):
        return False
    first = head[at + 4]
    width = 9 - first.bit_length()  # of an EBML number (RFC 8794, 4.4)
    told = int.from_bytes(head[at + 4 : at + 4 + width], "big") & ((1 << 7 * width) - 1)
    is_told = first != 0 and told != (1 << 7 * width) - 1
    return is_told and at + 4 + width + told > size


def _riff(file: BinaryIO, _: bytes, size: int) -> bool:
    at = 0
    while at + _RIFF_LIST <= size:
        file.seek(at)
        header = file.read(8)
        told = int.from_bytes(header[4:], "little")
        if header[:4] != b"RIFF" or told in (0, 0xFFFF_FFFF):
            return False
        at += 8 + told + told % 2
    return at > size + 1


def _asf(_: BinaryIO, head: bytes, size: int) -> bool:
    at = head.find(_ASF_PROPERTIES)
    return at >= 0 and int.from_bytes(head[at + 40 : at + 48], "little") > size


def _ogg(file: BinaryIO, _: bytes, size: int) -> bool:
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    at = tail.rfind(b"OggS")
    return at >= 0 and len(tail) > at + 5 and not tail[at + 5] & 4  # RFC 3533, 6: the end of the stream


def _flv(file: BinaryIO, _: bytes, size: int) -> bool:
    file.seek(max(0, size - 4))
    before = int.from_bytes(file.read(4), "big")
    if not 11 <= before <= size - 13:
        return size > 13
    file.seek(size - 4 - before + 1)
    return int.from_bytes(file.read(3), "big") + 11 != before


_ENDINGS: Mapping[bytes, Callable[[BinaryIO, bytes, int], bool]] = {
    b"\x1a\x45\xdf\xa3": _matroska,
    b"RIFF": _riff,
    b"\x30\x26\xb2\x75": _asf,
    b"OggS": _ogg,
    b"FLV": _flv,
}
