"""What decoders are given."""

from __future__ import annotations

import ctypes

import pytest

from inpoint.engine.chunks import packet_of, read_chunk
from inpoint.model.packets import CodedPacket, CodedTrack, pack

_READ_BEHIND = 64  # bytes: libavcodec's AV_INPUT_BUFFER_PADDING_SIZE


@pytest.mark.parametrize("size", [0, 1, 31, 4096, 100_003])
def test_behind_a_packet_are_zeros(size: int) -> None:
    _ = [b"\xff" * (size + _READ_BEHIND) for _ in range(50)]  # what lies about
    packet = packet_of(b"\xff" * size)
    assert bytes(packet) == b"\xff" * size
    if size:
        assert ctypes.string_at(packet.buffer_ptr + size, _READ_BEHIND) == bytes(_READ_BEHIND)


def test_behind_those_of_a_chunk_too() -> None:
    coded = [CodedPacket(bytes([number]) * 999, number, number == 1) for number in range(1, 4)]
    _, packets = read_chunk(pack(CodedTrack("mpeg4", b"", {}), coded))
    for packet in packets:
        assert ctypes.string_at(packet.buffer_ptr + packet.size, _READ_BEHIND) == bytes(_READ_BEHIND)
