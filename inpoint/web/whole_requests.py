"""A request that is refused early is read to its end all the same: answered in the middle of it, many clients see a
broken connection instead of the refusal, and try again."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST = 64 << 20  # bytes: beyond, the connection may break
_PATIENCE = 20.0  # seconds
_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


class WholeRequests:
    """Requests are read to their end before they are refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WITH_BODY:
            await self._app(scope, receive, send)
            return
        body = _Body(receive)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                await body.drain()
            await send(message)

        await self._app(scope, body.receive, sent)


class _Body:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def receive(self) -> Message:
        """What the client sends next."""
        message = await self._receive()
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read on, so that the client hears the answer."""
        left = _MOST
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while not self._ended and left > 0:
                    left -= len((await self.receive()).get("body", b""))
