"""Where a source may begin to have another size: what its key frames say of it, as each codec writes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import av.error
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from inpoint.engine.chunks import decoder_of, track_of
from inpoint.engine.entry import units
from inpoint.engine.probe import VideoFacts, shape_of, turned
from inpoint.model.fitting import Size

_H264_SPS, _HEVC_SPS = 7, 33
_JPEG_SIZES = (b"\xff\xc0", b"\xff\xc1", b"\xff\xc2")
_MOST = 64  # sizes that a source may have
_VP9_SYNC = b"\x49\x83\x42"
#: Where the size is said: behind what, and in how many bytes (ISO/IEC 13818-2, 6.2.2; RFC 6386, 9.1; VP9, 6.2).
_SAID = {
    "mpeg1video": (b"\0\0\x01\xb3", 4), "mpeg2video": (b"\0\0\x01\xb3", 4), "vp8": (b"\x9d\x01\x2a", 4),
    "prores": (b"icpf", 12),
}  # fmt: skip


@dataclass(slots=True)
class SizesSeen:
    """``shapes`` are those of pictures as they are shown, by their stored sizes, both upright."""

    shapes: dict[Size, Size]
    _told: bytes = b""
    _measured: set[bytes] = field(default_factory=set)

    def changes(self, stream: VideoStream, facts: VideoFacts, packet: Packet[Any], beside: bytes = b"") -> bool:
        """Whether a packet says another size than those before, itself or ``beside`` it. What it says is noted."""
        told = said(facts.codec, facts.extradata, bytes(packet)) if packet.is_keyframe else b""
        told = told or beside
        if not told or told == self._told:
            return False
        if self._told and told not in self._measured and len(self._measured) < _MOST:
            self._measured.add(told)
            found = measured(stream, packet, facts.extradata)
            if found is not None and (size := turned(found[0], facts.appearance.rotation)) not in self.shapes:
                self.shapes[size] = turned(shape_of(*found), facts.appearance.rotation)
        self._told = told
        return True


def said(codec: str, extradata: bytes, packet: bytes) -> bytes:
    """What a key frame says of its size, in the codec's own words; nothing where it says none."""
    if codec in ("h264", "hevc"):
        kind = _H264_SPS if codec == "h264" else _HEVC_SPS
        kinds = (
            (unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F, unit)
            for unit in units(codec, extradata, packet)
            if unit
        )
        return next((unit for one, unit in kinds if one == kind), b"")
    if codec == "mjpeg":
        return next((packet.partition(mark)[2][3:7] for mark in _JPEG_SIZES if mark in packet), b"")
    if codec == "vp9":  # the last four bits are others
        size = packet.partition(_VP9_SYNC)[2][:5]
        return size[:4] + bytes([size[4] & 0xF0]) if len(size) == 5 else b""
    if codec in _SAID:
        mark, length = _SAID[codec]
        return packet.partition(mark)[2][:length]
    return b""


def measured(stream: VideoStream, packet: Packet[Any], extradata: bytes) -> tuple[Size, Fraction] | None:
    """The size of a key frame as it is stored, and how much wider than high its pixels are; None where it can't be
    decoded."""
    decoder = decoder_of(replace(track_of(stream.codec_context, [packet], 0), extradata=extradata))
    assert isinstance(decoder, VideoCodecContext)
    try:
        frames = [*decoder.decode(packet), *decoder.decode(None)]
    except av.error.FFmpegError:
        return None
    frame = next((one for one in frames if isinstance(one, VideoFrame)), None)
    if frame is None:
        return None
    return (frame.width, frame.height), Fraction(decoder.sample_aspect_ratio or 0) or Fraction(1)
