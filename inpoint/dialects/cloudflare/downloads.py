"""``/stream/{uid}/downloads``: files that are kept ready."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import TAG, VIDEO, StreamApi
from inpoint.dialects.cloudflare.states import state_of
from inpoint.errors import NoSound, NotFound, SourceNotReady
from inpoint.model.file import FileKind

_PATH = VIDEO + "/downloads"
_KINDS: Mapping[str, FileKind] = {"default": "video", "audio": "audio"}


def download_routes(api: StreamApi) -> APIRouter:
    """Files that are kept ready of a video."""
    router = APIRouter(tags=[TAG])

    async def create(request: Request, account: str, uid: str, name: str) -> Response:
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        kind = _kind(name)
        if media.status != "ready" or media.timeline is None:
            raise SourceNotReady(f"the video is not ready: its state is {state_of(media)}")
        if kind == "audio" and not media.timeline.of("audio"):
            raise NoSound("the video has no sound")
        media = await api.desk.files.keep(media, {kind}, {kind})
        return JSONResponse(shapes.envelope(shapes.downloads(media, api.base_url)))

    async def remove(request: Request, account: str, uid: str, name: str) -> Response:
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        kind = _kind(name)
        if not any(file.kind == kind for file in media.files):
            raise NotFound("there is no such download")
        await api.desk.files.keep(media, (), {kind})
        return JSONResponse(shapes.envelope(""))

    @router.post(_PATH)
    async def create_download(request: Request, account: str, uid: str) -> Response:
        """Keep an MP4 ready."""
        return await create(request, account, uid, "default")

    @router.post(_PATH + "/{name}")
    async def create_named_download(request: Request, account: str, uid: str, name: str) -> Response:
        """Keep an MP4 (`default`) or the sound alone (`audio`) ready."""
        return await create(request, account, uid, name)

    @router.get(_PATH)
    async def list_downloads(request: Request, account: str, uid: str) -> Response:
        """The files that are kept ready of the video, or being made: MP4 and sound."""
        media = await api.media_of(await api.reader(request, account), uid)
        return JSONResponse(shapes.envelope(shapes.downloads(media, api.base_url)))

    @router.delete(_PATH)
    async def delete_download(request: Request, account: str, uid: str) -> Response:
        """The MP4 is kept no more."""
        return await remove(request, account, uid, "default")

    @router.delete(_PATH + "/{name}")
    async def delete_named_download(request: Request, account: str, uid: str, name: str) -> Response:
        """Keep this file no more: `default` is the MP4, `audio` the sound."""
        return await remove(request, account, uid, name)

    return router


def _kind(name: str) -> FileKind:
    if name not in _KINDS:
        raise NotFound("there are downloads of two kinds: default and audio")
    return _KINDS[name]
