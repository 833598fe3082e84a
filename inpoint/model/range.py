"""A range of time, as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a timeline, in seconds; None is its beginning or end."""

    start: Fraction | None
    end: Fraction | None

    @property
    def is_part(self) -> bool:
        """Whether it asks for anything but the whole."""
        return self.start is not None or self.end is not None
