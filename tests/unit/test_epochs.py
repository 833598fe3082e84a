"""Clocks that begin again, or leap."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest

from inpoint.model.epochs import Epochs

US = 1_000_000
PICTURE, SOUND = Fraction(1, 25), Fraction(1024, 48_000)


def recording(begin: Fraction, seconds: int) -> list[tuple[int, Fraction, Fraction]]:
    """Packets of picture and sound, as they lie in a file: the sound a quarter of a second later."""
    found = [(0, begin + n * PICTURE, PICTURE) for n in range(seconds * 25)]
    found += [(1, begin + n * SOUND, SOUND) for n in range(int(seconds / SOUND))]
    return sorted(found, key=lambda one: one[1] + (Fraction(1, 4) if one[0] else 0))


def shifted(packets: Sequence[tuple[int, Fraction, Fraction]], *, leaps: bool = True) -> list[tuple[int, Fraction]]:
    epochs = Epochs(leaps=leaps)
    return [
        (track, at + Fraction(epochs.shift(track, round(at * US), round(at * US), round(lasts * US)), US))
        for track, at, lasts in packets
    ]


@pytest.mark.parametrize(
    "begins",
    [(0, 0), (100, 0), (0, 54_000), (0, 54_000, 3), (95_000, 2, 95_000), (0, 120, 40), (0, 4, 0, 4)],
)  # fmt: skip
def test_parts_lie_end_to_end(begins: tuple[int, ...]) -> None:
    packets = [one for begin in begins for one in recording(Fraction(begin), 8)]
    found = shifted(packets)
    for track, length in ((0, PICTURE), (1, SOUND)):
        times = [at for one, at in found if one == track]
        steps = {b - a for a, b in pairwise(times)}
        assert all(0 < step <= length + Fraction(1, 20) for step in steps), sorted(steps)[-1]
    pictures, sounds = ([at for one, at in found if one == track] for track in (0, 1))
    each = len(pictures) // len(begins)
    heard = len(sounds) // len(begins)
    for part in range(len(begins)):
        away = pictures[part * each] - sounds[part * heard]
        assert abs(away) <= Fraction(1, US), "picture and sound stay together"


def test_a_picture_that_stays_is_no_leap() -> None:
    sound = [(1, n * SOUND, SOUND) for n in range(int(300 / SOUND))]
    slides = [(0, Fraction(at), PICTURE) for at in (0, 60, 200)]
    found = shifted(sorted([*sound, *slides], key=lambda one: one[1]))
    assert [at for track, at in found if track == 0] == [0, 60, 200]


def test_pictures_that_stay_for_minutes_may_be_out_of_order() -> None:
    """And nobody may tell when they are decoded."""
    epochs = Epochs(leaps=False)
    minutes = [0, 8, 4, 2, 1, 3, 6, 5, 7, 16, 12, 10, 9]
    assert {epochs.shift(0, None, 60 * minute * US, US) for minute in minutes} == {0}
    epochs = Epochs(leaps=False)
    assert {epochs.shift(0, None, (1000 + at) * US, US) for at in range(20)} == {0}
    assert {epochs.shift(0, None, at * US, US) for at in range(3)} == {1020 * US}


def test_times_out_of_order_are_no_new_beginning() -> None:
    packets = [(0, n * PICTURE - (Fraction(1, 2) if n % 3 == 2 else 0), PICTURE) for n in range(200)]
    assert [at for _, at in shifted(packets)] == [at for _, at, _ in packets]


def test_pictures_are_shown_out_of_the_order_that_they_are_decoded_in() -> None:
    """One a second: the next to be decoded may be shown seconds before."""
    packets = [(n, 4 * (n // 4) + (4 if n % 4 == 0 else n % 4)) for n in range(40)]
    epochs = Epochs(leaps=True)
    assert {epochs.shift(0, decoded * US, shown * US, US) for decoded, shown in packets} == {0}


def test_where_leaps_are_meant_they_stay() -> None:
    packets = [*recording(Fraction(0), 2), *recording(Fraction(3600), 2)]
    assert [at for _, at in shifted(packets, leaps=False)] == [at for _, at, _ in packets]
