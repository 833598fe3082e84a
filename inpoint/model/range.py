"""A range of time, as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Range:
    """What a clip asks of its source, in seconds; None is the source's beginning or end."""

    start: Fraction | None
    end: Fraction | None
