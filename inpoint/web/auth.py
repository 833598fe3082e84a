"""Credentials on requests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Protocol

from starlette.requests import Request

from inpoint.errors import Forbidden, SignedOut, Unauthorized
from inpoint.model.workspace import Credential, Scope


class Credentials(Protocol):
    """Who may ask, as far as requests are judged by it."""

    async def credential(self, credential_id: str) -> Credential | None:
        """By its id."""
        ...

    async def credential_of(self, secret_hash: str) -> Credential | None:
        """By its secret."""
        ...

    async def session(self, key: str) -> tuple[str, ...]:
        """The ids of those that a browser holds."""
        ...


#: The header that names the credential which a signed-in browser acts with, and the cookie that it is signed in by.
CHOICE = "Inpoint-Credential"
COOKIE = "inpoint_session"


def hash_secret(secret: str) -> str:
    """SHA-256, in hexadecimal: secrets are long and random, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """43 random characters."""
    return secrets.token_urlsafe(32)


def new_credential(workspace_id: str, scope: Scope, email: str | None) -> tuple[Credential, str]:
    """A credential, and its secret."""
    secret = new_secret()
    return Credential(secrets.token_hex(8), workspace_id, hash_secret(secret), scope, email), secret


async def basic(access: Credentials, header: str | None) -> Credential:
    """The credential of an ``Authorization: Basic id:secret`` header (RFC 7617). Raises Unauthorized."""
    scheme, _, encoded = (header or "").partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        identity, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise Unauthorized from error
    credential = await known(access, identity, secret)
    if credential is None:
        raise Unauthorized
    return credential


async def known(access: Credentials, identity: str, secret: str) -> Credential | None:
    """The credential of an id, if this is its secret."""
    credential = await access.credential(identity)
    if credential is None or not hmac.compare_digest(credential.secret_hash, hash_secret(secret)):
        return None
    return credential


async def bearer(access: Credentials, token: str) -> Credential:
    """The credential whose secret this is (RFC 6750). Raises Unauthorized."""
    credential = await access.credential_of(hash_secret(token))
    if credential is None:
        raise Unauthorized
    return credential


async def reader(access: Credentials, request: Request) -> Credential:
    """The request's credential, or that of the browser which it chooses. Raises Unauthorized."""
    header = request.headers.get("Authorization")
    if header is None and CHOICE in request.headers:
        return await chosen(access, request)
    return await basic(access, header)


async def chosen(access: Credentials, request: Request) -> Credential:
    """The one of a signed-in browser's credentials that the request names in its header.

    Pages of other sites can't send that header: browsers would ask us first, and nothing here says yes (Fetch
    standard, "CORS-preflight fetch"). So the cookie alone does nothing. Raises SignedOut.
    """
    named = request.headers.get(CHOICE, "")
    held = await access.session(hash_secret(request.cookies.get(COOKIE, "")))
    credential = await access.credential(named) if named in held else None
    if credential is None:
        raise SignedOut
    return credential


async def writer(access: Credentials, request: Request) -> Credential:
    """The request's credential, which may change things. Raises Unauthorized or Forbidden."""
    credential = await reader(access, request)
    if not credential.can_write:
        raise Forbidden
    return credential
