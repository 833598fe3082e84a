"""What the boxes of an MP4 or QuickTime file say where libav is silent (ISO/IEC 14496-12)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

from inpoint.model.cmaf import boxes

_MOST_INDEX = 64 << 20  # bytes of a moov that are looked at
_MOST_BOXES = 100_000
_MOST_ENTRIES = 100
#: What reading boxes raises where they aren't what they say.
_NONSENSE = (ValueError, struct.error, TypeError, IndexError, ZeroDivisionError)
_ENCRYPTED = ("encv", "enca", "drms", "drmi")


def is_iso(head: bytes) -> bool:
    """Whether a file that begins so is of this family."""
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"moof")


def top_boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """The outermost boxes: kind, where the content begins, and where it ends or should."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            if at >= size:
                return
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


def entries(path: Path) -> list[list[str]]:
    """Each track's sample entries, in the file's order: how its parts are coded, as the file names it; none where it
    can't be told."""
    found = []
    with suppress(*_NONSENSE):
        for track in _entries(_index(path)):
            found.append(track)
    return list(filter(None, found))


def other_codings(path: Path) -> list[str]:
    """What parts of tracks are coded in that are not coded as the track begins: libav passes over them."""
    return sorted({repr(one.strip())[1:-1] for track in entries(path) for one in track if one != track[0]})


def _index(path: Path) -> bytes:
    """What the file says of its tracks; nothing where there is no such box, or one too large."""
    for kind, begin, end in top_boxes(path):
        if kind == b"moov" and end - begin <= _MOST_INDEX:
            with path.open("rb") as file:
                file.seek(begin, os.SEEK_SET)
                return file.read(end - begin)
    return b""


def _entries(moov: bytes) -> Iterator[list[str]]:
    for kind, start, end in boxes(moov):
        if kind == b"trak":
            inside = _inside(moov, (start, end), b"mdia", b"minf", b"stbl", b"stsd")
            if inside is not None:
                told = islice(boxes(moov, inside[0] + 8, inside[1]), _MOST_ENTRIES)
                yield [name.decode("ascii", "replace") for name, _, _ in told]


@dataclass(frozen=True, slots=True)
class PlayedStretch:
    """A stretch of a track that is played: from ``begins`` on, in seconds of what was recorded, for so many seconds;
    None where nothing is."""

    begins: Fraction | None
    lasts: Fraction


def edits(path: Path) -> dict[int, list[PlayedStretch]]:
    """By the tracks' ids, what is played of each (8.6.6); none of a track that says nothing, or nothing that can be
    read."""
    moov, found = _index(path), {}
    with suppress(*_NONSENSE):
        movie = _timescale(moov, _inside(moov, (0, len(moov)), b"mvhd"))
        for kind, start, end in boxes(moov):
            if kind == b"trak":
                with suppress(*_NONSENSE):
                    track, played = _edits(moov, start, end, movie)
                    found[track] = played
    return found


def _edits(moov: bytes, start: int, end: int, movie: int) -> tuple[int, list[PlayedStretch]]:
    header, media = (_inside(moov, (start, end), *names) for names in ((b"tkhd",), (b"mdia", b"mdhd")))
    if header is None:
        raise TypeError
    scale = _timescale(moov, media)
    told = _inside(moov, (start, end), b"edts", b"elst")
    found: list[PlayedStretch] = []
    if told is not None:
        at, (version, count) = told[0] + 8, struct.unpack_from(">B3xI", moov, told[0])
        entry = ">Qqi" if version else ">Iii"
        for number in range(min(count, (told[1] - at) // struct.calcsize(entry))):
            lasts, begins, _ = struct.unpack_from(entry, moov, at + number * struct.calcsize(entry))
            found.append(PlayedStretch(None if begins < 0 else Fraction(begins, scale), Fraction(lasts, movie)))
    long = moov[header[0]] == 1
    return struct.unpack_from(">I", moov, header[0] + (20 if long else 12))[0], found


def _timescale(moov: bytes, header: tuple[int, int] | None) -> int:
    """Ticks a second, of a movie's or a track's header. Raises TypeError if there is none."""
    if header is None:
        raise TypeError
    scale: int = struct.unpack_from(">I", moov, header[0] + (20 if moov[header[0]] == 1 else 12))[0]
    return scale


def _inside(moov: bytes, where: tuple[int, int], *names: bytes) -> tuple[int, int] | None:
    """Where the content of a box in boxes lies, each named."""
    found: tuple[int, int] | None = where
    for name in names:
        if found is None:
            return None
        found = next(((s, e) for kind, s, e in boxes(moov, *found) if kind == name), None)
    return found


def is_encrypted(path: Path) -> bool:
    """Whether a track is, from its beginning on (ISO/IEC 23001-7)."""
    return any(track[0] in _ENCRYPTED for track in entries(path))


def lacks_index(path: Path) -> bool:
    """Whether the boxes are there that hold media, and none that says what it is."""
    kinds = {kind for kind, _, _ in top_boxes(path)}
    return b"mdat" in kinds and not kinds & {b"moov", b"moof"}
