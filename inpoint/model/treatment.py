"""How an import is to be made: what its maker chose, fixed with its encoding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from inpoint.model.overlay import Placement


@dataclass(frozen=True, slots=True)
class Insert:
    """Another video that is played at a time of the main one, in seconds of that; None is after its end."""

    url: str
    at: Fraction | None


@dataclass(frozen=True, slots=True)
class Imposition:
    """A sound laid over the video's own, from ``start`` to ``end`` in seconds of it, faded over some seconds."""

    url: str
    start: Fraction
    end: Fraction | None
    fade_in: Fraction
    fade_out: Fraction


#: The ``max_height`` of a clip that is as great as its source.
AS_SOURCE = 1 << 16

Quality = Literal["usual", "better", "best"]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is to be done to a source besides cutting it. ``max_height`` is in lines."""

    #: The greatest rung that is made.
    max_height: int = 1080
    quality: Quality = "usual"
    #: Whether sound is brought to the usual loudness.
    loudness: bool = False
    #: Images over the picture, the first the lowest.
    overlays: tuple[Placement, ...] = ()
    #: In the order in which those at one place are played.
    inserts: tuple[Insert, ...] = ()
    #: A sound file that replaces the source's own sound.
    sound_url: str | None = None
    impositions: tuple[Imposition, ...] = ()

    @property
    def has_own_sound(self) -> bool:
        """Whether the source's own sound is played as it is."""
        return self.sound_url is None and not self.impositions
