"""Where shots begin, by libavfilter's scdet; how loud each AAC frame is."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from fractions import Fraction
from math import log10
from operator import mul

from av.filter import Graph
from av.video.format import VideoFormat
from av.video.reformatter import VideoReformatter

from inpoint.engine.decode import frames
from inpoint.model import aac
from inpoint.model.index import FramePlace
from inpoint.model.survey import LEAST, level_of
from inpoint.ports.orders import Chunk

_SCORE = 10.0  # of 100: libavfilter's own default
_SIZE = 96, 54
_BASE = Fraction(1, 25)
_LEAST = 10 ** (LEAST / 10)


def shots(chunks: Sequence[Chunk], places: Sequence[FramePlace], lead: int) -> list[int]:
    """Which of ``places``, counted behind the ``lead`` ones, begin a shot."""
    graph, scaler = _detector(), VideoReformatter()
    found = []
    for number, frame in enumerate(frames(chunks, places, 1)):
        small = scaler.reformat(frame, *_SIZE, "gray", interpolation="FAST_BILINEAR", threads=1)
        small.pts, small.time_base = number, _BASE
        graph.vpush(small)
        if float(graph.vpull().metadata.get("lavfi.scd.score", 0)) >= _SCORE and number >= lead:
            found.append(number - lead)
    return found


def _detector() -> Graph:
    graph = Graph()
    source = graph.add_buffer(width=_SIZE[0], height=_SIZE[1], format=VideoFormat("gray"), time_base=_BASE)
    graph.link_nodes(source, graph.add("scdet", "threshold=10"), graph.add("buffersink")).configure()
    return graph


def levels(pcm: bytes, run_up: int, count: int) -> bytes:
    """The mean power of each of ``count`` AAC frames, of two channels of float32 with ``run_up`` frames before."""
    samples = array("f")
    samples.frombytes(pcm[: len(pcm) // 8 * 8])
    width = 2 * aac.FRAME
    found = bytearray()
    for number in range(count):
        part = samples[(run_up + number) * width : (run_up + number + 1) * width]
        power = sum(map(mul, part, part)) / len(part) if part else 0.0
        found.append(level_of(10 * log10(power)) if power > _LEAST else 0)
    return bytes(found)
