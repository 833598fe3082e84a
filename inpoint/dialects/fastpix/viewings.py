"""``/{playbackId}…``: path and query → a viewing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from inpoint.delivery.pages import Look
from inpoint.dialects.fastpix.queries import DownloadQuery, PartQuery, RenditionsQuery, TokenQuery
from inpoint.dialects.house import House
from inpoint.errors import NoSuchAddress, NotFound
from inpoint.model.file import FileKind
from inpoint.model.ids import is_id
from inpoint.model.playback import Viewing
from inpoint.web.app import with_cors
from inpoint.web.client import site
from inpoint.web.query import asked
from inpoint.web.tokens import grantor


@dataclass(frozen=True, slots=True)
class FastPixViewings:
    """Requests to watch, read."""

    house: House

    async def viewing(self, request: Request, playback_id: str, *, previews: bool = True) -> Viewing:
        """Raises NotFound, or Invalid, naming the parameter. Without ``previews``, ``start`` and ``end`` have another
        meaning."""
        if not is_id(playback_id):
            raise NoSuchAddress("there is no such address")
        token = asked(TokenQuery, request).token
        granted = await grantor(self.house.desk.access, token, f"media:{playback_id}") if token else None
        names = ("start", "end") if previews else ()
        part = {name: told for name in names if (told := request.query_params.get(name)) is not None}
        passed_on = part | ({"token": token} if granted and token else {})
        return Viewing(
            playback_id,
            granted=granted,
            refused=bool(token) and granted is None,
            host=shown_on.host or None if (shown_on := site(request)) else None,
            agent=request.headers.get("User-Agent"),
            filters=asked(RenditionsQuery, request).filters,
            range=asked(PartQuery, request).range if part else None,
            client=self.house.clients.address(request),
            passed_on=urlencode(passed_on),
        )


def viewings(house: House) -> APIRouter:
    """Everything that plays, under a playback id."""
    router = APIRouter(tags=["Playback"])
    viewing, delivery, files = FastPixViewings(house).viewing, house.answers, house.files

    async def file(request: Request, playback_id: str, kind: FileKind) -> Response:
        watched = await viewing(request, playback_id)
        return await files.ready(watched, request, kind, asked(DownloadQuery, request).download)

    @router.get("/{playback_id}/watch", include_in_schema=False)
    async def watch(request: Request, playback_id: str) -> Response:
        """A page that plays it."""
        if not is_id(playback_id) or not await house.desk.watching.exists(playback_id):
            raise NotFound
        query = f"?{request.url.query}" if request.url.query else ""
        look = Look(autoplay=True, muted=True)
        return house.pages.player(f"/{playback_id}.m3u8{query}", "Video", playback_id, look)

    @router.head("/{playback_id}.m3u8", include_in_schema=False)
    @router.get("/{playback_id}.m3u8")
    async def hls(request: Request, playback_id: str) -> Response:
        """The HLS multivariant playlist."""
        return await delivery.hls(await viewing(request, playback_id), request, playback_id)

    @router.head("/{playback_id}.mpd", include_in_schema=False)
    @router.get("/{playback_id}.mpd")
    async def dash(request: Request, playback_id: str) -> Response:
        """The DASH manifest of the same timeline."""
        return await delivery.dash(await viewing(request, playback_id), request, playback_id)

    @router.head("/{playback_id}/capped-4k.mp4", include_in_schema=False)
    @router.get("/{playback_id}/capped-4k.mp4")
    async def video_file(request: Request, playback_id: str) -> Response:
        """The greatest rendition as one file, where `mp4Support` keeps it ready; `download` names it."""
        return await file(request, playback_id, "video")

    @router.head("/{playback_id}/source.mkv", include_in_schema=False)
    @router.get("/{playback_id}/source.mkv")
    async def source_file(request: Request, playback_id: str) -> Response:
        """The packets that were kept of the source, as one file, where `sourceAccess` keeps it ready."""
        return await file(request, playback_id, "source")

    @router.head("/{playback_id}/audio.m4a", include_in_schema=False)
    @router.get("/{playback_id}/audio.m4a")
    async def audio_file(request: Request, playback_id: str) -> Response:
        """The sound as one file, where `mp4Support` keeps it ready; `download` names it."""
        return await file(request, playback_id, "audio")

    @router.head("/{playback_id}/{path:path}", include_in_schema=False)
    @router.get("/{playback_id}/{path:path}")
    async def resource(request: Request, playback_id: str, path: str) -> Response:
        """Media playlists, segments and captions, as the manifests name them."""
        return await delivery.resource(await viewing(request, playback_id), path, request)

    @router.options("/{playback_id}", include_in_schema=False)
    @router.options("/{playback_id}/{path:path}", include_in_schema=False)
    async def preflight(playback_id: str) -> Response:
        if not is_id(playback_id.partition(".")[0]):
            raise NoSuchAddress("there is no such address")
        return with_cors(Response(status_code=204))

    return router
