"""A decoded picture as it is shown: turned upright, on another source's canvas where it is joined to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from av.filter import Graph
from av.video.frame import VideoFrame

from inpoint.engine.overlay import Image, Painter
from inpoint.engine.rotate import Rotator

_TICK = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A picture of one shape on a canvas of another: width and height, square pixels."""

    shape: tuple[int, int]
    canvas: tuple[int, int]

    def padded(self, width: int, height: int) -> tuple[int, int]:
        """The size to which a stored picture is padded, even."""
        wider = Fraction(self.canvas[0] * self.shape[1], self.canvas[1] * self.shape[0])
        if wider > 1:
            return _even(width * wider), height
        return width, _even(height / wider)


def _even(size: Fraction) -> int:
    return -(-size.numerator // (2 * size.denominator)) * 2


class Upright:
    """Turns, pads and paints frames of one source."""

    def __init__(self, rotation: int, fitting: Fitting | None, images: Sequence[Image] = ()) -> None:
        self._rotator = Rotator(rotation)
        self._fitting = fitting
        self._painter = Painter(images)
        self._graph: Graph | None = None

    def show(self, frame: VideoFrame) -> VideoFrame:
        return self._painter.paint(self._padded(self._rotator.turn(frame)))

    def _padded(self, frame: VideoFrame) -> VideoFrame:
        if self._fitting is None:
            return frame
        size = self._fitting.padded(frame.width, frame.height)
        if size == (frame.width, frame.height):
            return frame
        if self._graph is None:
            self._graph = _pad(frame, size)
        frame.time_base = _TICK
        self._graph.vpush(frame)
        return self._graph.vpull()


def _pad(frame: VideoFrame, size: tuple[int, int]) -> Graph:
    graph = Graph()
    left, top = ((outer - inner) // 4 * 2 for outer, inner in zip(size, (frame.width, frame.height), strict=True))
    nodes = [
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_TICK),
        graph.add("pad", f"{size[0]}:{size[1]}:{left}:{top}"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    return graph
