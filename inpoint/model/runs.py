"""Where segments begin. A rule belongs to a rendition: today's only one is fixed runs of grid frames. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Runs:
    """Whole segments of ``length`` frames of the grid, counted from its beginning; the last may be shorter."""

    length: int

    def count(self, frames: int) -> int:
        """How many whole segments a grid of so many frames has."""
        return -(-frames // self.length)

    def segment(self, number: int, frames: int) -> tuple[int, int]:
        """The frames ``[first, end)`` of whole segment ``number``, counted from 0, of a grid of so many frames."""
        first = number * self.length
        return first, min(first + self.length, frames)

    def holding(self, frame: int, frames: int) -> tuple[int, int]:
        """The whole segment that a frame lies in."""
        return self.segment(frame // self.length, frames)

    def begins(self, frame: int) -> bool:
        """Whether a whole segment begins with this frame."""
        return frame % self.length == 0

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The frames ``[start, end)`` in segments: whole ones, cut only where ``start`` and ``end`` fall."""
        at = start
        while at < end:
            stop = min((at // self.length + 1) * self.length, end)
            yield at, stop
            at = stop

    def times(self, count: int) -> Runs:
        """Runs of ``count`` of these."""
        return Runs(self.length * count)
