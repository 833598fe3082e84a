"""Where a stream can be entered."""

from __future__ import annotations

import pytest

from inpoint.engine.entry import is_reference, recovery, stands_alone

START = b"\0\0\0\1"
IDR, SLICE, UNREFERRED = b"\x65\x88", b"\x41\x9a", b"\x01\x9a"


@pytest.mark.parametrize(
    ("message", "takes"),
    [(bytes.fromhex("0602055180"), 41), (bytes.fromhex("060209c480"), 18), (bytes.fromhex("0601c480"), 0)],
)
def test_a_recovery_point_says_how_long_it_takes(message: bytes, takes: int) -> None:
    packet = START + b"\x06" + message + START + SLICE
    assert recovery("h264", b"", packet) == takes
    other = bytes.fromhex("0503aabbcc")  # a message that somebody else may understand
    assert recovery("h264", b"", START + b"\x06" + other + message + START + SLICE) == takes
    assert not stands_alone("h264", b"", packet)


def test_a_key_frame_is_right_at_once() -> None:
    assert recovery("h264", b"", START + IDR) == 0
    assert stands_alone("h264", b"", START + IDR)
    assert recovery("hevc", b"", START + IDR) == 0


def test_what_no_picture_refers_to_is_no_reference() -> None:
    assert [is_reference("h264", b"", START + one) for one in (IDR, SLICE, UNREFERRED)] == [True, True, False]
