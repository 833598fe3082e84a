"""Whole pictures out of two fields each: what is interlaced shows two moments in one frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby, repeat

import av.error
from av.filter import Graph
from av.video.frame import VideoFrame

from inpoint.model.appearance import Scan
from inpoint.model.index import FramePlace

_TICK = Fraction(1, 1000)
_LEAST = 8  # pixels each way: less, the filter doesn't take
#: As bwdif is told: which field comes first, and whether all frames have them or those that say so.
_OPTIONS = {
    "top": "mode=send_frame:parity=tff:deint=all",
    "bottom": "mode=send_frame:parity=bff:deint=all",
    "told": "mode=send_frame:parity=auto:deint=interlaced",
}


def deinterlaced(
    decoded: Iterator[VideoFrame], places: Iterable[FramePlace | None], scan: Scan
) -> Iterator[VideoFrame]:
    """Each frame as one picture of its first moment, made of the frame and its two neighbours. Frames of one place
    that is shown several times running are one; one that stands for others that are lost is each of them."""
    if scan == "progressive":
        yield from decoded
        return
    for kind, shown in groupby(zip(places, decoded, strict=False), lambda one: _kind(one[1])):
        if min(kind[:2]) < _LEAST:
            yield from (frame for _, frame in shown)
        else:
            yield from _deinterlaced(shown, scan)


def alone(frame: VideoFrame, scan: Scan) -> VideoFrame:
    """A frame as one picture, made of nothing else."""
    return next(deinterlaced(iter([frame]), [None], scan))


def _deinterlaced(decoded: Iterator[tuple[FramePlace | None, VideoFrame]], scan: Scan) -> Iterator[VideoFrame]:
    """Of frames of one size."""
    graph: Graph | None = None
    shown: list[int] = []  # how often each frame is
    for _, same in groupby(decoded, lambda one: one[0]):
        (_, frame), *again = same
        graph = graph or _graph(frame, scan)
        frame.pts, frame.time_base = len(shown), _TICK
        graph.vpush(frame)
        shown.append(1 + len(again))
        yield from _made(graph, shown)
    if graph is not None:
        graph.vpush(None)
        yield from _made(graph, shown)


def _made(graph: Graph, shown: list[int]) -> Iterator[VideoFrame]:
    """What is ready, as often as it is shown. Where the filter has nothing to do, it gives its first frame twice."""
    try:
        while True:
            frame = graph.vpull()
            number = round((frame.pts or 0) * (frame.time_base or _TICK) / _TICK)
            yield from repeat(frame, shown[number])
            shown[number] = 0
    except (av.error.BlockingIOError, av.error.EOFError):
        return


def _graph(frame: VideoFrame, scan: Scan) -> Graph:
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_TICK)
    graph.link_nodes(source, graph.add("bwdif", _OPTIONS[scan]), graph.add("buffersink")).configure()
    return graph


def _kind(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name
