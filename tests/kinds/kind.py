"""A kind of source, and what is right for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tests import judge
from tests.media import Recipe

RATE = Fraction(25)
FAST = {"preset": "ultrafast", "g": "50", "bf": "2"}


@dataclass(frozen=True)
class Workshop:
    """Where sources are made: ``source`` makes a recipe's file, ``folder`` takes what is made of it."""

    source: Callable[[Recipe], Path]
    folder: Path


Judge = Callable[[Sequence[int]], bool]
#: A stretch of sound: where it is in the media, where in the noise, and how long; in seconds.
Heard = tuple[Fraction, Fraction, Fraction]


def reads(data: bytes, first: int) -> list[int]:
    """The numbers of pictures, of which the ``first`` is that frame of the media."""
    del first
    return judge.numbers(data)


@dataclass(frozen=True)
class Kind:
    """``shown`` are the numbers that a media's frames carry, or what judges them; None of sound alone. ``warned`` are
    the codes of its warnings."""

    name: str
    made: str
    right: str
    make: Callable[[Workshop], Path]
    shown: Sequence[int] | Judge | None = None
    rate: Fraction | None = RATE
    #: None where there is no sound.
    heard: Sequence[Heard] | None = ()
    #: Samples of 48,000 a second that sound may lie from its place; and by which it is late, untold by its file.
    within: int = 48
    late: int = 0
    warned: frozenset[str] = frozenset()
    read: Callable[[bytes, int], list[int]] = reads


def all_along(seconds: Fraction) -> tuple[Heard, ...]:
    """Sound that is where it was recorded."""
    return ((Fraction(0), Fraction(0), seconds),)


def plain(name: str = "kind-plain", **more: object) -> Recipe:
    """Eight seconds of H.264 and AAC, as ever."""
    return Recipe(name, **{"rate": RATE, "frames": 200, "width": 320, "height": 180, "options": FAST} | more)  # type: ignore[arg-type]


def kind_of(recipe: Recipe, name: str, made: str, right: str, **more: object) -> Kind:
    """What a recipe makes: every frame once, sound where it was recorded."""
    told: dict[str, object] = {
        "shown": range(recipe.frames),
        "rate": recipe.rate,
        "heard": None if recipe.audio is None else all_along(recipe.frames / recipe.rate),
    }
    return Kind(name, made, right, lambda shop: shop.source(recipe), **told | more)  # type: ignore[arg-type]
