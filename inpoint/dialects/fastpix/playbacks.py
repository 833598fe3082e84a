"""``/v1/on-demand/{media_id}/playback-ids``: who may watch a media."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.queries import PlaybackQuery
from inpoint.dialects.fastpix.requests import NewPlaybackId, NewRule
from inpoint.dialects.fastpix.routes import FastPixApi, checked
from inpoint.dialects.fastpix.translate import playback, rule
from inpoint.errors import NoSuchPlayback
from inpoint.model.playback import Playback, Rule
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.idempotency import created
from inpoint.web.query import asked

_PATH = "/on-demand/{media_id}/playback-ids"
Change = Callable[[Playback, Rule], Playback]


def playback_routes(api: FastPixApi) -> APIRouter:
    """Ways of watching a media, and who may."""
    router = APIRouter(prefix="/v1", tags=["FastPix"])

    @router.post(_PATH, status_code=201)
    async def add_playback(request: Request, media_id: str) -> Response:
        """Another way to watch a media, with a policy and restrictions of its own."""
        credential = await api.writer(request)
        body = await json_object(request)
        new = playback(read(NewPlaybackId, body), checked(media_id))
        return await created(
            request,
            api.desk.access,
            credential.workspace_id,
            body,
            shapes.envelope(shapes.playback_with_resolution(new)),
            lambda once: api.desk.watching.add(credential.workspace_id, new, once),
        )

    @router.get(_PATH)
    async def list_playbacks(request: Request, media_id: str) -> Response:
        """The ways of watching a media: each with its policy and restrictions."""
        credential = await api.reader(request)
        media = await api.desk.videos.of(credential.workspace_id, checked(media_id))
        return JSONResponse(shapes.envelope([shapes.playback_with_resolution(one) for one in media.playbacks]))

    @router.get(_PATH + "/{playback_id}")
    async def get_playback(request: Request, media_id: str, playback_id: str) -> Response:
        """One of them."""
        credential = await api.reader(request)
        media = await api.desk.videos.of(credential.workspace_id, checked(media_id))
        found = media.playback(checked(playback_id, "playbackId"))
        if found is None:
            raise NoSuchPlayback
        return JSONResponse(shapes.envelope(shapes.playback_with_resolution(found)))

    @router.delete(_PATH)
    async def remove_playback(request: Request, media_id: str) -> Response:
        """The one that ``playbackId`` in the query names: it stops playing at once."""
        credential = await api.writer(request)
        playback_id = checked(asked(PlaybackQuery, request).playback_id, "playbackId")
        await api.desk.watching.remove(credential.workspace_id, checked(media_id), playback_id)
        return JSONResponse({"success": True})

    async def edited(request: Request, media_id: str, playback_id: str, change: Change) -> Response:
        """The restriction that a request asks for, put in place by ``change``."""
        credential = await api.writer(request)
        wanted = rule(read(NewRule, await json_object(request)))
        await api.desk.watching.edit(
            credential.workspace_id,
            checked(media_id),
            checked(playback_id, "playbackId"),
            lambda known: change(known, wanted),
        )
        return JSONResponse(shapes.envelope(shapes.rule(wanted)))

    @router.patch(_PATH + "/{playback_id}/domains")
    async def restrict_domains(request: Request, media_id: str, playback_id: str) -> Response:
        """The sites that may show it; the lists are replaced."""
        return await edited(request, media_id, playback_id, lambda one, wanted: replace(one, domains=wanted))

    @router.patch(_PATH + "/{playback_id}/user-agents")
    async def restrict_agents(request: Request, media_id: str, playback_id: str) -> Response:
        """The clients that may show it; the lists are replaced."""
        return await edited(request, media_id, playback_id, lambda one, wanted: replace(one, agents=wanted))

    return router
