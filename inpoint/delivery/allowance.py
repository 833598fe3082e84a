"""How much of what costs anybody may ask for in a while."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from cachetools import LRUCache

from inpoint.errors import TooMany

_KEPT = 10_000  # keys


class Allowance:
    """``count`` in any stretch of time as long as the window, for each key."""

    def __init__(self, count: int, window: timedelta) -> None:
        self._count = count
        self._window = window
        self._taken: LRUCache[str, deque[datetime]] = LRUCache(_KEPT)

    def take(self, key: str, now: datetime, cost: int = 1) -> None:
        """Raises TooMany, which says when to come back."""
        self.require(key, now, cost).extend([now] * cost)

    def require(self, key: str, now: datetime, cost: int = 1) -> deque[datetime]:
        """What was taken lately, if so much more may be. Raises TooMany."""
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= now - self._window:
            taken.popleft()
        if len(taken) + cost > self._count:
            left = taken[0] + self._window - now
            raise TooMany(retry_after=int(left.total_seconds()) + 1)
        return taken
