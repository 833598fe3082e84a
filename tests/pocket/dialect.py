"""Words for a pocket: bring, cut, show, drop, play, ring. Nothing here but translation."""

from __future__ import annotations

import base64
import json
from fractions import Fraction
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.house import House
from inpoint.errors import InpointError, NotFound
from inpoint.model.event import Delivery, Webhook
from inpoint.model.finding import Page
from inpoint.model.ids import is_id, new_id
from inpoint.model.media import Media
from inpoint.model.playback import Playback, Viewing
from inpoint.model.range import Range
from inpoint.model.workspace import Credential
from inpoint.web.auth import reader, writer
from inpoint.web.body import json_object
from inpoint.web.description import Description
from inpoint.web.dialect import Dialect
from inpoint.web.webhooks import Notice, Telling


def pocket(house: House) -> Dialect:
    """All of it."""
    return Dialect(
        "pocket", _routes(house), owns=lambda path: path.startswith("/pocket/"),
        is_delivery=lambda path: path.startswith("/pocket/play/"),
        failure=lambda status, error: JSONResponse({"oops": error.code, "why": error.message}, status),
        description=Description("Pocket", {}, {}, {}), telling=Telling(_spell),
    )  # fmt: skip


def _routes(house: House) -> APIRouter:
    router, desk = APIRouter(prefix="/pocket"), house.desk

    def new(credential: Credential, **told: Any) -> Media:
        media_id, now = new_id(), desk.now()
        way = Playback(new_id(), media_id, "public")
        return Media(media_id, credential.workspace_id, now, now, playbacks=(way,), **told)

    @router.post("/bring")
    async def bring(request: Request) -> Response:
        credential = await writer(desk.access, request)
        media = new(credential, source_url=(await json_object(request))["from"])
        await desk.videos.accept(media)
        return JSONResponse(_show(media))

    @router.post("/cut")
    async def cut(request: Request) -> Response:
        credential, told = await writer(desk.access, request), await json_object(request)
        stretch = Range(Fraction(told["first"]), Fraction(told["last"]))
        clip = await desk.clips.draft(credential.workspace_id, told["of"], lambda _: new(credential, range=stretch))
        await desk.clips.cut(clip)
        return JSONResponse(_show(clip))

    @router.get("/show")
    async def show(request: Request) -> Response:
        credential = await reader(desk.access, request)
        found, total = await desk.videos.page(credential.workspace_id, Page(0, 100))
        return JSONResponse({"held": [_show(one) for one in found], "count": total})

    @router.get("/show/{media_id}")
    async def show_one(request: Request, media_id: str) -> Response:
        credential = await reader(desk.access, request)
        if not is_id(media_id):
            raise NotFound
        return JSONResponse(_show(await desk.videos.of(credential.workspace_id, media_id)))

    @router.post("/drop/{media_id}")
    async def drop(request: Request, media_id: str) -> Response:
        credential = await writer(desk.access, request)
        return JSONResponse(_show(await desk.videos.delete(credential.workspace_id, media_id)))

    @router.post("/ring")
    async def ring(request: Request) -> Response:
        credential, told = await writer(desk.access, request), await json_object(request)
        bell = Webhook(
            new_id(), credential.workspace_id, told["at"], "pocket", house.sealing.seal("secret"), desk.now()
        )
        await desk.webhooks.add(bell)
        return JSONResponse({"bell": bell.id})

    @router.get("/play/{playback_id}/all.m3u8")
    async def play(request: Request, playback_id: str) -> Response:
        return await house.answers.hls(Viewing(playback_id), request, ".")

    @router.get("/play/{playback_id}/{path:path}")
    async def resource(request: Request, playback_id: str, path: str) -> Response:
        return await house.answers.resource(Viewing(playback_id), path, request)

    return router


def _show(media: Media) -> dict[str, Any]:
    seconds = None if media.timeline is None else float(media.timeline.duration)
    failure: InpointError | Any = media.failure
    return {
        "name": media.id, "state": media.status, "lasts": seconds, "play": media.playbacks[0].id,
        "why": failure and failure.code,
    }  # fmt: skip


async def _spell(delivery: Delivery, webhook: Webhook, secret: str) -> Notice:
    del webhook
    media = delivery.event.media
    body = json.dumps({"ding": delivery.event.kind, "of": media.id if media else None}).encode()
    return Notice({"Bell": base64.b64encode(secret.encode()).decode()}, body)
