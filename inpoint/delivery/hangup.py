"""Work that a client waits for, given up when the client hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from inpoint.errors import Busy

Result = TypeVar("Result")


async def while_connected(
    request: Request, work: Coroutine[Any, Any, Result], patience: float | None = None
) -> Result:
    """The result of ``work``. A client that has hung up ends it.

    Raises Busy when it takes longer than ``patience`` seconds: it is then done all the same, for the client will
    come back.
    """
    working = asyncio.ensure_future(work)
    working.add_done_callback(lambda done: done.cancelled() or done.exception())
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({working, gone}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hung_up = gone.done()
        gone.cancel()
    if working.done():
        return await working
    if hung_up:
        working.cancel()
    raise Busy("the segment is still being made", retry_after=1)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
