"""What H.264 says at the head of each slice of the picture that it belongs to. Pure.

Source: ITU-T H.264, 7.3.2.1.1 (sequence parameter set), 7.3.3 (slice header).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from inpoint.model.nal import Bits

_SLICE, _IDR, _SPS = 1, 5, 7
#: Profiles whose parameter sets say how colours are sampled, and may hold scaling lists.
_HIGH = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)

Field = Literal["", "top", "bottom"]


@dataclass(frozen=True, slots=True)
class _Sequence:
    """What a parameter set says of counting: to how many, and whether numbers may be left out; and whether all
    pictures are frames."""

    most: int
    may_skip: bool
    has_planes: bool
    is_frames_only: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """``number`` is frame_num, below ``modulus``; ``field`` is empty for a picture that is a frame."""

    number: int
    modulus: int
    may_skip: bool
    is_idr: bool
    is_reference: bool
    field: Field


@dataclass(slots=True)
class Headings:
    """Of pictures in the order in which they are decoded; parameter sets are remembered."""

    _sequence: _Sequence | None = None

    def of(self, units: Iterable[bytes]) -> Heading | None:
        """What a picture's first slice says; None where that can't be told."""
        try:
            for unit in units:
                kind = unit[0] & 0x1F if unit else 0
                if kind == _SPS:
                    self._sequence = _sequence(unit)
                elif kind in (_SLICE, _IDR) and self._sequence is not None:
                    return _heading(unit, self._sequence)
        except ValueError:
            return None
        return None


def _heading(unit: bytes, sequence: _Sequence) -> Heading:
    bits = Bits(unit[1:], 32)
    for _ in ("first macroblock", "slice type", "picture parameter set"):
        bits.ue()
    if sequence.has_planes:
        bits.read(2)
    number = bits.read(sequence.most)
    field: Field = ""
    if not sequence.is_frames_only and bits.read(1):
        field = "bottom" if bits.read(1) else "top"
    is_idr, is_reference = unit[0] & 0x1F == _IDR, bool(unit[0] & 0x60)
    return Heading(number, 1 << sequence.most, sequence.may_skip, is_idr, is_reference, field)


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
    may_skip = bool(bits.read(1))
    bits.ue(), bits.ue()  # width and height
    return _Sequence(most, may_skip, has_planes, bool(bits.read(1)))


def _skip_list(bits: Bits, size: int) -> None:
    following = last = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last
