"""``/api/v1/tokens``, ``/api/v1/storage``: who may use a workspace, and what it takes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.own.requests import NewAccessToken
from inpoint.dialects.own.routes import OwnApi
from inpoint.errors import NoSuchToken
from inpoint.model.workspace import Credential
from inpoint.web.auth import new_credential
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.moments import moment


def access_routes(api: OwnApi) -> APIRouter:
    """Access tokens, and what a workspace takes."""
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    @router.get("/tokens")
    async def list_tokens(request: Request) -> Response:
        """Who may use the workspace: access tokens, without their secrets."""
        credential = await api.reader(request)
        held = await api.desk.access.credentials(credential.workspace_id)
        return JSONResponse({"tokens": [_shape(one) for one in held]})

    @router.post("/tokens", status_code=201)
    async def create_token(request: Request) -> Response:
        """A new access token: `scope` write (or read), and an `email` that may stand for its id. Its secret is shown
        only now."""
        credential = await api.writer(request)
        wanted = read(NewAccessToken, await json_object(request))
        made, secret = new_credential(credential.workspace_id, wanted.scope, wanted.email)
        await api.desk.access.add_credential(made)
        return JSONResponse(_shape(made) | {"createdAt": moment(api.desk.now()), "secret": secret}, 201)

    @router.delete("/tokens/{token_id}")
    async def revoke_token(request: Request, token_id: str) -> Response:
        """It opens nothing from now on."""
        credential = await api.writer(request)
        if "\0" in token_id:
            raise NoSuchToken
        await api.desk.access.revoke(token_id, credential.workspace_id)
        return JSONResponse({"revoked": token_id})

    @router.get("/storage")
    async def get_storage(request: Request) -> Response:
        """Bytes on disk (`physical`), and those that there would be if each video had its own copy of what it plays
        (`logical`); how many videos, and how many seconds they play."""
        credential = await api.reader(request)
        usage = await api.desk.videos.usage(credential.workspace_id)
        weight = await api.desk.videos.weigh(credential.workspace_id)
        return JSONResponse(
            {
                "media": usage.count,
                "seconds": usage.seconds,
                "logical": weight.logical,
                "physical": weight.physical,
                "measuredAt": moment(weight.measured_at),
            }
        )

    return router


def _shape(one: Credential) -> dict[str, Any]:
    created = moment(one.created_at) if one.created_at else None
    return {"id": one.id, "scope": one.scope, "email": one.email, "createdAt": created}
