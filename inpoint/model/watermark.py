"""A watermark: an image that is kept to be laid over videos, and where on them it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from inpoint.model.overlay import Length, Placement, XAlign, YAlign

Position = Literal["upperRight", "upperLeft", "lowerLeft", "lowerRight", "center"]
_ALIGNED: Mapping[Position, tuple[XAlign, YAlign]] = {
    "upperRight": ("right", "top"),
    "upperLeft": ("left", "top"),
    "lowerLeft": ("left", "bottom"),
    "lowerRight": ("right", "bottom"),
    "center": ("center", "middle"),
}


@dataclass(frozen=True, slots=True)
class Watermark:
    """``scale`` is the width in parts of the picture's longer side (0 for the image's own size), ``padding`` the
    margin in parts of the picture's width and height; ``size`` is in bytes."""

    id: str
    workspace_id: str
    created_at: datetime
    name: str
    opacity: Fraction
    padding: Fraction
    scale: Fraction
    position: Position
    size: int
    width: int
    height: int
    #: The address that it came from, if it wasn't sent to us.
    url: str | None = None

    @property
    def placement(self) -> Placement:
        margin = Length(Fraction(0) if self.position == "center" else self.padding, is_part=True)
        return Placement(
            "", *_ALIGNED[self.position], margin, margin, opacity=self.opacity, kept=self.id, scale=self.scale
        )
