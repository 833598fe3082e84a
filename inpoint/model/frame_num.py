"""Whether pictures are missing from H.264: each counts the ones that it may refer to. Pure.

Source: ITU-T H.264, 7.3.2.1.1 (sequence parameter set), 7.3.3 (slice header), 7.4.3 (frame_num).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inpoint.model.nal import Bits

_SLICE, _IDR, _SPS = 1, 5, 7
#: Profiles whose parameter sets say how colours are sampled, and may hold scaling lists.
_HIGH = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)


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
        bits = Bits(unit[1:], 32)
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
    bits = Bits(unit[1:])
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


def _skip_list(bits: Bits, size: int) -> None:
    following = last = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last
