"""Pictures in a size and in the colours that every screen shows, whatever they were recorded in."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Protocol

from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from inpoint.model import tone
from inpoint.model.color import BT709, FULL, LIMITED, UNTOLD, UNTOLD_RANGE, Color
from inpoint.ports.orders import Picture

#: Of libswscale: SWS_AREA; and SWS_ACCURATE_RND, SWS_BITEXACT. Averaging areas takes half the time of bicubic
#: filtering, and pictures are only ever made smaller.
AREA = 0x20
EXACTLY = AREA | 0x40000 | 0x80000

_TICK = Fraction(1, 1000)
#: libswscale's numbers of the matrices that it knows, by those of H.273.
_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
_LEVEL = 7  # of the Hald image: its square is the table's steps
_SIDE = _LEVEL**3
#: haldclut mistakes the planes of an image that has some.
_TONES = "rgb48le" if sys.byteorder == "little" else "rgb48be"


def color_of(frame: VideoFrame) -> Color:
    """What a decoded picture says of its colours."""
    told = (int(one) for one in (frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range))
    return _known(Color(*told))


def _known(color: Color) -> Color:
    """What of it can be obeyed: other numbers are reserved, or of spaces that nobody here converts."""
    return Color(
        color.primaries if color.primaries in tone.PRIMARIES else UNTOLD,
        UNTOLD if color.transfer in (0, 3) else color.transfer,
        color.matrix if color.matrix in _MATRICES else UNTOLD,
        color.range if color.range in (LIMITED, FULL) else UNTOLD_RANGE,
    )


class Scaler(Protocol):
    """Brings pictures to a size and a pixel format."""

    def sized(self, frame: VideoFrame, width: int, height: int, pixels: str) -> VideoFrame:
        """A picture, straight from the source's size, so that a rung depends on no other."""
        ...


def scaler_of(picture: Picture) -> Scaler:
    """As the recipe has it."""
    if picture.recipe.is_standard:
        return Standard(picture.appearance.color)
    return AsRecorded(EXACTLY if picture.recipe.is_exact else AREA)


class AsRecorded:
    """Keeps the colours that were recorded, whatever they are."""

    def __init__(self, interpolation: int) -> None:
        self._interpolation = interpolation
        self._scaler = VideoReformatter()

    def sized(self, frame: VideoFrame, width: int, height: int, pixels: str) -> VideoFrame:
        """Video that doesn't say its range has the limited one; said, a picture of the right size needs no
        conversion."""
        if frame.color_range == UNTOLD_RANGE:
            frame.color_range = LIMITED
        return self._scaler.reformat(
            frame, width, height, pixels,
            dst_color_range=LIMITED, interpolation=self._interpolation, threads=1,
        )  # fmt: skip


class Standard:
    """Brings pictures of one source to sizes: as limited BT.709, or as plain R'G'B'."""

    def __init__(self, color: Color) -> None:
        """``color`` is what they mean where they don't say."""
        self._color = _known(color)
        self._in, self._out = VideoReformatter(), VideoReformatter()
        self._number = 0
        self._graphs: dict[object, tuple[Graph, FilterContext]] = {}

    def sized(self, frame: VideoFrame, width: int, height: int, pixels: str) -> VideoFrame:
        """A picture in a size and a pixel format, "yuv420p" or "gbrp"; what is transparent lies over black."""
        color = color_of(frame).over(self._color).meant((frame.width, frame.height))
        if frame.format.has_palette or any(one.is_alpha for one in frame.format.components):
            frame = self._over_black(frame, color)
        if color.is_hdr or color.primaries != BT709:
            told = _into(self._in, frame, color, width, height, _TONES)
            frame, color = self._run((color.primaries, color.transfer), told), Color(matrix=BT709, range=FULL)
        return _into(self._out, frame, color, width, height, pixels)

    def _over_black(self, frame: VideoFrame, color: Color) -> VideoFrame:
        is_deep = any(one.bits > 8 for one in frame.format.components)
        whole = _into(self._in, frame, color, frame.width, frame.height, "gbrap16le" if is_deep else "gbrap")
        return self._run(None, whole)

    def _run(self, tones: tuple[int, int] | None, frame: VideoFrame) -> VideoFrame:
        """Through a graph of its own for each kind: from ``tones``, or from what is transparent."""
        kind = tones, frame.width, frame.height, frame.format.name
        if kind not in self._graphs:
            self._graphs[kind] = _over_black(frame) if tones is None else _toned(frame, *tones)
        graph, source = self._graphs[kind]
        frame.pts, frame.time_base = self._number, _TICK
        self._number += 1  # what joins two inputs goes by times
        source.push(frame)
        return graph.vpull()


def _into(
    scaler: VideoReformatter, frame: VideoFrame, color: Color, width: int, height: int, pixels: str
) -> VideoFrame:
    """By libswscale: size, pixel format, matrix and range."""
    is_limited = pixels.startswith("yuv")
    return scaler.reformat(
        frame, width, height, pixels,
        src_colorspace=None if frame.format.is_rgb else _MATRICES[color.matrix],
        dst_colorspace=BT709,
        src_color_range=FULL if frame.format.is_rgb else color.range,
        dst_color_range=LIMITED if is_limited else FULL,
        interpolation=EXACTLY,
        threads=1,
    )  # fmt: skip


def _over_black(frame: VideoFrame) -> tuple[Graph, FilterContext]:
    graph, source = _begun(frame)
    graph.link_nodes(source, graph.add("premultiply", "inplace=1"), graph.add("buffersink")).configure()
    return graph, source


def _toned(frame: VideoFrame, primaries: int, transfer: int) -> tuple[Graph, FilterContext]:
    graph, source = _begun(frame)
    hald, filtered = _hald(primaries, transfer), graph.add("haldclut", "clut=first:interp=tetrahedral")
    beside = graph.add_buffer(width=_SIDE, height=_SIDE, format=hald.format, time_base=_TICK)
    source.link_to(filtered, 0, 0)
    beside.link_to(filtered, 0, 1)
    filtered.link_to(graph.add("buffersink"))
    graph.configure()
    beside.push(hald)
    beside.push(None)
    return graph, source


def _begun(frame: VideoFrame) -> tuple[Graph, FilterContext]:
    graph = Graph()
    return graph, graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_TICK)


def _hald(primaries: int, transfer: int) -> VideoFrame:
    """The table of tones as an image: its rows on end are red fastest, then green, then blue."""
    frame = VideoFrame(_SIDE, _SIDE, _TONES)
    (plane,), line = frame.planes, 6 * _SIDE
    values = tone.table(primaries, transfer).tobytes()
    rows = (values[at : at + line].ljust(plane.line_size, b"\0") for at in range(0, len(values), line))
    plane.update(b"".join(rows))
    frame.pts, frame.time_base, frame.color_range = 0, _TICK, FULL
    return frame
