"""What a library takes: on disk, and if each video had its own copy of what it plays."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from inpoint.background.sweep import needed
from inpoint.errors import NotFound
from inpoint.making.encodings import Encodings
from inpoint.ports import Clock, EncodingRows, RetentionRows
from inpoint.shelf.encodings import EncodingShelf

_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes. ``logical`` counts what several videos play once for each of them."""

    logical: int
    physical: int
    measured_at: datetime


class StorageMeter:
    """What each encoding's blobs weigh, remembered for a while."""

    def __init__(
        self, rows: EncodingRows, retention: RetentionRows, shelf: EncodingShelf, encodings: Encodings, clock: Clock
    ) -> None:
        self._rows = rows
        self._retention = retention
        self._shelf = shelf
        self._encodings = encodings
        self._clock = clock
        self._known: dict[str, Weight] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def weigh(self, workspace_id: str) -> Weight:
        """Measured now, unless it was a moment ago: every encoding is looked at, so it takes its time."""
        async with self._turns.setdefault(workspace_id, asyncio.Lock()):
            known = self._known.get(workspace_id)
            if known is None or known.measured_at < self._clock.now() - _FRESH:
                known = self._known[workspace_id] = await self._measure(workspace_id)
            return known

    async def _measure(self, workspace_id: str) -> Weight:
        logical = physical = 0
        for encoding_id in await self._rows.encodings_of(workspace_id):
            try:
                shared, stored = await self._encoding(encoding_id)
            except NotFound:  # deleted meanwhile
                continue
            logical, physical = logical + shared, physical + stored
        return Weight(logical, physical, self._clock.now())

    async def _encoding(self, encoding_id: str) -> tuple[int, int]:
        """What all who play it take together, and what lies there."""
        stored, parts = await self._shelf.size(encoding_id), await self._shelf.parts(encoding_id)
        loaded = await self._encodings.load(encoding_id)
        logical = 0
        for timeline in await self._retention.timelines_of(encoding_id):
            need = await asyncio.to_thread(needed, [timeline], loaded)
            logical += sum(parts.get(one, 0) for one in need.chunks)
            logical += sum(parts.get(one, 0) for one in need.segments)
        return logical, stored
