"""Kinds by what has happened to them: sizes that change, damage, files that are cut off."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from tests import judge
from tests.acceptance.test_sizes import CODECS, EACH, SIZES, inside, joined
from tests.damage import cut, damaged, empty, flip
from tests.kinds.kind import FAST, RATE, Kind, Workshop, all_along, plain
from tests.kinds.spliced import spliced
from tests.media import Recipe, ffmpeg, read_number

_CUT_OFF, _DAMAGED = frozenset({"cut_off"}), frozenset({"damaged"})
_HEVC = "libx265", "mp4", CODECS["hevc"][2]


def _sized(
    codec: str, encoder: str, suffix: str, options: Mapping[str, str], *, join: Callable[[list[Path], Path], Path]
) -> Kind:
    """The same pictures in several sizes, one after another in one track."""
    pixels, name = "yuvj420p" if encoder == "mjpeg" else "yuv420p", codec.replace(" ", "-")

    def make(shop: Workshop) -> Path:
        sized = functools.partial(Recipe, options=dict(options))
        parts = [
            shop.source(sized(f"sizes-{name}-{wide}x{high}", encoder, suffix, RATE, EACH, wide, high, pixels, None))
            for wide, high in SIZES
        ]
        return join(parts, shop.folder / f"kind-sizes-{name}.{suffix}")

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


def _two_codecs(shop: Workshop) -> Path:
    first = shop.source(plain("kind-silent", frames=EACH, audio=None, options=FAST | {"bf": "0"}))
    second = shop.source(plain("kind-mpeg4", frames=EACH, audio=None, codec="mpeg4", options={"g": "15", "b": "3M"}))
    return spliced([first, second], shop.folder / "kind-two-codecs.mp4")


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
    *(_sized(codec, *made, join=joined) for codec, made in CODECS.items()),
    _sized("h264 in sample entries", "libx264", "mp4", FAST | {"g": "30"}, join=spliced),
    _sized("hevc in sample entries", *_HEVC, join=spliced),
    _sized("mpeg4 in sample entries", "mpeg4", "mp4", {"g": "15", "b": "3M"}, join=spliced),
    Kind("two codecs in one track", "an MP4 with a sample entry for H.264, and one for MPEG-4",
         "what the first codes, and a word that it isn't all",
         _two_codecs, range(EACH), heard=None, warned=frozenset({"left_out"})),
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
