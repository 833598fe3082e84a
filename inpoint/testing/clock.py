"""A clock that moves when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SettableClock:
    """``ports.Clock`` that moves when told."""

    def __init__(self, now: datetime = datetime(2030, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
