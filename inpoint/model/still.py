"""Pictures of a video: stills, moving ones, sheets of many. What is to be painted, in whole pixels; pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Fit = Literal["preserve", "stretch", "crop", "pad"]
#: "raw" is three bytes a pixel, row by row.
ImageFormat = Literal["png", "jpg", "webp", "gif", "raw"]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture scaled to ``scaled``, then cut or padded to ``size`` around its middle."""

    scaled: tuple[int, int]
    size: tuple[int, int]


def canvas(width: int, height: int, wanted_width: int | None, wanted_height: int | None, fit: Fit) -> Canvas:
    """How a picture of ``width`` by ``height`` is brought to a size. One of the two alone keeps its shape; with both,
    "preserve" fits it inside, "stretch" gives up its shape, "crop" fills and cuts, "pad" fits and adds black."""
    if wanted_width is None and wanted_height is None:
        return Canvas((width, height), (width, height))
    if wanted_width is None or wanted_height is None:
        scale = Fraction(wanted_width, width) if wanted_width else Fraction(wanted_height or 1, height)
        size = (wanted_width or _floor(width * scale), wanted_height or _floor(height * scale))
        return Canvas(size, size)
    box = (wanted_width, wanted_height)
    across, down = Fraction(wanted_width, width), Fraction(wanted_height, height)
    if fit == "stretch":
        return Canvas(box, box)
    if fit == "crop":
        scale = max(across, down)
        return Canvas((max(box[0], _ceiling(width * scale)), max(box[1], _ceiling(height * scale))), box)
    scale = min(across, down)
    inside = (_floor(width * scale), _floor(height * scale))
    return Canvas(inside, box if fit == "pad" else inside)


def _floor(size: Fraction) -> int:
    return max(1, int(size))


def _ceiling(size: Fraction) -> int:
    return -(-size.numerator // size.denominator)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Tiles of one size in rows of ``columns``: those of the timeline's ``frames``, in order."""

    tile: tuple[int, int]
    columns: int
    frames: tuple[int, ...]
    #: Seconds from a tile to the next, and of the whole.
    interval: Fraction
    duration: Fraction

    @property
    def rows(self) -> int:
        """How many rows of tiles."""
        return -(-len(self.frames) // self.columns)

    @property
    def size(self) -> tuple[int, int]:
        """Of all of it, in pixels."""
        return self.tile[0] * self.columns, self.tile[1] * self.rows

    def place(self, number: int) -> tuple[int, int]:
        """A tile's left upper corner."""
        return number % self.columns * self.tile[0], number // self.columns * self.tile[1]


def sheet(
    frames: int, rate: Fraction, shape: tuple[int, int], interval: Fraction | None, most: int, tile_width: int
) -> Sheet:
    """A sheet of a timeline of ``frames``: a tile every ``interval`` seconds, or as many as are useful. Never more
    than ``most``: a longer video's lie further apart."""
    duration = frames / rate
    wanted = interval or max(Fraction(1), duration / most)
    step = max(wanted, duration / most)
    count = max(1, -(-duration.numerator * step.denominator // (duration.denominator * step.numerator)))
    at = tuple(min(frames - 1, int(number * step * rate)) for number in range(min(count, most)))
    tile = canvas(*shape, tile_width, None, "preserve").size
    return Sheet(tile, min(10, len(at)), at, step, duration)
