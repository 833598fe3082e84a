"""A media's percent, told to the catalog now and then rather than at every packet."""

from __future__ import annotations

import asyncio
import time

from inpoint.model.media import Status
from inpoint.ports import Catalog

_INTERVAL = 0.5  # seconds


class Reporter:
    """Callable from libraries' callbacks; writes in the background, never two at once."""

    def __init__(self, catalog: Catalog, media_id: str) -> None:
        self._catalog = catalog
        self._media_id = media_id
        self._told = 0.0
        self._task: asyncio.Task[bool] | None = None

    def tell(self, status: Status, percent: float) -> None:
        now = time.monotonic()
        if now - self._told < _INTERVAL or (self._task is not None and not self._task.done()):
            return
        self._told = now
        self._task = asyncio.ensure_future(self._catalog.advance(self._media_id, status, round(percent, 1)))

    async def settle(self) -> None:
        if self._task is not None:
            await self._task
