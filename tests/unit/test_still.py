"""Sizes of pictures, and where the tiles of a sheet are."""

from __future__ import annotations

from fractions import Fraction

import pytest

from inpoint.model.still import Canvas, Fit, canvas, sheet


@pytest.mark.parametrize(
    ("wanted", "fit", "scaled", "size"),
    [
        ((None, None), "preserve", (1920, 1080), (1920, 1080)),
        ((160, None), "preserve", (160, 90), (160, 90)),
        ((None, 90), "crop", (160, 90), (160, 90)),
        ((200, 200), "preserve", (200, 112), (200, 112)),
        ((200, 200), "stretch", (200, 200), (200, 200)),
        ((200, 200), "pad", (200, 112), (200, 200)),
        ((200, 200), "crop", (356, 200), (200, 200)),
        ((1, 3000), "preserve", (1, 1), (1, 1)),
    ],
)
def test_fits(
    wanted: tuple[int | None, int | None], fit: Fit, scaled: tuple[int, int], size: tuple[int, int]
) -> None:
    assert canvas(1920, 1080, *wanted, fit) == Canvas(scaled, size)


def test_a_sheet_of_a_short_video_has_a_tile_a_second() -> None:
    plan = sheet(300, Fraction(30), (1280, 720), None, 100, 256)
    assert plan.frames == tuple(range(0, 300, 30))
    assert (plan.tile, plan.columns, plan.rows, plan.size) == ((256, 144), 10, 1, (2560, 144))


def test_a_sheet_of_a_long_video_has_no_more_tiles_than_it_may() -> None:
    plan = sheet(30 * 7200, Fraction(30), (1280, 720), Fraction(10), 400, 160)
    assert len(plan.frames) == 400
    assert plan.interval == 18
    assert plan.place(13) == (480, 90)
    assert plan.frames[-1] < 30 * 7200


def test_a_sheet_of_an_instant_has_one_tile() -> None:
    plan = sheet(1, Fraction(30), (1280, 720), Fraction(10), 400, 160)
    assert (plan.frames, plan.columns, plan.rows) == ((0,), 1, 1)
