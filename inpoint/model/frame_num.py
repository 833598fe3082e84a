"""Whether pictures are missing from H.264: each counts the ones that it may refer to. Pure.

Source: ITU-T H.264, 7.3.2.1.1 (sequence parameter set), 7.3.3 (slice header), 7.4.3 (frame_num).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_SLICE, _IDR, _SPS = 1, 5, 7
#: Profiles whose parameter sets say how colours are sampled, and may hold scaling lists.
_HIGH = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)


class _Bits:
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


@dataclass(frozen=True, slots=True)
class _Sequence:
    """What a parameter set says of counting: to how many, and whether numbers may be left out."""

    most: int
    may_skip: bool
    has_planes: bool


@dataclass(slots=True)
class Counting:
    """Told of pictures in the order in which they are decoded."""

    _sequence: _Sequence | None = None
    _last: int | None = None

    def misses(self, units: Iterable[bytes]) -> bool:
        """Whether a picture that this one, or one after it, may refer to has not come; False where that can't be
        told."""
        try:
            return self._misses(units)
        except ValueError:
            return False

    def _misses(self, units: Iterable[bytes]) -> bool:
        for unit in units:
            kind = unit[0] & 0x1F if unit else 0
            if kind == _SPS:
                self._sequence = _sequence(unit)
            elif kind in (_SLICE, _IDR) and self._sequence is not None:
                return self._follows(unit, kind, self._sequence)
        return False

    def _follows(self, unit: bytes, kind: int, sequence: _Sequence) -> bool:
        bits = _Bits(unit[1:], 32)
        for _ in ("first macroblock", "slice type", "picture parameter set"):
            bits.ue()
        if sequence.has_planes:
            bits.read(2)
        number = bits.read(sequence.most)
        before, is_reference = self._last, bool(unit[0] & 0x60)
        if is_reference:
            self._last = number
        if before is None or kind == _IDR or sequence.may_skip:
            return False
        return number not in (before, (before + 1) % (1 << sequence.most))


def _sequence(unit: bytes) -> _Sequence:
    bits = _Bits(unit[1:])
    profile = bits.read(8)
    bits.read(16)
    bits.ue()  # its id
    has_planes = False
    if profile in _HIGH:
        if chroma_is_full := bits.ue() == 3:
            has_planes = bool(bits.read(1))
        bits.ue(), bits.ue(), bits.read(1)
        if bits.read(1):
            for number in range(12 if chroma_is_full else 8):
                if bits.read(1):
                    _skip_list(bits, 16 if number < 6 else 64)
    most = bits.ue() + 4
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.read(1)
        bits.se(), bits.se()
        for _ in range(bits.ue()):
            bits.se()
    bits.ue()  # reference frames
    return _Sequence(most, bool(bits.read(1)), has_planes)


def _skip_list(bits: _Bits, size: int) -> None:
    following = last = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last
