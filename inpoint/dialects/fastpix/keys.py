"""``/v1/iam/signing-keys``: the keys that sign playback tokens."""

from __future__ import annotations

import asyncio
import base64

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.queries import PagingQuery
from inpoint.dialects.fastpix.routes import FastPixApi, checked
from inpoint.errors import NoSuchKey
from inpoint.model.ids import new_id
from inpoint.model.signing import SigningKey
from inpoint.web.idempotency import created
from inpoint.web.query import asked
from inpoint.web.tokens import new_key_pair

_PATH = "/iam/signing-keys"
_FIELD = "signingKeyId"


def key_routes(api: FastPixApi) -> APIRouter:
    """Signing keys."""
    router = APIRouter(prefix="/v1", tags=["FastPix"])

    @router.post(_PATH, status_code=201)
    async def create_key(request: Request) -> Response:
        """A new RSA key. The private half, base64 of its PEM text, is shown only now."""
        credential = await api.writer(request)
        private, public = await asyncio.to_thread(new_key_pair)
        key = SigningKey(new_id(), credential.workspace_id, public, api.desk.now())
        shown = shapes.signing_key(key) | {"privateKey": base64.b64encode(private.encode()).decode()}
        return await created(
            request,
            api.desk.access,
            credential.workspace_id,
            None,
            shapes.envelope(shown),
            lambda once: api.desk.access.add_key(key, once),
        )

    @router.get(_PATH)
    async def list_keys(request: Request) -> Response:
        """The workspace's signing keys, without their private halves."""
        credential = await api.reader(request)
        paging = asked(PagingQuery, request)
        found, total = await api.desk.access.keys(credential.workspace_id, paging.page)
        entries = [shapes.signing_key(key) for key in found]
        return JSONResponse(shapes.page(entries, total, paging.offset, paging.limit))

    @router.get(_PATH + "/{key_id}")
    async def get_key(request: Request, key_id: str) -> Response:
        """Its public half."""
        credential = await api.reader(request)
        key = await api.desk.access.key(checked(key_id, _FIELD))
        if key is None or key.workspace_id != credential.workspace_id:
            raise NoSuchKey
        body = {"workspaceId": key.workspace_id, "signingKeyId": key.id, "publicKey": key.public_key}
        return JSONResponse(shapes.envelope(body))

    @router.delete(_PATH + "/{key_id}")
    async def delete_key(request: Request, key_id: str) -> Response:
        """What it has signed opens nothing from now on."""
        credential = await api.writer(request)
        await api.desk.access.remove_key(credential.workspace_id, checked(key_id, _FIELD))
        return JSONResponse(shapes.envelope({"message": "signing key deleted successfully"}))

    return router
