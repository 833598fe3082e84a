"""What FastPix has and this server has not: each says so in its own shape, and nothing pretends."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.queries import PagingQuery
from inpoint.dialects.fastpix.routes import FastPixApi, checked
from inpoint.errors import NotFound, NotOffered
from inpoint.web.query import asked

_ANALYSES = {
    "summary": "Summary not enabled",
    "chapters": "Chapters not enabled",
    "named-entities": "Named entities not enabled",
    "moderation": "Moderation not enabled",
}
_PLAYLISTS = "/on-demand/playlists"


def not_offered_routes(api: FastPixApi) -> APIRouter:
    """Their fixed names win over media ids."""
    router = APIRouter(prefix="/v1", tags=["FastPix: not offered"])

    @router.get("/on-demand/drm-configurations")
    async def list_drm_configurations(request: Request) -> Response:
        """Not offered: nothing here is encrypted for DRM."""
        await api.reader(request)
        raise NotOffered("DRM ID does not exist")

    @router.get("/on-demand/drm-configurations/{configuration_id}")
    async def get_drm_configuration(request: Request, configuration_id: str) -> Response:
        """Not offered: nothing here is encrypted for DRM, so there is no such configuration."""
        await api.reader(request)
        checked(configuration_id, "drmConfigurationId")
        raise NotFound("DRM ID does not exist")

    @router.get("/on-demand/{stream_id}/live-clips")
    async def list_live_clips(request: Request, stream_id: str) -> Response:
        """There are no live streams here, so none has clips."""
        del stream_id
        await api.reader(request)
        paging = asked(PagingQuery, request)
        return JSONResponse(shapes.page([], 0, paging.offset, paging.limit))

    @router.get(_PLAYLISTS)
    @router.post(_PLAYLISTS)
    async def playlists(request: Request) -> Response:
        """Not offered: this server has no playlists, and says so."""
        await api.reader(request)
        raise NotOffered("playlists are not offered by this server")

    @router.get(_PLAYLISTS + "/{playlist_id}")
    @router.put(_PLAYLISTS + "/{playlist_id}")
    @router.delete(_PLAYLISTS + "/{playlist_id}")
    @router.patch(_PLAYLISTS + "/{playlist_id}/media")
    @router.put(_PLAYLISTS + "/{playlist_id}/media")
    @router.delete(_PLAYLISTS + "/{playlist_id}/media")
    async def playlist(request: Request, playlist_id: str) -> Response:
        """Not offered: this server has no playlists, and says so."""
        del playlist_id
        await api.reader(request)
        raise NotOffered("playlists are not offered by this server")

    @router.get("/live/{path:path}")
    @router.post("/live/{path:path}")
    @router.put("/live/{path:path}")
    @router.patch("/live/{path:path}")
    @router.delete("/live/{path:path}")
    async def live(request: Request, path: str) -> Response:
        """Not offered: this server has no live streams, and says so."""
        del path
        await api.reader(request)
        raise NotOffered("live streams are not offered by this server")

    for name, words in _ANALYSES.items():
        _analysis(router, api, name, words)
    return router


def _analysis(router: APIRouter, api: FastPixApi, name: str, words: str) -> None:
    path = f"/on-demand/{{media_id}}/{name}"

    async def refuse(request: Request, media_id: str) -> Response:
        """Not offered: this server does not analyse what is said or shown."""
        credential = await api.reader(request)
        await api.desk.videos.of(credential.workspace_id, checked(media_id))
        raise NotOffered(words)

    router.patch(path, name=f"update_{name}")(refuse)
    if name == "summary":
        router.get(path, name=f"get_{name}")(refuse)
