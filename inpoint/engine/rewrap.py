"""Import: a source's packets into self-contained chunks, and the index of every frame's time and place.

Runs in a confined process; nothing is decoded but a few frames to look at.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from inpoint.engine import captions
from inpoint.engine.chunks import write_chunk
from inpoint.engine.entry import is_hidden, stands_alone
from inpoint.engine.failures import translated
from inpoint.engine.order import display_times, in_order, is_untold, unpacked
from inpoint.engine.probe import AudioFacts, VideoFacts, look_at_audio, look_at_video, open_source
from inpoint.errors import TooLong, Unsupported
from inpoint.model.chunk import ChunkName, text_file
from inpoint.model.epochs import Epochs
from inpoint.model.grid import lay
from inpoint.model.index import AudioIndex, Cue, Index, VideoIndex, dump, dump_cues, place_packets
from inpoint.model.pace import Pace
from inpoint.model.source import SourceFacts
from inpoint.ports.orders import RewrapOrder, Rewrapped, SoundRewrapOrder, SoundRewrapped

_VIDEO_CHUNK = Fraction(2)
_AUDIO_CHUNK = Fraction(8)
_TELL_EVERY = 0.25  # seconds
_MARGIN = Fraction(1, 10)  # seconds
_SECOND = 1_000_000  # microseconds
#: Containers of what was broadcast or streamed: a long step ahead is their clock's.
_LEAPING = ("mpegts", "flv", "mpeg")
_MILLISECOND = Fraction(1, 1000)


@dataclass(slots=True)
class _VideoTrack:
    """What is gathered of the video while its packets pass."""

    stream: VideoStream
    facts: VideoFacts
    folder: Path
    times: list[int] = field(default_factory=list)
    index: VideoIndex = field(default_factory=VideoIndex)
    pending: list[Packet[Any]] = field(default_factory=list)
    pending_bytes: int = 0
    chunks: int = 0
    bytes: int = 0
    last_duration: int = 0
    #: Of all packets together, and of the one that lasts longest: containers tell them in decode order.
    duration: int = 0
    longest: int = 0
    #: Ticks by which what follows is later than told: an edit that begins within the last frame of the one before.
    moved: int = 0
    #: Ticks of the first picture that there was, if none could be decoded yet.
    earliest: int | None = None

    @property
    def stays(self) -> int:
        """Ticks that the last picture is shown: its packet's, or what all packets together leave for it."""
        left = self.times[0] + self.duration - self.times[-1]
        return left if self.last_duration < left <= self.longest else self.last_duration

    def add(self, packet: Packet[Any]) -> None:
        """A packet."""
        if packet.pts is None:
            packet.pts = packet.dts
        if packet.pts is None or packet.size == 0:
            return
        if not packet.is_discard:
            self.earliest = packet.pts if self.earliest is None else min(self.earliest, packet.pts)
        if packet.is_keyframe and (self._long_enough(packet) or self._goes_back(packet)):
            self.flush()
        if not self.pending and not packet.is_keyframe:
            return  # nothing can be decoded before the first key frame
        self.bytes += packet.size
        self.pending.append(packet)

    def _long_enough(self, packet: Packet[Any]) -> bool:
        if not self.pending or packet.pts is None or self.pending[0].pts is None:
            return False
        return (packet.pts - self.pending[0].pts) * self.facts.time_base >= _VIDEO_CHUNK

    def _goes_back(self, packet: Packet[Any]) -> bool:
        """Whether another edit begins, of frames that lie before: display order holds within a chunk."""
        return any((packet.pts or 0) < (one.pts or 0) for one in self.pending)

    def flush(self) -> None:
        """Write the pending packets as one chunk, each with its rank in display order for a timestamp."""
        if not self.pending:
            return
        codec, extradata = self.facts.codec, self.facts.extradata
        order = sorted(range(len(self.pending)), key=lambda number: (self.pending[number].pts or 0, number))
        first, alone = self.pending[0], stands_alone(codec, extradata, bytes(self.pending[0]))
        self.index.alone.append(int(alone))
        ranks = [0] * len(order)
        begins = len(self.times)
        for rank, number in enumerate(order):
            packet = self.pending[number]
            ranks[number] = rank
            # What leads the very first key frame refers to pictures that are not here.
            is_lost = not alone and self.chunks == 0 and (packet.pts or 0) < (first.pts or 0)
            if not packet.is_discard and not is_lost and not is_hidden(codec, bytes(packet)):
                at = (packet.pts or 0) + self.moved
                if len(self.times) == begins and self.times and at <= self.times[-1] < at + 2 * self.last_duration:
                    self.moved += self.times[-1] + self.last_duration - at
                    at = (packet.pts or 0) + self.moved
                self.times.append(at)
                self.index.chunk.append(self.chunks)
                self.index.rank.append(rank)
                self.last_duration = packet.duration or self.last_duration
                self.duration += packet.duration or 0
                self.longest = max(self.longest, packet.duration or 0)
        write_chunk(self.folder / ChunkName(None, self.chunks).file, self.stream, self.pending, ranks, 0)
        self.chunks += 1
        self.pending = []


@dataclass(slots=True)
class _AudioTrack:
    stream: AudioStream
    facts: AudioFacts
    number: int
    folder: Path
    times: list[int] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)
    first: array[int] = field(default_factory=lambda: array("I"))
    pending: list[Packet[Any]] = field(default_factory=list)
    #: Ticks of the first and the last packet that are to be heard: others are there to be decoded.
    heard: tuple[int, int] | None = None

    @property
    def margin(self) -> Fraction:
        """Seconds by which sound may begin earlier or end later than the picture without being meant to: a codec's
        first and last packets hold more than was recorded."""
        return max(_MARGIN, 2 * Fraction(max(self.samples, default=0), self.facts.sample_rate))

    def add(self, packet: Packet[Any]) -> None:
        """A packet."""
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None or packet.size == 0 or (packet.is_discard and self.heard):
            return
        if self.pending and (at - self.times[self.first[-1]]) * self.facts.time_base >= _AUDIO_CHUNK:
            self.flush()
        if not self.pending:
            self.first.append(len(self.times))
        self.times.append(at)
        if not packet.is_discard:
            self.heard = (self.heard[0] if self.heard else at, at)
        self.samples.append(self.facts.samples_of(packet))
        self.pending.append(packet)

    def flush(self) -> None:
        """What is left, as the last chunk."""
        if self.pending:
            ranks = list(range(len(self.pending)))
            name = ChunkName(self.number, len(self.first) - 1).file
            write_chunk(self.folder / name, self.stream, self.pending, ranks, self.facts.channels)
            self.pending = []


@dataclass(slots=True)
class _TextTrack:
    stream: Stream
    cues: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, packet: Packet[Any]) -> None:
        """A packet."""
        text = captions.plain(self.stream.codec_context.name, bytes(packet))
        if text and packet.pts is not None and packet.duration:
            self.cues.append((packet.pts, packet.pts + packet.duration, text))

    def shifted(self, zero: Fraction) -> list[Cue]:
        """Cues in milliseconds from ``zero``, a moment of the source in seconds."""
        base = self.stream.time_base or _MILLISECOND

        def moment(ticks: int) -> int:
            return max(0, round((ticks * base - zero) * 1000))

        cues = [Cue(moment(start), moment(end), text) for start, end, text in self.cues]
        return sorted((cue for cue in cues if cue.end > cue.start), key=lambda cue: (cue.start, cue.end))


def rewrap(order: RewrapOrder, progress: Callable[[float], None]) -> Rewrapped:
    """Write chunks and captions; ``progress`` hears percents. Raises Unsupported, Damaged or TooLong."""
    path, out, max_seconds = order.source, order.out, order.max_seconds
    with translated(), open_source(path) as source:
        video = _VideoTrack(*look_at_video(source, path), out)
        audio = [
            _AudioTrack(stream, facts, number, out)
            for number, (stream, facts) in enumerate(look_at_audio(source, path))
        ]
        text = [_TextTrack(stream) for stream in source.streams.subtitles if captions.is_text(stream)]
        gathered: list[_VideoTrack | _AudioTrack | _TextTrack] = [video, *audio, *text]
        tracks = {track.stream.index: track for track in gathered}
        epochs = Epochs(leaps=source.format.name in _LEAPING)
        packets = unpacked(_packets(source, [track.stream for track in gathered], path, progress), video.stream)
        if is_untold(source, video.stream, path):
            packets = in_order(packets, video.stream, display_times(path, video.stream))
        for packet in packets:
            _shift(packet, epochs)
            tracks[packet.stream_index].add(packet)
            if len(video.times) > 1 and (video.times[-1] - video.times[0]) * video.facts.time_base > max_seconds:
                raise TooLong
        video.flush()
        for sound in audio:
            sound.flush()
        return _facts_and_index(video, audio, text, order)


def _shift(packet: Packet[Any], epochs: Epochs) -> None:
    """Onto the one clock that all of a recording's epochs lie on, end to end."""
    base, shown = packet.stream.time_base, packet.pts if packet.pts is not None else packet.dts
    if base is None or shown is None or packet.is_discard:
        return
    decoded, seen, lasts = (
        None if at is None else at * _SECOND * base.numerator // base.denominator
        for at in (packet.dts, shown, packet.duration or 0)
    )
    shift = epochs.shift(packet.stream_index, decoded, seen or 0, lasts or 0)
    if shift:
        moved = round(shift / (_SECOND * base))
        packet.pts = None if packet.pts is None else packet.pts + moved
        packet.dts = None if packet.dts is None else packet.dts + moved


def rewrap_sound(order: SoundRewrapOrder) -> SoundRewrapped:
    """Write the chunks of a file's first soundtrack. Raises Unsupported, Damaged or TooLong."""
    path, out, shift = order.source, order.out, order.shift
    with translated(), open_source(path) as source:
        if source.duration is not None and source.duration > order.max_seconds * av.time_base:
            raise TooLong
        found = look_at_audio(source, path)
        if not found:
            raise Unsupported("the source has no soundtrack that this server can read")
        stream, facts = found[0]
        track = _AudioTrack(stream, facts, 0, out)
        for packet in _packets(source, [stream], path):
            track.add(packet)
        track.flush()
    if not track.times:
        raise Unsupported("the source's soundtrack is empty")
    began = stream.start_time if stream.start_time is not None else track.times[0]
    zero = began * facts.time_base - shift  # after what the container says is to be skipped
    placed = place_packets(track.times, track.samples, facts.time_base, facts.sample_rate, zero, facts.priming)
    sound = AudioIndex(facts.sample_rate, placed, array("I", track.samples), track.first)
    return SoundRewrapped(facts.told, dump(Index(VideoIndex(), [sound])))


def _packets(
    source: InputContainer, streams: list[Any], path: Path, progress: Callable[[float], None] | None = None
) -> Iterator[Packet[Any]]:
    size, pace = path.stat().st_size, Pace(_TELL_EVERY)
    for packet in source.demux(*streams):
        if packet.dts is None and packet.pts is None:
            continue  # the demuxer's flush
        yield packet
        if progress is not None and packet.pos is not None and size and pace.is_due(time.monotonic()):
            progress(min(99.0, 100.0 * packet.pos / size))


def _facts_and_index(
    video: _VideoTrack, audio: list[_AudioTrack], text: list[_TextTrack], order: RewrapOrder
) -> Rewrapped:
    max_seconds = order.max_seconds
    if not video.times:
        raise Unsupported("the source's video holds no frame")
    base = video.facts.time_base
    _sort_shown(video)
    zero = _zero(video, audio)
    if (video.times[-1] - video.times[0]) * base > max_seconds:
        raise TooLong
    laid = lay(video.times, base, video.stays, order.rate)
    held = round((video.times[0] * base - zero) * laid.rate)  # until the first picture comes, it is shown
    video.index.grid = array("I", [0] * held + laid.shown)
    sound = []
    for track in audio:
        own = track.facts
        placed = place_packets(track.times, track.samples, own.time_base, own.sample_rate, zero, own.priming)
        sound.append(AudioIndex(track.facts.sample_rate, placed, array("I", track.samples), track.first))
    _hold_last_frame(video.index, laid.rate, sound, [track.margin for track in audio], max_seconds)
    for number, captions_track in enumerate(text):
        (order.out / text_file(number)).write_bytes(dump_cues(captions_track.shifted(zero)))
    frames = len(video.index.grid)
    facts = SourceFacts(
        laid.rate,
        zero,
        frames,
        video.facts.told(int(video.bytes * 8 / (frames / laid.rate))),
        tuple(track.facts.told for track in audio),
        tuple(captions.told(track.stream) for track in text),
    )
    return Rewrapped(facts, dump(Index(video.index, sound)))


def _zero(video: _VideoTrack, audio: Sequence[_AudioTrack]) -> Fraction:
    """Where the source begins, in seconds of its own time: with its first picture, or with sound a while before."""
    first = (video.times[0] if video.earliest is None else video.earliest) * video.facts.time_base
    heard = [
        track.heard[0] * track.facts.time_base + Fraction(track.facts.priming, track.facts.sample_rate)
        for track in audio
        if track.heard and first - track.heard[0] * track.facts.time_base > track.margin
    ]
    return min([video.times[0] * video.facts.time_base, *heard])


def _sort_shown(video: _VideoTrack) -> None:
    """Display order across chunks too, should leading pictures of an odd stream overlap the chunk before."""
    if any(a > b for a, b in zip(video.times, video.times[1:], strict=False)):
        raise Unsupported("the source's video times jump back")


def _hold_last_frame(
    index: VideoIndex, rate: Fraction, sound: Sequence[AudioIndex], margins: Sequence[Fraction], max_seconds: int
) -> None:
    """Sound that goes on after the picture is heard to its end: the last picture stays."""
    frames = len(index.grid)
    ends = [
        end
        for track, margin in zip(sound, margins, strict=True)
        if track.start and (end := Fraction(track.start[-1] + track.samples[-1], track.rate)) > frames / rate + margin
    ]
    if ends:
        longer = int(min(max(ends), Fraction(max_seconds)) * rate) - frames
        index.grid.extend([index.grid[-1]] * max(0, longer))
