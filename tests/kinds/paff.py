"""H.264 whose every field is a picture of its own, as broadcasters code it and no free encoder does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

_PCM = 25  # mb_type of an I slice: samples as they are (ITU-T H.264, table 7-11)


class _Bits:
    """Bits of a NAL unit (ITU-T H.264, 7.2 and 9.1)."""

    def __init__(self) -> None:
        self._bits = ""

    def u(self, value: int, width: int = 1) -> _Bits:
        self._bits += f"{value:0{width}b}"
        return self

    def ue(self, *values: int) -> _Bits:
        for value in values:
            self._bits += "0" * ((value + 1).bit_length() - 1) + f"{value + 1:b}"
        return self

    def aligned(self, fill: str = "0") -> bytes:
        padded = self._bits + fill * (-len(self._bits) % 8)
        return int(padded, 2).to_bytes(len(padded) // 8, "big")

    def ended(self) -> bytes:
        self._bits += "1"
        return self.aligned()


def stream(frames: Sequence[np.ndarray], *, is_bottom_first: bool = False) -> bytes:
    """An Annex B stream of grey frames, a multiple of 16 wide and of 32 high: two fields each."""
    height, width = frames[0].shape
    units = [_parameters(width, height), _picture_parameters()]
    for number, frame in enumerate(frames):
        units += _fields(frame, number, is_bottom_first)
    return b"".join(b"\0\0\0\1" + _escaped(unit) for unit in units)


def _parameters(width: int, height: int) -> bytes:
    bits = _Bits().u(77, 8).u(0, 8).u(30, 8).ue(0, 0, 0, 4, 1).u(0)
    bits.ue(width // 16 - 1, height // 32 - 1).u(0).u(0).u(1).u(
        0
    )  # fields, none adaptive, direct by 8x8, not cropped
    bits.u(1).u(0, 4)  # of what is told beside, only times
    bits.u(1).u(1, 32).u(50, 32).u(1).u(0, 4)  # ticks are fields of 1/50 s
    return b"\x67" + bits.ended()


def _picture_parameters() -> bytes:
    return b"\x68" + _Bits().ue(0, 0).u(0).u(0).ue(0, 0, 0).u(0).u(0, 2).ue(0, 0, 0).u(1).u(0).u(0).ended()


def _fields(frame: np.ndarray, number: int, is_bottom_first: bool) -> Iterator[bytes]:
    for second in (False, True):
        is_bottom = second != is_bottom_first
        head = _Bits().ue(0, 7, 0).u(0, 4).u(1).u(is_bottom)
        if not second:
            head.ue(number % 2)
        head.u(second, 8).u(0)  # its place in the order of pictures
        if not second:
            head.u(0)
        head.ue(0, 1, _PCM)
        unit = b"\x61" if second else b"\x65"
        yield unit + head.aligned() + _macroblocks(frame[int(is_bottom) :: 2]) + b"\x80"


def _macroblocks(field: np.ndarray) -> bytes:
    height, width = field.shape
    blocks = field.reshape(height // 16, 16, width // 16, 16).transpose(0, 2, 1, 3).reshape(-1, 256)
    grey = b"\x80" * 128
    between = _Bits().ue(_PCM).aligned()
    return between.join(block.tobytes() + grey for block in blocks)


def _escaped(unit: bytes) -> bytes:
    out, zeros = bytearray(), 0
    for byte in unit:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)
