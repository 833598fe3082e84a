"""What is taken in of a video track while its packets pass: chunks on disk, and what the index will say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.packet import Packet
from av.video.stream import VideoStream

from inpoint.engine.chunks import packet_of, write_chunk
from inpoint.engine.dense import DenseRun, GopPart, is_far, nothing_waits, part_of
from inpoint.engine.entries import Entries
from inpoint.engine.entry import (
    beginning,
    holds_picture,
    is_hidden,
    is_reference,
    parameter_sets,
    recovery,
    stands_alone,
    units,
)
from inpoint.engine.health import Health
from inpoint.engine.probe import VideoFacts
from inpoint.engine.sizes import SizesSeen
from inpoint.model.chunk import ChunkName
from inpoint.model.frame_num import Counting
from inpoint.model.index import VideoIndex
from inpoint.ports.orders import Chunk

_CHUNK = Fraction(2)  # seconds
_LEADING = 32  # pictures that may lead a key frame


@dataclass(slots=True)
class VideoIntake:
    """What is gathered of the video while its packets pass."""

    stream: VideoStream
    facts: VideoFacts
    folder: Path
    times: list[int] = field(default_factory=list)
    index: VideoIndex = field(default_factory=VideoIndex)
    pending: list[Packet[Any]] = field(default_factory=list)
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
    entries: Entries = field(default_factory=Entries)
    #: Pictures before the first key frame, and those that lead it: they refer to what isn't here.
    lost: int = 0
    #: Numbers of shown pictures that another stands for, as far as it is known before they are decoded; and ticks of
    #: packets of which something is missing.
    damaged: list[int] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    sizes: SizesSeen = field(init=False)
    #: Whether the stream's own extradata is no longer the one to read it with.
    is_reread: bool = False
    #: Called now and then while pictures are made dense, and nothing is read.
    waits: Callable[[], None] = nothing_waits
    #: Pictures that were made dense and had fields.
    interlaced: int = 0
    #: Whether it was sent in a way that loses packets; the count of pictures tells.
    may_lose: bool = False
    counting: Counting = field(default_factory=Counting)
    #: Pictures since the last key frame; the run that these are made dense in, once they are many, and what it is at.
    behind: int = 0
    run: DenseRun | None = None
    _at: _RunState = field(default_factory=lambda: _RunState(0, 0))
    #: Whether pending packets begin with a key frame whose leading pictures are shown from the chunk before.
    is_entered: bool = False

    def __post_init__(self) -> None:
        self.sizes = SizesSeen({self.facts.stored: (self.facts.width, self.facts.height)})
        if self.facts.codec == "h264":
            self.counting.misses(parameter_sets(self.facts.extradata))

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
        begun = bool(self.pending or self.chunks)
        if self._is_broken(packet):
            packet = _emptied(packet, self.facts.codec, self.facts.extradata)
            self.broken.add(packet.pts or 0)
        elif not holds_picture(self.facts.codec, self.facts.extradata, bytes(packet)):
            packet.is_keyframe = packet.is_keyframe and not begun  # no chunk begins with what is lost
            self.broken.add(packet.pts or 0)
        if self.run is not None:
            self._leave_run(packet)
        elif packet.is_keyframe and (self._long_enough(packet) or self._goes_back(packet)):
            self.flush()
        self._follow(packet)
        if not self.pending and self.run is None and not packet.is_keyframe:
            self.lost += not packet.is_discard
            return  # nothing can be decoded before the first key frame
        self.bytes += packet.size
        self.pending.append(packet)
        self.behind = 0 if packet.is_keyframe else self.behind + 1
        if self.run is None and is_far(self.behind, *self.facts.stored):
            self._begin_run()
        if self.run is not None and self._at.entering is None:
            self._feed_run()

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
        if self.sizes.changes(self.stream, self.facts, packet, extradata or b""):
            self.flush()

    def _long_enough(self, packet: Packet[Any]) -> bool:
        if not self.pending or packet.pts is None or self.pending[0].pts is None:
            return False
        return (packet.pts - self.pending[0].pts) * self.facts.time_base >= _CHUNK

    def _goes_back(self, packet: Packet[Any]) -> bool:
        """Whether another edit begins, of frames that lie before: display order holds within a chunk."""
        return any((packet.pts or 0) < (one.pts or 0) for one in self.pending)

    def flush(self) -> None:
        """Write the pending packets as one chunk."""
        if self.run is not None:
            self._end_run()
        if not self.pending:
            return
        fed = self._fed()
        ranks = _ranks(self.pending)
        shown = self._shown(self.pending, ranks, self._begins())
        self.damaged += self._harmed(ranks, [rank for rank, _ in shown])
        self._show(shown)
        self._write(ChunkName(None, self.chunks).file, self.pending, ranks)
        self.entries.add(self._references())
        self.index.alone.append(fed)
        self.chunks, self.pending, self.is_entered = self.chunks + 1, [], False

    def _fed(self) -> int:
        """As ``VideoIndex.alone`` tells it of the chunk that begins with what is pending."""
        codec, extradata, first = self.facts.codec, self.facts.extradata, bytes(self.pending[0])
        is_alone = self.is_entered or stands_alone(codec, extradata, first)
        fed = self.entries.begin(self.chunks, 0 if is_alone else recovery(codec, extradata, first))
        return 1 if is_alone else fed

    def _references(self) -> int:
        """Pending pictures that others may refer to; where nobody asks, all."""
        if not (self.facts.codec == "h264" and self.entries.is_gradual):
            return len(self.pending)
        codec, extradata = self.facts.codec, self.facts.extradata
        return sum(is_reference(codec, extradata, bytes(one)) for one in self.pending)

    def _begins(self) -> int | None:
        """The time before which nothing that is pending is shown from here: it leads the very first key frame, and
        refers to pictures that are not here, or is shown from the chunk before."""
        first = self.pending[0]
        if self.is_entered:
            return first.pts
        if self.chunks or stands_alone(self.facts.codec, self.facts.extradata, bytes(first)):
            return None
        self.lost += sum((one.pts or 0) < (first.pts or 0) and not one.is_discard for one in self.pending)
        return first.pts

    def _shown(
        self, packets: Sequence[Packet[Any]], ranks: Sequence[int], begins: int | None
    ) -> list[tuple[int, Packet[Any]]]:
        """Those that are shown, in display order."""
        return [
            (rank, packet)
            for rank, packet in sorted(zip(ranks, packets, strict=True), key=lambda one: one[0])
            if not packet.is_discard
            and not is_hidden(self.facts.codec, bytes(packet))
            and (begins is None or (packet.pts or 0) >= begins)
        ]

    def _harmed(self, ranks: Sequence[int], shown: Sequence[int]) -> list[int]:
        """Numbers of pictures, of those with the ``shown`` ranks, that can't be whole."""
        if self.broken.isdisjoint(one.pts or 0 for one in self.pending):
            return []
        health = Health(self.facts.codec, self.facts.extradata)
        for packet, rank in zip(self.pending, ranks, strict=True):
            health.feed(packet, rank)
            if packet.pts in self.broken:
                health.lose()
        return [number for number, rank in enumerate(shown, len(self.times)) if not health.is_whole(rank)]

    def _show(self, shown: Iterable[tuple[int, Packet[Any]]]) -> None:
        """What the chunk that is written next shows, by the ranks there."""
        begins = len(self.times)
        for rank, packet in shown:
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

    def _write(self, file: str, packets: Sequence[Packet[Any]], ranks: Sequence[int]) -> Path:
        """Each with its rank in display order for a timestamp."""
        path = self.folder / file
        write_chunk(path, self.stream, packets, ranks, 0, self.facts.extradata if self.is_reread else None)
        return path

    # Pictures that are far behind a key frame

    def _begin_run(self) -> None:
        self._at = _RunState(len(self.times), self.chunks, begins=self._begins())
        fed = self._fed()
        back = 0 if fed == 1 else max(1, fed)
        before = list(self._chunks(range(max(0, self.chunks - back), self.chunks)))
        self.run = DenseRun(before, self.waits)

    def _chunks(self, numbers: Iterable[int]) -> Iterator[Chunk]:
        for number in numbers:
            yield Chunk(number, (self.folder / ChunkName(None, number).file).read_bytes())

    def _feed_run(self) -> None:
        """What is pending in parts, as far as these are known."""
        enough = int(_CHUNK / self.facts.time_base)
        while len(self.pending) >= self._at.due:
            count = part_of([one.pts or 0 for one in self.pending], enough)
            if count is None:
                self._at.due = len(self.pending) * 5 // 4 + 1
                return
            self._add_part(count)
            self.pending, self._at.due = self.pending[count:], 0

    def _add_part(self, count: int) -> None:
        """So many packets, of which is shown what precedes the key frame that is to be entered."""
        assert self.run is not None
        packets, state = self.pending[:count], self._at
        ranks = _ranks(packets)
        shown = self._shown(packets, ranks, state.begins)
        if state.entering is not None:
            ends = self.pending[state.entering].pts or 0
            shown = [one for one in shown if (one[1].pts or 0) < ends]
        self._show((number, packet) for number, (_, packet) in enumerate(shown))
        path = self._write(f"part-{state.part}", packets, ranks)
        out = self.folder / ChunkName(None, self.chunks).file
        self.run.add(GopPart(state.part, path, [rank for rank, _ in shown], out))
        state.part, state.begins = state.part + 1, None
        if shown:
            self.index.alone.append(1)
            self.chunks += 1

    def _leave_run(self, packet: Packet[Any]) -> None:
        """Where a key frame can be entered, chunks are the source's own again: once the pictures that lead it, which
        refer to those before it as well, have come."""
        entering, codec, extradata = self._at.entering, self.facts.codec, self.facts.extradata
        if entering is not None:
            is_leading = (packet.pts or 0) < (self.pending[entering].pts or 0) and not packet.is_keyframe
            if not is_leading or len(self.pending) > entering + _LEADING:
                self._end_run()
        elif packet.is_keyframe and stands_alone(codec, extradata, bytes(packet)):
            self._end_run()
        elif packet.is_keyframe and not recovery(codec, extradata, bytes(packet)):
            self._at.entering = len(self.pending)

    def _end_run(self) -> None:
        assert self.run is not None
        kept = self.pending[self._at.entering :] if self._at.entering is not None else []
        times = [(one.pts, one.dts, one.duration, one.time_base) for one in kept]
        if self._at.entering == len(self.pending):
            self._at.entering = None  # it didn't come
        self._add_part(len(self.pending))
        run, self.run = self.run, None
        self.damaged += [self._at.first + number for number in run.end()]
        self.interlaced += run.flagged
        for packet, told in zip(kept, times, strict=True):  # to be written once more
            packet.pts, packet.dts, packet.duration, packet.time_base = told
            packet.stream = self.stream
        self.entries.forget()
        self.pending, self.is_entered, self.behind = kept, bool(kept), len(kept)

    def give_up(self) -> None:
        """Nothing more comes, and nobody waits for what came."""
        if self.run is not None:
            self.run.give_up()


@dataclass(slots=True)
class _RunState:
    """The ``first`` of its shown pictures, and the next ``part``; what of that is shown ``begins`` at a time.
    ``entering`` is the place, among what is pending, of the key frame at which it is left; parts are looked for when
    ``due`` packets are pending."""

    first: int
    part: int
    begins: int | None = None
    entering: int | None = None
    due: int = 0


def _ranks(packets: Sequence[Packet[Any]]) -> list[int]:
    """Each one's place in display order."""
    order = sorted(range(len(packets)), key=lambda number: (packets[number].pts or 0, number))
    ranks = [0] * len(order)
    for rank, number in enumerate(order):
        ranks[number] = rank
    return ranks


def _emptied(packet: Packet[Any], codec: str, extradata: bytes) -> Packet[Any]:
    """The beginning of its picture alone, which no decoder takes for a picture."""
    kept = packet_of(beginning(codec, extradata, bytes(packet)))
    kept.pts, kept.dts, kept.duration, kept.time_base = packet.pts, packet.dts, packet.duration, packet.time_base
    kept.is_keyframe, kept.stream = packet.is_keyframe, packet.stream
    return kept
