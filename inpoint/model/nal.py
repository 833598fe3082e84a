"""NAL units in bytes, as H.264 and H.265 both have them. Pure. Source: ITU-T H.264 annex B, ISO/IEC 14496-15."""

from __future__ import annotations

from collections.abc import Iterator


def split_annexb(data: bytes) -> Iterator[bytes]:
    """NAL units between start codes of three or four bytes."""
    start = data.find(b"\x00\x00\x01")
    while start >= 0:
        begin = start + 3
        start = data.find(b"\x00\x00\x01", begin)
        unit = data[begin:] if start < 0 else data[begin:start]
        yield unit.rstrip(b"\x00") if start >= 0 else unit


def split_lengths(data: bytes, size: int) -> Iterator[bytes]:
    """NAL units that each follow their length in ``size`` bytes; stops at the first impossible one."""
    at = 0
    while at + size <= len(data):
        length = int.from_bytes(data[at : at + size], "big")
        at += size
        if length == 0 or at + length > len(data):
            return
        yield data[at : at + length]
        at += length
