"""``/api/v1/media``: imports by sending bytes, clips and highlights, what there is, how far the fill is, files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from inpoint.clips.cut import Cutting
from inpoint.clips.retain import Sweeping
from inpoint.clips.weigh import Weighing
from inpoint.delivery.files import Files
from inpoint.delivery.hangup import while_connected
from inpoint.dialects.own import shapes
from inpoint.dialects.own.library import asked_media, cursor
from inpoint.dialects.own.viewings import ViewApi
from inpoint.encodings.loaded import Library
from inpoint.encodings.survey import Surveying
from inpoint.errors import EmptyRange, Invalid, NotFound, NotReady
from inpoint.ingest.accept import Accepting
from inpoint.model.ids import is_id, new_id
from inpoint.model.media import Media
from inpoint.model.playback import Playback, Policy
from inpoint.model.range import Range
from inpoint.model.treatment import Treatment
from inpoint.model.workspace import Credential
from inpoint.ports import Catalog, Clock, Wanted
from inpoint.web.auth import reader, writer
from inpoint.web.body import json_object, plain
from inpoint.web.idempotency import created
from inpoint.web.sealing import Sealing

_MOST_RANGES = 100
_CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,2}):)?(\d{1,9}(?:\.\d{1,15})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Api:
    catalog: Catalog
    library: Library
    accepting: Accepting
    cutting: Cutting
    sweeping: Sweeping
    weighing: Weighing
    files: Files
    clock: Clock
    surveying: Surveying
    sealing: Sealing
    viewings: ViewApi
    words: shapes.Words

    async def media_of(self, credential: Credential, media_id: str) -> Media:
        """Raises NotFound."""
        if not is_id(media_id):
            raise NotFound("there is no such media")
        return await self.catalog.media_of(credential.workspace_id, media_id)

    async def shape(self, media: Media) -> dict[str, Any]:
        return (await self.shapes([media]))[0]

    async def shapes(self, found: list[Media]) -> list[dict[str, Any]]:
        pictured = await self.library.all_pictured(found)
        return [
            shapes.media(one, pictured.get(one.id), self.viewings.address(one.workspace_id, one.id), self.words)
            for one in found
        ]


def media_routes(api: Api) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    async def media_of(request: Request, media_id: str) -> Media:
        return await api.media_of(await reader(api.catalog, request), media_id)

    @router.post("/media", status_code=201)
    async def send_media(
        request: Request,
        title: str | None = None,
        policy: str = "public",
        max_height: Annotated[int, Query(ge=360, le=4320)] = 1080,
    ) -> Response:
        """Import a file: the request's body is the file. It is on disk when this is answered."""
        credential = await writer(api.catalog, request)
        new = _media(api.clock, credential, _policy(policy), title)
        await api.accepting.receive(replace(new, treatment=Treatment(max_height)), request.stream())
        return JSONResponse(await api.shape(new), 201)

    @router.get("/media")
    async def list_media(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
        counted: bool = True,
    ) -> Response:
        """The library: `search` in titles, `status`, `kind` (clip or source), `source`, `ids`; `sort` by created,
        title or duration, with a minus the last first. `next`, given as `after`, is the next page; the first one
        tells the `total`, unless it isn't to be `counted`."""
        credential = await reader(api.catalog, request)
        wanted, sorting, after = asked_media(request)
        found, place = await api.catalog.find_media(credential.workspace_id, wanted, sorting, after, limit)
        body: dict[str, Any] = {"media": await api.shapes(found), "next": cursor(place)}
        if after is None and counted:
            body["total"] = await api.catalog.count_media(credential.workspace_id, wanted)
        return JSONResponse(body)

    @router.get("/media/{media_id}")
    async def get_media(request: Request, media_id: str) -> Response:
        """A media's state, how far it is, what it is made of, and how far its fill is."""
        media = await media_of(request, media_id)
        body = await api.shape(media)
        if media.timeline is None:
            return JSONResponse(body | shapes.details(media, None, ()))
        encodings = media.timeline.encodings
        whole = frozenset.intersection(*[await api.catalog.filled(one) for one in media.timeline.pictured])
        told = [fill for one in encodings if (fill := await api.catalog.fill_progress(one)) is not None]
        body |= shapes.details(media, await api.library.pictured(media), whole)
        return JSONResponse(body | {"fill": shapes.fill(whole, told, len(encodings))})

    @router.post("/media/{media_id}/clips", status_code=201)
    async def create_clip(request: Request, media_id: str) -> Response:
        """Clip `start` to `end`: seconds, or clock times such as "1:15.2"; or join several `ranges` of these, in
        their order, into one video. `Idempotency-Key` makes it once however often it is sent."""
        credential = await writer(api.catalog, request)
        source = await api.media_of(credential, media_id)
        body = await json_object(request)
        new = _media(api.clock, credential, _policy(body.get("policy", "public")), body.get("title"))
        treatment = replace(source.treatment, overlays=())
        clip = replace(new, parent_id=source.id, range=_range(body), treatment=treatment)
        made = source.sliced(clip) if source.timeline is not None and source.status == "ready" else clip
        return await created(
            request, api.catalog, credential.workspace_id, plain(body), await api.shape(made),
            lambda once: api.cutting.create(clip, once),
        )  # fmt: skip

    @router.get("/media/{media_id}/deletion")
    async def foresee_deletion(request: Request, media_id: str) -> Response:
        """What deleting a media would free, and what lives on: bytes on disk, and how many clips of it."""
        media = await media_of(request, media_id)
        frees, keeps = await api.sweeping.foresee(media)
        clips = await api.catalog.count_media(media.workspace_id, Wanted(parent_id=media.id))
        return JSONResponse({"frees": frees, "keeps": keeps, "clips": clips})

    @router.delete("/media/{media_id}")
    async def delete_media(request: Request, media_id: str) -> Response:
        """Gone at once. Clips made of it play on."""
        credential = await writer(api.catalog, request)
        media = await api.media_of(credential, media_id)
        await api.accepting.delete(credential.workspace_id, media.id)
        await api.cutting.source_failed(media.id, "the source media was deleted before it was ready")
        return JSONResponse({"deleted": media.id})

    @router.get("/media/{media_id}/file.mp4")
    async def export(request: Request, media_id: str, rendition: str | None = None) -> Response:
        """The media as one MP4, of the highest rendition unless another ("720p") is named.

        What has not been made yet is made before the first byte is sent."""
        media = await media_of(request, media_id)
        if media.status != "ready" or media.timeline is None:
            raise NotReady
        file = await while_connected(request, api.files.export(media.timeline, rendition))
        headers = {"Content-Length": str(file.size)}
        return StreamingResponse(api.files.blocks(file, 0, file.size), media_type="video/mp4", headers=headers)

    return router


def _media(clock: Clock, credential: Credential, policy: Policy, title: Any) -> Media:
    if title is not None and (not isinstance(title, str) or len(title) > 255):
        raise Invalid("title", "must be a text of at most 255 characters")
    now, media_id = clock.now(), new_id()
    return Media(
        id=media_id,
        workspace_id=credential.workspace_id,
        created_at=now,
        updated_at=now,
        title=title,
        playbacks=(Playback(new_id(), media_id, policy),),
    )


def _policy(text: Any) -> Policy:
    if text not in ("public", "signed"):
        raise Invalid("policy", "must be public or signed")
    return "public" if text == "public" else "signed"


def _range(body: dict[str, Any]) -> Range:
    """Raises Invalid."""
    ranges = body.get("ranges")
    if ranges is None:
        return Range(_time(body, "start"), _time(body, "end"))
    if not isinstance(ranges, list) or not 0 < len(ranges) <= _MOST_RANGES:
        raise Invalid("ranges", f"must be a list of 1 to {_MOST_RANGES} ranges")
    if body.get("start") is not None or body.get("end") is not None:
        raise Invalid("ranges", "stand in place of start and end")
    return Range.of([_stretch(one, f"ranges[{number}]") for number, one in enumerate(ranges)])


def _stretch(told: Any, field: str) -> tuple[Fraction, Fraction]:
    if not isinstance(told, dict):
        raise Invalid(field, "must be an object with a start and an end")
    start, end = _time(told, "start", f"{field}."), _time(told, "end", f"{field}.")
    if start is None or end is None:
        raise Invalid(f"{field}.{'start' if start is None else 'end'}", "is required")
    if start >= end:
        raise EmptyRange(f"{field}.end")
    return start, end


def _time(body: dict[str, Any], name: str, field: str = "") -> Fraction | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Invalid(f"{field}{name}", 'must be seconds or a clock time such as "1:15.2"')
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + Fraction(seconds)
