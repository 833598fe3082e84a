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


class Bits:
    """A unit's bits, without the bytes that keep it from looking like a start code."""

    def __init__(self, unit: bytes, most: int = 512) -> None:
        self._bytes = unit[:most].replace(b"\0\0\x03", b"\0\0")
        self._at = 0

    def read(self, count: int) -> int:
        """So many bits. Raises ValueError at the end."""
        value = 0
        for _ in range(count):
            byte, bit = divmod(self._at, 8)
            if byte >= len(self._bytes):
                raise ValueError("too short")
            value = value << 1 | (self._bytes[byte] >> (7 - bit) & 1)
            self._at += 1
        return value

    def ue(self) -> int:
        """An unsigned Exp-Golomb code (9.1)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("no code")
        return (1 << zeros) - 1 + self.read(zeros)

    def se(self) -> int:
        """A signed one (9.1.1)."""
        code = self.ue()
        return (code + 1) // 2 * (1 if code % 2 else -1)
