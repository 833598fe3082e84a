"""What is taken in of soundtracks and captions while a source's packets pass."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from inpoint.engine import captions
from inpoint.engine.chunks import write_chunk
from inpoint.engine.probe import AudioFacts
from inpoint.model import adts
from inpoint.model.chunk import ChunkName
from inpoint.model.cues import Captions, Cue
from inpoint.model.index import AudioIndex, place_packets

_AUDIO_CHUNK = Fraction(8)  # seconds
_MARGIN = Fraction(1, 10)
#: Codecs of which no packet is zeros: that is what a disk has that was never written.
_FRAMED = frozenset({"aac", "ac3", "eac3", "dca", "flac", "mp2", "mp2float", "mp3", "mp3float"})
_MILLISECOND = Fraction(1, 1000)


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
    #: Ticks of packets that hold no sound, and what all frames with a header say.
    lost: list[int] = field(default_factory=list)
    #: Numbers of packets that begin an edit.
    anew: list[int] = field(default_factory=list)
    settings: int | None = None
    #: Samples of all packets.
    counted: int = 0

    @property
    def margin(self) -> Fraction:
        """Seconds by which sound may begin earlier or end later than the picture without being meant to: a codec's
        first and last packets hold more than was recorded."""
        return max(_MARGIN, 2 * Fraction(max(self.samples, default=0), self.facts.sample_rate))

    def add(self, packet: Packet[Any], *, is_edited: bool = False) -> None:
        """A packet; an edit's first is where it says, whatever lies before it."""
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None or packet.size == 0 or (packet.is_discard and self.heard):
            return
        data = bytes(packet)
        if self.facts.codec == "aac" and not self._is_whole(data):
            self.lost.append(at)
            return
        if self.facts.codec in _FRAMED and not data.strip(b"\0"):
            self.lost.append(at)
        if self.pending and (at - self.times[self.first[-1]]) * self.facts.time_base >= _AUDIO_CHUNK:
            self.flush()
        if not self.pending:
            self.first.append(len(self.times))
        if is_edited:
            self.anew.append(len(self.times))
        self.times.append(at)
        if not packet.is_discard:
            self.heard = (self.heard[0] if self.heard else at, at)
        self.samples.append(self.facts.samples_of(packet))
        self.counted += self.samples[-1]
        self.pending.append(packet)

    @property
    def begins(self) -> Fraction:
        """Seconds of the source's own time at which it is to be heard: after what its container says is to be
        skipped."""
        began = self.stream.start_time if self.stream.start_time is not None else self.times[0]
        return began * self.facts.time_base

    @property
    def lasts(self) -> Fraction:
        """Seconds of all its packets together, whatever their times say."""
        return Fraction(self.counted, self.facts.sample_rate)

    def laid(self, zero: Fraction) -> AudioIndex:
        """Its packets' places, where media time begins ``zero`` seconds into the source's own."""
        own = self.facts
        placed = place_packets(self.times, self.samples, own.time_base, own.sample_rate, zero, own.priming, self.anew)
        return AudioIndex(own.sample_rate, placed, array("I", self.samples), self.first)

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
    cues: list[tuple[int, int, tuple[str, str, str]]] = field(default_factory=list)

    def add(self, packet: Packet[Any]) -> None:
        """A packet."""
        said = captions.worded(self.stream.codec_context.name, packet)
        if said[0] and packet.pts is not None and packet.duration:
            self.cues.append((packet.pts, packet.pts + packet.duration, said))

    def shifted(self, zero: Fraction) -> Captions:
        """What stands before cues; cues in milliseconds from ``zero``, a moment of the source in seconds."""
        base = self.stream.time_base or _MILLISECOND

        def moment(ticks: int) -> int:
            return max(0, round((ticks * base - zero) * 1000))

        cues = [Cue(moment(start), moment(end), *said) for start, end, said in self.cues]
        shown = sorted((cue for cue in cues if cue.end > cue.start), key=lambda cue: (cue.start, cue.end))
        return Captions(shown, tuple(captions.heads(self.stream)))
