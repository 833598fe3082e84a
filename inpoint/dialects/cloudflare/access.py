"""Who asks, and for which account (Cloudflare API, "Authentication")."""

from __future__ import annotations

from starlette.requests import Request

from inpoint.errors import Forbidden, NoSuchAddress, Refused, Unauthorized
from inpoint.model.ids import from_uid
from inpoint.model.workspace import Credential
from inpoint.web.auth import CHOICE, Credentials, bearer, chosen


class NoCredential(Unauthorized):
    """The request has no Authorization header, nor X-Auth-Email and X-Auth-Key."""


class MalformedCredential(Refused):
    """The Authorization header must be "Bearer" and an API token."""


class OtherAccount(Forbidden):
    """Authentication error: the credential has no rights in this account."""


async def reader(access: Credentials, request: Request, account: str) -> Credential:
    """The request's credential, which is of the account. Raises Unauthorized, OtherAccount, NoSuchAddress."""
    credential = await credential_of(access, request)
    workspace_id = from_uid(account)
    if workspace_id is None:
        raise NoSuchAddress("the account's id must be 32 hexadecimal characters")
    if credential.workspace_id != workspace_id:
        raise OtherAccount
    return credential


async def writer(access: Credentials, request: Request, account: str) -> Credential:
    """Also raises Forbidden for a credential that may only read."""
    credential = await reader(access, request, account)
    if not credential.can_write:
        raise Forbidden("the credential may read, and not write")
    return credential


async def credential_of(access: Credentials, request: Request) -> Credential:
    """Raises Unauthorized, MalformedCredential."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise MalformedCredential
        return await bearer(access, token.strip())
    if CHOICE in request.headers:
        return await chosen(access, request)
    email, key = (request.headers.get(name) for name in ("X-Auth-Email", "X-Auth-Key"))
    if not email or not key:
        raise NoCredential
    credential = await bearer(access, key)
    if email.casefold() not in ((credential.email or credential.id).casefold(), credential.id.casefold()):
        raise Unauthorized
    return credential
