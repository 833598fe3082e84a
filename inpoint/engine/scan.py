"""Whether a source is interlaced: by what its frames say, and by looking at them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path

from av.filter import Graph
from av.video.frame import VideoFrame

from inpoint.engine.decode import frames
from inpoint.model.appearance import Scan
from inpoint.model.chunk import ChunkName
from inpoint.model.index import FramePlace, VideoIndex, fed_from
from inpoint.ports.orders import Chunk

_PLACES, _FRAMES, _CLEAR = 4, 10, 8  # where it is looked at, how many frames there, and how many tell enough
_HIGHEST = 1088  # lines: nothing higher has ever been interlaced
_TICK = Fraction(1, 1000)


@dataclass(slots=True)
class Glance:
    """What was seen of so many ``frames``: how many say that they have fields, and how they look: "tff", "bff",
    "progressive" or "undetermined"."""

    frames: int = 0
    flagged: int = 0
    #: How many had fields of those that don't say it any more.
    known: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def judged(self) -> tuple[Scan, bool]:
        """How the source is scanned, and whether that is seen and not told. What is told is believed: where little
        moves, fields don't show."""
        top, bottom, progressive = (self.seen[kind] for kind in ("tff", "bff", "progressive"))
        is_clear = top + bottom >= _CLEAR and min(top, bottom) * 8 <= max(top, bottom) and top + bottom > progressive
        fields: Scan = "top" if top >= bottom else "bottom"
        if self.known:
            return fields, False
        if self.flagged:
            return (fields if is_clear and self.flagged == self.frames else "told"), False
        return (fields, True) if is_clear and top + bottom >= 4 * progressive else ("progressive", False)


def look_at(index: VideoIndex, folder: Path, height: int, known: int = 0) -> Glance:
    """At chunks of a source in a ``folder``, here and there; ``known`` as in Glance."""
    glance = Glance(known=known)
    if height > _HIGHEST:
        return glance
    for places in _sampled(index):
        numbers = range(fed_from(index, places[0].chunk), places[0].chunk + 1)
        fed = [Chunk(number, (folder / ChunkName(None, number).file).read_bytes()) for number in numbers]
        _see(frames(fed, places, 1), glance)
        if not glance.flagged and glance.seen["progressive"] > _FRAMES // 2:
            break  # told and seen alike
    return glance


def _sampled(index: VideoIndex) -> Iterator[Sequence[FramePlace]]:
    """The first frames of chunks that are far from each other."""
    for chunk in sorted({len(index.alone) * number // _PLACES for number in range(_PLACES)}):
        first = bisect_left(index.chunk, chunk)
        last = min(bisect_right(index.chunk, chunk), first + _FRAMES)
        if first < last:
            yield [FramePlace(chunk, rank) for rank in index.rank[first:last]]


def _see(decoded: Iterator[VideoFrame], glance: Glance) -> None:
    graph: Graph | None = None
    for number, frame in enumerate(islice(decoded, _FRAMES)):
        glance.frames += 1
        glance.flagged += frame.interlaced_frame
        graph = graph or _detector(frame)
        frame.pts, frame.time_base = number, _TICK
        graph.vpush(frame)
        if number:  # a frame is known when the next one is
            glance.seen[graph.vpull().metadata["lavfi.idet.multiple.current_frame"]] += 1


def _detector(frame: VideoFrame) -> Graph:
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_TICK)
    graph.link_nodes(source, graph.add("idet"), graph.add("buffersink")).configure()
    return graph
