"""What earlier releases stored, in the words that they had for it: read for as long as anything may hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from inpoint.model.overlay import XAlign, YAlign
from inpoint.model.treatment import Quality

_QUALITIES: Mapping[str, Quality] = {"standard": "usual", "pro": "better", "premium": "best"}
_POSITIONS = {
    "upperRight": "right top",
    "upperLeft": "left top",
    "lowerLeft": "left bottom",
    "lowerRight": "right bottom",
    "center": "center middle",
}


def quality(told: str) -> Quality:
    """A treatment's."""
    return _QUALITIES.get(told) or cast(Quality, told)


def position(told: str) -> tuple[XAlign, YAlign]:
    """A watermark's."""
    across, down = _POSITIONS.get(told, told).split()
    return cast(XAlign, across), cast(YAlign, down)


def creator(row: Mapping[Any, Any]) -> str | None:
    """A media's: once it stood among what its request had said."""
    found: str | None = row.get("creator") or row["request"].get("creatorId")
    return found
