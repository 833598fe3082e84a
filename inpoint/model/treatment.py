"""How an import is to be made: what its maker chose, fixed with its encoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inpoint.model.overlay import Placement

Quality = Literal["standard", "pro", "premium"]


@dataclass(frozen=True, slots=True)
class Treatment:
    #: The greatest rung that is made.
    max_height: int = 1080
    quality: Quality = "standard"
    #: Whether sound is brought to the usual loudness.
    loudness: bool = False
    #: Images over the picture, the first the lowest.
    overlays: tuple[Placement, ...] = ()
