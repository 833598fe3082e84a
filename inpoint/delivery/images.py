"""Pictures for a viewing: stills, moving ones, sheets of tiles. Whoever may watch a video may see its pictures."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from inpoint.delivery.allowance import Allowance
from inpoint.delivery.answers import Answers, Judged
from inpoint.delivery.caching import SEGMENT_AGE, not_modified, tag_of
from inpoint.delivery.hangup import while_connected
from inpoint.errors import Invalid, NotFound
from inpoint.making.encodings import Encodings
from inpoint.making.files import greatest
from inpoint.making.stills import Stills
from inpoint.model.encoding import Encoding
from inpoint.model.media import Media
from inpoint.model.playback import Viewing
from inpoint.model.still import Canvas, Fit, ImageFormat, Sheet, canvas, sheet
from inpoint.model.timeline import Timeline
from inpoint.ports import Clock
from inpoint.web.app import with_cors

IMAGE_AGE = 3600  # seconds
_PATIENCE = 30.0  # seconds: a page waits for its pictures
_WINDOW = timedelta(minutes=1)
_PER_CLIENT, _PER_WORKSPACE = 300, 3000  # pictures that must be made, in a window
_MOST_PIXELS = 160_000_000  # of all pictures of a moving one
_WIDEST, _HIGHEST = 3840, 2160
_FRAMES_EACH = 10  # so many frames more count as one picture more

_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}


@dataclass(frozen=True, slots=True)
class Size:
    """In pixels, as it is asked for; None for the video's own."""

    width: int | None = None
    height: int | None = None
    fit: Fit = "preserve"
    #: Whether it may be larger than the video's own.
    enlarge: bool = False


@dataclass(frozen=True, slots=True)
class UsualPicture:
    """What stands for a media where nobody names a time: the frame behind a ``part`` of its length, 0 to 1; its
    poster, if it has one, unless somebody chose that part."""

    part: Fraction
    is_chosen: bool = False


Usual = Callable[[Media], UsualPicture]


def middle(media: Media) -> UsualPicture:
    """The frame in the middle."""
    del media
    return UsualPicture(Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of seconds to move through, and how many pictures a second to show."""

    start: Fraction
    end: Fraction
    rate: int


class ImageAnswers:
    """Stills, moving pictures and storyboards of what plays."""

    def __init__(self, answers: Answers, encodings: Encodings, stills: Stills, clock: Clock) -> None:
        self._answers = answers
        self._encodings = encodings
        self._stills = stills
        self._clock = clock
        self._clients = Allowance(_PER_CLIENT, _WINDOW)
        self._workspaces = Allowance(_PER_WORKSPACE, _WINDOW)

    async def still(
        self, viewing: Viewing, request: Request, time: Fraction | Usual, size: Size, kind: ImageFormat
    ) -> Response:
        """The frame that is shown at a time, the nearest to one outside; or what usually stands for the media."""
        judged = await self._answers.judge(viewing, IMAGE_AGE)
        timeline, encoding = judged.timeline, await self._encoding(judged)
        if isinstance(time, Fraction):
            at = int(time * timeline.rate)
        else:
            usual = time(judged.media)
            if encoding.poster and not usual.is_chosen and _is_whole(timeline, encoding):
                wanted = _canvas(_bounded(encoding.poster, judged), size)
                work = self._stills.poster(encoding, wanted, kind, self._admit(viewing, judged, 1))
                return await self._answer(request, judged, (encoding.id, "poster", wanted, kind), work, kind)
            at = int(usual.part * timeline.frames)
        frame = min(at, timeline.frames - 1)
        wanted = _canvas(_shape(encoding, judged), size)
        work = self._stills.picture(timeline, (frame,), wanted, kind, timeline.rate, self._admit(viewing, judged, 1))
        return await self._answer(request, judged, (timeline.at(frame), wanted, kind), work, kind)

    async def frame(self, viewing: Viewing, request: Request, number: int, within: int, size: Size) -> Response:
        """A frame by its number, or one of those ``within`` so many that follow it, as a JPEG. Raises NotFound behind
        the last."""
        judged = await self._answers.judge(viewing, SEGMENT_AGE)
        timeline, encoding = judged.timeline, await self._encoding(judged)
        if number >= timeline.frames:
            raise NotFound("the video has no such frame")
        shown = await self._stills.easiest(timeline, number, within) if within else number
        wanted = _canvas(_shape(encoding, judged), size)
        work = self._stills.picture(timeline, (shown,), wanted, "jpg", timeline.rate, self._admit(viewing, judged, 1))
        return await self._answer(request, judged, (timeline.at(shown), wanted, "jpg"), work, "jpg")

    async def moving(self, viewing: Viewing, request: Request, span: Span, size: Size, kind: ImageFormat) -> Response:
        """The frames of a span, at its rate. Raises Invalid for one that begins after the end."""
        judged = await self._answers.judge(viewing, IMAGE_AGE)
        timeline, encoding = judged.timeline, await self._encoding(judged)
        rate = min(Fraction(span.rate), timeline.rate)
        end = min(span.end, timeline.duration)
        count = int((end - span.start) * rate)
        if count < 1:
            raise Invalid("start", "must lie before the end, within the video")
        wanted = _canvas(_shape(encoding, judged), size)
        if count * wanted.size[0] * wanted.size[1] > _MOST_PIXELS:
            raise Invalid("width", "is too large for so many pictures: ask for a smaller size, or fewer of them")
        frames = tuple(int((span.start + number / rate) * timeline.rate) for number in range(count))
        work = self._stills.picture(timeline, frames, wanted, kind, rate, self._admit(viewing, judged, count))
        return await self._answer(request, judged, (timeline, frames, wanted, kind), work, kind)

    async def plan(self, viewing: Viewing, interval: Fraction | None, most: int, tile_width: int) -> Sheet:
        """Where each tile of a sheet is. Raises as viewing does."""
        judged = await self._answers.judge(viewing, IMAGE_AGE)
        timeline, shape = judged.timeline, _shape(await self._encoding(judged), judged)
        return sheet(timeline.frames, timeline.rate, shape, interval, most, min(tile_width, shape[0]))

    async def sheet(self, viewing: Viewing, request: Request, plan: Sheet) -> Response:
        """A storyboard: small pictures in rows."""
        judged = await self._answers.judge(viewing, IMAGE_AGE)
        work = self._stills.sheet(judged.timeline, plan, self._admit(viewing, judged, len(plan.frames)))
        return await self._answer(request, judged, (judged.timeline, plan), work, "jpg")

    async def _encoding(self, judged: Judged) -> Encoding:
        return (await self._encodings.main(judged.timeline)).encoding

    def _admit(self, viewing: Viewing, judged: Judged, frames: int) -> Callable[[], None]:
        """Counts a picture that must be made. Raises TooMany."""

        def take() -> None:
            now, cost = self._clock.now(), 1 + frames // _FRAMES_EACH
            if viewing.client:
                self._clients.take(viewing.client, now, cost)
            self._workspaces.take(judged.media.workspace_id, now, cost)

        return take

    async def _answer(
        self, request: Request, judged: Judged, what: object, work: Coroutine[Any, Any, bytes], kind: ImageFormat
    ) -> Response:
        tag = tag_of(repr(what))  # a frame of an encoding is always the same
        headers = {"ETag": tag, "Cache-Control": judged.lifetime.header}
        if not_modified(request, tag):
            work.close()
            return with_cors(Response(status_code=304, headers=headers))
        data = await while_connected(request, work, _PATIENCE)
        return with_cors(Response(data, media_type=_TYPES[kind], headers=headers))


def _is_whole(timeline: Timeline, encoding: Encoding) -> bool:
    """Whether all of a source's picture is played, as it came."""
    pieces = timeline.lanes[0].pieces
    whole = (pieces[0].start, pieces[-1].end) == (0, encoding.grid.frames)
    return whole and len(pieces) == 1 and not encoding.overlays


def _shape(encoding: Encoding, judged: Judged) -> tuple[int, int]:
    """The greatest picture that the playback may show."""
    most = greatest(encoding, judged.playback.max_height)
    if most is None:
        return _bounded((encoding.width, encoding.height), judged)
    return min(encoding.width, most.width), min(encoding.height, most.height)


def _bounded(picture: tuple[int, int], judged: Judged) -> tuple[int, int]:
    """How large a picture that isn't of the ladder is shown: as a video would be."""
    width, height = picture
    most = min(_HIGHEST, judged.playback.max_height or _HIGHEST)
    return canvas(width, height, min(width, _WIDEST), min(height, most), "preserve").size


def _canvas(shape: tuple[int, int], size: Size) -> Canvas:
    """No picture is made larger than the video's own unless that is asked for."""
    if size.enlarge:
        return canvas(*shape, size.width, size.height, size.fit)
    width = None if size.width is None else min(size.width, shape[0])
    height = None if size.height is None else min(size.height, shape[1])
    return canvas(*shape, width, height, size.fit)
