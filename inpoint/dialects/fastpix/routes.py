"""``/v1``: the FastPix on-demand API's routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.desk.desk import Desk
from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.queries import PagingQuery
from inpoint.dialects.fastpix.requests import FilesWanted, MediaEdit, NewMedia, SourceWanted
from inpoint.dialects.fastpix.translate import FILES, editing, new_media
from inpoint.dialects.house import House
from inpoint.errors import AlreadySo, EmptyRange, Invalid
from inpoint.model.file import FileKind
from inpoint.model.finding import WantedMedia
from inpoint.model.ids import is_id
from inpoint.model.media import Media
from inpoint.model.workspace import Credential
from inpoint.web.auth import reader, writer
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.idempotency import created, repeated
from inpoint.web.query import asked
from inpoint.web.sealing import Sealing


@dataclass(frozen=True, slots=True)
class FastPixApi:
    """What the routes stand on."""

    house: House
    words: shapes.FastPixWords

    @property
    def desk(self) -> Desk:
        """Where everything is done."""
        return self.house.desk

    @property
    def sealing(self) -> Sealing:
        """What signs addresses."""
        return self.house.sealing

    @property
    def base_url(self) -> str:
        """What every address in a reply begins with."""
        return self.house.base_url

    async def shown(self, request: Request, media: Media) -> Response:
        """A media, as whoever asks reads it."""
        encoding = await self.desk.videos.pictured(media)
        body = shapes.media_object(media, encoding, self.words.images, hms=_hms(self, request))
        return JSONResponse(shapes.envelope(body))

    async def reader(self, request: Request) -> Credential:
        """Who asks. Raises Unauthorized."""
        return await reader(self.desk.access, request)

    async def writer(self, request: Request) -> Credential:
        """Who asks, and may change things. Raises Unauthorized, Forbidden."""
        return await writer(self.desk.access, request)


def routes(api: FastPixApi) -> APIRouter:
    """Media: made, listed, told, changed, deleted."""
    router = APIRouter(prefix="/v1", tags=["FastPix"])

    @router.post("/on-demand", status_code=201)
    async def create_media(request: Request) -> Response:
        """Import a video from a URL, or clip one that is here (``fp_mediaId://…``)."""
        credential = await api.writer(request)
        body = await json_object(request)
        wanted = read(NewMedia, body)
        new = new_media(wanted, body, credential.workspace_id, api.desk.now())
        if wanted.video.source_id is None:
            return await created(
                request, api.desk.access, credential.workspace_id, body, shapes.envelope(shapes.created(new)),
                lambda once: api.desk.videos.accept(new, once),
            )  # fmt: skip
        if earlier := await repeated(request, api.desk.access, credential.workspace_id, body):
            return earlier
        try:
            clip = await api.desk.clips.draft(credential.workspace_id, wanted.video.source_id, lambda _: new)
        except EmptyRange as error:
            raise EmptyRange("inputs[0].endTime") from error
        return await created(
            request, api.desk.access, credential.workspace_id, body, shapes.envelope(shapes.created(clip)),
            lambda once: api.desk.clips.cut(clip, once),
        )  # fmt: skip

    @router.get("/on-demand")
    async def list_media(request: Request) -> Response:
        """All media of the workspace, in pages."""
        credential = await api.reader(request)
        return await _page(api, request, credential, None)

    @router.get("/on-demand/{media_id}")
    async def get_media(request: Request, media_id: str) -> Response:
        """A media: its state, how far it is, its tracks, and the ids that it plays under."""
        media = await _media(api, await api.reader(request), media_id)
        return await api.shown(request, media)

    @router.patch("/on-demand/{media_id}")
    async def edit_media(request: Request, media_id: str) -> Response:
        """Change a media's metadata (the whole map), title or creatorId."""
        credential = await api.writer(request)
        change = editing(read(MediaEdit, await json_object(request)))
        media = await api.desk.videos.edit(credential.workspace_id, checked(media_id), change)
        return await api.shown(request, media)

    @router.delete("/on-demand/{media_id}")
    async def delete_media(request: Request, media_id: str) -> Response:
        """Delete a media. Clips made of it play on."""
        credential = await api.writer(request)
        await api.desk.videos.delete(credential.workspace_id, checked(media_id))
        return JSONResponse({"success": True})

    @router.get("/on-demand/{media_id}/media-clips")
    async def list_media_clips(request: Request, media_id: str) -> Response:
        """The clips that were cut from a media."""
        credential = await api.reader(request)
        source = await _media(api, credential, media_id)
        return await _page(api, request, credential, source.id)

    @router.get("/on-demand/{media_id}/clips")
    async def list_clips(request: Request, media_id: str) -> Response:
        """The same under its first documented path, durations as HH:MM:SS."""
        credential = await api.reader(request)
        source = await _media(api, credential, media_id)
        return await _page(api, request, credential, source.id, seed_path=True)

    @router.get("/on-demand/{media_id}/input-info")
    async def get_input_info(request: Request, media_id: str) -> Response:
        """What a media was made of."""
        media = await _media(api, await api.reader(request), media_id)
        return JSONResponse(shapes.envelope(shapes.input_info(media, await api.desk.videos.pictured(media))))

    @router.patch("/on-demand/{media_id}/update-mp4Support")
    async def update_mp4_support(request: Request, media_id: str) -> Response:
        """Keep MP4 files ready: capped_4k, audioOnly, both or none."""
        credential = await api.writer(request)
        wanted = FILES[read(FilesWanted, await json_object(request)).mp4_support]
        media = await _media(api, credential, media_id)
        have = {file.kind for file in media.files if file.kind != "source" and file.status != "failed"}
        if have == set(wanted) and have:
            raise AlreadySo("mp4Support is set to this already")
        return await _with_files(api, request, media, wanted, ("video", "audio"))

    @router.patch("/on-demand/{media_id}/source-access")
    async def update_source_access(request: Request, media_id: str) -> Response:
        """Keep a file of the source's own packets ready, or no more."""
        credential = await api.writer(request)
        wanted = read(SourceWanted, await json_object(request)).source_access
        media = await _media(api, credential, media_id)
        return await _with_files(api, request, media, ("source",) if wanted else (), ("source",))

    return router


async def _with_files(
    api: FastPixApi, request: Request, media: Media, wanted: Sequence[FileKind], kinds: Sequence[FileKind]
) -> Response:
    """The media with the files that are wanted of these kinds, each made unless it is there."""
    return await api.shown(request, await api.desk.files.keep(media, wanted, kinds))


def checked(text: str, field: str = "mediaId") -> str:
    """An id as we spell it."""
    if not is_id(text.lower()):
        raise Invalid(field, "is invalid")
    return text.lower()


async def _media(api: FastPixApi, credential: Credential, media_id: str) -> Media:
    return await api.desk.videos.of(credential.workspace_id, checked(media_id))


async def _page(
    api: FastPixApi, request: Request, credential: Credential, parent_id: str | None, *, seed_path: bool = False
) -> Response:
    paging = asked(PagingQuery, request)
    found, total = await api.desk.videos.page(credential.workspace_id, paging.page, WantedMedia(parent_id=parent_id))
    hms = _hms(api, request, seed_path=seed_path)
    shape = shapes.media_object if parent_id is None else shapes.clip_entry
    pictured = await api.desk.videos.all_pictured(found)
    entries: list[dict[str, Any]] = [
        shape(media, pictured.get(media.id), api.words.images, hms=hms) for media in found
    ]
    return JSONResponse(shapes.page(entries, total, paging.offset, paging.limit))


def _hms(api: FastPixApi, request: Request, *, seed_path: bool = False) -> bool:
    return shapes.speaks_hms(api.words.durations, request.headers.get("User-Agent", ""), seed_path=seed_path)
