"""Whether pictures are missing from H.264: each counts the ones that it may refer to. Pure.

Source: ITU-T H.264, 7.4.3 (frame_num).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from inpoint.model.slices import Headings


@dataclass(slots=True)
class Counting:
    """Told of pictures in the order in which they are decoded."""

    _headings: Headings = field(default_factory=Headings)
    _last: int | None = None

    def misses(self, units: Iterable[bytes]) -> bool:
        """Whether a picture that this one, or one after it, may refer to has not come; False where that can't be
        told."""
        told = self._headings.of(units)
        if told is None:
            return False
        before = self._last
        if told.is_reference:
            self._last = told.number
        if before is None or told.is_idr or told.may_skip:
            return False
        return told.number not in (before, (before + 1) % told.modulus)
