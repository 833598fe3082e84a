"""Kinds by their times: rates, slides, edits, clocks that leap, sound before and after the picture."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from tests.kinds.edits import edited
from tests.kinds.kind import FAST, RATE, Heard, Judge, Kind, Workshop, all_along, kind_of, plain
from tests.media import Recipe, ffmpeg


def _rated(rate: Fraction, grid: Fraction, name: str) -> Kind:
    """Three seconds at a rate, and the grid that they are cut on."""
    frames = int(rate * 3)
    recipe = Recipe(f"kind-rate-{name}", rate=rate, frames=frames, width=320, height=180, options=FAST)
    ratio = grid / rate
    count = int(frames * ratio)
    shown = [int(number / ratio) for number in range(count)] if ratio >= 1 else list(range(0, frames, int(1 / ratio)))
    right = f"{name} pictures a second on a grid of {float(grid):g}"
    return kind_of(
        recipe, f"{name} a second", f"libx264 at {name} pictures a second", right, rate=grid, shown=shown,
        warned=frozenset({"dropped"} if ratio < 1 else ()),
    )  # fmt: skip


def _stamped(name: str, times: Sequence[int], right: str, shown: Sequence[int] | Judge, **more: object) -> Kind:
    recipe = plain(
        f"kind-{name.replace(' ', '-')}", frames=len(times), times=list(times), container="mkv", audio=None
    )
    return kind_of(recipe, name, "libx264 in mkv, with times of its own", right, shown=shown, **more)


def _edited(name: str, *edits: tuple[int, int]) -> Kind:
    def make(shop: Workshop) -> Path:
        out = shop.folder / f"kind-{name.replace(' ', '-')}.mp4"
        edited(shop.source(plain()), out, [(Fraction(begins), Fraction(lasts)) for begins, lasts in edits])
        return out

    heard: list[Heard] = []
    at = Fraction(0)
    for begins, lasts in edits:
        heard.append((at, Fraction(begins), Fraction(lasts)))
        at += lasts
    shown = [25 * begins + number for begins, lasts in edits for number in range(25 * lasts)]
    told = ", ".join(f"{begins} to {begins + lasts} s" for begins, lasts in edits)
    return Kind(name, f"an edit list: {told}", "the edits, one after another", make, shown, RATE, heard)


def _clocks(name: str, *offsets: int) -> Kind:
    """Recordings one behind another in one file, each with a clock of its own."""

    def make(shop: Workshop) -> Path:
        data = b""
        for offset in offsets:
            part = shop.folder / "kind-part.ts"
            ffmpeg("-i", shop.source(plain()), "-c", "copy", "-output_ts_offset", str(offset), part)
            data += part.read_bytes()
        out = shop.folder / f"kind-{name.replace(' ', '-')}.ts"
        out.write_bytes(data)
        return out

    def shown(numbers: Sequence[int]) -> bool:
        changes = [number for place, number in enumerate(numbers) if place == 0 or numbers[place - 1] != number]
        return changes == list(range(200)) * len(offsets) and len(numbers) <= 204 * len(offsets)

    made = "transport streams joined, their clocks beginning at " + ", ".join(f"{one} s" for one in offsets)
    heard = [(Fraction(8 * number), Fraction(0), Fraction(39, 5)) for number in range(len(offsets))]
    return Kind(name, made, "laid end to end", make, shown, RATE, heard, warned=frozenset({"guessed"}))


def _late_picture(shop: Workshop) -> Path:
    out = shop.folder / "kind-late-picture.mp4"
    path = shop.source(plain())
    ffmpeg("-i", path, "-itsoffset", "2.5", "-i", path, "-map", "1:v", "-map", "0:a", "-c", "copy", out)
    return out


def _late_sound(shop: Workshop) -> Path:
    out = shop.folder / "kind-late-sound.mkv"
    path = shop.source(plain())
    ffmpeg("-i", path, "-itsoffset", "2", "-i", path, "-map", "0:v", "-map", "1:a", "-c", "copy", out)
    return out


def _from_the_middle(shop: Workshop) -> Path:
    """As a tuner begins: packets from anywhere in a GOP on."""
    whole = shop.source(plain("kind-broadcast", container="ts"))
    data = whole.read_bytes()
    out = shop.folder / "kind-from-the-middle.ts"
    out.write_bytes(data[188 * (len(data) // 188 // 8) :])
    return out


def _shaken(seed: int) -> list[int]:
    """Every 33 or 34 ms, a millisecond earlier or later."""
    chance = random.Random(seed)
    return [0, *(round(number * 1000 / 30) + chance.choice((-1, 0, 1)) for number in range(1, 120))]


def _held(numbers: Sequence[int]) -> bool:
    return list(dict.fromkeys(numbers)) == list(range(max(numbers) + 1)) and list(numbers) == sorted(numbers)


def _from_a_key_frame(numbers: Sequence[int]) -> bool:
    changes = list(dict.fromkeys(numbers))
    return changes == list(range(50, 200))


_LONGER = plain("kind-longer", sound_seconds=9)
_HOLE = [*range(0, 4000, 40), *range(7000, 11000, 40)]
TIMED = (
    *(
        _rated(Fraction(rate), Fraction(grid), name)
        for name, rate, grid in (
            ("5", 5, 25), ("10", 10, 30), ("12", 12, 24), ("15", 15, 30), ("24", 24, 24), ("48", 48, 48),
            ("50", 50, 50), ("60", 60, 60), ("90", 90, 45), ("100", 100, 50), ("119.88", "120000/1001", "60000/1001"),
            ("240", 240, 60), ("29.97", "30000/1001", "30000/1001"),
        )
    ),
    _stamped("shaken", _shaken(1), "30 a second, each picture once", list(range(120)), rate=Fraction(30)),
    _stamped("one picture", [0], "a picture", _held, rate=None),
    _stamped("three pictures", [0, 40, 80], "three pictures", [0, 1, 2]),
    _stamped("slides", [1000 * number for number in range(12)], "each for a second, cut at 1/24 s", _held, rate=None),
    _stamped("minutes between", [0, 90_000, 200_000], "each until the next", _held, rate=None),
    _stamped("a hole", _HOLE, "the picture before it is held", [*range(100), *[99] * 75, *range(100, 200)],
             warned=frozenset({"held"})),
    _edited("one edit", (1, 3)), _edited("two edits", (1, 2), (5, 2)), _edited("edits that go back", (4, 2), (0, 2)),
    _edited("four edits", (0, 1), (2, 1), (4, 1), (6, 1)), _edited("the same twice", (2, 1), (2, 1)),
    _clocks("a clock that begins again", 0, 0), _clocks("a clock that leaps", 0, 54_000),
    _clocks("a clock that leaps back", 90_000, 10), _clocks("three clocks", 0, 700, 0),
    Kind("sound first", "the picture is delayed by 2.5 s", "the first picture is held", _late_picture,
         [*[0] * 62, *range(200)], RATE, all_along(Fraction(15, 2)), warned=frozenset({"held"})),
    Kind("sound later", "the sound is delayed by 2 s", "silence, then sound; the last picture is held", _late_sound,
         [*range(200), *[199] * 50], RATE,
         ((Fraction(2), Fraction(0), Fraction(6)),), warned=frozenset({"held"})),
    kind_of(_LONGER, "sound last", "9 s of sound to 8 s of pictures", "the last picture is held",
            shown=[*range(200), *[199] * 25], warned=frozenset({"held"}), heard=all_along(Fraction(9))),
    Kind("from the middle", "a transport stream from its eighth part on", "from the first key frame on",
         _from_the_middle, _from_a_key_frame, RATE, None, warned=frozenset({"left_out", "held"})),
)  # fmt: skip
