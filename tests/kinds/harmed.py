"""Kinds by what has happened to them: sizes that change, damage, files that are cut off."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from pathlib import Path

from tests import judge
from tests.acceptance.test_sizes import CODECS, EACH, SIZES, inside, joined
from tests.damage import cut, damaged, empty, flip
from tests.kinds.kind import RATE, Kind, Workshop, all_along, plain
from tests.media import Recipe, ffmpeg, read_number

_CUT_OFF, _DAMAGED = frozenset({"cut_off"}), frozenset({"damaged"})


def _sized(codec: str) -> Kind:
    encoder, suffix, options = CODECS[codec]
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"

    def make(shop: Workshop) -> Path:
        parts = [
            shop.source(
                Recipe(
                    f"sizes-{codec}-{wide}x{high}",
                    encoder,
                    suffix,
                    RATE,
                    EACH,
                    wide,
                    high,
                    pixels,
                    None,
                    options=options,
                )
            )
            for wide, high in SIZES
        ]
        return joined(parts, shop.folder / f"kind-sizes-{codec}.{suffix}")

    def read(data: bytes, first: int) -> list[int]:
        pictures = judge.pictures(data)
        canvas = pictures[0].shape[1], pictures[0].shape[0]
        return [
            read_number(picture[inside(canvas, SIZES[number // EACH])])
            for number, picture in enumerate(pictures, first)
        ]

    shown = [number % EACH for number in range(EACH * len(SIZES))]
    sizes = ", ".join(f"{wide} by {high}" for wide, high in SIZES)
    return Kind(
        f"sizes of {codec}", f"{encoder}, {sizes}", "each fitted on the largest", make, shown, RATE, None, read=read
    )


def right_or_held(numbers: Sequence[int]) -> bool:
    """Each picture is the right one, or the last one that was shown."""
    last = 0
    for place, number in enumerate(numbers):
        if number not in (place, last):
            return False
        last = number
    return len(set(numbers)) > 60


def _harmed(name: str, made: str, hit: Collection[int], harm: Callable[[bytes, random.Random], bytes]) -> Kind:
    def make(shop: Workshop) -> Path:
        return damaged(shop.source(plain()), shop.folder / f"kind-{name.replace(' ', '-')}.mkv", hit, harm)

    right = "the last whole picture is held until the next key frame"
    return Kind(name, made, right, make, right_or_held, RATE, all_along(Fraction(8)), warned=_DAMAGED)


def _silenced(shop: Workshop) -> Path:
    return damaged(shop.source(plain()), shop.folder / "kind-silenced.mkv", range(100, 140), empty, kind="audio")


def _cut_off(container: str, *how: str) -> Kind:
    def make(shop: Workshop) -> Path:
        whole, out = (shop.folder / f"kind-{name}.{container}" for name in (f"whole{len(how)}", f"cut-off{len(how)}"))
        ffmpeg("-i", shop.source(plain()), "-c", "copy", *how, whole)
        data = whole.read_bytes()
        out.write_bytes(data[: len(data) * 6 // 10])
        return out

    codes = _CUT_OFF | {"avi": {"guessed"}, "mkv": {"held"}}.get(container, {"held", "damaged"})
    heard = None if "-an" in how else all_along(Fraction(3))
    return Kind(
        f"cut off, {' '.join([container, *how[1:2]])}", f"six tenths of a {container} file {' '.join(how)}".strip(),
        "what is there, and a word that it isn't all", make, right_or_held, RATE, heard, warned=codes,
    )  # fmt: skip


HARMED = (
    *map(_sized, CODECS),
    _harmed("a hole in the picture", "41 packets are zeros", range(70, 111), empty),
    _harmed("a picture cut short", "half of four packets is missing", (30, 77, 120, 163), cut),
    _harmed("bits turned over", "some bits of three packets", (33, 90, 141), flip),
    Kind("a hole in the sound", "40 packets of sound are zeros", "silence there, all else at its place", _silenced,
         range(200), RATE,
         ((Fraction(0), Fraction(0), Fraction(2)), (Fraction(16, 5), Fraction(16, 5), Fraction(24, 5))),
         warned=_DAMAGED),
    _cut_off("mp4", "-movflags", "faststart"), _cut_off("mp4", "-movflags", "frag_keyframe+empty_moov", "-y"),
    _cut_off("mkv"), _cut_off("avi", "-an"), _cut_off("flv"),
)  # fmt: skip
