"""A picture of one shape on another's canvas. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Size = tuple[int, int]
#: Sizes that pictures are stored in, and the shape of each.
Shapes = tuple[tuple[Size, Size], ...]


@dataclass(frozen=True, slots=True)
class Fitting:
    """``shape`` and ``canvas`` are widths and heights in square pixels. ``shapes`` are those of pictures that are
    stored in certain sizes, where a source has several."""

    shape: Size
    canvas: Size
    shapes: Shapes = ()

    def padded(self, width: int, height: int) -> Size:
        """The size to which a stored picture is padded, even."""
        across, down = dict(self.shapes).get((width, height), self.shape)
        wider = Fraction(self.canvas[0] * down, self.canvas[1] * across)
        if wider > 1:
            return _even(width * wider), height
        return width, _even(height / wider)


def _even(size: Fraction) -> int:
    return -(-size.numerator // (2 * size.denominator)) * 2
