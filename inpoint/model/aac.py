"""AAC as the codec that sound is made in: its frames, its name, its boxes. Pure.

Sources: RFC 6381 (codec string), ISO/IEC 14496-3, 1.6.2.1 (configuration), 14496-14 (esds).
"""

from __future__ import annotations

import struct

from inpoint.model import cmaf
from inpoint.model.cmaf import Boxes

RATE = 48_000
#: Samples of a frame.
FRAME = 1_024
#: AAC-LC.
TEXT = "mp4a.40.2"
#: Of 48 kHz stereo.
CONFIGURATION = b"\x11\x90"


def init(boxes: Boxes, bit_rate: int, configuration: bytes = CONFIGURATION) -> bytes:
    """The init segment of a soundtrack; ``bit_rate`` in bit/s, ``configuration`` the encoder's own."""
    entry = cmaf.box(
        b"mp4a",
        struct.pack(">6xH8xHHHHI", 1, 2, 16, 0, 0, RATE << 16),
        cmaf.full_box(b"esds", 0, 0, _es_descriptor(configuration, bit_rate)),
    )
    return cmaf.sound_init(entry, RATE, boxes)


def _es_descriptor(configuration: bytes, bit_rate: int) -> bytes:
    specific = _descriptor(0x05, configuration)
    decoder = _descriptor(0x04, struct.pack(">BBHBII", 0x40, 0x15, 0, 0, bit_rate, bit_rate) + specific)
    return _descriptor(0x03, struct.pack(">HB", 1, 0) + decoder + _descriptor(0x06, b"\x02"))


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes([tag, 0x80, 0x80, 0x80, len(body)]) + body
