"""Turn pictures upright: phones store them lying, or mirrored, with a display matrix beside."""

from __future__ import annotations

from av.filter import Graph
from av.video.frame import VideoFrame

from inpoint.model.appearance import Appearance

#: By degrees counter-clockwise that the picture is to be turned.
_FILTERS = {90: [("transpose", "cclock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "clock")]}


class Rotator:
    """Mirrors decoded pictures and turns them by quarters."""

    def __init__(self, appearance: Appearance) -> None:
        mirror = [("hflip", "")] if appearance.is_mirrored else []
        self._steps = [*mirror, *_FILTERS.get(appearance.rotation, [])]
        self._graphs: dict[tuple[int, int, str], Graph] = {}

    def turn(self, frame: VideoFrame) -> VideoFrame:
        """A picture, upright."""
        if not self._steps:
            return frame
        kind = frame.width, frame.height, frame.format.name
        graph = self._graphs.get(kind) or self._graphs.setdefault(kind, self._build(frame))
        graph.vpush(frame)
        return graph.vpull()

    def _build(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        nodes = [
            graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
        ]
        nodes += [graph.add(name, options) for name, options in self._steps]
        nodes.append(graph.add("buffersink"))
        graph.link_nodes(*nodes).configure()
        return graph
