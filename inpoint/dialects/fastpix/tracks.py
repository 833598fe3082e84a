"""``/v1/on-demand/{media_id}/tracks``: soundtracks and subtitles that are added to a media."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.requests import NewTrack, TrackEdit
from inpoint.dialects.fastpix.routes import FastPixApi, checked
from inpoint.dialects.fastpix.translate import pending_track, renaming
from inpoint.errors import NoSuchTrack, NotOffered
from inpoint.model.media import Media
from inpoint.model.timeline import LaneId
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.idempotency import created

_PATH = "/on-demand/{media_id}/tracks"


def track_routes(api: FastPixApi) -> APIRouter:
    """Sound and captions beside a media's own."""
    router = APIRouter(prefix="/v1", tags=["FastPix"])

    @router.post(_PATH, status_code=201)
    async def add_track(request: Request, media_id: str) -> Response:
        """Add a soundtrack, or subtitles (WebVTT, TTML, SubRip, SSA), from a URL."""
        credential = await api.writer(request)
        body = await json_object(request)
        track, own = pending_track(read(NewTrack, body).tracks), checked(media_id)
        reply = shapes.envelope(shapes.added_track(own, track))
        return await created(
            request, api.desk.access, credential.workspace_id, body, reply,
            lambda once: api.desk.tracks.add(credential.workspace_id, own, track, once),
        )  # fmt: skip

    @router.patch(_PATH + "/{track_id}")
    async def rename_track(request: Request, media_id: str, track_id: str) -> Response:
        """Change a track's language or title."""
        credential = await api.writer(request)
        change = renaming(read(TrackEdit, await json_object(request)))
        media = await api.desk.videos.of(credential.workspace_id, checked(media_id))
        identity = _identity(media, checked(track_id, "trackId"))
        media = await api.desk.tracks.rename(credential.workspace_id, media.id, identity, change)
        return JSONResponse(shapes.envelope(shapes.named_track(media, str(identity))))

    @router.delete(_PATH + "/{track_id}")
    async def delete_track(request: Request, media_id: str, track_id: str) -> Response:
        """Delete a soundtrack or subtitles. Clips that have it keep it."""
        credential = await api.writer(request)
        media = await api.desk.videos.of(credential.workspace_id, checked(media_id))
        identity = _identity(media, checked(track_id, "trackId"))
        await api.desk.tracks.remove(credential.workspace_id, media.id, identity)
        return JSONResponse({"success": True})

    @router.post(_PATH + "/{track_id}/generate-subtitles")
    async def generate_subtitles(request: Request, media_id: str, track_id: str) -> Response:
        """Not offered: subtitles are added as files."""
        credential = await api.writer(request)
        media = await api.desk.videos.of(credential.workspace_id, checked(media_id))
        _identity(media, checked(track_id, "trackId"))
        raise NotOffered("generated subtitles are not offered by this server: add them as a file")

    return router


def _identity(media: Media, track_id: str) -> LaneId:
    """Of the track that has an id. Raises NoSuchTrack."""
    lanes = [lane.identity for lane in (media.timeline.lanes if media.timeline else ())]
    for identity in [*lanes, *(one.identity for one in media.pending)]:
        if shapes.track_id(media.id, str(identity)) == track_id:
            return identity
    raise NoSuchTrack
