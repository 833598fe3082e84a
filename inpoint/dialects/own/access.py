"""``/api/v1/tokens``, ``/api/v1/storage``: who may use a workspace, and what it takes."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.own.routes import Api
from inpoint.errors import NoSuchToken
from inpoint.model.workspace import Credential, Scope
from inpoint.web.auth import new_credential, reader, writer
from inpoint.web.body import json_object
from inpoint.web.fields import choice, limited
from inpoint.web.moments import moment


def access_routes(api: Api) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    @router.get("/tokens")
    async def list_tokens(request: Request) -> Response:
        """Who may use the workspace: access tokens, without their secrets."""
        credential = await reader(api.catalog, request)
        held = await api.catalog.credentials(credential.workspace_id)
        return JSONResponse({"tokens": [_shape(one) for one in held]})

    @router.post("/tokens", status_code=201)
    async def create_token(request: Request) -> Response:
        """A new access token: `scope` write (or read), and an `email` that may stand for its id. Its secret is shown
        only now."""
        credential = await writer(api.catalog, request)
        body = await json_object(request)
        scope = cast("Scope", choice(body, "scope", ("write", "read"), "write"))
        made, secret = new_credential(credential.workspace_id, scope, limited(body, "email"))
        await api.catalog.add_credential(made)
        return JSONResponse(_shape(made) | {"createdAt": moment(api.clock.now()), "secret": secret}, 201)

    @router.delete("/tokens/{token_id}")
    async def revoke_token(request: Request, token_id: str) -> Response:
        """It opens nothing from now on."""
        credential = await writer(api.catalog, request)
        found = None if "\0" in token_id else await api.catalog.credential(token_id)
        if found is None or found.workspace_id != credential.workspace_id:
            raise NoSuchToken
        await api.catalog.revoke_credential(token_id)
        return JSONResponse({"revoked": token_id})

    @router.get("/storage")
    async def get_storage(request: Request) -> Response:
        """Bytes on disk (`physical`), and those that there would be if each video had its own copy of what it plays
        (`logical`); how many videos, and how many seconds they play."""
        credential = await reader(api.catalog, request)
        usage = await api.catalog.usage(credential.workspace_id, None)
        weight = await api.weighing.weigh(credential.workspace_id)
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
