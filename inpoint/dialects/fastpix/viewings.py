"""``/{playbackId}…``: path and query → a viewing."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from inpoint.delivery.answers import Delivery
from inpoint.errors import NotFound
from inpoint.model.ids import is_id
from inpoint.model.playback import Viewing
from inpoint.web.app import with_cors


def viewings(delivery: Delivery) -> APIRouter:
    router = APIRouter(tags=["Playback"])

    @router.get("/player/hls.min.js", include_in_schema=False)
    async def player() -> Response:
        return delivery.player()

    @router.head("/{playback_id}.m3u8", include_in_schema=False)
    @router.get("/{playback_id}.m3u8")
    async def hls(request: Request, playback_id: str) -> Response:
        """The HLS multivariant playlist."""
        return await delivery.hls(_viewing(playback_id), request, playback_id)

    @router.head("/{playback_id}.mpd", include_in_schema=False)
    @router.get("/{playback_id}.mpd")
    async def dash(request: Request, playback_id: str) -> Response:
        """The DASH manifest of the same timeline."""
        return await delivery.dash(_viewing(playback_id), request, playback_id)

    @router.head("/{playback_id}/{path:path}", include_in_schema=False)
    @router.get("/{playback_id}/{path:path}")
    async def resource(request: Request, playback_id: str, path: str) -> Response:
        """Media playlists, segments and captions, as the manifests name them."""
        return await delivery.resource(_viewing(playback_id), path, request)

    @router.options("/{playback_id}", include_in_schema=False)
    @router.options("/{playback_id}/{path:path}", include_in_schema=False)
    async def preflight() -> Response:
        return with_cors(Response(status_code=204))

    return router


def _viewing(playback_id: str) -> Viewing:
    if not is_id(playback_id):
        raise NotFound("there is no such address")
    return Viewing(playback_id)
