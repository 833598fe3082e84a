"""Two packets of one field each become one of a frame: some H.264 is coded field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from av.packet import Packet
from av.video.stream import VideoStream

from inpoint.engine.chunks import packet_of
from inpoint.engine.entry import parameter_sets, units
from inpoint.model.slices import Heading, Headings


def paired(packets: Iterator[Packet[Any]], video: VideoStream) -> Iterator[Packet[Any]]:
    """The same packets, each picture's fields together, at the time of the first one."""
    if video.codec_context.name != "h264":
        yield from packets
        return
    extradata = video.codec_context.extradata or b""
    headings = Headings()
    headings.of(parameter_sets(extradata))
    first: tuple[Packet[Any], Heading] | None = None  # a field that waits for its other one
    for packet in packets:
        if packet.stream_index != video.index:
            yield packet
            continue
        heading = headings.of(units("h264", extradata, bytes(packet)))
        if first is not None:
            before, told = first
            first = None
            if heading is not None and _belongs(told, heading):
                yield _together(before, packet)
                continue
            yield before
        if heading is not None and heading.field and not packet.is_discard:
            first = packet, heading
        else:
            yield packet
    if first is not None:
        yield first[0]


def _belongs(first: Heading, second: Heading) -> bool:
    """ITU-T H.264, 7.4.1.2.4 and 3.30: the other field of the same frame."""
    if {first.field, second.field} != {"top", "bottom"} or first.number != second.number or second.is_idr:
        return False
    return first.is_reference or not second.is_reference


def _together(first: Packet[Any], second: Packet[Any]) -> Packet[Any]:
    whole = packet_of(bytes(first) + bytes(second))
    whole.pts, whole.dts, whole.time_base = first.pts, first.dts, first.time_base
    whole.duration = (first.duration or 0) + (second.duration or 0)
    whole.is_keyframe, whole.stream = first.is_keyframe, first.stream
    return whole
