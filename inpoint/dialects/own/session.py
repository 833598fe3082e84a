"""``/api/v1/session``: browsers sign in with a credential, or several, and out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.delivery.allowance import Allowance
from inpoint.desk.access import SIGNED_IN_FOR, Access
from inpoint.dialects.house import House
from inpoint.dialects.own.queries import CredentialQuery
from inpoint.dialects.own.requests import NewSession
from inpoint.errors import NotJson, SignedOut
from inpoint.model.workspace import Credential
from inpoint.web.auth import COOKIE, hash_secret, known, new_secret
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.query import asked

_MOST = 20  # credentials of one browser
_TRIES, _WINDOW = 30, timedelta(minutes=1)


class WrongSecret(SignedOut):
    """There is no such token, or this is not its secret."""

    code = "wrong_secret"


class UsedLink(SignedOut):
    """This link has been used, or its hour is over. The command "inpoint link" prints a new one."""

    code = "used_link"


@dataclass(frozen=True, slots=True)
class SessionApi:
    """What the routes stand on."""

    house: House

    @property
    def access(self) -> Access:
        """Who may do what."""
        return self.house.desk.access

    @property
    def secure(self) -> bool:
        """Whether browsers reach us through TLS alone."""
        return self.house.base_url.startswith("https://")


def session_routes(api: SessionApi) -> APIRouter:
    """Browsers, signed in and out."""
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])
    tries = Allowance(_TRIES, _WINDOW)

    @router.post("/session")
    async def sign_in(request: Request) -> Response:
        """Sign a browser in, beside what it is signed in with: a token's `id` and `secret`, or a one-time `link`."""
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise NotJson("the body must be sent as application/json")  # which no other site's page can do
        wanted = read(NewSession, await json_object(request))
        client, now = api.house.clients.address(request), api.house.desk.now()
        tries.require(client, now)
        try:
            new = await _shown(api, wanted)
        except SignedOut:
            tries.take(client, now)  # who knows the secret may come as often as they like
            raise
        before, cookie = hash_secret(request.cookies.get(COOKIE, "")), new_secret()
        held = await api.access.session(before)
        ids = [new.id, *(one for one in held if one != new.id)][:_MOST]
        await api.access.put_session(hash_secret(cookie), ids)
        await api.access.put_session(before, ())  # whoever planted it holds nothing
        response = await _told(api, ids)
        seconds = int(SIGNED_IN_FOR.total_seconds())
        response.set_cookie(COOKIE, cookie, seconds, httponly=True, samesite="strict", secure=api.secure)
        return response

    @router.get("/session")
    async def get_session(request: Request) -> Response:
        """What this browser is signed in with, the newest first; which of them it acts with is said by each request,
        in the header `Inpoint-Credential`."""
        return await _told(api, await api.access.session(hash_secret(request.cookies.get(COOKIE, ""))))

    @router.delete("/session")
    async def sign_out(request: Request) -> Response:
        """Sign out, of one credential or of all."""
        key, gone = hash_secret(request.cookies.get(COOKIE, "")), asked(CredentialQuery, request).credential
        held = await api.access.session(key)
        left = [one for one in held if gone is not None and one != gone]
        if held:
            await api.access.put_session(key, left)
        response = await _told(api, left)
        if not left:
            response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=api.secure)
        return response

    return router


async def new_link(access: Access, credential_id: str) -> str:
    """What signs in with a credential, once, within the hour."""
    link = new_secret()
    await access.add_link(hash_secret(link), credential_id)
    return link


async def _shown(api: SessionApi, wanted: NewSession) -> Credential:
    """Raises WrongSecret, UsedLink."""
    if wanted.link is not None:
        linked = await api.access.use_link(hash_secret(wanted.link))
        if linked is None:
            raise UsedLink
        return linked
    found = await known(api.access, (wanted.id or "").strip(), (wanted.secret or "").strip())
    if found is None:
        raise WrongSecret
    return found


async def _told(api: SessionApi, ids: Sequence[str]) -> JSONResponse:
    names = {one.id: one.name for one in await api.access.workspaces()}
    held = [one for id_ in ids if (one := await api.access.credential(id_)) is not None]
    told = [
        {"id": one.id, "scope": one.scope, "workspace": {"id": one.workspace_id, "name": names[one.workspace_id]}}
        for one in held
    ]
    return JSONResponse({"credentials": told})
