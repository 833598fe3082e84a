"""What was found in mezzanines: levels of sound and beginnings of shots, in runs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cachetools import LRUCache

from inpoint.errors import NotFound
from inpoint.ports import BlobStore
from inpoint.shelf import keys

_KEPT = 4096  # runs at hand, of a few kilobytes each


class FindingShelf:
    """What surveys found, by encoding."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self._at_hand: LRUCache[str, bytes] = LRUCache(_KEPT)

    async def levels(self, mezzanine_id: str, track: int, run: int) -> bytes | None:
        """None for a run that nobody has looked at."""
        return await self._run(keys.levels(mezzanine_id, track, run))

    async def put_levels(self, mezzanine_id: str, track: int, run: int, levels: bytes) -> None:
        """The first stored stays."""
        await self._store.put(keys.levels(mezzanine_id, track, run), levels)

    async def shots(self, mezzanine_id: str, run: int) -> list[int] | None:
        """None for a run that nobody has looked at."""
        told = await self._run(keys.shots(mezzanine_id, run))
        return None if told is None else list(json.loads(told))

    async def put_shots(self, mezzanine_id: str, run: int, shots: Sequence[int]) -> None:
        """The first stored stays."""
        await self._store.put(keys.shots(mezzanine_id, run), json.dumps(list(shots)).encode())

    async def _run(self, key: str) -> bytes | None:
        kept = self._at_hand.get(key)
        if kept is None:
            try:
                kept = await self._store.get(key)
            except NotFound:
                return None
            self._at_hand[key] = kept
        return kept
