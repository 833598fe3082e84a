"""Signing keys, and the playback tokens that their private halves sign (RFC 7519; RS256 of RFC 7518, 3.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from inpoint.model.ids import is_id, new_id
from inpoint.model.signing import SigningKey
from inpoint.web.sealing import Sealing


class SigningKeys(Protocol):
    """Keys that tokens are signed with."""

    async def key(self, key_id: str) -> SigningKey | None:
        """By its id."""
        ...

    async def own_key(self, workspace_id: str) -> SigningKey | None:
        """The one that this server signs with for a workspace."""
        ...

    async def add_key(self, key: SigningKey) -> None:
        """One more."""
        ...


_BITS = 2048
LONGEST = 8192  # characters of a token: it may stand in an address
_CHECKS: dict[str, Any] = {"require": ["exp"], "verify_iat": False, "verify_sub": False, "verify_jti": False}
_UNJUDGED: dict[str, Any] = {"verify_signature": True} | dict.fromkeys(
    ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti"), False
)


def new_key_pair() -> tuple[str, str]:
    """Private key (PKCS #8) and public key, as PEM texts. Takes a tenth of a second."""
    private = rsa.generate_private_key(65_537, _BITS)
    return (
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        _public(private),
    )


def _public(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


async def own_key(keys: SigningKeys, sealing: Sealing, now: datetime, workspace_id: str) -> tuple[str, str]:
    """The id and private half of the key that a workspace lets this server sign with, made when first needed."""
    key = await keys.own_key(workspace_id)
    private = sealing.opened(key.sealed) if key and key.sealed else None
    if key is None or private is None:
        made, public = await asyncio.to_thread(new_key_pair)
        key = SigningKey(new_id(), workspace_id, public, now, sealing.seal(made))
        await keys.add_key(key)
        return key.id, made
    return key.id, private


async def grantor(keys: SigningKeys, token: str, audience: str) -> str | None:
    """The workspace whose key signed this token for the audience; None if the token is not valid, for any reason."""
    named = named_key(token)
    key = await keys.key(named) if named and is_id(named) else None
    if key is None:
        return None
    try:
        jwt.decode(token, key.public_key, algorithms=["RS256"], audience=audience, options=_CHECKS)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return None
    return key.workspace_id


def signed_claims(token: str, key: SigningKey) -> dict[str, Any] | None:
    """What a token says that the key signed, its times not judged; None if the key didn't."""
    try:
        return dict(jwt.decode(token, key.public_key, algorithms=["RS256"], options=_UNJUDGED))  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        return None


def sign(claims: Mapping[str, Any], private_key: str, key_id: str) -> str:
    """Raises ValueError or TypeError for what is no RSA key."""
    return jwt.encode(dict(claims), private_key, algorithm="RS256", headers={"kid": key_id})


def private_jwk(private_key: str) -> dict[str, Any]:
    """An RSA key's members as a JSON Web Key (RFC 7517)."""
    return dict(RSAAlgorithm.to_jwk(RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(private_key), as_dict=True))


def pkcs1(private_key: str) -> str:
    """The same key in the older form, "RSA PRIVATE KEY" (RFC 8017, A.1.2)."""
    key = serialization.load_pem_private_key(private_key.encode(), None)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def public_half(private_key: str) -> str | None:
    """PEM text; None for what is no RSA key."""
    try:
        key = serialization.load_pem_private_key(private_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, rsa.RSAPrivateKey):
        return None
    return _public(key)


def named_key(token: str) -> str | None:
    """Which key a token names, in its header or among its claims; nothing of it is believed yet."""
    if len(token) > LONGEST:
        return None
    try:
        named = jwt.get_unverified_header(token).get("kid")
        if named is None:
            named = jwt.decode(token, options={"verify_signature": False}).get("kid")
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        return None
    return named if isinstance(named, str) else None
