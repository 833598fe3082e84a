"""``/v1``: the FastPix on-demand API's routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.clips.cut import Cutting
from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.translate import Creation, creation, edit, mp4_support, source_access
from inpoint.encodings.adding import Adding
from inpoint.encodings.loaded import Library
from inpoint.errors import EmptyRange, Invalid, Refused
from inpoint.ingest.accept import Accepting
from inpoint.ingest.upload import Uploading
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.ids import is_id, new_id
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.model.workspace import Credential
from inpoint.playback.files import Packaging
from inpoint.ports import Catalog, Clock, Page, Wanted
from inpoint.web.auth import reader, writer
from inpoint.web.body import json_object, plain
from inpoint.web.idempotency import created
from inpoint.web.query import whole
from inpoint.web.sealing import Sealing


@dataclass(frozen=True, slots=True)
class Api:
    """What the routes stand on."""

    catalog: Catalog
    library: Library
    accepting: Accepting
    cutting: Cutting
    uploading: Uploading
    packaging: Packaging
    adding: Adding
    clock: Clock
    sealing: Sealing
    base_url: str
    words: shapes.Words

    async def reader(self, request: Request) -> Credential:
        return await reader(self.catalog, request)

    async def writer(self, request: Request) -> Credential:
        return await writer(self.catalog, request)


def routes(api: Api) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["FastPix"])

    @router.post("/on-demand", status_code=201)
    async def create_media(request: Request) -> Response:
        """Import a video from a URL, or clip one that is here (``fp_mediaId://…``)."""
        credential = await api.writer(request)
        body = await json_object(request)
        media = new_media(creation(body), credential.workspace_id, api.clock)

        async def create(once: Once | None) -> None:
            if media.parent_id is None:
                await api.accepting.accept(media, once)
            else:
                await _clip(api, media, once)

        reply = shapes.envelope(shapes.created(media))
        return await created(request, api.catalog, credential.workspace_id, body, reply, create)

    @router.get("/on-demand")
    async def list_media(request: Request) -> Response:
        """All media of the workspace, in pages."""
        credential = await api.reader(request)
        return await _page(api, request, credential, None)

    @router.get("/on-demand/{media_id}")
    async def get_media(request: Request, media_id: str) -> Response:
        media = await _media(api, await api.reader(request), media_id)
        body = shapes.media_object(media, await api.library.pictured(media), api.words.images, hms=_hms(api, request))
        return JSONResponse(shapes.envelope(body))

    @router.patch("/on-demand/{media_id}")
    async def edit_media(request: Request, media_id: str) -> Response:
        """Change a media's metadata (the whole map), title or creatorId."""
        credential = await api.writer(request)
        change = edit(await json_object(request))
        media = await api.catalog.edit_media(credential.workspace_id, checked(media_id), change)
        body = shapes.media_object(media, await api.library.pictured(media), api.words.images, hms=_hms(api, request))
        return JSONResponse(shapes.envelope(body))

    @router.delete("/on-demand/{media_id}")
    async def delete_media(request: Request, media_id: str) -> Response:
        """Delete a media. Clips made of it play on."""
        credential = await api.writer(request)
        deleted = await api.accepting.delete(credential.workspace_id, checked(media_id))
        await api.cutting.source_failed(deleted.id, "the source media was deleted before it was ready")
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
        return JSONResponse(shapes.envelope(shapes.input_info(media, await api.library.pictured(media))))

    @router.patch("/on-demand/{media_id}/update-mp4Support")
    async def update_mp4_support(request: Request, media_id: str) -> Response:
        """Keep MP4 files ready: capped_4k, audioOnly, both or none."""
        credential = await api.writer(request)
        wanted = mp4_support(await json_object(request), required=True)
        media = await _media(api, credential, media_id)
        have = {file.kind for file in media.files if file.kind != "source" and file.status != "failed"}
        if have == set(wanted) and have:
            raise Refused("mp4Support is set to this already")
        return await _with_files(api, request, media, wanted, ("video", "audio"))

    @router.patch("/on-demand/{media_id}/source-access")
    async def update_source_access(request: Request, media_id: str) -> Response:
        """Keep a file of the source's own packets ready, or no more."""
        credential = await api.writer(request)
        wanted = source_access(await json_object(request), required=True)
        media = await _media(api, credential, media_id)
        return await _with_files(api, request, media, wanted, ("source",))

    return router


async def _with_files(
    api: Api, request: Request, media: Media, wanted: Sequence[FileKind], kinds: Sequence[FileKind]
) -> Response:
    """The media with the files that are wanted of these kinds, each made unless it is there."""
    have = {file.kind for file in media.files if file.status != "failed"}
    add = [MediaFile(new_id(), kind) for kind in wanted if kind not in have]
    remove = {kind for kind in kinds if kind not in wanted or kind not in have}
    changed = await api.packaging.change(media.workspace_id, media.id, add, remove)
    body = shapes.media_object(changed, await api.library.pictured(changed), api.words.images, hms=_hms(api, request))
    return JSONResponse(shapes.envelope(body))


def new_media(wanted: Creation, workspace_id: str, clock: Clock) -> Media:
    now = clock.now()
    media_id = new_id()
    media = Media(
        id=media_id,
        workspace_id=workspace_id,
        created_at=now,
        updated_at=now,
        treatment=wanted.treatment,
        title=wanted.title,
        metadata=wanted.metadata or {},
        request={
            "inputs": plain(wanted.inputs),
            "maxResolution": wanted.max_resolution,
            "metadata": wanted.metadata,
        },
        creator=wanted.creator_id,
        files=tuple(MediaFile(new_id(), kind) for kind in wanted.files),
        pending=wanted.tracks,
        playbacks=(Playback(new_id(), media_id, wanted.policy, wanted.domains, wanted.agents),),
    )
    if wanted.source_id is None:
        return replace(media, source_url=wanted.url or None, range=wanted.range if wanted.range.is_part else None)
    return replace(media, parent_id=wanted.source_id, range=wanted.range, title=wanted.title or wanted.source_id)


async def _clip(api: Api, clip: Media, once: Once | None) -> None:
    try:
        await api.cutting.create(clip, once)
    except EmptyRange as error:
        raise EmptyRange("inputs[0].endTime") from error


def checked(text: str, field: str = "mediaId") -> str:
    """An id as we spell it."""
    if not is_id(text.lower()):
        raise Invalid(field, "is invalid")
    return text.lower()


async def _media(api: Api, credential: Credential, media_id: str) -> Media:
    return await api.catalog.media_of(credential.workspace_id, checked(media_id))


async def _page(
    api: Api, request: Request, credential: Credential, parent_id: str | None, *, seed_path: bool = False
) -> Response:
    wanted, offset = asked_page(request)
    found, total = await api.catalog.list_media(credential.workspace_id, wanted, Wanted(parent_id=parent_id))
    hms = _hms(api, request, seed_path=seed_path)
    shape = shapes.media_object if parent_id is None else shapes.clip_entry
    pictured = await api.library.all_pictured(found)
    entries: list[dict[str, Any]] = [
        shape(media, pictured.get(media.id), api.words.images, hms=hms) for media in found
    ]
    return JSONResponse(shapes.page(entries, total, offset, wanted.limit))


def asked_page(request: Request) -> tuple[Page, int]:
    """The page that is asked for, and its number: ``limit``, ``offset`` (from 1), ``orderBy``."""
    limit = whole(request, "limit", 10, 1, 50) or 10
    offset = whole(request, "offset", 1, 1, 1 << 31) or 1
    order = request.query_params.get("orderBy", "desc")
    if order not in ("asc", "desc"):
        raise Invalid("orderBy", "must be asc or desc")
    return Page((offset - 1) * limit, limit, newest_first=order == "desc"), offset


def _hms(api: Api, request: Request, *, seed_path: bool = False) -> bool:
    return shapes.speaks_hms(api.words.durations, request.headers.get("User-Agent", ""), seed_path=seed_path)
