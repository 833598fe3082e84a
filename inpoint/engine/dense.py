"""Pictures far behind a key frame, in chunks that can be entered anywhere.

Each is decoded once, as it comes, and kept nearly without loss: a picture then is as near as in any other source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, chain, islice
from pathlib import Path
from threading import Condition

import av
from av.codec.codec import find_best_pix_fmt_of_list
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from inpoint.engine.chunks import matroska, mux_ranked
from inpoint.engine.decode import ahead, frames
from inpoint.model.index import FramePlace
from inpoint.ports.orders import Chunk

#: Pictures behind a key frame that are too many, by their pixels and what each takes beside; fewer than so many
#: never are.
_FAR, _EACH, _FEW = 750_000_000, 500_000, 300
_MOST = 100  # pictures of a part
_REORDERED = 32  # packets within which display order is known: more than any codec holds back
_UNORDERED = 4000  # packets that no order is found in
_AHEAD = 4  # parts that are read before they are decoded
_THREADS = 2

#: Nearly without loss. Without B-frames and one key frame: ranks are the packets' order.
_KEPT = {
    "preset": "superfast", "crf": "14",
    "x264-params": "bframes=0:keyint=infinite:scenecut=0:threads=2:cpu-independent=1",
}  # fmt: skip
_EXACTLY = 0x4 | 0x40000 | 0x80000  # of libswscale: SWS_BICUBIC, SWS_ACCURATE_RND, SWS_BITEXACT
_BT601 = 6
_TICK = Fraction(1, 25)  # what an encoder takes for a picture's length


def nothing_waits() -> None:
    """Where nobody is told."""


def is_far(pictures: int, width: int, height: int) -> bool:
    """Whether it takes too long to decode so many pictures before one is seen."""
    return pictures > _FEW and pictures * (width * height + _EACH) > _FAR


def part_of(times: Sequence[int], enough: int) -> int | None:
    """How many packets, whose ``times`` of being shown are in decode order, make a part: all that it shows comes
    before all that the others show. It lasts for ``enough`` at least, if it isn't of many pictures; None where there
    is no such part yet."""
    latest = list(accumulate(times, max))
    earliest = list(accumulate(reversed(times), min))[::-1]
    for number in range(1, len(times) - _REORDERED):
        is_long = number >= _MOST or latest[number - 1] - times[0] >= enough
        if is_long and latest[number - 1] < earliest[number]:
            return number
    return len(times) if len(times) > _UNORDERED else None


@dataclass(frozen=True, slots=True)
class GopPart:
    """Packets in a file, a chunk but for its beginning: the ranks that it shows become the chunk ``out``."""

    number: int
    path: Path
    shown: Sequence[int]
    out: Path


class DenseRun:
    """The pictures of a long GOP, given part by part; made into chunks beside that.

    It is what its decoder is fed: the chunks ``before``, and then the parts; whoever reads these waits for what is
    still to come.
    """

    def __init__(self, before: Sequence[Chunk], waits: Callable[[], None] = nothing_waits) -> None:
        """``waits`` is called now and then while somebody waits for it."""
        self._before = before
        self._waits = waits
        self._parts: list[GopPart] = []
        self._read = 0
        self._is_all = self._is_over = False
        self._changed = Condition()
        thread = ThreadPoolExecutor(1)
        #: Of its pictures, those that say that they have fields; the form in which they are kept doesn't say it.
        self.flagged = 0
        self._made = thread.submit(self._make)
        thread.shutdown(wait=False)

    def add(self, part: GopPart) -> None:
        """The next part; returns when it is about to be decoded. Raises what its making raised."""
        with self._changed:
            self._parts.append(part)
            self._changed.notify_all()
        while not self._is_ready(lambda: self._is_over or len(self._parts) <= self._read + _AHEAD):
            self._waits()
        if self._is_over:
            self._made.result()

    def end(self) -> list[int]:
        """Wait until all chunks are there. Gives the pictures that others stand for, counted over all parts."""
        self.give_up()
        while not self._is_ready(lambda: self._is_over):
            self._waits()
        lost = self._made.result()
        for part in self._parts:
            part.path.unlink()
        return lost

    def give_up(self) -> None:
        """No part follows."""
        with self._changed:
            self._is_all = True
            self._changed.notify_all()

    def _is_ready(self, true: Callable[[], bool]) -> bool:
        """Whether it is so within a second."""
        with self._changed:
            return self._changed.wait_for(true, 1)

    def __iter__(self) -> Iterator[Chunk]:
        yield from self._before
        for part in self._each():
            yield Chunk(part.number, part.path.read_bytes())

    def _each(self) -> Iterator[GopPart]:
        number = 0
        while (part := self._part(number)) is not None:
            yield part
            number += 1

    def _part(self, number: int) -> GopPart | None:
        with self._changed:
            self._read = max(self._read, number)
            self._changed.notify_all()
            self._changed.wait_for(lambda: number < len(self._parts) or self._is_all)
            return self._parts[number] if number < len(self._parts) else None

    def _places(self) -> Iterator[FramePlace]:
        return (FramePlace(part.number, rank) for part in self._each() for rank in part.shown)

    def _counted(self, pictures: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        for picture in pictures:
            self.flagged += picture.interlaced_frame
            yield picture

    def _make(self) -> list[int]:
        lost: list[int] = []
        try:
            pictures = self._counted(ahead(frames(self, self._places(), _THREADS, lost, is_exact=True)))
            for part in self._each():
                write_pictures(part.out, islice(pictures, len(part.shown)))
        finally:
            with self._changed:
                self._is_over = True
                self._changed.notify_all()
        return lost


def write_pictures(path: Path, pictures: Iterator[VideoFrame]) -> None:
    """A chunk of pictures, each as near to what it is as this form keeps it."""
    first = next(pictures, None)
    if first is None:
        return
    codec, pixels = _kept_as(first.format, first.width, first.height)
    scaler = VideoReformatter()
    with matroska(path) as chunk:
        stream = chunk.add_stream(codec, 1 / _TICK, options=_KEPT if codec.startswith("libx264") else {})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, pixels
        context = stream.codec_context
        context.color_range, context.colorspace = first.color_range, first.colorspace
        if codec == "prores_ks" and first.format.is_rgb:
            context.colorspace = _BT601  # as libswscale makes it
        context.color_primaries, context.color_trc = first.color_primaries, first.color_trc
        packets = []
        for number, picture in enumerate(chain([first], pictures)):
            shown = scaler.reformat(picture, first.width, first.height, pixels, interpolation=_EXACTLY, threads=1)
            shown.pts, shown.time_base, shown.pict_type = number, _TICK, 0
            packets += stream.encode(shown)
        packets += stream.encode(None)
        mux_ranked(chunk, stream, packets, range(len(packets)))


def _kept_as(pixels: VideoFormat, width: int, height: int) -> tuple[str, str]:
    """The encoder and its pixel format, the nearest to a picture's own."""
    has_alpha = any(one.is_alpha for one in pixels.components)
    is_rgb = pixels.is_rgb or pixels.has_palette
    is_deep = any(one.bits > 8 for one in pixels.components)
    if has_alpha or (is_rgb and is_deep):
        return "prores_ks", "yuva444p10le" if has_alpha else "yuv444p10le"
    codec = "libx264rgb" if is_rgb else "libx264"
    if codec == "libx264" and (width % 2 or height % 2):
        return codec, "yuv444p10le" if is_deep else "yuv444p"  # no other that it takes of an odd size
    known = [one.name for one in av.codec.Codec(codec, "w").video_formats or ()]
    best, _ = find_best_pix_fmt_of_list(known, pixels.name, has_alpha)
    return codec, best.name if best else known[0]
