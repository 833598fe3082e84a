"""``/stream/watermarks``: images that are kept to be laid over videos."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import STREAM, TAG, StreamApi
from inpoint.dialects.cloudflare.requests import NewWatermark
from inpoint.errors import Invalid, NoSuchWatermark, TooLarge
from inpoint.model.ids import from_uid, new_id
from inpoint.model.watermark import Watermark
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.multipart import parts

_PATH = STREAM + "/watermarks"


def watermark_routes(api: StreamApi) -> APIRouter:
    """Their fixed names win over uids."""
    router = APIRouter(tags=[TAG])

    @router.post(_PATH)
    async def create_watermark(request: Request, account: str) -> Response:
        """A PNG as a form's `file`, or JSON with its `url`; `position`, `scale`, `padding`, `opacity`, `name`."""
        credential = await api.writer(request, account)
        image: bytes | None = None
        if request.headers.get("Content-Type", "").startswith("multipart/"):
            sent, image = await _form(request, api.desk.watermarks.most_bytes)
        else:
            sent = await json_object(request)
        wanted = read(NewWatermark, sent)
        if image is not None:
            made = await api.desk.watermarks.receive(_made(api, wanted, credential.workspace_id), _block(image))
        elif wanted.url is not None:
            made = await api.desk.watermarks.fetch(_made(api, wanted, credential.workspace_id, wanted.url))
        else:
            raise Invalid("url", "is required")
        return JSONResponse(shapes.envelope(shapes.watermark(made)))

    @router.get(_PATH)
    async def list_watermarks(request: Request, account: str) -> Response:
        """The images that are kept to be laid over videos, and where on them each goes."""
        credential = await api.reader(request, account)
        found = await api.desk.watermarks.all_of(credential.workspace_id)
        return JSONResponse(shapes.envelope([shapes.watermark(one) for one in found]))

    @router.get(_PATH + "/{watermark_uid}")
    async def get_watermark(request: Request, account: str, watermark_uid: str) -> Response:
        """One of them."""
        credential = await api.reader(request, account)
        found = await api.desk.watermarks.of(credential.workspace_id, _id(watermark_uid))
        return JSONResponse(shapes.envelope(shapes.watermark(found)))

    @router.delete(_PATH + "/{watermark_uid}")
    async def delete_watermark(request: Request, account: str, watermark_uid: str) -> Response:
        """Videos that have it keep it."""
        credential = await api.writer(request, account)
        await api.desk.watermarks.remove(credential.workspace_id, _id(watermark_uid))
        return JSONResponse(shapes.envelope(""))

    return router


def _id(uid: str) -> str:
    found = from_uid(uid)
    if found is None:
        raise NoSuchWatermark
    return found


async def _form(request: Request, most: int) -> tuple[dict[str, Any], bytes | None]:
    """The fields of a form, and its file, if it has no ``url`` instead. Raises Invalid, TooLarge."""
    told: dict[str, Any] = {}
    image: bytes | None = None
    async for part in parts(request):
        if part.name == "file":
            found = bytearray()
            async for block in part.blocks:
                found += block
                if len(found) > most:
                    raise TooLarge(f"a watermark has at most {most} bytes")
            image = bytes(found)
        else:
            told[part.name] = await part.text()
    if image is None and "url" not in told:
        raise Invalid("file", "is required")
    return told, image


async def _block(image: bytes) -> AsyncIterator[bytes]:
    yield image


def _made(api: StreamApi, told: NewWatermark, workspace_id: str, url: str | None = None) -> Watermark:
    return Watermark(
        id=new_id(),
        workspace_id=workspace_id,
        created_at=api.desk.now(),
        name=told.name,
        position=shapes.POSITIONS[told.position],
        size=0,
        width=0,
        height=0,
        url=url,
        opacity=told.opacity,
        padding=told.padding,
        scale=told.scale,
    )
