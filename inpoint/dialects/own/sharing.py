"""``/api/v1/media/{media_id}/links`` and ``…/events``: how a media is shown to others, and what they were told."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.own import shapes
from inpoint.dialects.own.queries import EventsQuery
from inpoint.dialects.own.requests import NewLink
from inpoint.dialects.own.routes import OwnApi
from inpoint.errors import Invalid
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.moments import moment
from inpoint.web.query import asked
from inpoint.web.tokens import own_key, sign


def sharing_routes(api: OwnApi) -> APIRouter:
    """Signed links, and what happened to a media."""
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    @router.post("/media/{media_id}/links", status_code=201)
    async def sign_link(request: Request, media_id: str) -> Response:
        """Addresses that open a private `playback` for `expiresIn` seconds (a day), signed by this server."""
        credential = await api.writer(request)
        media = await api.media_of(credential, media_id)
        wanted = read(NewLink, await json_object(request))
        playback = media.playback(wanted.playback)
        if playback is None:
            raise Invalid("playback", "must be one of this media's playback ids")
        now = api.desk.now()
        ends = now + timedelta(seconds=wanted.expires_in)
        key_id, private = await own_key(api.desk.access, api.house.sealing, now, credential.workspace_id)
        claims = {"aud": f"media:{playback.id}", "iat": int(now.timestamp()), "exp": int(ends.timestamp())}
        token = sign(claims | {"kid": key_id}, private, key_id)
        query = urlencode({"token": token})
        addresses = {
            name: f"{address}?{query}"
            for name, address in shapes.playback(playback, api.house.stream_base).items()
            if name in ("hls", "dash", "watch")
        }
        return JSONResponse({"token": token, "expiresAt": moment(ends), **addresses}, 201)

    @router.get("/media/{media_id}/events")
    async def list_events(request: Request, media_id: str) -> Response:
        """What happened to a media, the newest first, and the deliveries to webhooks that told of it; `limit`."""
        media = await api.media_of(await api.reader(request), media_id)
        limit = asked(EventsQuery, request).limit
        found = await api.desk.webhooks.events(media.workspace_id, media.id, limit)
        told = [
            {**shapes.event(event), "media": media.id, "deliveries": [shapes.delivery(one) for one in sent]}
            for event, sent in found
        ]
        return JSONResponse({"events": told})

    return router
