"""``/stream/{uid}/audio``: soundtracks beside the video's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import TAG, VIDEO, StreamApi
from inpoint.dialects.cloudflare.requests import AudioCopy, AudioEdit, Labelled
from inpoint.errors import Invalid, NoSuchTrack, SoundLeads, TrackUnready
from inpoint.model.ids import new_id, sound_id, uid_of
from inpoint.model.media import Media
from inpoint.model.timeline import Lane, LaneId
from inpoint.model.track import PendingTrack
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.multipart import parts

_PATH = VIDEO + "/audio"
_STATUSES = {"preparing": "queued", "failed": "error"}
_LONGEST_LABEL = 255


def audio_routes(api: StreamApi) -> APIRouter:
    """Soundtracks beside the video's own."""
    router = APIRouter(tags=[TAG])

    @router.get(_PATH)
    async def list_tracks(request: Request, account: str, uid: str) -> Response:
        """The soundtracks that were added."""
        media = await api.media_of(await api.reader(request, account), uid)
        return JSONResponse(shapes.envelope({"audio": await _added(api, media)}))

    @router.post(_PATH + "/copy")
    async def copy_track(request: Request, account: str, uid: str) -> Response:
        """Add a soundtrack from a URL."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        wanted = read(AudioCopy, await json_object(request))
        track = _track(new_id(), wanted.url, wanted.label)
        await api.desk.tracks.add(credential.workspace_id, media.id, track)
        return JSONResponse(shapes.envelope(_shape(media, track, "queued")))

    @router.post(_PATH)
    async def send_track(request: Request, account: str, uid: str) -> Response:
        """Add a soundtrack as a form's `file`, with its `label`."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        track_id = new_id()
        try:
            track = _track(track_id, "", read(Labelled, {"label": await _form(api, request, track_id)}).label)
        except BaseException:
            api.desk.tracks.drop(track_id)
            raise
        await api.desk.tracks.add_staged(credential.workspace_id, media.id, track)
        return JSONResponse(shapes.envelope(_shape(media, track, "queued")))

    @router.patch(_PATH + "/{track_uid}")
    async def edit_track(request: Request, account: str, uid: str, track_uid: str) -> Response:
        """Its `label`, and whether it is the `default`."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        found = await _found(api, media, track_uid)
        wanted = read(AudioEdit, await json_object(request))
        label, chosen = wanted.label, wanted.default
        changes = chosen is not None and chosen != _is_default(media, found.identity)
        first = (found.identity if chosen else await _original(api, media)) if changes else None
        if changes and not isinstance(found, Lane):
            raise TrackUnready("the soundtrack is not ready yet")
        if label is not None:
            named = label
            await api.desk.tracks.rename(
                credential.workspace_id, media.id, found.identity, lambda lane: replace(lane, name=named, title=named)
            )
        if first is not None:
            await api.desk.tracks.lead_with(credential.workspace_id, media.id, first)
        media = await api.media_of(credential, uid)
        track = await _found(api, media, track_uid)
        return JSONResponse(shapes.envelope(_shape(media, track, _status(track))))

    @router.delete(_PATH + "/{track_uid}")
    async def delete_track(request: Request, account: str, uid: str, track_uid: str) -> Response:
        """Not the default one. Clips that have it keep it."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        found = await _found(api, media, track_uid)
        if _is_default(media, found.identity) and media.timeline and len(media.timeline.of("audio")) > 1:
            raise SoundLeads("the default soundtrack can't be deleted: make another one the default before")
        await api.desk.tracks.remove(credential.workspace_id, media.id, found.identity)
        return JSONResponse(shapes.envelope("ok"))

    return router


async def _form(api: StreamApi, request: Request, track_id: str) -> str | None:
    """The form's label, its file staged. Raises Invalid if it has none."""
    label, came = None, False
    async for part in parts(request):
        if part.name == "label":
            label = await part.text(_LONGEST_LABEL * 4)
        elif part.name == "file":
            await api.desk.tracks.stage(track_id, "audio", part.blocks)
            came = True
    if not came:
        raise Invalid("file", "is required")
    return label


def _track(track_id: str, url: str, label: str) -> PendingTrack:
    return PendingTrack(track_id, "audio", url, "und", label, label)


async def _tracks(api: StreamApi, media: Media) -> list[Lane | PendingTrack]:
    own = await _own_encodings(api, media)
    lanes = [
        lane for lane in (media.timeline.of("audio") if media.timeline else ()) if lane.identity.encoding not in own
    ]
    return [*lanes, *(track for track in media.pending if track.kind == "audio")]


async def _own_encodings(api: StreamApi, media: Media) -> set[str]:
    """Of the sound that came with the picture, or that was put in its place."""
    encoding = await api.desk.videos.pictured(media)
    return {encoding.mezzanine, sound_id(encoding.mezzanine)} if encoding else set()


async def _original(api: StreamApi, media: Media) -> LaneId:
    """The identity of the video's own soundtrack. Raises Refused if it has none."""
    own = await _own_encodings(api, media)
    for lane in media.timeline.of("audio") if media.timeline else ():
        if lane.identity.encoding in own:
            return lane.identity
    raise SoundLeads("the video has no other soundtrack that could be the default")


async def _added(api: StreamApi, media: Media) -> list[dict[str, Any]]:
    return [_shape(media, track, _status(track)) for track in await _tracks(api, media)]


async def _found(api: StreamApi, media: Media, track_uid: str) -> Lane | PendingTrack:
    for track in await _tracks(api, media):
        if _uid(media, track.identity) == track_uid:
            return track
    raise NoSuchTrack("there is no such soundtrack")


def _is_default(media: Media, identity: LaneId) -> bool:
    lanes = media.timeline.of("audio") if media.timeline else ()
    return bool(lanes) and lanes[0].identity == identity


def _status(track: Lane | PendingTrack) -> str:
    return "ready" if isinstance(track, Lane) else _STATUSES[track.status]


def _shape(media: Media, track: Lane | PendingTrack, status: str) -> dict[str, Any]:
    return {
        "uid": _uid(media, track.identity),
        "label": track.title or track.name,
        "default": _is_default(media, track.identity),
        "status": status,
    }


def _uid(media: Media, identity: LaneId) -> str:
    return uid_of(str(uuid5(UUID(media.id), str(identity))))
