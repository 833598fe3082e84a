"""A watermark: an image that is kept to be laid over videos, and where on them it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from inpoint.model.overlay import Length, Placement, XAlign, YAlign

#: Which side or corner of the picture it keeps to.
Position = tuple[XAlign, YAlign]


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
        """As a treatment lays it over a picture; no margin where it is in the middle."""
        margin = Length(Fraction(0) if self.position == ("center", "middle") else self.padding, is_part=True)
        return Placement("", *self.position, margin, margin, opacity=self.opacity, kept=self.id, scale=self.scale)
