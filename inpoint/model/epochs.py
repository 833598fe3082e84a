"""Clocks that begin again, or leap: by what parts of a recording are shifted, so that they lie end to end. Pure.

A splice, a tuner that lost its signal, a recorder that was stopped: from one packet to the next a track's times jump
back, or ahead by far. All tracks jump alike, one after another; what lies between is an epoch, with one shift for all
of them, so that sound and picture stay together.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_SECOND = 1_000_000
_BACK = _SECOND  # that times may step back, out of order, within an epoch
_AHEAD = 10 * _SECOND  # that they may step ahead
_REORDERED = 17  # packets after which a picture is later than those before: more than any codec holds back
_TOGETHER = 15 * _SECOND  # between the first packets that tracks have of an epoch


@dataclass(frozen=True, slots=True)
class Epoch:
    """``start`` is the first time that was seen of it, as told; ``shift`` is added to its times."""

    start: int
    shift: int


class Epochs:
    """The shift of each packet, asked for in the order in which they are read. All times are
    microseconds, for there is one of each packet."""

    def __init__(self, *, leaps: bool) -> None:
        """``leaps`` is whether a long step ahead is a clock's, and not a picture that stays."""
        self._may_leap = leaps
        self._known: list[Epoch] = []
        self._of: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._shown: dict[int, deque[int]] = {}
        self._end = 0

    def shift(self, track: int, at: int | None, shown: int, lasts: int) -> int:
        """What to add to the times of a packet of a track: decoded ``at``, if that is told, and ``shown`` so long."""
        if not self._known:
            self._known.append(Epoch(shown, 0))
        if track not in self._of:
            self._of[track] = len(self._known) - 1
        elif self._broke(track, at, shown):
            self._of[track] = self._next(self._of[track] + 1, shown)
        epoch = self._known[self._of[track]]
        if at is not None:
            self._last[track] = at
        self._shown.setdefault(track, deque(maxlen=_REORDERED)).append(shown)
        self._end = max(self._end, shown + lasts + epoch.shift)
        return epoch.shift

    @property
    def leaps(self) -> list[int]:
        """Where the clock leapt, in shifted time."""
        return [epoch.start + epoch.shift for epoch in self._known[1:]]

    def _broke(self, track: int, at: int | None, shown: int) -> bool:
        if shown - min(self._shown[track]) < -_AHEAD:
            return True  # a muxer let decode times go on
        if at is None or track not in self._last:
            return False
        step = at - self._last[track]
        if -_BACK <= step <= _AHEAD:
            return False
        if step < 0:
            return True
        others = [
            self._shown[one][-1] for one, number in self._of.items() if one != track and number == self._of[track]
        ]
        return self._may_leap and not any(other > at - _AHEAD for other in others)

    def _next(self, number: int, shown: int) -> int:
        """The epoch of that number, if it is the one that another track came into; else a new one."""
        for known in range(number, len(self._known)):
            if abs(self._known[known].start - shown) <= _TOGETHER:
                return known
        self._known.append(Epoch(shown, self._end - shown))
        return len(self._known) - 1
