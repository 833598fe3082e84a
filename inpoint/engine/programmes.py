"""Which tracks of a transport stream belong together: a multiplex has several programmes (ISO/IEC 13818-1, 2.4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_LOOKED_AT = 4 << 20  # bytes
_LAYOUTS = ((188, 0), (192, 4), (204, 0))  # a packet's bytes, and where its sync byte is
_PROGRAMMES, _TRACKS = 0x00, 0x02  # table ids


def programmes(path: Path) -> list[set[int]]:
    """The packet ids of each programme's tracks; none of what is no transport stream."""
    with path.open("rb") as file:
        data = file.read(_LOOKED_AT)
    tables: dict[int, set[int]] = {}
    known = {0}
    for pid, section in _sections(data, known):
        if pid == 0 and section[0] == _PROGRAMMES:
            known |= {
                _pid(section, at + 2) for at in range(8, _end(section) - 3, 4) if section[at : at + 2] != b"\0\0"
            }
        elif section[0] == _TRACKS:
            tables[pid] = set(_tracks(section))
    return list(tables.values())


def _tracks(section: bytes) -> Iterator[int]:
    at = 12 + (int.from_bytes(section[10:12], "big") & 0xFFF)
    while at + 5 <= _end(section):
        yield _pid(section, at + 1)
        at += 5 + (int.from_bytes(section[at + 3 : at + 5], "big") & 0xFFF)


def _end(section: bytes) -> int:
    """Where the checksum begins."""
    return 3 + (int.from_bytes(section[1:3], "big") & 0xFFF) - 4


def _pid(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big") & 0x1FFF


def _sections(data: bytes, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """Whole sections of the wanted packet ids, which grow while they are read."""
    begun: dict[int, bytes] = {}
    for packet in _packets(data):
        pid = _pid(packet, 1)
        if pid not in wanted or not packet[3] & 0x10:
            continue
        payload = packet[5 + packet[4] :] if packet[3] & 0x20 else packet[4:]
        if packet[1] & 0x40 and payload:
            begun[pid] = payload[1 + payload[0] :]
        elif pid in begun:
            begun[pid] += payload
        section = begun.get(pid, b"")
        if len(section) >= 3 and len(section) >= 3 + (int.from_bytes(section[1:3], "big") & 0xFFF) >= 12:
            yield pid, begun.pop(pid)


def _packets(data: bytes) -> Iterator[bytes]:
    for size, at in _LAYOUTS:
        if len(data) >= 4 * size and all(data[at + number * size] == 0x47 for number in range(4)):
            for begin in range(at, len(data) - 188, size):
                yield data[begin : begin + 188]
            return
