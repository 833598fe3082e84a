"""AAC as transport streams carry it: each frame with a header of its own (ISO/IEC 13818-7, 6.2). Pure."""

from __future__ import annotations

_HEAD = 7  # bytes
_SETTINGS = 0b1111_1101_1100_0000  # of the third and fourth byte: profile, sampling frequency, channels


def is_adts(data: bytes) -> bool:
    """Whether a frame begins with such a header."""
    return len(data) >= _HEAD and data[0] == 0xFF and data[1] & 0xF6 == 0xF0


def settings(data: bytes) -> int:
    """What a frame says of all of them: how it is coded, its rate and channels."""
    return int.from_bytes(data[2:4], "big") & _SETTINGS


def is_whole(data: bytes) -> bool:
    """Whether a frame is as long as its header says."""
    return is_adts(data) and (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5 == len(data)
