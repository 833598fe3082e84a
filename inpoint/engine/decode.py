"""Frames out of chunks: each wanted grid frame in order, a missing one repeated from the last good one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Any, Literal

import av.error
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from inpoint.engine.chunks import decoder_of, read_chunk
from inpoint.engine.entry import stands_alone
from inpoint.engine.health import Health
from inpoint.engine.sizes import said
from inpoint.errors import NoPicture
from inpoint.model.index import FramePlace
from inpoint.model.packets import CodedTrack
from inpoint.ports.orders import Chunk

#: Decoders that heed being told packet by packet what to skip; others read it once, when they are opened.
_SKIPPING = ("h264", "hevc")

#: Decoders that hardly notice damage: threads of theirs would make it a picture that depends on chance.
_UNAWARE = ("hevc", "vp8", "vp9", "libvpx", "libvpx-vp9")
#: Where the one that libav prefers leaves undone what it can't decode, whatever lay there before.
_INSTEAD = {"vp8": "libvpx"}
#: Decoders that pass over damage unless they are told not to.
_LENIENT = ("mjpeg",)

_PATIENCE = 2  # chunks, of two seconds or more, within which a picture may stand for others that can't be shown

_AHEAD = 8  # frames that are decoded before they are asked for

_BIT_EXACT = 1 << 23  # AV_CODEC_FLAG_BITEXACT: the same on every processor
_WAITING = 32  # frames: more than any decoder reorders

_CHUNK_TICKS = 1 << 24  # ranks of consecutive chunks never meet
_END = 1 << 62  # a key behind all


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


def frames(
    chunks: Iterable[Chunk],
    places: Iterable[FramePlace],
    threads: int,
    lost: list[int] | None = None,
    *,
    is_all: bool = True,
    is_exact: bool = False,
) -> Iterator[VideoFrame]:
    """One frame for each place; places ascend, and may repeat; chunks may be read several times. One that isn't whole
    is ``lost``, its number among the places is noted, and the last one that is stands for it.

    If none is, in its chunk nor in the ``_PATIENCE`` chunks before, the first that follows in as many does, or what
    can be made of it. Raises NoPicture where that is so and ``is_all`` is not: the chunks around these are wanted.
    ``is_exact`` as in ``model.recipe``.
    """
    wanted_places = iter(places)
    if (first := next(wanted_places, None)) is None:
        return
    whole = _WholePictures(_whole(chunks, threads, _key(first.chunk, first.rank), is_exact=is_exact))
    rough = _Rough(chunks, is_exact=is_exact)
    for number, place in enumerate(chain([first], wanted_places)):
        wanted = _key(place.chunk, place.rank)
        whole.reach(wanted)
        if whole.shown != wanted and lost is not None:
            lost.append(number)
        if whole.current is not None and place.chunk - _chunk(whole.shown) <= _PATIENCE:
            yield whole.current
        elif not is_all:
            raise NoPicture
        elif whole.upcoming is not None and _chunk(whole.upcoming[0]) - place.chunk <= _PATIENCE:
            yield whole.upcoming[1]
        else:
            yield rough.at(wanted)


class _WholePictures:
    """The whole pictures of a source, as they are asked for: the ``current`` one, whose key is ``shown``, and the
    ``upcoming`` one, if it is known."""

    def __init__(self, decoded: Iterator[tuple[int, VideoFrame | None]]) -> None:
        self._decoded = decoded
        self._reached = -1
        self.current: VideoFrame | None = None
        self.shown = -1
        self.upcoming: tuple[int, VideoFrame] | None = None

    def reach(self, wanted: int) -> None:
        """Up to a key; keys ascend. What is too far behind it to stand for it is not waited for."""
        self._take(wanted)
        while self.shown < wanted and self.upcoming is None and _chunk(self._reached) <= _chunk(wanted) + _PATIENCE:
            key, frame = next(self._decoded, (_END, None))
            self._reached = max(self._reached, key)
            if frame is not None:
                self.upcoming = key, frame
                self._take(wanted)

    def _take(self, wanted: int) -> None:
        if self.upcoming is not None and self.upcoming[0] <= wanted:
            if self.upcoming[0] > self.shown:  # damage may bring pictures late: no older one is shown after a newer
                self.shown, self.current = self.upcoming
            self.upcoming = None


class _Rough:
    """What a decoder makes of damaged pictures: better than nothing, where there is nothing else."""

    def __init__(self, chunks: Iterable[Chunk], *, is_exact: bool) -> None:
        self._chunks, self._is_exact = chunks, is_exact
        self._decoded: Iterator[tuple[int, VideoFrame | None]] | None = None
        self._shown: VideoFrame | None = None
        self._next: tuple[int, VideoFrame | None] | None = None

    def at(self, key: int) -> VideoFrame:
        """The last picture that there is at a key; asked for in ascending order."""
        if self._decoded is None:
            self._decoded = _decoded(self._chunks, 1, 0, only="any", is_exact=self._is_exact)
        while (following := self._next or next(self._decoded, None)) is not None and following[0] <= key:
            self._shown, self._next = following[1], None
        self._next = following
        return self._shown or _nothing(self._chunks)


def _nothing(chunks: Iterable[Chunk]) -> VideoFrame:
    """A gray picture, where a source has none that can be shown."""
    chunk = next(iter(chunks), None)
    size = {} if chunk is None else read_chunk(chunk.data)[0].settings
    gray = VideoFrame(size.get("width") or 640, size.get("height") or 360, "gray")
    for plane in gray.planes:
        plane.update(b"\x80" * plane.buffer_size)
    return gray


def _key(chunk: int, rank: int) -> int:
    return chunk * _CHUNK_TICKS + rank


def _chunk(key: int) -> int:
    return key // _CHUNK_TICKS


class _Damage(Exception):
    """Something isn't as it should be. What a decoder of several threads gives then is not always the same."""


def _whole(
    chunks: Iterable[Chunk], threads: int, first: int, *, is_exact: bool
) -> Iterator[tuple[int, VideoFrame | None]]:
    """Frames by key, None for those that aren't whole. If there are such, all are decoded again: by one thread, none
    left out, so that what stands for a lost one is the same wherever it is asked for."""
    shown = -1
    try:
        for key, frame in _decoded(chunks, threads, first, only="sound", is_exact=is_exact):
            shown = key
            yield key, frame
    except _Damage:
        yield from (one for one in _decoded(chunks, 1, 0, only="whole", is_exact=is_exact) if one[0] > shown)


def _decoded(
    chunks: Iterable[Chunk], threads: int, first: int, *, only: Literal["sound", "whole", "any"], is_exact: bool
) -> Iterator[tuple[int, VideoFrame | None]]:
    """Frames by key, None for those that aren't whole, unless any is wanted; of a sound source only, else raises
    _Damage. Those before the ``first`` wanted one that no other refers to are not decoded."""
    decoder: VideoCodecContext | None = None
    health = Health("", b"")
    before = b"", b""
    waiting: deque[tuple[int, VideoFrame]] = deque()

    def released(packet: Packet[Any] | None) -> Iterator[tuple[int, VideoFrame | None]]:
        """What a packet brings, or the end."""
        assert decoder is not None
        waiting.extend(_decode(decoder, packet, health))
        if only == "sound" and not health.is_sound:
            raise _Damage
        came = _released(waiting, health, at_end=packet is None)
        return ((key, frame if only == "any" or health.is_whole(key) else None) for key, frame in came)

    for chunk in chunks:
        track, packets = read_chunk(chunk.data)
        told = track.extradata, said(track.codec, track.extradata, bytes(packets[0]) if packets else b"")
        is_other = told[0] != before[0] or (told[1] != before[1] and told[1] != b"" != before[1])
        if decoder is not None and is_other:
            yield from released(None)
            decoder = None
        if decoder is None:
            decoder = _decoder(track, threads, is_exact=is_exact, is_strict=only != "any")
            health = Health(track.codec, track.extradata)
        before = told
        for packet in packets:
            packet.pts = _key(chunk.number, packet.pts or 0)
            packet.dts = None
        for packet in packets[_entry(track, packets, first) :]:
            health.feed(packet, packet.pts or 0)
            if track.codec in _SKIPPING:
                decoder.skip_frame = "NONREF" if (packet.pts or 0) < first else "DEFAULT"
            yield from released(packet)
    if decoder is not None:
        yield from released(None)


def _released(
    waiting: deque[tuple[int, VideoFrame]], health: Health, *, at_end: bool = False
) -> Iterator[tuple[int, VideoFrame]]:
    """Of the frames that wait, those of which all that they refer to has come."""
    while waiting and (at_end or len(waiting) > _WAITING or health.last_before(waiting[0][0]) <= waiting[-1][0]):
        yield waiting.popleft()


def _entry(track: CodedTrack, packets: Sequence[Packet[Any]], first: int) -> int:
    """The packet from which decoding gives the ``first`` wanted frame: a chunk of short GOPs holds several."""
    for number in range(len(packets) - 1, 0, -1):
        packet = packets[number]
        if (
            packet.is_keyframe
            and (packet.pts or 0) <= first
            and stands_alone(track.codec, track.extradata, bytes(packet))
        ):
            return number
    return 0


def _decoder(track: CodedTrack, threads: int, *, is_exact: bool, is_strict: bool) -> VideoCodecContext:
    decoder = decoder_of(replace(track, codec=_INSTEAD.get(track.codec, track.codec)))
    assert isinstance(decoder, VideoCodecContext)
    if is_strict and track.codec in _LENIENT:
        decoder.options = decoder.options | {"err_detect": "explode"}
    if is_exact:
        decoder.flags |= _BIT_EXACT
    decoder.thread_count = 1 if track.codec in _UNAWARE else threads
    decoder.thread_type = "AUTO" if threads > 1 else "SLICE"
    return decoder


def _decode(
    decoder: VideoCodecContext, packet: Packet[Any] | None, health: Health
) -> Iterator[tuple[int, VideoFrame]]:
    try:
        decoded = decoder.decode(packet)
    except av.error.FFmpegError:
        health.lose()
        return
    for frame in decoded:
        if frame.pts is not None:
            if frame.is_corrupt:
                health.doubt(frame.pts)
            yield frame.pts, frame
