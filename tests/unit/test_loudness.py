"""How much louder sound is made: windows that are bounded, gating, headroom."""

from __future__ import annotations

import pytest

from inpoint.imports.loudness import gain, windows
from inpoint.ports.orders import Loudness


def test_windows_cover_a_short_soundtrack_and_sample_a_long_one() -> None:
    assert windows(100) == [(0, 100)]
    assert windows(700) == [(0, 140), (140, 280), (280, 420), (420, 560), (560, 700)]
    long = windows(3 * 3600 * 48_000 // 1024)
    assert len(long) == 100
    assert long[0][0] == 0
    assert long[-1][0] > 0.98 * 3 * 3600 * 48_000 // 1024
    assert all(end - start == 140 for start, end in long)


@pytest.mark.parametrize(
    ("measures", "wanted"),
    [
        ([Loudness(-23.0, 0.1)], 9.0),
        ([Loudness(-23.0, 0.1), Loudness(-70.0, 0.0), Loudness(-90.0, 0.0)], 9.0),  # silence counts for nothing
        ([Loudness(-20.0, 0.1), Loudness(-40.0, 0.01)], 6.0),  # nor what lies far below the rest
        ([Loudness(-9.0, 0.9)], -5.0),
        ([Loudness(-23.0, 0.891)], 0.0),  # no room: a sample would pass -1 dB
        ([Loudness(-60.0, 0.001)], 24.0),
        ([Loudness(-70.0, 0.0)], 0.0),
    ],
)
def test_gain(measures: list[Loudness], wanted: float) -> None:
    assert gain(measures) == pytest.approx(wanted, abs=0.02)
