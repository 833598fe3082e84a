"""Video segments: the same bytes for the same frames, whoever makes them and when.

Rules, each measured: one thread and cpu-independent decisions (two threads under a rate cap give other bytes each
time); stitchable parameter sets, so that one init segment serves a rendition; the encoder is fed the recipe's
look-ahead beyond the last frame kept and is not flushed except at the grid's end. What else a recipe says is obeyed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from inpoint.engine.color import Scaler, scaler_of
from inpoint.engine.decode import ahead, frames
from inpoint.engine.fields import deinterlaced
from inpoint.engine.overlay import Painter
from inpoint.engine.upright import Upright
from inpoint.errors import EngineFailed
from inpoint.model.appearance import Appearance
from inpoint.model.cmaf import DELTA_SAMPLE, Boxes, media_segment, video_init
from inpoint.model.codec import codec_of
from inpoint.model.color import LIMITED, STANDARD
from inpoint.model.encoding import Rendition
from inpoint.model.grid import frame_ticks, timescale
from inpoint.model.recipe import PictureRecipe
from inpoint.model.warning import spans
from inpoint.ports.orders import MadeSegment, Picture, VideoOrder, WantedSegment

_GLOBAL_HEADER = 1 << 22


@dataclass(slots=True)
class _SegmentEncoder:
    wanted: WantedSegment
    picture: Picture
    context: VideoCodecContext
    packets: list[bytes] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many frames are wanted."""
        return self.wanted.end - self.wanted.start

    @property
    def complete(self) -> bool:
        """Whether they are all encoded."""
        return len(self.packets) >= self.count

    def feed(self, frame: VideoFrame | None) -> None:
        """The next frame; None after the last."""
        self.packets += [bytes(packet) for packet in self.context.encode(frame)]

    def made(self, lost: Sequence[int]) -> MadeSegment:
        """The segment; ``lost`` are frames that others stand for. Raises EngineFailed if frames are lacking."""
        if not self.complete:
            raise EngineFailed(detail=f"{len(self.packets)} of {self.count} frames were encoded")
        rendition, start = self.wanted.rendition, self.wanted.start
        ticks, codec = frame_ticks(self.picture.rate), codec_of(rendition.codec)
        samples = [codec.sample(packet) for packet in self.packets[: self.count]]
        data = media_segment(start * ticks, ticks, samples, self.picture.boxes, delta_flags=DELTA_SAMPLE)
        init = _init_of(rendition, self.picture, self.context)
        inside = spans(frame for frame in lost if start <= frame < self.wanted.end)
        return MadeSegment(rendition.name, start, self.wanted.end, init, data, inside)


def init_segment(rendition: Rendition, picture: Picture) -> bytes:
    """The rendition's init segment: what the encoder says before it has seen a frame."""
    context = _open(rendition, picture)
    context.open()
    return _init_of(rendition, picture, context)


def encode(order: VideoOrder) -> Iterator[MadeSegment]:
    """Make segments out of one pass over the chunks. They come as they are done."""
    picture, lookahead = order.picture, order.picture.recipe.lookahead
    waiting = sorted(order.wanted, key=lambda one: one.start)
    turned = Upright(picture.appearance, picture.fitting)
    scalers: dict[str, Scaler] = {}
    painters: dict[str, Painter] = {}
    active: list[_SegmentEncoder] = []
    last: VideoFrame | None = None
    upright: VideoFrame | None = None
    scaled: dict[str, VideoFrame] = {}
    lost: list[int] = []  # as the decoder, which is some frames ahead, comes to know of them
    lead = 0 if order.before is None else 1
    for number, frame in enumerate(_pictures(order, lead, lost), order.first):
        while waiting and waiting[0].start <= number:
            one = waiting.pop(0)
            active.append(_SegmentEncoder(one, picture, _open(one.rendition, picture)))
        if not active and not waiting:
            return
        if frame is not last or upright is None:  # a repeated frame is scaled once
            last, upright, scaled = frame, turned.show(frame), {}
        for encoder in list(active):
            rendition = encoder.wanted.rendition
            if rendition.name not in scaled:
                scaler = scalers.setdefault(rendition.name, scaler_of(picture))
                painter = painters.setdefault(rendition.name, Painter(order.images, picture.recipe.is_standard))
                sized = scaler.sized(upright, rendition.width, rendition.height, "yuv420p")
                scaled[rendition.name] = painter.paint(sized)
            _feed(encoder, scaled[rendition.name], number)
            if encoder.complete:
                active.remove(encoder)
                yield encoder.made([order.first - lead + one for one in lost])
            elif number >= encoder.wanted.end + lookahead:
                raise EngineFailed(detail="the encoder holds back more frames than its look-ahead")
    for encoder in active:
        if not order.at_end:
            raise EngineFailed(detail="too few frames to look ahead")
        encoder.feed(None)
        yield encoder.made([order.first - lead + one for one in lost])


def _pictures(order: VideoOrder, lead: int, lost: list[int]) -> Iterator[VideoFrame]:
    """One for each of the order's places. What is decoded is these and the neighbours, of which ``lead`` are before;
    ``lost`` are numbers of them."""
    recipe, appearance = order.picture.recipe, order.picture.appearance
    wanted = [one for one in (order.before, *order.places, order.after) if one is not None]
    decoded = frames(order.chunks, wanted, order.threads, lost, is_all=order.is_all, is_exact=recipe.is_exact)
    whole = deinterlaced(decoded, wanted, appearance.scan) if recipe.is_standard else decoded
    shown = islice(whole, lead, lead + len(order.places))
    return ahead(shown) if order.threads > 1 else shown


def pixel_rate(recipe: PictureRecipe, boxes: Boxes) -> float:
    """Pixels a second that this process encodes, tried on a second's worth of a moving pattern."""
    rate, most = Fraction(30), 800_000
    level = codec_of(recipe.codec).level(640, 360, rate, most)
    rendition = Rendition("trial", 360, 640, 360, 23, most, most, level, recipe.codec, recipe.runs(rate))
    context = _open(rendition, Picture(recipe, boxes, rate, Appearance()))
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


def _open(rendition: Rendition, picture: Picture) -> VideoCodecContext:
    codec, recipe = codec_of(rendition.codec), picture.recipe
    context = av.CodecContext.create(codec.encoder, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = rendition.width, rendition.height, "yuv420p"
    context.framerate, context.time_base = picture.rate, 1 / picture.rate
    context.sample_aspect_ratio = Fraction(1)
    context.flags |= _GLOBAL_HEADER
    context.thread_count = 1
    color = STANDARD if recipe.is_standard else picture.appearance.color
    context.color_range = LIMITED
    context.color_primaries, context.color_trc, context.colorspace = color.primaries, color.transfer, color.matrix
    context.options = codec.options(
        recipe.preset, dict(recipe.parameters), rendition.level, rendition.crf, rendition.max_rate, rendition.buffer
    )
    return context


def _init_of(rendition: Rendition, picture: Picture, context: VideoCodecContext) -> bytes:
    width, height = rendition.width, rendition.height
    entry = codec_of(rendition.codec).entry(width, height, context.extradata or b"")
    return video_init(entry, timescale(picture.rate), width, height, picture.boxes)
