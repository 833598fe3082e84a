"""A range of time, as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a timeline, in seconds; None is its beginning or end. ``without`` are stretches of it that are left
    out, each a start and an end; ``joined``, where there are any, all that is played of it, one after another in
    their order."""

    start: Fraction | None
    end: Fraction | None
    without: tuple[tuple[Fraction, Fraction], ...] = ()
    joined: tuple[tuple[Fraction, Fraction], ...] = ()

    @classmethod
    def of(cls, stretches: Sequence[tuple[Fraction, Fraction]]) -> Range:
        """One stretch, or several joined."""
        start, end = min(start for start, _ in stretches), max(end for _, end in stretches)
        return cls(start, end, joined=tuple(stretches) if len(stretches) > 1 else ())

    @property
    def is_part(self) -> bool:
        """Whether it asks for anything but the whole."""
        return self.start is not None or self.end is not None or bool(self.without)

    @property
    def kept(self) -> list[tuple[Fraction | None, Fraction | None]]:
        """What is played, in order: stretches of seconds, the first's start and the last's end as asked."""
        if self.joined:
            return list(self.joined)
        parts: list[tuple[Fraction | None, Fraction | None]] = []
        at = self.start
        for start, end in sorted(self.without):
            if at is None or start > at:
                parts.append((at, start))
            at = end if at is None else max(at, end)
        return [*parts, (at, self.end)]
