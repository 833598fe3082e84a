"""``/client/v4/accounts/{account}/stream``: videos, and clips of them."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import STREAM, TAG, VIDEO, StreamApi, creator_header
from inpoint.dialects.cloudflare.edits import edit
from inpoint.dialects.cloudflare.queries import CreatorQuery, ListQuery
from inpoint.dialects.cloudflare.requests import NewClip, NewCopy
from inpoint.dialects.cloudflare.translate import clip_of
from inpoint.errors import EmptyRange, NotFound, NotOffered
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.idempotency import created, repeated
from inpoint.web.query import asked


def video_routes(api: StreamApi) -> APIRouter:
    """A video by its uid."""
    router = APIRouter(tags=[TAG])

    @router.get(STREAM)
    async def list_videos(request: Request, account: str) -> Response:
        """Videos, the newest first: at most 1,000; `before` the oldest's `created` gives the next."""
        credential = await api.reader(request, account)
        listing = asked(ListQuery, request)
        found, total = await api.desk.videos.page(credential.workspace_id, listing.page, listing.wanted)
        counts = {"total": total, "range": len(found)} if listing.include_counts else {}
        pictured = await api.desk.videos.all_pictured(found)
        videos = [shapes.video(media, pictured.get(media.id), api.base_url) for media in found]
        return JSONResponse(shapes.envelope(videos, **counts))

    @router.get(VIDEO)
    async def get_video(request: Request, account: str, uid: str) -> Response:
        """A video: its state, how far it is, and where it plays."""
        media = await api.media_of(await api.reader(request, account), uid)
        return JSONResponse(shapes.told_of(media, await api.video(media)))

    @router.post(VIDEO)
    async def edit_video(request: Request, account: str, uid: str) -> Response:
        """Change what is sent; `meta` is replaced, `scheduledDeletion` of null is cleared."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        change = edit(await json_object(request), media, api.desk.now())
        edited = await api.desk.videos.edit(credential.workspace_id, media.id, change, change.told.upload_expiry)
        return JSONResponse(shapes.envelope(await api.video(edited)))

    @router.delete(VIDEO)
    async def delete_video(request: Request, account: str, uid: str) -> Response:
        """Delete a video. Clips made of it play on."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        await api.desk.videos.delete(credential.workspace_id, media.id)
        return JSONResponse(shapes.envelope(""))

    @router.get(VIDEO + "/embed")
    async def embed_code(request: Request, account: str, uid: str) -> Response:
        """HTML to paste into a page."""
        media = await api.media_of(await api.reader(request, account), uid)
        return HTMLResponse(shapes.embed(media, api.base_url))

    return router


def making_routes(api: StreamApi) -> APIRouter:
    """Their fixed names win over uids."""
    router = APIRouter(tags=[TAG])

    @router.post(STREAM + "/clip")
    async def clip(request: Request, account: str) -> Response:
        """Clip a video, exactly to the frame: a new video, which lives by itself."""
        credential = await api.writer(request, account)
        body = await json_object(request)
        if earlier := await repeated(request, api.desk.access, credential.workspace_id, body, 200):
            return earlier
        wanted = read(NewClip, body)
        new = await api.new_media(wanted, credential)
        try:
            media = await api.desk.clips.draft(
                credential.workspace_id, wanted.clipped_from, lambda source: clip_of(source, wanted, new)
            )
        except EmptyRange as error:
            raise EmptyRange("endTimeSeconds") from error
        reply = shapes.envelope(shapes.clip(replace(media, timeline=None, size=0), None, api.base_url))
        return await created(
            request, api.desk.access, credential.workspace_id, body, reply,
            lambda once: api.desk.clips.cut(media, once), status=200,
        )  # fmt: skip

    @router.post(STREAM + "/copy")
    async def copy(request: Request, account: str) -> Response:
        """Import a video from a URL."""
        credential = await api.writer(request, account)
        body = await json_object(request)
        if earlier := await repeated(request, api.desk.access, credential.workspace_id, body, 200):
            return earlier
        wanted = read(NewCopy, body)
        new = await api.new_media(wanted, credential, creator_header(request))
        told = {**new.metadata, "downloaded-from": wanted.address}
        media = replace(new, source_url=wanted.address, metadata=told)
        reply = shapes.envelope(await api.video(media))
        return await created(
            request, api.desk.access, credential.workspace_id, body, reply,
            lambda once: api.desk.videos.accept(media, once), status=200,
        )  # fmt: skip

    @router.get(STREAM + "/storage-usage")
    async def storage_usage(request: Request, account: str) -> Response:
        """Minutes that the account's videos play, or those of one `creator`."""
        credential = await api.reader(request, account)
        creator = asked(CreatorQuery, request).creator
        used = await api.desk.videos.usage(credential.workspace_id, creator)
        body = {
            "creator": creator,
            "totalStorageMinutes": used.seconds / 60,
            "totalStorageMinutesLimit": _NO_LIMIT,
            "videoCount": used.count,
        }
        return JSONResponse(shapes.envelope(body))

    @router.get(STREAM + "/live_inputs")
    @router.post(STREAM + "/live_inputs")
    @router.put(STREAM + "/live_inputs")
    @router.delete(STREAM + "/live_inputs")
    async def live_inputs(request: Request, account: str) -> Response:
        """Not offered: this server has no live inputs, and says so."""
        await api.reader(request, account)
        raise NotOffered("live inputs are not offered by this server")

    @router.get(STREAM + "/live_inputs/{path:path}")
    @router.post(STREAM + "/live_inputs/{path:path}")
    @router.put(STREAM + "/live_inputs/{path:path}")
    @router.delete(STREAM + "/live_inputs/{path:path}")
    async def live_input(request: Request, account: str, path: str) -> Response:
        """Not offered: this server has no live inputs, so there is none of this name."""
        del path
        await api.reader(request, account)
        raise NotFound("live inputs are not offered by this server")

    return router


#: The server keeps as many as its disk holds.
_NO_LIMIT = 2_147_483_647
