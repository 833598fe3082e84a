"""Pictures that change their size midway: fitted on the largest one's canvas, none stretched, none lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests import judge
from tests.media import Recipe, read_number
from tests.server import Server

RATE, EACH = Fraction(25), 60
CODECS: dict[str, tuple[str, str, dict[str, str]]] = {
    "h264": ("libx264", "ts", {"preset": "ultrafast", "g": "30", "bf": "2"}),
    "hevc": ("libx265", "ts", {"preset": "ultrafast", "x265-params": "log-level=none:keyint=30"}),
    "mpeg2": ("mpeg2video", "ts", {"g": "15", "bf": "2", "b": "3M"}),
    "vp8": ("libvpx", "mkv", {"deadline": "realtime", "cpu-used": "8", "g": "30", "b": "2M"}),
    "vp9": ("libvpx-vp9", "mkv", {"deadline": "realtime", "cpu-used": "8", "g": "30", "b": "2M"}),
    "mjpeg": ("mjpeg", "mkv", {}),
}
SIZES = [(320, 180), (640, 360), (240, 320), (320, 180)]


def joined(parts: Sequence[Path], out: Path) -> Path:
    """The pictures of several files, one after another in one track."""
    with av.open(str(out), "w", format={".ts": "mpegts", ".mkv": "matroska"}[out.suffix]) as made:
        track: Any = None
        for number, part in enumerate(parts):
            with av.open(str(part)) as source:
                stream = source.streams.video[0]
                track = track or made.add_stream_from_template(stream, opaque=True)
                base = stream.time_base or Fraction(1, 90_000)
                later = round(number * EACH / RATE / base)
                for packet in source.demux(stream):
                    if packet.size:
                        packet.pts, packet.dts = (packet.pts or 0) + later, (packet.dts or 0) + later
                        packet.stream = track
                        made.mux_one(packet)
    return out


def inside(canvas: tuple[int, int], size: tuple[int, int]) -> tuple[slice, slice]:
    """Where a picture of a size lies on a canvas."""
    scale = min(Fraction(canvas[0], size[0]), Fraction(canvas[1], size[1]))
    wide, high = int(size[0] * scale), int(size[1] * scale)
    left, top = (canvas[0] - wide) // 2, (canvas[1] - high) // 2
    return slice(top, top + high), slice(left, left + wide)


def bars(picture: np.ndarray, part: tuple[slice, slice]) -> np.ndarray:
    """What of a picture lies outside of a part, some pixels away from it."""
    outer = np.ones(picture.shape, bool)
    rows, columns = part
    outer[max(0, rows.start - 4) : rows.stop + 4, max(0, columns.start - 4) : columns.stop + 4] = False
    return picture[outer]


@pytest.mark.parametrize("codec", CODECS)
def test_each_is_fitted_on_the_largest(
    server: Server, files: str, source: Callable[[Recipe], Path], sources: Path, codec: str
) -> None:
    encoder, suffix, options = CODECS[codec]
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    parts = [
        source(
            Recipe(
                f"sizes-{codec}-{width}x{height}",
                encoder,
                suffix,
                RATE,
                EACH,
                width,
                height,
                pixels,
                None,
                options=options,
            )
        )
        for width, height in SIZES
    ]
    out = joined(parts, sources / f"sizes-{codec}.{suffix}")
    media = server.wait(server.create(f"{files}/{out.name}")["id"])
    for shown, first in ((media, 0), (server.clip(media["id"], 5.0, 9.0), 125)):
        variants = judge.variants(server.client, server.playlist(shown))
        assert "video-360p" in variants
        assert media["sourceResolution"] == "360"
        data = judge.track(server.client, variants["video-360p"]).data
        assert judge.size_of(data) == (640, 360)
        pictures = judge.pictures(data)
        assert len(pictures) == (EACH * len(SIZES) if shown is media else 100)
        for number, picture in enumerate(pictures, first):
            part = inside((640, 360), SIZES[number // EACH])
            assert read_number(picture[part]) == number % EACH, number
            outer = bars(picture, part)
            assert outer.size == 0 or outer.max() < 60, number
