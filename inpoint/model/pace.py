"""How often something is told."""

from __future__ import annotations


class Pace:
    """At most once in so many seconds; the first time at once, unless that counts from ``since``."""

    def __init__(self, seconds: float, since: float = float("-inf")) -> None:
        self._seconds = seconds
        self._last = since

    def is_due(self, now: float) -> bool:
        """Whether it is time, at a time in seconds; then it counts as told."""
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True
