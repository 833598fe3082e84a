"""A picture of one shape on another's canvas. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fitting:
    """``shape`` and ``canvas`` are widths and heights in square pixels."""

    shape: Size
    canvas: Size

    def padded(self, width: int, height: int) -> Size:
        """The size to which a stored picture is padded, even."""
        wider = Fraction(self.canvas[0] * self.shape[1], self.canvas[1] * self.shape[0])
        if wider > 1:
            return _even(width * wider), height
        return width, _even(height / wider)


def _even(size: Fraction) -> int:
    return -(-size.numerator // (2 * size.denominator)) * 2
