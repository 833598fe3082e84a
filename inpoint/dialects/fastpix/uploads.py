"""``/v1/on-demand/upload…``: direct uploads, and the signed addresses that their bytes are sent to.

The addresses speak as resumable uploads do at Google Cloud Storage ("Resumable uploads", JSON API): 308 with a Range
header tells how far one is. A plain PUT of the whole file does as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.queries import PagingQuery, UploadQuery
from inpoint.dialects.fastpix.requests import NewUpload
from inpoint.dialects.fastpix.routes import FastPixApi, checked
from inpoint.dialects.fastpix.translate import sent_media
from inpoint.errors import Forbidden, NoSuchUpload, WrongLength, WrongRange
from inpoint.model.ids import is_id
from inpoint.model.upload import Upload
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.idempotency import created
from inpoint.web.query import asked

_SECONDS = 14_400
_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)", re.ASCII)


def upload_routes(api: FastPixApi) -> APIRouter:
    """Direct uploads: begun, sent whole or in parts, cancelled."""
    router = APIRouter(prefix="/v1", tags=["FastPix"])

    @router.post("/on-demand/upload", status_code=201)
    async def create_upload(request: Request) -> Response:
        """A signed address that a browser, or anybody, may send one video to."""
        credential = await api.writer(request)
        body = await json_object(request)
        wanted, sent = read(NewUpload, body), body.get("pushMediaSettings") or {}
        media = sent_media(wanted.push_media_settings, sent, credential.workspace_id, api.desk.now())
        expires = media.created_at + timedelta(seconds=_SECONDS)
        upload = Upload(media.id, credential.workspace_id, media.created_at, expires, wanted.cors_origin, media)
        reply = shapes.envelope(shapes.upload(upload, _address(api, upload), _SECONDS))
        return await created(
            request, api.desk.access, credential.workspace_id, body, reply,
            lambda once: api.desk.uploads.begin(upload, once),
        )  # fmt: skip

    @router.get("/on-demand/uploads")
    async def list_uploads(request: Request) -> Response:
        """Uploads that nobody has used yet."""
        credential = await api.reader(request)
        paging = asked(PagingQuery, request)
        found, total = await api.desk.uploads.page(credential.workspace_id, paging.page)
        entries = [shapes.upload_entry(one, _address(api, one), _left(api, one)) for one in found]
        return JSONResponse(shapes.page(entries, total, paging.offset, paging.limit))

    @router.put("/on-demand/upload/{upload_id}/cancel")
    async def cancel_upload(request: Request, upload_id: str) -> Response:
        """Give an upload up: what came of it is deleted."""
        credential = await api.writer(request)
        cancelled = await api.desk.uploads.cancel(credential.workspace_id, checked(upload_id, "uploadId"))
        return JSONResponse(shapes.envelope(shapes.cancelled(cancelled, _address(api, cancelled), _SECONDS)))

    @router.options("/uploads/{upload_id}", include_in_schema=False)
    async def preflight(request: Request, upload_id: str) -> Response:
        return _allowed(request, await _known(api, request, upload_id), Response(status_code=204))

    @router.post("/uploads/{upload_id}")
    async def begin(request: Request, upload_id: str) -> Response:
        """Begin to send in parts: 201 with the session's address."""
        upload = await _known(api, request, upload_id)
        await api.desk.uploads.is_whole(upload, None)  # refuses what has ended
        location = f"{_address(api, upload)}&upload_id={upload.id}"
        return _allowed(request, upload, Response(status_code=201, headers={"Location": location}))

    @router.put("/uploads/{upload_id}")
    async def send(request: Request, upload_id: str) -> Response:
        """The whole file, or a part of it with ``Content-Range``; an empty part asks how far it is."""
        upload = await _known(api, request, upload_id)
        try:
            return _allowed(request, upload, await _take(api, request, upload))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it; what came is kept

    return router


async def _take(api: FastPixApi, request: Request, upload: Upload) -> Response:
    told = request.headers.get("Content-Range")
    if told is None:
        await api.desk.uploads.whole(upload, request.stream(), _length(request))
        return _done(upload)
    part = _part(told)
    if part.count == 0:
        done = await api.desk.uploads.is_whole(upload, part.total)
    else:
        if _length(request) not in (None, part.count):
            raise WrongLength("Content-Length is not the length of the range")
        done = await api.desk.uploads.part(upload, part.start, part.count, part.total, request.stream())
    return _done(upload) if done else _incomplete(await api.desk.uploads.size(upload))


@dataclass(frozen=True, slots=True)
class _Part:
    """``count`` bytes from ``start`` on; of 0 bytes it asks how far the upload is."""

    start: int
    count: int
    total: int | None


def _part(told: str) -> _Part:
    """A ``Content-Range`` (RFC 9110, 14.4). Raises Refused."""
    match = _RANGE.fullmatch(told)
    if match is None:
        raise WrongRange("Content-Range must be bytes FIRST-LAST/TOTAL, or bytes */TOTAL")
    first, last, total = match.groups()
    size = None if total == "*" else int(total)
    if first is None:
        return _Part(0, 0, size)
    part = _Part(int(first), int(last) - int(first) + 1, size)
    if part.count < 1 or (size is not None and int(last) >= size):
        raise WrongRange("Content-Range names no part of the file")
    return part


def _done(upload: Upload) -> Response:
    return JSONResponse(shapes.envelope({"uploadId": upload.id, "status": "media_created"}))


def _incomplete(size: int) -> Response:
    return Response(status_code=308, headers={"Range": f"bytes=0-{size - 1}"} if size else {})


def _length(request: Request) -> int | None:
    told = request.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None


async def _known(api: FastPixApi, request: Request, upload_id: str) -> Upload:
    """The upload that a signed address names. Raises Forbidden for an address that isn't ours."""
    told = asked(UploadQuery, request)
    if not is_id(upload_id) or not api.sealing.is_signed(_signed(upload_id, told.expires), told.signature):
        raise Forbidden("the upload's address is not valid")
    upload = await api.desk.uploads.known(upload_id)
    if told.upload_id not in (None, upload.id):
        raise NoSuchUpload
    if told.upload_id is None and request.method != "OPTIONS" and upload.expires_at < api.desk.now():
        raise Forbidden("the upload's address has expired")
    return upload


def _address(api: FastPixApi, upload: Upload) -> str:
    expires = str(int(upload.expires_at.timestamp()))
    query = urlencode({"expires": expires, "signature": api.sealing.sign(_signed(upload.id, expires))})
    return f"{api.base_url}/v1/uploads/{upload.id}?{query}"


def _signed(upload_id: str, expires: str) -> str:
    return f"upload {upload_id} {expires}"


def _left(api: FastPixApi, upload: Upload) -> int:
    """Seconds until the address expires."""
    left: timedelta = upload.expires_at - api.desk.now()
    return max(0, int(left.total_seconds()))


def _allowed(request: Request, upload: Upload, response: Response) -> Response:
    """Pages of the upload's origin may send, and read the answers (Fetch standard, "CORS protocol")."""
    origin = request.headers.get("Origin")
    if upload.origin == "*" or origin == upload.origin.rstrip("/"):
        response.headers.update(
            {
                "Access-Control-Allow-Origin": "*" if upload.origin == "*" else origin or "",
                "Access-Control-Allow-Methods": "PUT, POST, OPTIONS",
                "Access-Control-Allow-Headers": "Content-Type, Content-Range, Content-Length, X-Goog-Resumable",
                "Access-Control-Expose-Headers": "Location, Range",
                "Access-Control-Max-Age": "3600",
                "Vary": "Origin",
            }
        )
    return response
