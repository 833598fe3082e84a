"""What is taken in of each track while a source's packets pass: chunks on disk, and what the index will say."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from inpoint.engine import captions
from inpoint.engine.chunks import write_chunk
from inpoint.engine.entry import beginning, holds_picture, is_hidden, is_reference, recovery, stands_alone, units
from inpoint.engine.probe import AudioFacts, VideoFacts, shape_of, turned
from inpoint.engine.sizes import measured, said
from inpoint.model import adts
from inpoint.model.chunk import ChunkName
from inpoint.model.fitting import Size
from inpoint.model.frame_num import Counting
from inpoint.model.index import Cue, VideoIndex

_VIDEO_CHUNK = Fraction(2)  # seconds
_AUDIO_CHUNK = Fraction(8)
_MARGIN = Fraction(1, 10)
_REMEMBERED = 100  # chunks that a decoder may be fed before the one that is wanted
_Said = bytes  # of a size, in a codec's own words
_SIZES = 64  # that a source may have
_MILLISECOND = Fraction(1, 1000)


@dataclass(slots=True)
class VideoIntake:
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
    #: Of the last chunks: the number, the reference pictures before it, and how many it takes from there until all is
    #: right.
    entries: list[tuple[int, int, int]] = field(default_factory=list)
    references: int = 0
    #: Pictures before the first key frame, and those that lead it: they refer to what isn't here.
    lost: int = 0
    #: Of pictures by their stored size, upright; and what key frames have said of theirs.
    shapes: dict[Size, Size] = field(default_factory=dict)
    told_size: _Said = b""
    told_sizes: set[_Said] = field(default_factory=set)
    #: Whether the stream's own extradata is no longer the one to read it with.
    is_reread: bool = False
    #: Whether it was sent in a way that loses packets; the count of pictures tells.
    may_lose: bool = False
    counting: Counting = field(default_factory=Counting)

    def __post_init__(self) -> None:
        self.shapes[self.facts.stored] = self.facts.width, self.facts.height
        if self.facts.codec == "h264":
            self.counting.misses(units("h264", self.facts.extradata, self.facts.extradata))

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
        if self._is_broken(packet):
            packet = _emptied(packet, self.facts.codec, self.facts.extradata)
        begun = bool(self.pending or self.chunks)
        if packet.is_keyframe and begun and not holds_picture(self.facts.codec, self.facts.extradata, bytes(packet)):
            packet.is_keyframe = False  # no chunk begins with what is lost
        if packet.is_keyframe and (self._long_enough(packet) or self._goes_back(packet)):
            self.flush()
        self._follow(packet)
        if not self.pending and not packet.is_keyframe:
            self.lost += not packet.is_discard
            return  # nothing can be decoded before the first key frame
        self.bytes += packet.size
        self.pending.append(packet)

    def _is_broken(self, packet: Packet[Any]) -> bool:
        """Whether something is missing of a picture, or before it, that its decoder wouldn't notice."""
        codec, extradata = self.facts.codec, self.facts.extradata
        if codec == "h264" and self.may_lose:
            misses = self.counting.misses(units(codec, extradata, bytes(packet)))
            return misses and not packet.is_keyframe
        return codec == "hevc" and packet.is_corrupt

    def _follow(self, packet: Packet[Any]) -> None:
        """Where a key frame says another size than those before, or is to be read in another way, a chunk begins."""
        extradata = next((bytes(one) for one in packet.iter_sidedata() if one.data_type == "new_extradata"), None)
        if extradata is not None and extradata != self.facts.extradata:
            self.flush()
            self.facts = replace(self.facts, extradata=extradata)
            self.is_reread = True
        told = said(self.facts.codec, self.facts.extradata, bytes(packet)) if packet.is_keyframe else b""
        told = told or (extradata or b"")
        if not told or told == self.told_size:
            return
        self.flush()
        if self.told_size:
            self._measure(packet, told)
        self.told_size = told

    def _measure(self, packet: Packet[Any], told: _Said) -> None:
        if told in self.told_sizes or len(self.told_sizes) >= _SIZES:
            return
        self.told_sizes.add(told)
        found = measured(self.stream, packet, self.facts.extradata)
        if found is not None and (size := turned(found[0], self.facts.rotation)) not in self.shapes:
            self.shapes[size] = turned(shape_of(*found), self.facts.rotation)

    def _long_enough(self, packet: Packet[Any]) -> bool:
        if not self.pending or packet.pts is None or self.pending[0].pts is None:
            return False
        return (packet.pts - self.pending[0].pts) * self.facts.time_base >= _VIDEO_CHUNK

    def _goes_back(self, packet: Packet[Any]) -> bool:
        """Whether another edit begins, of frames that lie before: display order holds within a chunk."""
        return any((packet.pts or 0) < (one.pts or 0) for one in self.pending)

    def _fed(self, takes: int) -> int:
        """How many chunks before the one that begins here its decoder is fed: 0 for the one that always is."""
        chunk, began, needs = self._entry(self.references)
        if needs:  # and of these pictures, too, the decoder is to know whether they are whole
            chunk, _, _ = self._entry(began)
        back = self.chunks - chunk
        self.entries = [*self.entries[-_REMEMBERED:], (self.chunks, self.references, takes)]
        counts = self.facts.codec == "h264" and any(needs for _, _, needs in self.entries)
        self.references += (
            sum(is_reference(self.facts.codec, self.facts.extradata, bytes(one)) for one in self.pending)
            if counts
            else len(self.pending)
        )
        return back if back > 1 else 0

    def _entry(self, references: int) -> tuple[int, int, int]:
        """The last of the chunks before from which all is right once there have been so many reference pictures."""
        ready = [entry for entry in self.entries if entry[1] + entry[2] <= references]
        return max(ready, default=self.entries[0] if self.entries else (0, 0, 0))

    def flush(self) -> None:
        """Write the pending packets as one chunk, each with its rank in display order for a timestamp."""
        if not self.pending:
            return
        codec, extradata = self.facts.codec, self.facts.extradata
        order = sorted(range(len(self.pending)), key=lambda number: (self.pending[number].pts or 0, number))
        first, alone = self.pending[0], stands_alone(codec, extradata, bytes(self.pending[0]))
        fed = self._fed(0 if alone else recovery(codec, extradata, bytes(first)))
        self.index.alone.append(1 if alone else fed)
        ranks = [0] * len(order)
        begins = len(self.times)
        for rank, number in enumerate(order):
            packet = self.pending[number]
            ranks[number] = rank
            # What leads the very first key frame refers to pictures that are not here.
            is_lost = not alone and self.chunks == 0 and (packet.pts or 0) < (first.pts or 0)
            self.lost += is_lost and not packet.is_discard
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
        reread = extradata if self.is_reread else None
        write_chunk(self.folder / ChunkName(None, self.chunks).file, self.stream, self.pending, ranks, 0, reread)
        self.chunks += 1
        self.pending = []


def _emptied(packet: Packet[Any], codec: str, extradata: bytes) -> Packet[Any]:
    """The beginning of its picture alone, which no decoder takes for a picture."""
    kept: Packet[Any] = Packet(beginning(codec, extradata, bytes(packet)))
    kept.pts, kept.dts, kept.duration, kept.time_base = packet.pts, packet.dts, packet.duration, packet.time_base
    kept.is_keyframe, kept.stream = packet.is_keyframe, packet.stream
    return kept


@dataclass(slots=True)
class AudioIntake:
    """What is gathered of a soundtrack."""

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
    #: Ticks of packets that hold no frame of this sound, and what all frames with a header say.
    lost: list[int] = field(default_factory=list)
    settings: int | None = None

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
        if self.facts.codec == "aac" and not self._is_whole(bytes(packet)):
            self.lost.append(at)
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

    def _is_whole(self, data: bytes) -> bool:
        """Whether a frame with a header is what it says, and like the first that was: no muxer takes another."""
        if self.stream.codec_context.extradata or (self.settings is None and not adts.is_adts(data)):
            return True
        if not adts.is_whole(data):
            return False
        self.settings = adts.settings(data) if self.settings is None else self.settings
        return adts.settings(data) == self.settings

    def flush(self) -> None:
        """What is left, as the last chunk."""
        if self.pending:
            ranks = list(range(len(self.pending)))
            name = ChunkName(self.number, len(self.first) - 1).file
            write_chunk(self.folder / name, self.stream, self.pending, ranks, self.facts.channels)
            self.pending = []


@dataclass(slots=True)
class TextIntake:
    """What is gathered of captions."""

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
