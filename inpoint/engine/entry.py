"""Where a source's stream can be entered, and which of its packets show nothing.

Sources: ITU-T H.264 table 7-1, H.265 table 7-1; RFC 6386 section 9.1 (VP8); VP9 bitstream section 6.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from inpoint.model.nal import Bits, split_annexb, split_lengths

_H264_IDR, _SEI, _RECOVERY_POINT = 5, 6, 6
#: What a coded picture begins with (ISO/IEC 13818-2, 6.2.3; 14496-2, 6.2.5).
_PICTURE_STARTS = {
    "mpeg1video": b"\0\0\x01\0", "mpeg2video": b"\0\0\x01\0", "mpeg4": b"\0\0\x01\xb6"
}  # fmt: skip
_MPEG2_B, _MPEG4_B = 3, 2
_VP8_KEY = b"\x9d\x01\x2a"  # RFC 6386, 9.1
_HEVC_PICTURES, _HEVC_REFERENCES = 32, 16
_HEVC_CLOSED = {16, 17, 18, 19, 20}  # BLA and IDR; CRA (21) may be followed by pictures of the GOP before


def _length_size(codec: str, extradata: bytes) -> int | None:
    """Bytes of a NAL length in this stream; None if it has start codes."""
    if not extradata or extradata[0] != 1:
        return None
    place = 4 if codec == "h264" else 21
    return (extradata[place] & 3) + 1 if len(extradata) > place else None


def stands_alone(codec: str, extradata: bytes, packet: bytes) -> bool:
    """Whether decoding can begin at this key frame without the GOP before it.

    Key-frame flags don't say: an open GOP's first pictures refer to what came before. Unknown means no.
    """
    if codec in ("vp8", "vp9", "av1", "mjpeg", "prores"):
        return True
    if codec == "mpeg2video":
        at = packet.find(b"\x00\x00\x01\xb8")  # group_of_pictures_header: closed_gop is its 26th bit
        return at >= 0 and len(packet) > at + 7 and bool(packet[at + 7] & 0x40)
    if codec not in ("h264", "hevc"):
        return False
    for unit in units(codec, extradata, packet):
        if codec == "h264":
            if unit and unit[0] & 0x1F in (1, _H264_IDR):
                return unit[0] & 0x1F == _H264_IDR
        elif unit and (unit[0] >> 1) & 0x3F < 32:
            return (unit[0] >> 1) & 0x3F in _HEVC_CLOSED
    return False


def recovery(codec: str, extradata: bytes, packet: bytes) -> int:
    """How many reference pictures it takes from here on until all is right (H.264, D.2.8: recovery_frame_cnt), where
    pictures are refreshed bit by bit; 0 where nothing is said."""
    if codec != "h264":
        return 0
    for unit in units(codec, extradata, packet):
        kind = unit[0] & 0x1F if unit else 0
        if kind in (1, _H264_IDR):
            return 0
        if kind == _SEI and (found := _recovery_frames(unit)) is not None:
            return found
    return 0


def _recovery_frames(unit: bytes) -> int | None:
    at = 1
    while at + 2 < len(unit):
        kind = size = 0
        for part in ("kind", "size"):
            total = 0
            while at < len(unit) and unit[at] == 0xFF:
                total, at = total + 255, at + 1
            total, at = total + (unit[at] if at < len(unit) else 0), at + 1
            kind, size = (total, size) if part == "kind" else (kind, total)
        if kind == _RECOVERY_POINT:
            with suppress(ValueError):
                return Bits(unit[at : at + size]).ue()
        at += size
    return None


def is_reference(codec: str, extradata: bytes, packet: bytes) -> bool:
    """Whether others may refer to a packet's picture. Unknown means yes."""
    if codec in _PICTURE_STARTS:
        head = packet.partition(_PICTURE_STARTS[codec])[2][:2]
        if len(head) < 2:
            return True
        return head[0] >> 6 != _MPEG4_B if codec == "mpeg4" else head[1] >> 3 & 7 != _MPEG2_B
    if codec not in ("h264", "hevc"):
        return True
    for unit in units(codec, extradata, packet):
        if codec == "h264" and unit and unit[0] & 0x1F in (1, 2, _H264_IDR):
            return bool(unit[0] & 0x60)
        if codec == "hevc" and unit and (kind := unit[0] >> 1 & 0x3F) < _HEVC_PICTURES:
            return kind >= _HEVC_REFERENCES or bool(kind & 1)
    return True


def holds_picture(codec: str, extradata: bytes, packet: bytes) -> bool:
    """Whether there is a picture in a packet at all, which zeros on a disk are not. Unknown means yes."""
    if codec in _PICTURE_STARTS:
        return _PICTURE_STARTS[codec] in packet
    if codec in ("h264", "hevc"):
        return any(unit and _is_picture(codec, unit) for unit in units(codec, extradata, packet))
    if codec == "vp8":
        return bool(packet[:1]) and (bool(packet[0] & 1) or packet[3:6] == _VP8_KEY)
    return True


def units(codec: str, extradata: bytes, packet: bytes) -> Iterator[bytes]:
    """The NAL units of a packet of H.264 or H.265."""
    size = _length_size(codec, extradata)
    return split_annexb(packet) if size is None else split_lengths(packet, size)


def parameter_sets(extradata: bytes) -> Iterator[bytes]:
    """The NAL units that H.264 begins with: as a stream has them, or MP4 (ISO/IEC 14496-15, 5.3.3.1)."""
    if extradata[:1] != b"\x01":
        yield from split_annexb(extradata)
        return
    at = 6
    for count in (extradata[5:6] or b"\0")[0] & 0x1F, None:
        if count is None:
            count, at = (extradata[at : at + 1] or b"\0")[0], at + 1
        for _ in range(count):
            length = int.from_bytes(extradata[at : at + 2], "big")
            yield extradata[at + 2 : at + 2 + length]
            at += 2 + length


def _is_picture(codec: str, unit: bytes) -> bool:
    return unit[0] & 0x1F in (1, 2, _H264_IDR) if codec == "h264" else unit[0] >> 1 & 0x3F < _HEVC_PICTURES


def beginning(codec: str, extradata: bytes, packet: bytes) -> bytes:
    """The first bytes of a packet's picture, as a NAL unit: they say what it would have been."""
    size = _length_size(codec, extradata)
    found = (unit[:3] for unit in units(codec, extradata, packet) if unit and _is_picture(codec, unit))
    unit = next(found, b"\x02\x01\0" if codec == "hevc" else b"\x41\0\0")
    return (b"\0\0\0\x01" if size is None else len(unit).to_bytes(size, "big")) + unit


def is_hidden(codec: str, packet: bytes) -> bool:
    """Whether a packet only updates references (VP8's and VP9's alternate references) and shows nothing."""
    if not packet:
        return True
    if codec == "vp8":
        return not packet[0] & 0x10 and holds_picture(codec, b"", packet)
    if codec == "vp9":
        if packet[-1] & 0xE0 == 0xC0:  # a superframe carries a shown frame
            return False
        profile = (packet[0] >> 5 & 1) | (packet[0] >> 3 & 2)
        bits = (int.from_bytes(packet[:2], "big") if len(packet) > 1 else packet[0] << 8) >> (
            7 if profile == 3 else 8
        )
        show_existing, show = bits & 0x08, bits & 0x02
        return not show_existing and not show
    return False
