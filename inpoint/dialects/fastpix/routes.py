"""``/v1``: the FastPix on-demand API's routes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.clips.cut import Cutting
from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.translate import Creation, creation
from inpoint.encodings.loaded import Library
from inpoint.errors import EmptyRange, Invalid, NotFound
from inpoint.ingest.accept import Accepting
from inpoint.model.encoding import Encoding
from inpoint.model.ids import is_id, new_id
from inpoint.model.media import Media
from inpoint.model.playback import Playback
from inpoint.model.workspace import Credential
from inpoint.ports import Catalog, Clock, Page
from inpoint.web.auth import basic, require_write
from inpoint.web.body import json_object


@dataclass(frozen=True, slots=True)
class Api:
    """What the routes stand on."""

    catalog: Catalog
    library: Library
    accepting: Accepting
    cutting: Cutting
    clock: Clock
    duration_format: shapes.DurationFormat


def routes(api: Api) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["FastPix"])

    async def reader(request: Request) -> Credential:
        return await basic(api.catalog, request.headers.get("Authorization"))

    async def writer(request: Request) -> Credential:
        credential = await reader(request)
        require_write(credential)
        return credential

    @router.post("/on-demand", status_code=201)
    async def create_media(request: Request) -> Response:
        """Import a video from a URL, or clip one that is here (``fp_mediaId://…``)."""
        credential = await writer(request)
        wanted = creation(await json_object(request))
        media = _new_media(wanted, credential.workspace_id, api.clock)
        if wanted.source_id is None:
            await api.accepting.accept(media)
        else:
            media = await _clip(api, media)
        return JSONResponse(shapes.envelope(shapes.created(media)), 201)

    @router.get("/on-demand")
    async def list_media(request: Request) -> Response:
        """All media of the workspace, in pages."""
        credential = await reader(request)
        return await _page(api, request, credential, None)

    @router.get("/on-demand/{media_id}")
    async def get_media(request: Request, media_id: str) -> Response:
        media = await _media(api, await reader(request), media_id)
        body = shapes.media_object(media, await _encoding(api, media), hms=_hms(api, request))
        return JSONResponse(shapes.envelope(body))

    @router.delete("/on-demand/{media_id}")
    async def delete_media(request: Request, media_id: str) -> Response:
        """Delete a media. Clips made of it play on."""
        credential = await writer(request)
        deleted = await api.accepting.delete(credential.workspace_id, _checked(media_id))
        await api.cutting.source_failed(deleted.id, "the source media was deleted before it was ready")
        return JSONResponse({"success": True})

    @router.get("/on-demand/{media_id}/media-clips")
    async def list_media_clips(request: Request, media_id: str) -> Response:
        """The clips that were cut from a media."""
        credential = await reader(request)
        source = await _media(api, credential, media_id)
        return await _page(api, request, credential, source.id)

    @router.get("/on-demand/{media_id}/clips")
    async def list_clips(request: Request, media_id: str) -> Response:
        """The same under its first documented path, durations as HH:MM:SS."""
        credential = await reader(request)
        source = await _media(api, credential, media_id)
        return await _page(api, request, credential, source.id, seed_path=True)

    @router.get("/on-demand/{media_id}/input-info")
    async def get_input_info(request: Request, media_id: str) -> Response:
        """What a media was made of."""
        media = await _media(api, await reader(request), media_id)
        return JSONResponse(shapes.envelope(shapes.input_info(media, await _encoding(api, media))))

    return router


def _new_media(wanted: Creation, workspace_id: str, clock: Clock) -> Media:
    now = clock.now()
    media_id = new_id()
    media = Media(
        id=media_id,
        workspace_id=workspace_id,
        created_at=now,
        updated_at=now,
        max_height=wanted.max_height,
        title=wanted.title,
        metadata=wanted.metadata or {},
        request={
            "inputs": shapes.plain(wanted.inputs),
            "maxResolution": wanted.max_resolution,
            "mediaQuality": wanted.quality,
            "creatorId": wanted.creator_id,
            "metadata": wanted.metadata,
        },
        playbacks=(Playback(new_id(), media_id, wanted.policy),),
    )
    if wanted.source_id is None:
        return replace(media, source_url=wanted.url)
    return replace(media, parent_id=wanted.source_id, range=wanted.range, title=wanted.title or wanted.source_id)


async def _clip(api: Api, clip: Media) -> Media:
    try:
        return await api.cutting.create(clip)
    except EmptyRange as error:
        raise EmptyRange("inputs[0].endTime") from error


def _checked(media_id: str) -> str:
    """A media id as we spell it."""
    if not is_id(media_id.lower()):
        raise Invalid("mediaId", "is invalid")
    return media_id.lower()


async def _media(api: Api, credential: Credential, media_id: str) -> Media:
    return await api.catalog.media_of(credential.workspace_id, _checked(media_id))


async def _encoding(api: Api, media: Media) -> Encoding | None:
    """The encoding that a ready media's picture is made of."""
    if media.timeline is None or not media.timeline.encodings:
        return None
    main = media.timeline.lanes[0].pieces[0].encoding
    try:
        return (await api.library.load(main or "")).encoding
    except NotFound:
        return None


async def _page(
    api: Api, request: Request, credential: Credential, parent_id: str | None, *, seed_path: bool = False
) -> Response:
    limit = _whole(request, "limit", 10, 1, 50)
    offset = _whole(request, "offset", 1, 1, 1 << 31)
    order = request.query_params.get("orderBy", "desc")
    if order not in ("asc", "desc"):
        raise Invalid("orderBy", "must be asc or desc")
    wanted = Page((offset - 1) * limit, limit, newest_first=order == "desc")
    found, total = await api.catalog.list_media(credential.workspace_id, wanted, parent_id)
    hms = _hms(api, request, seed_path=seed_path)
    shape = shapes.media_object if parent_id is None else shapes.clip_entry
    entries: list[dict[str, Any]] = [shape(media, await _encoding(api, media), hms=hms) for media in found]
    return JSONResponse(shapes.page(entries, total, offset, limit))


def _hms(api: Api, request: Request, *, seed_path: bool = False) -> bool:
    return shapes.speaks_hms(api.duration_format, request.headers.get("User-Agent", ""), seed_path=seed_path)


def _whole(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 10 or not least <= int(text) <= most:
        raise Invalid(name, f"must be a whole number from {least} to {most}")
    return int(text)
