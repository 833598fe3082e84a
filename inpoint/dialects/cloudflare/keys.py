"""``/stream/keys`` and ``/stream/{uid}/token``: keys that sign playback tokens, and tokens that this server signs."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import STREAM, TAG, VIDEO, StreamApi
from inpoint.dialects.cloudflare.failures import TooManyKeys
from inpoint.dialects.cloudflare.requests import NewToken
from inpoint.dialects.cloudflare.rules import checked_rules
from inpoint.errors import Invalid, NoSuchKey
from inpoint.model.finding import Page
from inpoint.model.ids import from_uid, new_id, uid_of
from inpoint.model.signing import SigningKey
from inpoint.model.workspace import Credential
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.idempotency import created
from inpoint.web.tokens import LONGEST, new_key_pair, own_key, pkcs1, private_jwk, public_half, sign

_MOST_KEYS = 1000
_HOUR, _DAY = 3600, 86_400


def key_routes(api: StreamApi) -> APIRouter:
    """Signing keys, and tokens that this server signs."""
    router = APIRouter(tags=[TAG])

    @router.post(STREAM + "/keys")
    async def create_key(request: Request, account: str) -> Response:
        """A new RSA key, its private half in two forms, each in base64: shown only now."""
        credential = await api.writer(request, account)
        _, total = await api.desk.access.keys(credential.workspace_id, Page(0, 1))
        if total >= _MOST_KEYS:
            raise TooManyKeys
        private, public = await asyncio.to_thread(new_key_pair)
        key = SigningKey(new_id(), credential.workspace_id, public, api.desk.now())
        jwk = {"use": "sig", "kty": "RSA", "kid": uid_of(key.id), "alg": "RS256", **_members(private)}
        shown = shapes.signing_key(key) | {"pem": _encoded(pkcs1(private)), "jwk": _encoded(json.dumps(jwk))}
        return await created(
            request, api.desk.access, credential.workspace_id, None, shapes.envelope(shown),
            lambda once: api.desk.access.add_key(key, once), status=200,
        )  # fmt: skip

    @router.get(STREAM + "/keys")
    async def list_keys(request: Request, account: str) -> Response:
        """The account's signing keys, without their private halves."""
        credential = await api.reader(request, account)
        found, _ = await api.desk.access.keys(credential.workspace_id, Page(0, _MOST_KEYS))
        return JSONResponse(shapes.envelope([shapes.signing_key(key) for key in found]))

    @router.delete(STREAM + "/keys/{key_id}")
    async def delete_key(request: Request, account: str, key_id: str) -> Response:
        """What it has signed opens nothing from now on."""
        credential = await api.writer(request, account)
        known = from_uid(key_id)
        if known is None:
            raise NoSuchKey
        await api.desk.access.remove_key(credential.workspace_id, known)
        return JSONResponse(shapes.envelope("Revoked"))

    @router.post(VIDEO + "/token")
    async def create_token(request: Request, account: str, uid: str) -> Response:
        """A token that stands for the video's uid in delivery addresses; for an hour unless `exp` says otherwise."""
        credential = await api.writer(request, account)
        media = await api.media_of(credential, uid)
        wanted = read(NewToken, await json_object(request, or_nothing=True))
        claims = {"sub": uid_of(media.id), **_claims(api, wanted)}
        key_id, private = await _signer(api, credential, wanted)
        token = sign(claims | {"kid": key_id}, private, key_id)
        if len(token) > LONGEST:
            raise Invalid("accessRules", f"are too many for a token of at most {LONGEST} characters")
        return JSONResponse(shapes.envelope({"token": token}))

    return router


def _claims(api: StreamApi, wanted: NewToken) -> dict[str, Any]:
    """Raises Invalid."""
    now = int(api.desk.now().timestamp())
    if wanted.exp is not None and not now < wanted.exp <= now + _DAY:
        raise Invalid("exp", "must lie within the next 24 hours, in seconds since 1970")
    claims: dict[str, Any] = {
        "exp": wanted.exp or now + _HOUR,
        "nbf": now - _HOUR if wanted.nbf is None else wanted.nbf,
        "downloadable": wanted.downloadable,
    }
    if claims["nbf"] >= claims["exp"]:
        raise Invalid("nbf", "must lie before exp")
    if wanted.access_rules is not None:
        claims["accessRules"] = checked_rules(wanted.access_rules, countries_known=api.countries.are_known)
    if wanted.flags is not None:
        claims["flags"] = {"original": wanted.flags.original}
    return claims


async def _signer(api: StreamApi, credential: Credential, wanted: NewToken) -> tuple[str, str]:
    """The id and private half of the key that is sent, or of the one that this server has. Raises Invalid."""
    key_id, pem = wanted.id, wanted.pem
    if key_id is None or pem is None:
        own_id, own = await own_key(api.desk.access, api.sealing, api.desk.now(), credential.workspace_id)
        return uid_of(own_id), own
    known = from_uid(key_id)
    key = await api.desk.access.key(known) if known else None
    if key is None or key.workspace_id != credential.workspace_id:
        raise Invalid("id", "names no key of this account")
    private = _decoded(pem)
    if await asyncio.to_thread(public_half, private) != key.public_key:
        raise Invalid("pem", "is not that key's private half, as PEM text in base64")
    return key_id, private


def _members(private: str) -> dict[str, Any]:
    told = private_jwk(private)
    return {name: told[name] for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi")}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return text  # as PEM text itself
