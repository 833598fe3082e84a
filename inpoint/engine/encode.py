"""Video segments: the same bytes for the same frames, whoever makes them and when.

Rules, each measured: one thread and cpu-independent decisions (two threads under a rate cap give other bytes each
time); stitchable parameter sets, so that one init segment serves a rendition; no B-frames, so that a segment's
prefix is a segment; the encoder is fed LOOKAHEAD frames beyond the last one kept and is not flushed except at the
grid's end; the first frame gets the quality that one long pass would give it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from inpoint.engine.decode import Chunk, ahead, frames
from inpoint.engine.nal import parameter_sets, to_sample
from inpoint.engine.overlay import Image, Painter
from inpoint.engine.upright import Fitting, Upright
from inpoint.errors import EngineFailed
from inpoint.model.cmaf import DELTA_SAMPLE, avc_configuration, media_segment, sequence_of, video_init
from inpoint.model.encoding import Rendition
from inpoint.model.grid import LOOKAHEAD, frame_ticks, timescale

_PRESET = "veryfast"
_UNKNOWN_RANGE, _LIMITED_RANGE = 0, 1
_GLOBAL_HEADER = 1 << 22


@dataclass(frozen=True, slots=True)
class Picture:
    """What all segments of an encoding share."""

    rate: Fraction
    rotation: int
    color: dict[str, int]
    fitting: Fitting | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One segment to make: a rendition's grid frames ``[start, end)``."""

    rendition: Rendition
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Made:
    wanted: Wanted
    init: bytes
    data: bytes


@dataclass(slots=True)
class _SegmentEncoder:
    wanted: Wanted
    picture: Picture
    context: VideoCodecContext
    packets: list[bytes] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.wanted.end - self.wanted.start

    @property
    def complete(self) -> bool:
        return len(self.packets) >= self.count

    def feed(self, frame: VideoFrame | None) -> None:
        self.packets += [bytes(packet) for packet in self.context.encode(frame)]

    def made(self) -> Made:
        if not self.complete:
            raise EngineFailed(detail=f"{len(self.packets)} of {self.count} frames were encoded")
        ticks = frame_ticks(self.picture.rate)
        time = self.wanted.start * ticks
        samples = [to_sample(packet) for packet in self.packets[: self.count]]
        data = media_segment(time, ticks, samples, sequence=sequence_of(time, ticks), delta_flags=DELTA_SAMPLE)
        return Made(self.wanted, _init_of(self.wanted.rendition, self.picture, self.context), data)


def init_segment(rendition: Rendition, picture: Picture) -> bytes:
    """The rendition's init segment: what the encoder says before it has seen a frame."""
    context = _open(rendition, picture)
    context.open()
    return _init_of(rendition, picture, context)


def encode(
    chunks: Sequence[Chunk],
    places: Sequence[tuple[int, int]],
    first: int,
    at_end: bool,
    wanted: Sequence[Wanted],
    picture: Picture,
    images: Sequence[Image],
    threads: int,
) -> Iterator[Made]:
    """Make segments out of one pass over the chunks. ``places`` are those of the grid frames from ``first`` on,
    to LOOKAHEAD beyond the last wanted one or, if ``at_end``, to the grid's end. Segments come as they are done.
    """
    waiting = sorted(wanted, key=lambda one: one.start)
    turned = Upright(picture.rotation, picture.fitting)
    scalers: dict[str, VideoReformatter] = {}
    painters: dict[str, Painter] = {}
    active: list[_SegmentEncoder] = []
    last: VideoFrame | None = None
    upright: VideoFrame | None = None
    scaled: dict[str, VideoFrame] = {}
    decoded = frames(chunks, places, threads)
    for number, frame in enumerate(ahead(decoded) if threads > 1 else decoded, first):
        while waiting and waiting[0].start <= number:
            one = waiting.pop(0)
            active.append(_SegmentEncoder(one, picture, _open(one.rendition, picture)))
        if not active and not waiting:
            return
        if frame is not last or upright is None:  # a repeated frame is scaled once
            last, upright, scaled = frame, _ranged(turned.show(frame)), {}
        for encoder in list(active):
            rendition = encoder.wanted.rendition
            if rendition.name not in scaled:
                scaler = scalers.setdefault(rendition.name, VideoReformatter())
                painter = painters.setdefault(rendition.name, Painter(images))
                scaled[rendition.name] = painter.paint(_scale(scaler, upright, rendition))
            _feed(encoder, scaled[rendition.name], number)
            if encoder.complete:
                active.remove(encoder)
                yield encoder.made()
            elif number >= encoder.wanted.end + LOOKAHEAD:
                raise EngineFailed(detail="the encoder holds back more frames than its look-ahead")
    for encoder in active:
        if not at_end:
            raise EngineFailed(detail="too few frames to look ahead")
        encoder.feed(None)
        yield encoder.made()


def pixel_rate() -> float:
    """Pixels a second that this process encodes, tried on a second's worth of a moving pattern."""
    rendition = Rendition("trial", 640, 360, 23, 800_000, 800_000, 30)
    context = _open(rendition, Picture(Fraction(30), 0, {"primaries": 2, "transfer": 2, "matrix": 2}))
    ramp = bytes(abs(127 - step) for step in range(256)) * 400
    frames_fed = 30
    began = time.perf_counter()
    for number in range(frames_fed):
        frame = VideoFrame(640, 360, "yuv420p")
        for plane in frame.planes:
            plane.update(ramp[number * 2 :][: plane.buffer_size].ljust(plane.buffer_size, b"\x80"))
        frame.pts, frame.pict_type = number, 0
        context.encode(frame)
    context.encode(None)
    return 640 * 360 * frames_fed / (time.perf_counter() - began)


def _feed(encoder: _SegmentEncoder, frame: VideoFrame, number: int) -> None:
    frame.pts = number - encoder.wanted.start
    frame.time_base = 1 / encoder.picture.rate
    frame.pict_type = 0  # the source's key frames are not ours
    encoder.feed(frame)


def _ranged(frame: VideoFrame) -> VideoFrame:
    """Video that doesn't say its range has the limited one; said, a picture of the right size needs no conversion."""
    if frame.color_range == _UNKNOWN_RANGE:
        frame.color_range = _LIMITED_RANGE
    return frame


def _scale(scaler: VideoReformatter, frame: VideoFrame, rendition: Rendition) -> VideoFrame:
    """Straight from the source's size, so that a rung depends on no other. Averaging areas takes half the time of
    bicubic filtering, and pictures are only ever made smaller."""
    return scaler.reformat(
        frame, rendition.width, rendition.height, "yuv420p",
        dst_color_range=_LIMITED_RANGE, interpolation="AREA", threads=1,
    )  # fmt: skip


def _open(rendition: Rendition, picture: Picture) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = rendition.width, rendition.height, "yuv420p"
    context.framerate, context.time_base = picture.rate, 1 / picture.rate
    context.sample_aspect_ratio = Fraction(1)
    context.flags |= _GLOBAL_HEADER
    context.thread_count = 1
    context.color_range = _LIMITED_RANGE
    context.color_primaries = picture.color["primaries"]
    context.color_trc = picture.color["transfer"]
    context.colorspace = picture.color["matrix"]
    context.options = {
        "preset": _PRESET,
        "profile": "high",
        "level": f"{rendition.level // 10}.{rendition.level % 10}",
        "crf": str(rendition.crf),
        "x264-params": ":".join(f"{key}={value}" for key, value in _x264(rendition).items()),
    }
    return context


def _x264(rendition: Rendition) -> dict[str, str]:
    return {
        "stitchable": "1",
        "threads": "1",
        "cpu-independent": "1",
        "bframes": "0",
        "ref": "1",
        "keyint": "infinite",
        "scenecut": "0",
        "rc-lookahead": "10",
        "vbv-maxrate": str(rendition.max_rate // 1000),
        "vbv-bufsize": str(rendition.buffer // 1000),
        "zones": "0,0,b=1.4",
    }


def _init_of(rendition: Rendition, picture: Picture, context: VideoCodecContext) -> bytes:
    sps, pps = parameter_sets(context.extradata or b"")
    return video_init(rendition.width, rendition.height, timescale(picture.rate), avc_configuration(sps, pps))
