"""Signing keys, and the playback tokens that their private halves sign (RFC 7519; RS256 of RFC 7518, 3.3)."""

from __future__ import annotations

from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from inpoint.model.ids import is_id
from inpoint.ports import Catalog

_BITS = 2048
_LONGEST = 4096  # characters of a token
_CHECKS: dict[str, Any] = {"require": ["exp"], "verify_iat": False, "verify_sub": False, "verify_jti": False}


def new_key_pair() -> tuple[str, str]:
    """Private key (PKCS #8) and public key, as PEM texts. Takes a tenth of a second."""
    private = rsa.generate_private_key(65_537, _BITS)
    return (
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


async def grantor(catalog: Catalog, token: str, audience: str) -> str | None:
    """The workspace whose key signed this token for the audience; None if the token is not valid, for any reason."""
    key_id = _key_id(token)
    key = await catalog.signing_key(key_id) if key_id else None
    if key is None:
        return None
    try:
        jwt.decode(token, key.public_key, algorithms=["RS256"], audience=audience, options=_CHECKS)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return None
    return key.workspace_id


def _key_id(token: str) -> str | None:
    """Which key a token names, in its header or among its claims; nothing of it is believed yet."""
    if len(token) > _LONGEST:
        return None
    try:
        named = jwt.get_unverified_header(token).get("kid")
        if named is None:
            named = jwt.decode(token, options={"verify_signature": False}).get("kid")
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        return None
    return named if isinstance(named, str) and is_id(named) else None
