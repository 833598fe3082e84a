"""Images over pictures: read once, painted on every frame of a size."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from inpoint.engine.failures import translated
from inpoint.engine.image import image
from inpoint.errors import TooLarge, Unsupported
from inpoint.model.overlay import pixels
from inpoint.ports.orders import OverlayImage, ReadImage

_FORMATS = "png_pipe,jpeg_pipe,webp_pipe,gif,apng,bmp_pipe"
_LARGEST = 64 << 20  # pixels
_TICK = Fraction(1, 1000)
#: How an image is coded that lies over a picture of limited BT.709; libavfilter takes BT.601 unless it is told.
_SAID = ("setparams", "colorspace=bt709:range=limited")
_CODED = (
    ("scale", "flags=area+accurate_rnd+bitexact:out_color_matrix=bt709:out_range=limited"), ("format", "yuva420p")
)  # fmt: skip


def read_image(path: Path) -> ReadImage:
    """An image file's first picture as a PNG with its transparency, and its size. Raises Unsupported or TooLarge."""
    data = path.read_bytes()
    with translated(), av.open(io.BytesIO(data), "r", options={"format_whitelist": _FORMATS}) as source:
        stream = source.streams.video[0] if source.streams.video else None
        if stream is None or stream.width * stream.height > _LARGEST:
            raise TooLarge("the image is too large") if stream else Unsupported("the file is no image")
        frame = next(source.decode(stream), None)
    if frame is None:
        raise Unsupported("the file is no image")
    return ReadImage(image(iter([frame.reformat(format="rgba")]), "png"), frame.width, frame.height)


class Painter:
    """Paints images on frames of one size and format."""

    def __init__(self, images: Sequence[OverlayImage], is_standard: bool = True) -> None:
        """``is_standard`` as in ``model.recipe``."""
        self._images = images
        self._is_standard = is_standard
        self._graph: Graph | None = None
        self._sources: list[FilterContext] = []
        self._number = 0

    def paint(self, frame: VideoFrame) -> VideoFrame:
        """The frame itself if there is nothing to paint. Its time is changed."""
        if not self._images:
            return frame
        graph = self._graph or self._build(frame)
        frame.pts, frame.time_base = self._number, _TICK
        self._number += 1
        self._sources[0].push(frame)
        return graph.vpull()

    def _build(self, frame: VideoFrame) -> Graph:
        graph = self._graph = Graph()
        below: FilterContext = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=_TICK
        )
        self._sources = [below]
        kind = "gbrp" if frame.format.is_rgb else "yuv420"
        coded = _CODED if self._is_standard and kind == "yuv420" else ()
        if coded:
            said = graph.add(*_SAID)
            below.link_to(said)
            below = said
        stills = [_decoded(one.data) for one in self._images]
        for one, still in zip(self._images, stills, strict=True):
            left, top, width, height = pixels(one.overlay, frame.width, frame.height)
            source = graph.add_buffer(width=still.width, height=still.height, format=still.format, time_base=_TICK)
            scale = graph.add("scale", f"{width}:{height}:flags=area")
            fade = graph.add("colorchannelmixer", f"aa={float(one.overlay.opacity):.6f}")
            over = graph.add("overlay", f"{left}:{top}:format={kind}:eof_action=repeat:repeatlast=1")
            above = [source, scale, fade, *(graph.add(*step) for step in coded)]
            for first, second in pairwise(above):
                first.link_to(second)
            above[-1].link_to(over, 0, 1)
            below.link_to(over, 0, 0)
            below = over
            self._sources.append(source)
        last = graph.add("format", frame.format.name)
        below.link_to(last)
        last.link_to(graph.add("buffersink"))
        graph.configure()
        for source, still in zip(self._sources[1:], stills, strict=True):
            still.pts, still.time_base = 0, _TICK
            source.push(still)
            source.push(None)
        return graph


def _decoded(png: bytes) -> VideoFrame:
    with av.open(io.BytesIO(png), "r", format="png_pipe") as source:
        return next(source.decode(video=0)).reformat(format="rgba")
