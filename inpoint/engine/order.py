"""Display order where the container doesn't tell it: AVI counts packets, and some of MP4 have no composition offsets.

The decoder knows: it is asked once, at import.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import av.error
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from inpoint.engine.probe import open_source

_LOOKED_AT = 300  # packets
_KNOWN = 3  # pictures after which it is known how AVI counts them
_MOST_WAITING = 4000  # packets until these have come


def unpacked(packets: Iterable[Packet[Any]], stream: VideoStream) -> Iterator[Packet[Any]]:
    """Each picture of MPEG-4 in a packet of its own: older encoders put two into one, for AVI's sake."""
    if stream.codec_context.name != "mpeg4":
        yield from packets
        return
    pictures = BitStreamFilterContext("mpeg4_unpack_bframes", stream)
    for packet in packets:
        if packet.stream_index != stream.index:
            yield packet
        elif packet.size:
            for picture in pictures.filter(packet):
                picture.stream = stream
                picture.is_keyframe = _is_intra(bytes(picture))  # the second of two was flagged as the first
                yield picture


def _is_intra(picture: bytes) -> bool:
    """Whether it is an I-VOP (ISO/IEC 14496-2, 6.2.5)."""
    at = picture.find(b"\x00\x00\x01\xb6")
    return at >= 0 and len(picture) > at + 4 and picture[at + 4] >> 6 == 0


def is_untold(source: InputContainer, stream: VideoStream, path: Path) -> bool:
    """Whether packets of a stream that is shown in another order than it is decoded don't say so."""
    if not stream.codec_context.has_b_frames:
        return False
    if source.format.name == "avi":
        return True
    with open_source(path) as again:
        first = itertools.islice(again.demux(again.streams[stream.index]), _LOOKED_AT)
        return all(packet.pts == packet.dts for packet in first if packet.size)


def display_times(packets: Iterable[Packet[Any]], stream: VideoStream) -> dict[int, int]:
    """When the picture in each of a stream's packets is shown, by the packet's number: the decode times, given out in
    display order. A packet that shows nothing has none."""
    shown: list[int] = []
    times: list[int] = []
    decoder = stream.codec_context
    decoder.thread_type = "AUTO"
    for number, packet in enumerate(packets):
        times.append(packet.dts if packet.dts is not None else number)
        packet.pts = packet.dts = number
        shown += _decoded(decoder, packet)
    shown += _decoded(decoder, None)
    return dict(zip(dict.fromkeys(shown), _counted(sorted(times)), strict=False))


def _counted(times: list[int]) -> list[int]:
    """Without the step after the first."""
    return [times[0], *(at - _step(times) for at in times[1:])] if times else []


def _step(times: Sequence[int]) -> int:
    """What libav adds after the first packet of AVI, for the pictures that a decoder may hold back."""
    return times[1] - times[0] - 1 if len(times) > 2 and times[2] - times[1] == 1 else 0


def counted(packets: Iterable[Packet[Any]], stream: VideoStream) -> Iterator[Packet[Any]]:
    """The packets of an AVI whose pictures are shown as they are decoded: at these times, for it knows no others."""
    waiting: list[Packet[Any]] = []
    first: list[int] = []
    step = 0

    def timed(packet: Packet[Any]) -> Packet[Any]:
        if packet.stream_index == stream.index and packet.dts is not None:
            packet.pts = packet.dts - (step if packet.dts > first[0] else 0)
        return packet

    for packet in packets:
        if len(first) < _KNOWN and len(waiting) < _MOST_WAITING:
            waiting.append(packet)
            if packet.stream_index == stream.index and packet.dts is not None:
                first.append(packet.dts)
            continue
        if waiting:
            step = _step(first)
            yield from map(timed, waiting)
            waiting = []
        yield timed(packet)
    yield from map(timed, waiting)


def _decoded(decoder: VideoCodecContext, packet: Packet[Any] | None) -> list[int]:
    try:
        return [
            frame.pts for frame in decoder.decode(packet) if isinstance(frame, VideoFrame) and frame.pts is not None
        ]
    except av.error.FFmpegError:
        return []


def in_order(packets: Iterable[Packet[Any]], stream: VideoStream, times: Mapping[int, int]) -> Iterator[Packet[Any]]:
    """The packets of all tracks, those of the picture at the times at which they are shown."""
    number = 0
    for packet in packets:
        if packet.stream_index == stream.index:
            packet.pts = times.get(number)
            number += 1
            if packet.pts is None:
                continue
        yield packet
