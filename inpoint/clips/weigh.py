"""What a library takes: on disk, and if each video had its own copy of what it plays."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from inpoint.clips.retain import needed
from inpoint.encodings.loaded import Library
from inpoint.errors import NotFound
from inpoint.ports import BlobStore, Catalog, Clock, Engine, Keys

_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes. ``logical`` counts what several videos play once for each of them."""

    logical: int
    physical: int
    measured_at: datetime


class Weighing:
    def __init__(
        self, catalog: Catalog, store: BlobStore, keys: Keys, engine: Engine, library: Library, clock: Clock
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._engine = engine
        self._library = library
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
        for encoding_id in await self._catalog.encodings_of(workspace_id):
            try:
                shared, stored = await self._encoding(encoding_id)
            except NotFound:  # deleted meanwhile
                continue
            logical, physical = logical + shared, physical + stored
        return Weight(logical, physical, self._clock.now())

    async def _encoding(self, encoding_id: str) -> tuple[int, int]:
        """What all who play it take together, and what lies there."""
        sizes = await self._store.list(self._keys.encoding(encoding_id))
        loaded = await self._library.load(encoding_id)
        logical = 0
        for timeline in await self._catalog.timelines_of(encoding_id):
            need = await asyncio.to_thread(needed, [timeline], loaded, self._engine)
            logical += sum(sizes.get(key, 0) for key in need.keys(encoding_id, self._keys))
        return logical, sum(sizes.values())
