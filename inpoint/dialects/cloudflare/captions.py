"""``/stream/{uid}/captions``: subtitles by language."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import TAG, VIDEO, StreamApi
from inpoint.dialects.cloudflare.uploads import file_part
from inpoint.errors import Invalid, MediaError, NoSuchTrack, NotOffered, TooLarge
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.model.timeline import Lane
from inpoint.model.track import PendingTrack
from inpoint.web.languages import own_name

_PATH = VIDEO + "/captions"
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_HEAD = b"\xef\xbb\xbfWEBVTT"
_STATUSES = {"preparing": "inprogress", "failed": "error"}


def caption_routes(api: StreamApi) -> APIRouter:
    """Captions by language."""
    router = APIRouter(tags=[TAG])

    @router.get(_PATH)
    async def list_captions(request: Request, account: str, uid: str) -> Response:
        """The video's captions, each with its language and whether it is ready."""
        media = await api.media_of(await api.reader(request, account), uid)
        return JSONResponse(shapes.envelope(captions(media)))

    @router.put(_PATH + "/{language}")
    async def put_captions(request: Request, account: str, uid: str, language: str) -> Response:
        """A form's `file` of WebVTT: the captions in this language, instead of those there are."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        tag = _checked(language)
        track = PendingTrack(new_id(), "text", "", tag, own_name(tag), replaces=True)
        file = await file_part(request)
        try:
            await api.desk.tracks.stage(track.id, "text", _webvtt(file.blocks))
        except TooLarge:
            raise
        except MediaError as error:
            if error.retryable:
                raise
            raise Invalid("file", "must be WebVTT with at least one cue") from error
        await api.desk.tracks.add_staged(credential.workspace_id, media.id, track)
        media = await api.media_of(credential, uid)
        return JSONResponse(shapes.envelope(_one(media, tag)))

    @router.get(_PATH + "/{language}")
    async def get_captions(request: Request, account: str, uid: str, language: str) -> Response:
        """The captions of one language."""
        media = await api.media_of(await api.reader(request, account), uid)
        return JSONResponse(shapes.envelope(_one(media, _checked(language))))

    @router.get(_PATH + "/{language}/vtt")
    async def read_captions(request: Request, account: str, uid: str, language: str) -> Response:
        """The captions as WebVTT."""
        media = await api.media_of(await api.reader(request, account), uid)
        return Response(await api.house.captions.whole(_lane(media, _checked(language))), media_type="text/vtt")

    @router.post(_PATH + "/{language}/generate")
    async def generate_captions(request: Request, account: str, uid: str, language: str) -> Response:
        """Not offered: captions are sent as files."""
        await api.media_of(await api.writer(request, account), uid)
        _checked(language)
        raise NotOffered("generated captions are not offered by this server: send them as a file")

    @router.delete(_PATH + "/{language}")
    async def delete_captions(request: Request, account: str, uid: str, language: str) -> Response:
        """Clips that have them keep them."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        tag = _checked(language)
        found = [track for track in media.pending if (track.kind, track.language) == ("text", tag)]
        identity = found[0].identity if found else _lane(media, tag).identity
        await api.desk.tracks.remove(credential.workspace_id, media.id, identity)
        return JSONResponse(shapes.envelope(""))

    return router


async def _webvtt(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Raises Invalid for what doesn't begin as WebVTT does (W3C WebVTT, 4.1)."""
    head = b""
    async for block in blocks:
        head += block[: max(0, len(_HEAD) - len(head))]
        yield block
    if not head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise Invalid("file", "must be WebVTT")


def _checked(language: str) -> str:
    """As BCP 47 recommends to spell it (RFC 5646, 2.1.1)."""
    if not _TAG.fullmatch(language):
        raise Invalid("language", "must be a BCP 47 tag such as en or pt-BR")
    first, *rest = language.split("-")
    cased = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(cased.get(len(part), str.lower)(part) for part in rest)])


def _lane(media: Media, language: str) -> Lane:
    for lane in media.timeline.of("text") if media.timeline and media.status == "ready" else ():
        if lane.language == language:
            return lane
    raise NoSuchTrack("there are no captions in this language")


def captions(media: Media) -> list[dict[str, Any]]:
    """Those that are coming instead of those that they replace."""
    coming = [track for track in media.pending if track.kind == "text"]
    replaced = {track.language for track in coming if track.replaces and track.status != "failed"}
    lanes = media.timeline.of("text") if media.timeline and media.status == "ready" else ()
    ready = [_shape(lane, "ready") for lane in lanes if lane.language not in replaced]
    return ready + [_shape(track, _STATUSES[track.status]) for track in coming]


def _one(media: Media, language: str) -> dict[str, Any]:
    found = next((one for one in captions(media) if one["language"] == language), None)
    if found is None:
        raise NoSuchTrack("there are no captions in this language")
    return found


def _shape(track: Lane | PendingTrack, status: str) -> dict[str, Any]:
    label = track.title or own_name(track.language)
    return {"language": track.language, "label": label, "generated": False, "status": status}
