"""An image over the picture: where it lies, in parts of the picture, so that every rendition shows it alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from inpoint.errors import Unsupported

XAlign = Literal["left", "center", "right"]
YAlign = Literal["top", "middle", "bottom"]


@dataclass(frozen=True, slots=True)
class Length:
    """A part of the picture's own length, or pixels of the picture as it came."""

    value: Fraction
    is_part: bool

    def of(self, whole: int) -> Fraction:
        """As a part of a length of so many pixels."""
        return self.value if self.is_part else self.value / whole


_LARGEST = 3  # times the picture
_ZERO = Length(Fraction(0), is_part=True)


@dataclass(frozen=True, slots=True)
class Placement:
    """How an image is asked for. Without a width or height it keeps its shape; without both, its size.

    ``kept`` names a watermark that is kept here, instead of an address. A ``scale`` says the width in parts of the
    picture's longer side, as far as the image then fits into the picture; 0 is its own size, as far as it fits.
    """

    url: str
    x_align: XAlign = "left"
    y_align: YAlign = "top"
    x_margin: Length = _ZERO
    y_margin: Length = _ZERO
    width: Length | None = None
    height: Length | None = None
    opacity: Fraction = Fraction(1)
    kept: str | None = None
    scale: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """The picture's parts that an image covers, and how opaque it is. ``number`` names its image."""

    number: int
    left: Fraction
    top: Fraction
    width: Fraction
    height: Fraction
    opacity: Fraction


def place(number: int, wanted: Placement, image: tuple[int, int], picture: tuple[int, int]) -> Overlay:
    """Where an image of some pixels lies in a picture of some pixels."""
    across, down = picture
    shape = Fraction(image[1] * across, image[0] * down)  # its height by its width, in parts of the picture
    width = wanted.width.of(across) if wanted.width else None
    height = wanted.height.of(down) if wanted.height else None
    if wanted.scale:
        width = wanted.scale * max(picture) / across
    if width is None:
        width = height / shape if height is not None else Fraction(image[0], across)
    if height is None:
        height = width * shape
    if wanted.scale is not None and (most := max(width, height)) > 1:
        width, height = width / most, height / most
    if width > _LARGEST or height > _LARGEST:
        raise Unsupported("an image over the picture is far larger than the picture")
    left = _along(wanted.x_align == "left", wanted.x_align == "right", wanted.x_margin.of(across), width)
    top = _along(wanted.y_align == "top", wanted.y_align == "bottom", wanted.y_margin.of(down), height)
    return Overlay(number, left, top, width, height, wanted.opacity)


def _along(at_begin: bool, at_end: bool, margin: Fraction, size: Fraction) -> Fraction:
    if at_begin:
        return margin
    return 1 - size - margin if at_end else (1 - size) / 2 + margin


def pixels(overlay: Overlay, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, width and height in a picture of some pixels."""
    size = (max(1, round(overlay.width * width)), max(1, round(overlay.height * height)))
    return round(overlay.left * width), round(overlay.top * height), *size


def overlay_facts(overlay: Overlay) -> dict[str, Any]:
    """As JSON, for a row."""
    return {name: getattr(overlay, name) if name == "number" else str(getattr(overlay, name)) for name in _NAMES}


def to_overlay(told: Mapping[str, Any]) -> Overlay:
    """From a row's JSON."""
    return Overlay(told["number"], *(Fraction(told[name]) for name in _NAMES[1:]))


_NAMES = ("number", "left", "top", "width", "height", "opacity")


def placement_facts(wanted: Placement) -> dict[str, Any]:
    """As JSON, for a row."""

    def length(one: Length | None) -> list[Any] | None:
        return None if one is None else [str(one.value), one.is_part]

    return {
        "url": wanted.url,
        "x_align": wanted.x_align,
        "y_align": wanted.y_align,
        "x_margin": length(wanted.x_margin),
        "y_margin": length(wanted.y_margin),
        "width": length(wanted.width),
        "height": length(wanted.height),
        "opacity": str(wanted.opacity),
        "kept": wanted.kept,
        "scale": None if wanted.scale is None else str(wanted.scale),
    }


def to_placement(told: Mapping[str, Any]) -> Placement:
    """From a row's JSON."""

    def length(one: list[Any] | None) -> Length | None:
        return None if one is None else Length(Fraction(one[0]), is_part=one[1])

    return Placement(
        told["url"],
        told["x_align"],
        told["y_align"],
        length(told["x_margin"]) or _ZERO,
        length(told["y_margin"]) or _ZERO,
        length(told["width"]),
        length(told["height"]),
        Fraction(told["opacity"]),
        told.get("kept"),
        None if told.get("scale") is None else Fraction(told["scale"]),
    )
