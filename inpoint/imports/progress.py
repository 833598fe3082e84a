"""A media's percent, told to its row now and then rather than at every packet."""

from __future__ import annotations

import asyncio
import time

from inpoint.model.media import Status
from inpoint.model.pace import Pace
from inpoint.ports import MediaRows

_INTERVAL = 0.5  # seconds


class ProgressReporter:
    """Callable from libraries' callbacks; writes in the background, never two at once."""

    def __init__(self, rows: MediaRows, media_id: str) -> None:
        self._rows = rows
        self._media_id = media_id
        self._pace = Pace(_INTERVAL)
        self._task: asyncio.Task[bool] | None = None

    def tell(self, status: Status, percent: float) -> None:
        """``percent`` from 0 to 100."""
        is_writing = self._task is not None and not self._task.done()
        if is_writing or not self._pace.is_due(time.monotonic()):
            return
        self._task = asyncio.ensure_future(self._rows.advance(self._media_id, status, round(percent, 1)))

    async def settle(self) -> None:
        """Wait for what is being written."""
        if self._task is not None:
            await self._task
