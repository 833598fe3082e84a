"""H.264 as a codec of renditions: what it is called, what its boxes hold, what its encoder is told. Pure.

Sources: RFC 6381 (codec strings), ITU-T H.264 tables 7-1 (NAL units) and A-1 (levels), ISO/IEC 14496-15, 5.3.3.1.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from fractions import Fraction

from inpoint.model import cmaf
from inpoint.model.nal import split_annexb

_DROPPED = {6, 7, 8, 9}  # SEI, SPS, PPS, AUD: the init segment has what matters

#: Level times ten, macroblocks a second, macroblocks a frame, High profile's kbit/s.
_LEVELS = (
    (30, 40_500, 1_620, 12_500),
    (31, 108_000, 3_600, 17_500),
    (32, 216_000, 5_120, 25_000),
    (40, 245_760, 8_192, 25_000),
    (42, 522_240, 8_704, 62_500),
    (50, 589_824, 22_080, 168_750),
    (51, 983_040, 36_864, 300_000),
    (52, 2_073_600, 36_864, 300_000),
)


class Avc:
    """``model.codec.Codec``: High profile, 4:2:0, 8 bit. A level is its number times ten."""

    name = "avc"
    encoder = "libx264"
    brand = b"avc1"

    def text(self, level: int) -> str:
        """The codec string of RFC 6381, as avc1.64001F."""
        return f"avc1.6400{level:02x}"

    def level(self, width: int, height: int, rate: Fraction, max_rate: int) -> int:
        """The lowest level (ITU-T H.264, table A-1) that a picture fits: pixels, frames a second, bits a second."""
        blocks = -(-width // 16) * -(-height // 16)
        for level, per_second, per_frame, kilobits in _LEVELS:
            if blocks <= per_frame and blocks * rate <= per_second and max_rate <= kilobits * 1000:
                return level
        return _LEVELS[-1][0]

    def options(
        self, preset: str, parameters: Mapping[str, str], level: int, crf: int, max_rate: int, buffer: int
    ) -> dict[str, str]:
        """What the encoder is told: by its recipe, for a rendition."""
        vbv = {"vbv-maxrate": str(max_rate // 1000), "vbv-bufsize": str(buffer // 1000)}
        told = {**parameters, **vbv}
        return {
            "preset": preset,
            "profile": "high",
            "level": f"{level // 10}.{level % 10}",
            "crf": str(crf),
            "x264-params": ":".join(f"{key}={value}" for key, value in told.items()),
        }

    def sample(self, packet: bytes) -> bytes:
        """A frame as the encoder writes it (Annex B), as it lies in a segment: lengths in place of start codes."""
        units = [unit for unit in split_annexb(packet) if unit and unit[0] & 0x1F not in _DROPPED]
        return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)

    def entry(self, width: int, height: int, extradata: bytes) -> bytes:
        """The sample entry of an init segment, from the parameter sets that the encoder wrote."""
        units = {unit[0] & 0x1F: unit for unit in split_annexb(extradata) if unit}
        return cmaf.visual_entry(b"avc1", width, height, cmaf.box(b"avcC", _configuration(units[7], units[8])))


def _configuration(sps: bytes, pps: bytes) -> bytes:
    """AVCDecoderConfigurationRecord: lengths of 4 bytes."""
    return (
        bytes([1, sps[1], sps[2], sps[3], 0xFF, 0xE1])
        + struct.pack(">H", len(sps)) + sps
        + bytes([1]) + struct.pack(">H", len(pps)) + pps
        + bytes([0xFD, 0xF8, 0xF8, 0])
    )  # fmt: skip
