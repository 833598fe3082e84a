"""How stored pictures come to be as they are seen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import atan2, degrees
from typing import Literal

from inpoint.model.color import Color

#: Whether a frame is one picture, or two fields, of which the top or the bottom one comes first; or each frame says.
Scan = Literal["progressive", "top", "bottom", "told"]


@dataclass(frozen=True, slots=True)
class Appearance:
    """Stored pictures are mirrored left to right, if they are, and then turned by ``rotation`` degrees
    counter-clockwise, a multiple of 90."""

    rotation: int = 0
    is_mirrored: bool = False
    color: Color = field(default_factory=Color)
    scan: Scan = "progressive"

    @property
    def is_turned(self) -> bool:
        """Whether stored pictures lie otherwise than they are seen."""
        return bool(self.rotation) or self.is_mirrored

    @property
    def is_interlaced(self) -> bool:
        """Whether pictures are to be made of fields."""
        return self.scan != "progressive"


def orientation(matrix: Sequence[int]) -> tuple[int, bool]:
    """Rotation and mirroring of a display matrix (ISO/IEC 14496-12, 6.2.2: nine numbers, the first four of them that
    matter are at 0, 1, 3, 4), the nearest that there is."""
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    is_mirrored = a * d - b * c < 0
    if is_mirrored:
        a, b = -a, -b
    return round(-degrees(atan2(b, a)) / 90) * 90 % 360, is_mirrored
