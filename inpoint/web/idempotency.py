"""``Idempotency-Key``: the same creation asked for again gets the reply of the first time, for a day.

Replies may hold secrets that are shown once, so they are kept sealed with the client's own key.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inpoint.errors import Invalid, Repeated
from inpoint.model.once import Once

_HEADER = "Idempotency-Key"


class Remembered(Protocol):
    """Creations that were asked for before."""

    async def recall(self, workspace_id: str, once: Once) -> None:
        """Raises Repeated if the same was asked for before, Invalid if something else was."""
        ...


async def created(
    request: Request,
    access: Remembered,
    workspace_id: str,
    asked: Any,
    reply: dict[str, Any],
    create: Callable[[Once | None], Awaitable[object]],
    status: int = 201,
) -> Response:
    """``status`` with ``reply`` once ``create`` is done, or the first reply to the same key, and nothing made.

    ``asked`` is what was asked for, as JSON. Raises Invalid for a key that came with another request before.
    """
    seal = _seal(request)
    if seal is None:
        await create(None)
        return JSONResponse(reply, status)
    once = _once(request, asked, seal.encrypt(json.dumps(reply).encode()).decode())
    try:
        await access.recall(workspace_id, once)
        await create(once)
    except Repeated as earlier:
        reply = _opened(seal, earlier)
    return JSONResponse(reply, status)


async def repeated(
    request: Request, access: Remembered, workspace_id: str, asked: Any, status: int = 201
) -> Response | None:
    """The first reply to the same key, if there is one: to be asked before what may not hold any more is checked."""
    seal = _seal(request)
    if seal is None:
        return None
    try:
        await access.recall(workspace_id, _once(request, asked, ""))
    except Repeated as earlier:
        return JSONResponse(_opened(seal, earlier), status)
    return None


def _seal(request: Request) -> Fernet | None:
    """What the client's key seals; None if it sent none."""
    key = request.headers.get(_HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= 255:
        raise Invalid(_HEADER, "must be a text of at most 255 characters")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"reply to " + key.encode()).digest()))


def _once(request: Request, asked: Any, reply: str) -> Once:
    return Once(
        key=_hash(f"{request.url.path} {request.headers[_HEADER]}"),
        request=_hash(json.dumps(asked, sort_keys=True, default=str)),
        reply=reply,
    )


def _opened(seal: Fernet, earlier: Repeated) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(seal.decrypt(earlier.reply.encode()))
    except InvalidToken as error:
        raise Invalid(_HEADER, "is not the key of that reply") from error
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
