"""``/api/v1/media``: imports by sending bytes, clips and highlights, what there is, how far the fill is, files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from inpoint.delivery.hangup import while_connected
from inpoint.desk.desk import Desk
from inpoint.dialects.house import House
from inpoint.dialects.own import shapes
from inpoint.dialects.own.queries import LibraryQuery, RenditionQuery, SendingQuery, cursor
from inpoint.dialects.own.requests import WantedClip
from inpoint.dialects.own.viewings import OwnViewings
from inpoint.errors import EmptyRange, NotFound, NotReady
from inpoint.model.ids import is_id, new_id
from inpoint.model.media import Media
from inpoint.model.playback import Playback, Policy
from inpoint.model.range import Range
from inpoint.model.treatment import AS_SOURCE, Treatment
from inpoint.model.workspace import Credential
from inpoint.web.auth import reader, writer
from inpoint.web.body import json_object, plain
from inpoint.web.forms import read
from inpoint.web.idempotency import created, repeated
from inpoint.web.query import asked


@dataclass(frozen=True, slots=True)
class OwnApi:
    """What the routes stand on."""

    house: House
    viewings: OwnViewings

    @property
    def desk(self) -> Desk:
        """Where everything is done."""
        return self.house.desk

    async def reader(self, request: Request) -> Credential:
        """Who asks. Raises Unauthorized."""
        return await reader(self.desk.access, request)

    async def writer(self, request: Request) -> Credential:
        """Who asks, and may change things. Raises Unauthorized, Forbidden."""
        return await writer(self.desk.access, request)

    async def media_of(self, credential: Credential, media_id: str) -> Media:
        """Raises NotFound."""
        if not is_id(media_id):
            raise NotFound("there is no such media")
        return await self.desk.videos.of(credential.workspace_id, media_id)

    async def shape(self, media: Media) -> dict[str, Any]:
        """A media, as replies show it."""
        return (await self.shapes([media]))[0]

    async def shapes(self, found: list[Media]) -> list[dict[str, Any]]:
        """Several of them."""
        pictured, base = await self.desk.videos.all_pictured(found), self.house.stream_base
        return [
            shapes.media(one, pictured.get(one.id), self.viewings.address(one.workspace_id, one.id), base)
            for one in found
        ]


def media_routes(api: OwnApi) -> APIRouter:
    """Media, their clips and files."""
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    async def media_of(request: Request, media_id: str) -> Media:
        return await api.media_of(await api.reader(request), media_id)

    @router.post("/media", status_code=201)
    async def send_media(request: Request) -> Response:
        """Import a file: the request's body is the file. It is on disk when this is answered."""
        credential = await api.writer(request)
        told = asked(SendingQuery, request)
        new = _media(api.desk.now(), credential, told.policy, told.title)
        await api.desk.videos.receive(replace(new, treatment=Treatment(told.max_height)), request.stream())
        return JSONResponse(await api.shape(new), 201)

    @router.get("/media")
    async def list_media(request: Request) -> Response:
        """The library: `search` in titles, `status`, `kind` (clip or source), `source`, `ids`; `sort` by created,
        title or duration, with a minus the last first. `next`, given as `after`, is the next page; the first one
        tells the `total`, unless it isn't to be `counted`."""
        credential = await api.reader(request)
        told = asked(LibraryQuery, request)
        found, following = await api.desk.videos.find(
            credential.workspace_id, told.wanted, told.sorting, told.place, told.limit
        )
        body: dict[str, Any] = {"media": await api.shapes(found), "next": cursor(following)}
        if told.after is None and told.counted:
            body["total"] = await api.desk.videos.count(credential.workspace_id, told.wanted)
        return JSONResponse(body)

    @router.get("/media/{media_id}")
    async def get_media(request: Request, media_id: str) -> Response:
        """A media's state, how far it is, what it is made of, and how far its fill is."""
        media = await media_of(request, media_id)
        body = await api.shape(media)
        if media.timeline is None:
            return JSONResponse(body | shapes.details(media, None, ()))
        whole, told = await api.desk.videos.filled(media)
        body |= shapes.details(media, await api.desk.videos.pictured(media), whole)
        return JSONResponse(body | {"fill": shapes.fill(whole, told, len(media.timeline.encodings))})

    @router.post("/media/{media_id}/clips", status_code=201)
    async def create_clip(request: Request, media_id: str) -> Response:
        """Clip `start` to `end`: seconds, or clock times such as "1:15.2"; or join several `ranges` of these, in
        their order, into one video. `Idempotency-Key` makes it once however often it is sent."""
        credential = await api.writer(request)
        body = await json_object(request)
        asked = plain(body)
        if earlier := await repeated(request, api.desk.access, credential.workspace_id, asked):
            return earlier
        if not is_id(media_id):
            raise NotFound("there is no such media")
        told = read(WantedClip, body)
        new = _media(api.desk.now(), credential, told.policy, told.title)
        wanted = replace(new, range=_range(told), treatment=Treatment(AS_SOURCE))
        clip = await api.desk.clips.draft(credential.workspace_id, media_id, lambda _: wanted)
        return await created(
            request, api.desk.access, credential.workspace_id, asked, await api.shape(clip),
            lambda once: api.desk.clips.cut(clip, once),
        )  # fmt: skip

    @router.get("/media/{media_id}/deletion")
    async def foresee_deletion(request: Request, media_id: str) -> Response:
        """What deleting a media would free, and what lives on: bytes on disk, and how many clips of it."""
        media = await media_of(request, media_id)
        frees, keeps, clips = await api.desk.videos.foresee(media)
        return JSONResponse({"frees": frees, "keeps": keeps, "clips": clips})

    @router.delete("/media/{media_id}")
    async def delete_media(request: Request, media_id: str) -> Response:
        """Gone at once. Clips made of it play on."""
        credential = await api.writer(request)
        media = await api.media_of(credential, media_id)
        await api.desk.videos.delete(credential.workspace_id, media.id)
        return JSONResponse({"deleted": media.id})

    @router.get("/media/{media_id}/file.mp4")
    async def export(request: Request, media_id: str) -> Response:
        """The media as one MP4, of the highest rendition unless another ("720p") is named.

        What has not been made yet is made before the first byte is sent."""
        media = await media_of(request, media_id)
        if media.status != "ready" or media.timeline is None:
            raise NotReady
        wanted = api.house.files.export(media.timeline, asked(RenditionQuery, request).rendition)
        file = await while_connected(request, wanted)
        headers = {"Content-Length": str(file.size)}
        return StreamingResponse(api.house.files.blocks(file, 0, file.size), media_type="video/mp4", headers=headers)

    return router


def _media(now: datetime, credential: Credential, policy: Policy, title: str | None) -> Media:
    media_id = new_id()
    return Media(
        id=media_id,
        workspace_id=credential.workspace_id,
        created_at=now,
        updated_at=now,
        title=title,
        playbacks=(Playback(new_id(), media_id, policy),),
    )


def _range(wanted: WantedClip) -> Range:
    """Raises EmptyRange."""
    for number, one in enumerate(wanted.ranges):
        if one.start >= one.end:
            raise EmptyRange(f"ranges[{number}].end")
    if wanted.ranges:
        return Range.of([(one.start, one.end) for one in wanted.ranges])
    return Range(wanted.start, wanted.end)
