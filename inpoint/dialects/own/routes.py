"""``/api/v1``: imports by sending bytes, clips, how far the fill is, files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from inpoint.clips.cut import Cutting
from inpoint.delivery.files import Files
from inpoint.delivery.hangup import while_connected
from inpoint.dialects.own.description import DESCRIPTION
from inpoint.dialects.own.webhooks import WebhookApi, webhook_routes
from inpoint.errors import InpointError, Invalid, NotFound, NotReady
from inpoint.ingest.accept import Accepting
from inpoint.model.fill import FillProgress
from inpoint.model.ids import is_id, new_id
from inpoint.model.media import Media
from inpoint.model.playback import Playback, Policy
from inpoint.model.range import Range
from inpoint.model.treatment import Treatment
from inpoint.model.workspace import Credential
from inpoint.ports import Catalog, Clock
from inpoint.web.auth import reader, writer
from inpoint.web.body import json_object
from inpoint.web.dialect import Dialect

_CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,2}):)?(\d{1,9}(?:\.\d{1,15})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Api:
    catalog: Catalog
    accepting: Accepting
    cutting: Cutting
    files: Files
    clock: Clock
    #: What playback addresses begin with.
    stream_base: str


def own(api: Api, webhooks: WebhookApi) -> Dialect:
    router = APIRouter()
    router.include_router(_routes(api))
    router.include_router(webhook_routes(webhooks))
    return Dialect(
        "inpoint", router, owns=lambda path: path.startswith("/api/"), is_delivery=lambda _: False,
        failure=_failure, description=DESCRIPTION,
    )  # fmt: skip


def _failure(status: int, error: InpointError) -> Response:
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if isinstance(error, Invalid):
        body["field"] = error.field
    return JSONResponse({"error": body}, status)


def _routes(api: Api) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    async def media_of(request: Request, media_id: str) -> Media:
        credential = await reader(api.catalog, request)
        if not is_id(media_id):
            raise NotFound("there is no such media")
        return await api.catalog.media_of(credential.workspace_id, media_id)

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
        return JSONResponse(_shape(api, new), 201)

    @router.get("/media/{media_id}")
    async def get_media(request: Request, media_id: str) -> Response:
        """A media's state, how far it is, and how far its fill is."""
        media = await media_of(request, media_id)
        return JSONResponse(_shape(api, media) | await _fill(api, media))

    @router.post("/media/{media_id}/clips", status_code=201)
    async def create_clip(request: Request, media_id: str) -> Response:
        """Clip ``start`` to ``end``: seconds, or clock times such as "1:15.2"."""
        credential = await writer(api.catalog, request)
        source = await media_of(request, media_id)
        body = await json_object(request)
        wanted = Range(_time(body, "start"), _time(body, "end"))
        new = _media(api.clock, credential, _policy(body.get("policy", "public")), body.get("title"))
        clip = replace(new, parent_id=source.id, range=wanted, treatment=replace(source.treatment, overlays=()))
        clip = await api.cutting.create(clip)
        return JSONResponse(_shape(api, clip), 201)

    @router.delete("/media/{media_id}")
    async def delete_media(request: Request, media_id: str) -> Response:
        credential = await writer(api.catalog, request)
        media = await media_of(request, media_id)
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


def _time(body: dict[str, Any], name: str) -> Fraction | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Invalid(name, 'must be seconds or a clock time such as "1:15.2"')
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + Fraction(seconds)


def _shape(api: Api, media: Media) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": media.id,
        "status": media.status,
        "percent": media.percent,
        "title": media.title,
        "source": media.parent_id,
        "playbacks": [
            {
                "id": one.id,
                "policy": one.policy,
                "hls": f"{api.stream_base}/{one.id}.m3u8",
                "dash": f"{api.stream_base}/{one.id}.mpd",
                "watch": f"{api.stream_base}/{one.id}/watch",
            }
            for one in media.playbacks
        ],
    }
    if media.timeline is not None:
        body |= {
            "duration": float(media.timeline.duration),
            "frames": media.timeline.frames,
            "rate": str(media.timeline.rate),
        }
    if media.status_reason:
        body["reason"] = media.status_reason
    if media.failure:
        body["error"] = {"code": media.failure.code, "message": media.failure.message}
    return body


async def _fill(api: Api, media: Media) -> dict[str, Any]:
    """How far the background encoding of all that the media is made of has come."""
    if media.timeline is None:
        return {}
    encodings = sorted(media.timeline.encodings)
    whole = frozenset.intersection(*[await api.catalog.filled(one) for one in media.timeline.pictured])
    fill: dict[str, Any] = {"whole": sorted(whole)}
    told = [progress for one in encodings if (progress := await api.catalog.fill_progress(one)) is not None]
    if told:
        total = FillProgress(
            sum(one.made for one in told),
            sum(one.total for one in told),
            max(one.rate for one in told),
            all(one.ended for one in told) and len(told) == len(encodings),
        )
        left = total.remaining_seconds
        fill |= {
            "made": total.made,
            "total": total.total,
            "percent": round(total.percent, 1),
            "segmentsPerSecond": round(total.rate, 2),
            "remainingSeconds": None if left is None else round(left, 1),
            "ended": total.ended,
        }
    return {"fill": fill}
