"""Pictures of frames: decoded, turned upright, brought to a size, encoded as an image."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
import av.error
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

from inpoint.engine.color import Standard
from inpoint.engine.decode import frames
from inpoint.engine.fields import alone
from inpoint.engine.image import image
from inpoint.engine.overlay import Painter
from inpoint.engine.upright import Upright
from inpoint.model.fitting import Size
from inpoint.model.still import Canvas, ImageFormat
from inpoint.ports.orders import StillOrder

#: Pixel formats, and how what is no R'G'B' is coded: JPEG and WebP are read as BT.601 (JFIF 1.02; WebP Container
#: Specification).
_PIXELS: dict[ImageFormat, tuple[str, str]] = {
    "png": ("rgb24", ""), "gif": ("rgb24", ""), "raw": ("rgb24", ""),
    "jpg": ("yuvj420p", ":out_color_matrix=bt601:out_range=full"),
    "webp": ("yuv420p", ":out_color_matrix=bt601:out_range=limited"),
}  # fmt: skip
_TICK = Fraction(1, 1000)


def still(order: StillOrder) -> bytes:
    """The frames that are asked for as an image, or as a moving one."""
    shown = _pictures(order)
    if len(order.places) == 1 and order.format != "gif":
        return image(shown, order.format)
    return _moving(shown, order.format, order.rate)


def _pictures(order: StillOrder) -> Iterator[VideoFrame]:
    """The frames as they are shown, painted on the canvas, in the format's pixels."""
    upright, scaler = Upright(order.appearance, order.fitting), Standard(order.appearance.color)
    painter = Painter(order.images)
    graph: Graph | None = None
    for frame in frames(order.chunks, order.places, 1, is_all=order.is_all):
        whole = upright.show(alone(frame, order.appearance.scan))
        sized = painter.paint(scaler.sized(whole, *order.canvas.scaled, "gbrp"))
        graph = graph or _framed(sized, order.canvas, *_PIXELS[order.format])
        sized.pts, sized.time_base = None, _TICK
        graph.vpush(sized)
        yield graph.vpull()


def _framed(frame: VideoFrame, canvas: Canvas, pixels: str, coded: str) -> Graph:
    """What is cut off of a picture, or put around it, so that it fills the canvas."""
    graph = Graph()
    (wide, high), (width, height) = canvas.scaled, canvas.size
    steps = []
    left, top = (width - wide) // 2, (height - high) // 2
    if left < 0 or top < 0:
        steps.append(("crop", f"{width}:{height}:{-left}:{-top}:exact=1"))
    elif canvas.scaled != canvas.size:
        steps.append(("pad", f"{width}:{height}:{left}:{top}"))
    if coded:
        steps.append(("scale", f"flags=area{coded}"))
    steps.append(("format", pixels))
    source = graph.add_buffer(width=wide, height=high, format=frame.format, time_base=_TICK)
    nodes = [source, *(graph.add(name, options) for name, options in steps), graph.add("buffersink")]
    graph.link_nodes(*nodes).configure()
    return graph


def _moving(shown: Iterator[VideoFrame], kind: ImageFormat, rate: Fraction) -> bytes:
    """All pictures as one file that repeats for ever, ``rate`` of them a second."""
    target = io.BytesIO()
    with av.open(target, "w", format=kind, options={"loop": "0"}) as file:
        stream: VideoStream | None = None
        for number, frame in enumerate(_few_colours(shown) if kind == "gif" else shown):
            if stream is None:
                stream = file.add_stream("gif" if kind == "gif" else "libwebp_anim", rate=rate)
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, frame.format.name
                stream.time_base = 1 / rate
            frame.pts, frame.time_base, frame.pict_type = number, 1 / rate, 0
            file.mux(stream.encode(frame))
        assert stream is not None
        file.mux(stream.encode(None))
    return target.getvalue()


def _few_colours(shown: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """The 256 colours that suit all pictures best, and the pictures in them."""
    graph: Graph | None = None
    for frame in shown:
        if graph is None:
            graph = Graph()
            source = graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 100)
            )
            split, palette = graph.add("split"), graph.add("palettegen", "stats_mode=diff")
            painted, sink = graph.add("paletteuse", "dither=bayer:bayer_scale=4"), graph.add("buffersink")
            source.link_to(split)
            split.link_to(palette, 0, 0)
            split.link_to(painted, 1, 0)
            palette.link_to(painted, 0, 1)
            painted.link_to(sink)
            graph.configure()
            number = 0
        frame.pts, frame.time_base = number, Fraction(1, 100)
        number += 1
        graph.vpush(frame)
    assert graph is not None
    graph.vpush(None)
    try:
        while True:
            yield graph.vpull()
    except av.error.EOFError:
        return


def sheet(tiles: Sequence[bytes], tile: Size, columns: int) -> bytes:
    """Bare pictures of one size, in rows, as a JPEG. What is left of the last row is black."""
    width, height = tile
    rows = -(-len(tiles) // columns)
    canvas = bytearray(width * columns * 3 * height * rows)
    stride = width * columns * 3
    for number, pixels in enumerate(tiles):
        left, top = number % columns * width * 3, number // columns * height
        for row in range(height):
            at = (top + row) * stride + left
            canvas[at : at + width * 3] = pixels[row * width * 3 : (row + 1) * width * 3]
    frame = VideoFrame(width * columns, height * rows, "rgb24")
    plane = frame.planes[0]
    lines = (bytes(canvas[at : at + stride]).ljust(plane.line_size, b"\0") for at in range(0, len(canvas), stride))
    plane.update(b"".join(lines))
    painted = VideoReformatter().reformat(
        frame, format="yuvj420p", dst_colorspace=Colorspace.ITU601.value, dst_color_range=ColorRange.JPEG.value
    )
    return image(iter([painted]), "jpg")
