"""Frames out of chunks: each wanted grid frame in order, a missing one repeated from the last good one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import av.error
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from inpoint.engine.chunks import decoder_of, read_chunk
from inpoint.engine.entry import stands_alone
from inpoint.errors import Damaged
from inpoint.model.index import FramePlace
from inpoint.model.packets import CodedTrack
from inpoint.ports.orders import Chunk

#: Decoders that heed being told packet by packet what to skip; others read it once, when they are opened.
_SKIPPING = ("h264", "hevc")

_AHEAD = 8  # frames that are decoded before they are asked for

_CHUNK_TICKS = 1 << 24  # ranks of consecutive chunks never meet


def ahead(decoded: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """The same frames, decoded by a thread of their own while those before are used."""
    with ThreadPoolExecutor(1) as thread:
        upcoming = deque(thread.submit(next, decoded, None) for _ in range(_AHEAD))
        try:
            while (frame := upcoming.popleft().result()) is not None:
                upcoming.append(thread.submit(next, decoded, None))
                yield frame
        finally:
            for one in upcoming:
                one.cancel()


def frames(chunks: Sequence[Chunk], places: Sequence[FramePlace], threads: int) -> Iterator[VideoFrame]:
    """One frame for each place; places ascend, and may repeat.

    Raises Damaged if not one frame can be decoded.
    """
    decoded = _decoded(chunks, threads, _key(places[0].chunk, places[0].rank))
    current: VideoFrame | None = None
    shown = -1
    upcoming: tuple[int, VideoFrame] | None = None
    for place in places:
        wanted = _key(place.chunk, place.rank)
        while shown < wanted:
            upcoming = upcoming or next(decoded, None)
            if upcoming is not None and upcoming[0] < shown:
                upcoming = None  # damage brings frames late: an older one is never shown after a newer
                continue
            if upcoming is None or (upcoming[0] > wanted and current is not None):
                break  # the wanted frame is missing: repeat the one before or, at the very first, take what comes
            (shown, current), upcoming = upcoming, None
        if current is None:
            raise Damaged("no frame of this part of the source can be decoded")
        yield current


def _key(chunk: int, rank: int) -> int:
    return chunk * _CHUNK_TICKS + rank


def _decoded(chunks: Sequence[Chunk], threads: int, first: int) -> Iterator[tuple[int, VideoFrame]]:
    """Frames by key. Those before the ``first`` wanted one that no other refers to are not decoded."""
    decoder: VideoCodecContext | None = None
    for chunk in chunks:
        track, packets = read_chunk(chunk.data)
        if decoder is None:
            decoder = _decoder(track, threads)
        for packet in packets:
            packet.pts = _key(chunk.number, packet.pts or 0)
            packet.dts = None
        for packet in packets[_entry(decoder, packets, first) :]:
            if decoder.name in _SKIPPING:
                decoder.skip_frame = "NONREF" if (packet.pts or 0) < first else "DEFAULT"
            yield from _decode(decoder, packet)
    if decoder is not None:
        yield from _decode(decoder, None)


def _entry(decoder: VideoCodecContext, packets: Sequence[Packet[Any]], first: int) -> int:
    """The packet from which decoding gives the ``first`` wanted frame: a chunk of short GOPs holds several."""
    for number in range(len(packets) - 1, 0, -1):
        packet = packets[number]
        if (
            packet.is_keyframe
            and (packet.pts or 0) <= first
            and stands_alone(decoder.name, decoder.extradata or b"", bytes(packet))
        ):
            return number
    return 0


def _decoder(track: CodedTrack, threads: int) -> VideoCodecContext:
    decoder = decoder_of(track)
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = threads
    decoder.thread_type = "AUTO" if threads > 1 else "SLICE"
    return decoder


def _decode(decoder: VideoCodecContext, packet: Packet[Any] | None) -> Iterator[tuple[int, VideoFrame]]:
    try:
        decoded = decoder.decode(packet)
    except av.error.FFmpegError:
        return  # damage: the frame is missing, and the last good one is repeated
    for frame in decoded:
        if frame.pts is not None and not frame.is_corrupt:
            yield frame.pts, frame
