"""Credentials on requests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from starlette.requests import Request

from inpoint.errors import Forbidden, Unauthorized
from inpoint.model.workspace import Credential
from inpoint.ports import Catalog


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """43 random characters."""
    return secrets.token_urlsafe(32)


async def basic(catalog: Catalog, header: str | None) -> Credential:
    """The credential of an ``Authorization: Basic id:secret`` header (RFC 7617). Raises Unauthorized."""
    scheme, _, encoded = (header or "").partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        identity, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise Unauthorized from error
    credential = await catalog.credential(identity)
    if credential is None or not hmac.compare_digest(credential.secret_hash, hash_secret(secret)):
        raise Unauthorized
    return credential


async def bearer(catalog: Catalog, token: str) -> Credential:
    """The credential whose secret this is (RFC 6750). Raises Unauthorized."""
    credential = await catalog.credential_of(hash_secret(token))
    if credential is None:
        raise Unauthorized
    return credential


async def reader(catalog: Catalog, request: Request) -> Credential:
    """The request's credential. Raises Unauthorized."""
    return await basic(catalog, request.headers.get("Authorization"))


async def writer(catalog: Catalog, request: Request) -> Credential:
    """The request's credential, which may change things. Raises Unauthorized or Forbidden."""
    credential = await reader(catalog, request)
    if not credential.can_write:
        raise Forbidden
    return credential
