"""A decoded picture as it is shown: turned upright, on another source's canvas where it is joined to that."""

from __future__ import annotations

from fractions import Fraction

from av.filter import Graph
from av.video.frame import VideoFrame

from inpoint.engine.rotate import Rotator
from inpoint.model.appearance import Appearance
from inpoint.model.fitting import Fitting

_TICK = Fraction(1, 1000)


class Upright:
    """Turns and pads frames of one source."""

    def __init__(self, appearance: Appearance, fitting: Fitting | None) -> None:
        self._rotator = Rotator(appearance)
        self._fitting = fitting
        self._graphs: dict[tuple[int, int, str], Graph] = {}

    def show(self, frame: VideoFrame) -> VideoFrame:
        """A frame as it is seen."""
        return self._padded(self._rotator.turn(frame))

    def _padded(self, frame: VideoFrame) -> VideoFrame:
        if self._fitting is None:
            return frame
        size = self._fitting.padded(frame.width, frame.height)
        if size == (frame.width, frame.height):
            return frame
        kind = frame.width, frame.height, frame.format.name
        graph = self._graphs.get(kind) or self._graphs.setdefault(kind, _pad(frame, size))
        frame.time_base = _TICK
        graph.vpush(frame)
        return graph.vpull()


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
