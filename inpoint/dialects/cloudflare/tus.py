"""Resumable uploads (tus 1.0.0: core, creation, creation-with-upload, checksum, expiration, termination), with
Cloudflare Stream's rules for chunks ("Resumable and large files")."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from inpoint.desk.uploads import GRACE
from inpoint.dialects.cloudflare import access
from inpoint.dialects.cloudflare.api import STREAM, TAG, StreamApi, creator_header
from inpoint.dialects.cloudflare.failures import failure
from inpoint.dialects.cloudflare.metadata import told_metadata
from inpoint.dialects.cloudflare.queries import SignatureQuery, TusQuery
from inpoint.dialects.cloudflare.requests import SentVideo
from inpoint.dialects.cloudflare.translate import expiry, pending
from inpoint.errors import (
    AlreadyUsed,
    Busy,
    EmptyUpload,
    Forbidden,
    InpointError,
    Invalid,
    NotFound,
    Refused,
    TooLarge,
    UploadExpired,
    WrongChecksum,
    WrongLength,
    WrongOffset,
)
from inpoint.model.ids import from_uid, uid_of
from inpoint.model.upload import Upload
from inpoint.web.app import with_cors
from inpoint.web.failures import headers_of, status_of
from inpoint.web.forms import read
from inpoint.web.query import asked

_PLACE = "/client/v4/uploads/tus/{uid}"
_VERSION = "1.0.0"
_BYTES = "application/offset+octet-stream"
_LEAST, _MOST, _UNIT = 5_242_880, 209_715_200, 262_144  # bytes of a chunk
_PATIENCE = timedelta(hours=24)  # until an upload must be begun, unless its maker says otherwise
_HASHES = ("sha1", "sha256", "sha512", "md5")
_FACTS = {
    "Tus-Version": _VERSION,
    "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
    "Tus-Checksum-Algorithm": ",".join(_HASHES),
}
#: Statuses that tus names, where ours are other ones.
_STATUSES: Mapping[type[InpointError], int] = {WrongOffset: 409, WrongChecksum: 460, UploadExpired: 410, Busy: 423}


class ChunkSize(Refused):
    """A chunk's size must be a multiple of 256 KiB, from 5,242,880 to 209,715,200 bytes; the last may be less."""


def is_tus(request: Request) -> bool:
    """Whether a request speaks the protocol of resumable uploads."""
    return "Tus-Resumable" in request.headers


def tus_routes(api: StreamApi) -> APIRouter:
    """Resumable uploads, as tus 1.0.0 has them."""
    router = APIRouter(tags=[TAG])

    @router.options(STREAM, include_in_schema=False)
    @router.options(_PLACE, include_in_schema=False)
    async def facts(request: Request) -> Response:
        del request
        most = {"Tus-Max-Size": str(api.desk.uploads.max_bytes), "Tus-Resumable": _VERSION}
        return _allowed(Response(status_code=204, headers=_FACTS | most))

    @router.head(_PLACE)
    async def tell(request: Request, uid: str) -> Response:
        """How far the upload is: `Upload-Offset` of `Upload-Length`."""

        async def answer() -> Response:
            upload = await _known(api, request, uid)
            await api.desk.uploads.settle(upload)
            if await api.desk.uploads.is_whole(upload, None):  # also where a crash swallowed its end
                upload = await api.desk.uploads.known(upload.id)
            headers = {"Cache-Control": "no-store", "Upload-Length": str(upload.total)}
            return Response(status_code=200, headers=headers | await _progress(api, upload))

        return await _answered(request, answer)

    @router.patch(_PLACE)
    async def send(request: Request, uid: str) -> Response:
        """A chunk that begins at `Upload-Offset`."""

        async def answer() -> Response:
            upload = await _known(api, request, uid)
            if request.headers.get("Content-Type", "").partition(";")[0].strip() != _BYTES:
                return Response(status_code=415)
            await _take(api, request, upload, _whole(request, "Upload-Offset"))
            return Response(status_code=204, headers=await _progress(api, await api.desk.uploads.known(upload.id)))

        return await _answered(request, answer)

    @router.delete(_PLACE)
    async def end(request: Request, uid: str) -> Response:
        """Give the upload up: its video goes."""

        async def answer() -> Response:
            upload = await _known(api, request, uid)
            if upload.status != "waiting":
                raise AlreadyUsed("the upload is complete: delete its video")
            await api.desk.videos.delete(upload.workspace_id, upload.id)
            return Response(status_code=204)

        return await _answered(request, answer)

    return router


async def create_upload(api: StreamApi, request: Request, account: str) -> Response:
    """201 with the upload's address; its first bytes may come along."""

    async def answer() -> Response:
        credential = await api.writer(request, account)
        length, now = _whole(request, "Upload-Length"), api.desk.now()
        if length > api.desk.uploads.max_bytes:
            raise TooLarge
        if length == 0:
            raise EmptyUpload("the upload is empty")
        wanted = read(SentVideo, told_metadata(request.headers.get("Upload-Metadata", "")))
        media = await api.new_media(wanted, credential, creator_header(request))
        ends = expiry(wanted.expiry, "expiry", now) or now + _PATIENCE
        upload = replace(pending(media, ends), total=length)
        comes_along = request.headers.get("Content-Type", "").partition(";")[0].strip() == _BYTES
        if comes_along and (count := _length(request)) is not None:
            require_chunk(0, count, length)
        await api.desk.uploads.begin(upload)
        headers = {"Location": _address(api, request, upload), "stream-media-id": uid_of(media.id)}
        if comes_along:
            await _take(api, request, upload, 0)
            upload = await api.desk.uploads.known(upload.id)
        return Response(status_code=201, headers=headers | await _progress(api, upload))

    return await _answered(request, answer)


async def _answered(request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
    """In tus's statuses, and with its version."""
    try:
        if request.headers.get("Tus-Resumable") != _VERSION:
            response = Response(status_code=412, headers={"Tus-Version": _VERSION})
        else:
            response = await answer()
    except ClientDisconnect:
        response = Response(status_code=400)  # nobody is left to read it; what came is kept
    except InpointError as error:
        status = next((ours for kind, ours in _STATUSES.items() if isinstance(error, kind)), status_of(error))
        response = failure(status, error)
        response.headers.update(headers_of(error))
    response.headers["Tus-Resumable"] = _VERSION
    return _allowed(response)


async def _take(api: StreamApi, request: Request, upload: Upload, at: int) -> None:
    total, count = upload.total or 0, _length(request)
    if at != await api.desk.uploads.size(upload):  # said before anything of the chunk is judged
        raise WrongOffset
    if count is not None:
        require_chunk(at, count, total)
    blocks = _checked(request, at, total)
    await api.desk.uploads.part(upload, at, count, total, blocks, exact=True)


def require_chunk(at: int, count: int, total: int) -> None:
    """Raises Refused for a chunk of a wrong size."""
    if at + count > total:
        raise WrongLength("more bytes came than Upload-Length says")
    is_last = at + count == total
    if count > _MOST or (not is_last and (count % _UNIT or count < min(_LEAST, total))):
        raise ChunkSize


async def _checked(request: Request, at: int, total: int) -> AsyncIterator[bytes]:
    """The request's bytes. Raises Refused when they have turned out to be no valid chunk, and WrongChecksum."""
    checksum, count = _checksum(request), 0
    digest = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
    async for block in request.stream():
        count += len(block)
        if at + count > total or count > _MOST:
            raise ChunkSize
        if digest is not None:
            digest.update(block)
        yield block
    require_chunk(at, count, total)
    if digest is not None and checksum is not None and digest.digest() != checksum[1]:
        raise WrongChecksum


def _checksum(request: Request) -> tuple[str, bytes] | None:
    told = request.headers.get("Upload-Checksum")
    if told is None:
        return None
    name, _, encoded = told.partition(" ")
    try:
        return _HASHES[_HASHES.index(name)], base64.b64decode(encoded, validate=True)
    except (KeyError, ValueError) as error:
        raise Invalid("Upload-Checksum", "must be one of " + ", ".join(_HASHES) + ", and base64") from error


async def _known(api: StreamApi, request: Request, uid: str) -> Upload:
    """The upload, asked for by who may. Raises NotFound, Forbidden, UploadExpired."""
    upload_id = from_uid(uid)
    if upload_id is None:
        raise NotFound("there is no such upload")
    signature = asked(SignatureQuery, request).signature
    if signature is not None and not api.sealing.is_signed(_signed(upload_id), signature):
        raise Forbidden("the upload's address is not valid")
    credential = None if signature is not None else await access.credential_of(api.desk.access, request)
    upload = await api.desk.uploads.known(upload_id)
    if credential is not None and (credential.workspace_id != upload.workspace_id or not credential.can_write):
        raise NotFound("there is no such upload")
    if not upload.has_media or upload.total is None or upload.status == "cancelled":
        raise NotFound("there is no such upload")
    now = api.desk.now()
    begun = upload.status == "used" or await api.desk.uploads.size(upload) > 0
    if upload.status == "expired" or (not begun and upload.expires_at < now) or upload.expires_at + GRACE < now:
        raise UploadExpired
    return upload


async def _progress(api: StreamApi, upload: Upload) -> dict[str, str]:
    offset = await api.desk.uploads.size(upload)
    told = {"Upload-Offset": str(offset), "stream-media-id": uid_of(upload.id)}
    if upload.status == "waiting":
        ends = upload.expires_at + (GRACE if offset else timedelta(0))
        told["Upload-Expires"] = format_datetime(ends, usegmt=True)
    return told


def _address(api: StreamApi, request: Request, upload: Upload) -> str:
    """With ``direct_user`` it carries its own right."""
    address = api.base_url + _PLACE.format(uid=uid_of(upload.id))
    if asked(TusQuery, request).direct_user:
        address += f"?signature={api.sealing.sign(_signed(upload.id))}"
    return address


def _signed(upload_id: str) -> str:
    return f"tus upload {upload_id}"


def _whole(request: Request, name: str) -> int:
    told = request.headers.get(name, "")
    if not told.isascii() or not told.isdigit() or len(told) > 15:
        raise Invalid(name, "must be a whole number of bytes")
    return int(told)


def _length(request: Request) -> int | None:
    return _whole(request, "Content-Length") if "Content-Length" in request.headers else None


def _allowed(response: Response) -> Response:
    """Pages of any site may send, and read how far it is (Fetch standard, "CORS protocol")."""
    with_cors(response)
    response.headers.update(
        {
            "Access-Control-Allow-Methods": "POST, HEAD, PATCH, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Tus-Resumable, Upload-Length, "
            "Upload-Metadata, Upload-Offset, Upload-Checksum, Upload-Creator, X-Auth-Email, X-Auth-Key",
            "Access-Control-Expose-Headers": "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, "
            "Upload-Length, Upload-Offset, Upload-Expires, stream-media-id",
        }
    )
    return response
