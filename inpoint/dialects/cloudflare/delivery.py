"""``/{uid or token}/…``: manifests and what they name, pages, pictures, files (Cloudflare Stream, "Playback")."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.delivery.caching import MANIFEST_AGE
from inpoint.delivery.images import Span, UsualPicture
from inpoint.dialects.cloudflare.failures import failure
from inpoint.dialects.cloudflare.queries import FilenameQuery, FitQuery, GifQuery, PlayerQuery, TimeQuery
from inpoint.dialects.cloudflare.viewings import SHOWN, StreamViewings
from inpoint.dialects.house import House
from inpoint.errors import InpointError, Invalid
from inpoint.model.media import Media
from inpoint.model.playback import Viewing
from inpoint.web.app import with_cors
from inpoint.web.failures import status_of
from inpoint.web.query import asked

_AT = f"/{{shown:{SHOWN}}}"


def delivery_routes(house: House) -> APIRouter:
    """Everything that plays, under a uid or a token."""
    router = APIRouter(tags=["Playback by uid"])
    watching, delivery = StreamViewings(house), house.answers

    @router.head(_AT + "/manifest/video.m3u8", include_in_schema=False)
    @router.get(_AT + "/manifest/video.m3u8")
    async def hls_by_uid(request: Request, shown: str) -> Response:
        """The HLS multivariant playlist; `clientBandwidthHint` (Mbit/s) leaves the nearest rendition alone."""
        return await delivery.hls(await watching.viewing(request, shown), request, ".")

    @router.head(_AT + "/manifest/video.mpd", include_in_schema=False)
    @router.get(_AT + "/manifest/video.mpd")
    async def dash_by_uid(request: Request, shown: str) -> Response:
        """The DASH manifest of the same timeline."""
        return await delivery.dash(await watching.viewing(request, shown), request, ".")

    @router.head(_AT + "/manifest/clip.m3u8", include_in_schema=False)
    @router.get(_AT + "/manifest/clip.m3u8")
    async def instant_clip(request: Request, shown: str) -> Response:
        """An instant clip: `time` and `duration` (60 s at most) of any ready video, exactly; it is no video."""
        return await delivery.hls(await part_of(request, shown), request, ".")

    @router.head(_AT + "/clip.mp4", include_in_schema=False)
    @router.get(_AT + "/clip.mp4")
    async def instant_file(request: Request, shown: str) -> Response:
        """The same as an MP4; `filename` saves it."""
        viewing = await part_of(request, shown)
        return await house.files.part(viewing, request, asked(FilenameQuery, request).filename)

    async def part_of(request: Request, shown: str) -> Viewing:
        viewing = await watching.viewing(request, shown, part=True)
        if viewing.range is None:
            raise Invalid("duration", "is required")
        return viewing

    @router.head(_AT + "/manifest/{path:path}", include_in_schema=False)
    @router.get(_AT + "/manifest/{path:path}")
    async def resource_by_uid(request: Request, shown: str, path: str) -> Response:
        """Media playlists, segments and captions, as the manifests name them."""
        return await delivery.resource(await watching.viewing(request, shown, part=True), path, request)

    @router.head(_AT + "/downloads/default.mp4", include_in_schema=False)
    @router.get(_AT + "/downloads/default.mp4")
    async def video_download(request: Request, shown: str) -> Response:
        """The MP4, where it is kept ready; `filename` saves it."""
        viewing = await watching.viewing(request, shown)
        return await house.files.ready(viewing, request, "video", asked(FilenameQuery, request).filename)

    @router.head(_AT + "/downloads/audio.m4a", include_in_schema=False)
    @router.get(_AT + "/downloads/audio.m4a")
    async def audio_download(request: Request, shown: str) -> Response:
        """The sound alone, where it is kept ready."""
        viewing = await watching.viewing(request, shown)
        return await house.files.ready(viewing, request, "audio", asked(FilenameQuery, request).filename)

    @router.head(_AT + "/thumbnails/thumbnail.jpg", include_in_schema=False)
    @router.get(_AT + "/thumbnails/thumbnail.jpg")
    async def thumbnail_by_uid(request: Request, shown: str) -> Response:
        """A frame: of `time`, or where `thumbnailTimestampPct` says; `width`, `height`, `fit`."""
        told, size = asked(TimeQuery, request).time, asked(FitQuery, request).size
        time = poster if told is None else told
        return await house.images.still(await pictured(request, shown), request, time, size, "jpg")

    @router.head(_AT + "/thumbnails/thumbnail.gif", include_in_schema=False)
    @router.get(_AT + "/thumbnails/thumbnail.gif")
    async def moving_by_uid(request: Request, shown: str) -> Response:
        """A moving picture from `time` on, for `duration` (5s), of `fps` (8)."""
        told, size = asked(GifQuery, request), asked(FitQuery, request).size
        wanted = Span(told.time, told.time + told.duration, told.fps)
        return await house.images.moving(await pictured(request, shown), request, wanted, size, "gif")

    async def pictured(request: Request, shown: str) -> Viewing:
        """Pictures are open to requests that tell no site."""
        viewing = await watching.viewing(request, shown)
        return replace(viewing, vouched=viewing.vouched or viewing.host is None)

    @router.get(_AT + "/watch")
    async def watch(request: Request, shown: str) -> Response:
        """A page that plays it."""
        return await page(request, shown)

    @router.get(_AT + "/iframe")
    async def iframe(request: Request, shown: str) -> Response:
        """The same for a frame: `autoplay`, `muted`, `loop`, `controls`, `preload`, `poster`, `primaryColor`,
        `letterboxColor`, `startTime`, `defaultTextTrack`."""
        return await page(request, shown)

    async def page(request: Request, shown: str) -> Response:
        try:
            viewing = await watching.viewing(request, shown)
            judged = await delivery.judge(viewing, MANIFEST_AGE)
            look = asked(PlayerQuery, request).look
        except InpointError as error:
            refusal = failure(status_of(error), error)
            return house.pages.refusal(refusal.status_code, error.message)
        allowed = judged.playback.domains.allow
        right = f"?embed={watching.vouch(viewing.playback_id)}" if allowed else ""
        if not look.poster:
            look = replace(look, poster=f"/{shown}/thumbnails/thumbnail.jpg{right}")
        title = judged.media.title or "Video"
        manifest = f"/{shown}/manifest/video.m3u8{right}"
        framed_by = [f"{scheme}://{one}" for one in allowed for scheme in ("https", "http")]
        return house.pages.player(manifest, title, viewing.playback_id, look, framed_by or None)

    @router.get(_AT + "/metadata/playerEnhancementInfo.json")
    async def details(request: Request, shown: str) -> Response:
        """What `publicDetails` say."""
        judged = await delivery.judge(await pictured(request, shown), MANIFEST_AGE)
        return with_cors(JSONResponse(judged.media.request.get("publicDetails") or {}))

    @router.get(_AT + "/lifecycle")
    async def lifecycle(request: Request, shown: str) -> Response:
        """It is a video, and not live."""
        judged = await delivery.judge(await pictured(request, shown), MANIFEST_AGE)
        told = {"isInput": False, "videoUID": judged.playback.id, "live": False}
        return with_cors(JSONResponse(told))

    @router.options(_AT + "/{path:path}", include_in_schema=False)
    async def preflight_by_uid(shown: str, path: str) -> Response:
        del shown, path
        return with_cors(Response(status_code=204))

    return router


def poster(media: Media) -> UsualPicture:
    """What its thumbnail is."""
    told = Fraction(str(media.request.get("thumbnailTimestampPct", 0)))
    return UsualPicture(told, is_chosen=told > 0)
