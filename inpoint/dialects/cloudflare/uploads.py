"""Videos that are sent in one request: by who has a credential, or once, to an address that carries its own right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import STREAM, TAG, StreamApi, creator_header
from inpoint.dialects.cloudflare.failures import failure
from inpoint.dialects.cloudflare.queries import SignatureQuery
from inpoint.dialects.cloudflare.requests import NewDirectUpload, VideoSettings
from inpoint.dialects.cloudflare.translate import expiry, pending
from inpoint.dialects.cloudflare.tus import create_upload, is_tus
from inpoint.errors import Busy, Forbidden, InpointError, Invalid, NoSuchUpload, UploadExpired
from inpoint.model.ids import from_uid, uid_of
from inpoint.model.media import Media
from inpoint.model.upload import Upload
from inpoint.web.app import with_cors
from inpoint.web.body import json_object
from inpoint.web.failures import status_of
from inpoint.web.forms import read
from inpoint.web.idempotency import created, repeated
from inpoint.web.moments import moment
from inpoint.web.multipart import Part, parts
from inpoint.web.query import asked

PLACE = "/client/v4/uploads"
_PATIENCE = timedelta(minutes=30)  # until an address ends, unless its maker says otherwise


def upload_routes(api: StreamApi) -> APIRouter:
    """Their fixed names win over uids."""
    router = APIRouter(tags=[TAG])

    @router.post(STREAM)
    async def upload_video(request: Request, account: str) -> Response:
        """Send a video as a form's `file`; or, with `Tus-Resumable`, begin a resumable upload of it."""
        if is_tus(request):
            return await create_upload(api, request, account)
        credential = await api.writer(request, account)
        new = await api.new_media(VideoSettings(), credential, creator_header(request))
        file = await file_part(request)
        media = _named(new, file.filename)
        await api.desk.videos.receive(media, file.blocks)
        return JSONResponse(shapes.envelope(await api.video(media)))

    @router.post(STREAM + "/direct_upload")
    async def create_direct_upload(request: Request, account: str) -> Response:
        """An address that a browser may send one video to, as a form's `file`, without a credential."""
        credential = await api.writer(request, account)
        body = await json_object(request)
        if earlier := await repeated(request, api.desk.access, credential.workspace_id, body, 200):
            return earlier
        now, wanted = api.desk.now(), read(NewDirectUpload, body)
        media = await api.new_media(wanted, credential, creator_header(request))
        upload = pending(media, expiry(wanted.expiry, "expiry", now) or now + _PATIENCE)
        uid, signature = uid_of(media.id), api.sealing.sign(_signed(upload.id))
        told = {
            "uid": uid,
            "uploadURL": f"{api.base_url}{PLACE}/{uid}?signature={signature}",
            "scheduledDeletion": moment(media.delete_at) if media.delete_at else None,
            "watermark": media.request.get("watermark"),
        } | ({"creator": media.creator} if media.creator else {})
        return await created(
            request, api.desk.access, credential.workspace_id, body, shapes.envelope(told),
            lambda once: api.desk.uploads.begin(upload, once), status=200,
        )  # fmt: skip

    @router.options(PLACE + "/{uid}", include_in_schema=False)
    async def preflight(uid: str) -> Response:
        del uid
        return _allowed(Response(status_code=204))

    @router.post(PLACE + "/{uid}")
    async def send(request: Request, uid: str) -> Response:
        """The address of a direct upload: takes one form with a `file`, once."""
        try:
            upload = await _known(api, request, uid)
            file = await file_part(request)
            await api.desk.uploads.whole(upload, file.blocks, None)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except InpointError as error:
            return _allowed(failure(423 if isinstance(error, Busy) else status_of(error), error))
        return _allowed(JSONResponse(shapes.envelope({"uid": uid_of(upload.id)})))  # whoever sent it, sees no more

    return router


async def file_part(request: Request) -> Part:
    """The form's part of that name. Raises Invalid if there is none."""
    async for part in parts(request):
        if part.name == "file":
            return part
    raise Invalid("file", "is required")


def _named(media: Media, filename: str | None) -> Media:
    if not filename:
        return media
    return replace(media, title=filename, metadata={**media.metadata, "filename": filename})


async def _known(api: StreamApi, request: Request, uid: str) -> Upload:
    upload_id = from_uid(uid)
    signature = asked(SignatureQuery, request).signature
    if upload_id is None or not api.sealing.is_signed(_signed(upload_id), signature or ""):
        raise Forbidden("the upload's address is not valid")
    upload = await api.desk.uploads.known(upload_id)
    if not upload.has_media:
        raise NoSuchUpload
    if upload.status == "expired" or (upload.status == "waiting" and upload.expires_at < api.desk.now()):
        raise UploadExpired
    return upload


def _signed(upload_id: str) -> str:
    return f"direct upload {upload_id}"


def _allowed(response: Response) -> Response:
    """Pages of any site may send: who has the address may."""
    with_cors(response)
    response.headers["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "*"
    return response
