"""One picture as a file, or as its bare pixels."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from inpoint.model.still import ImageFormat

_JPEG_QUALITY = 3  # of 2 (best) to 31
_WEBP_QUALITY = "82"


def image(shown: Iterator[VideoFrame], kind: ImageFormat) -> bytes:
    """The first picture as a file, or as its bare pixels."""
    frame = next(shown)
    if kind == "raw":
        return _rows(frame)
    names = {"png": "png", "jpg": "mjpeg", "webp": "libwebp"}
    encoder = av.CodecContext.create(names[kind], "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, frame.format.name
    encoder.time_base = Fraction(1, 25)
    if kind == "jpg":
        encoder.qmin = encoder.qmax = _JPEG_QUALITY
    if kind == "webp":
        encoder.options = {"quality": _WEBP_QUALITY}
    frame.pts, frame.time_base, frame.pict_type = 0, encoder.time_base, 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def _rows(frame: VideoFrame) -> bytes:
    """The pixels without the padding that lines have in memory."""
    plane, stride = frame.planes[0], frame.width * 3
    data = bytes(plane)
    return b"".join(data[at : at + stride] for at in range(0, plane.line_size * frame.height, plane.line_size))
