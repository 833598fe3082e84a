"""Kinds by how their pictures are coded."""

from __future__ import annotations

from dataclasses import replace

from tests.kinds.kind import RATE, Kind, kind_of
from tests.media import RECIPES, Recipe

FRAMES = 80
_RIGHT = "every picture once"


def _picture(
    codec: str, container: str, pixels: str = "yuv420p", size: tuple[int, int] = (320, 180), **options: str
) -> Kind:
    sound = {"avi": "pcm_s16le", "mxf": "pcm_s16le", "flv": "libmp3lame", "mpg": "mp2"}.get(container, "aac")
    recipe = Recipe(
        f"picture-{'-'.join([codec, *options.values(), container])}", codec, container, RATE, FRAMES, *size,
        pixels=pixels, audio=(sound, 44_100 if container == "flv" else 48_000), options=options,
    )  # fmt: skip
    told = ", ".join([codec, pixels, *(f"{name} {value}" for name, value in options.items())])
    is_untold = container == "avi" and "bf" in options
    return kind_of(
        recipe, f"{codec} in {container}{' ' + pixels if codec in ('prores_ks', 'dnxhd') else ''}",
        f"{told}; in {container}", _RIGHT, within=400, warned=frozenset({"guessed"} if is_untold else ()),
    )  # fmt: skip


def _known(recipe: Recipe) -> Kind:
    """Of the sources that players are tried with, but small."""
    options = " ".join(f"{name}={value}" for name, value in recipe.options.items())
    grid = recipe.rate if recipe.times is None else None
    frames = range(recipe.frames) if recipe.times is None else _in_order(recipe.frames)
    small = replace(recipe, name=f"kind-{recipe.name}", width=320, height=180)
    return kind_of(
        small, recipe.name, f"{recipe.codec}, {options}; in {recipe.container}", _RIGHT, rate=grid, shown=frames,
        within=400,
    )  # fmt: skip


def _in_order(frames: int):  # type: ignore[no-untyped-def]
    """Nearly all of so many, at a rate that nobody told."""

    def judged(numbers: list[int]) -> bool:
        return numbers == sorted(numbers) and len(set(numbers)) > 0.9 * frames

    return judged


_REFRESHED = Recipe(
    "kind-refreshed", rate=RATE, frames=250, width=320, height=180, audio=None,
    options={"preset": "ultrafast", "x264-params": "intra-refresh=1:keyint=50:bframes=2:b-adapt=0"},
)  # fmt: skip
_ONE_KEY = {
    "libx264": Recipe(
        "kind-one-key-h264", rate=RATE, frames=1400, width=320, height=180,
        options={"preset": "ultrafast", "g": "9999", "x264-params": "scenecut=0:bframes=3:b-adapt=0"},
    ),
    "libvpx": Recipe(
        "kind-one-key-vp8", "libvpx", "webm", RATE, 1400, 320, 180, audio=("libopus", 48_000),
        options={"deadline": "realtime", "cpu-used": "8", "g": "9999", "b": "500k"},
    ),
}  # fmt: skip
_TEN = Recipe(
    "kind-ten-bits", container="mkv", rate=RATE, frames=FRAMES, width=320, height=180, pixels="yuv420p10le",
    options={"preset": "ultrafast"},
)  # fmt: skip
_ODD = Recipe(
    "kind-odd", "libvpx", "webm", RATE, FRAMES, 323, 181, audio=("libopus", 48_000),
    options={"deadline": "realtime", "cpu-used": "8", "b": "2M"},
)  # fmt: skip
_FULL = Recipe(
    "kind-full-range", rate=RATE, frames=FRAMES, width=320, height=180, pixels="yuvj420p",
    options={"preset": "ultrafast"},
)  # fmt: skip

CODED = (
    *map(_known, (one for one in RECIPES if one.width >= 160)),
    _picture("dnxhd", "mov", "yuv422p", profile="dnxhr_lb"), _picture("dvvideo", "avi", size=(720, 576)),
    _picture("cfhd", "mov", "yuv422p10le", (320, 192)), _picture("png", "mov", "rgb24"),
    _picture("qtrle", "mov", "rgb24"), _picture("huffyuv", "avi", "yuv422p"), _picture("ffvhuff", "avi"),
    _picture("utvideo", "avi"), _picture("v210", "mov", "yuv422p10le"), _picture("rawvideo", "avi"),
    _picture("flv", "flv"), _picture("h263", "3gp", size=(352, 288)), _picture("wmv1", "wmv"),
    _picture("wmv2", "wmv"), _picture("msmpeg4", "avi"), _picture("msmpeg4v2", "avi"),
    _picture("svq1", "mov", "yuv410p"), _picture("ffv1", "mkv"), _picture("mjpeg", "avi", "yuvj420p"),
    _picture("jpeg2000", "mov"), _picture("jpeg2000", "mxf"), _picture("prores_ks", "mov", "yuv422p10le"),
    _picture("prores_ks", "mov", "yuva444p10le", profile="4444"), _picture("mpeg1video", "mpg", bf="2"),
    _picture("mpeg2video", "mpg", bf="2", g="12"), _picture("mpeg4", "mp4", bf="2"),
    _picture("mpeg4", "avi", bf="2"),
    kind_of(_REFRESHED, "refreshed bit by bit", "libx264, intra-refresh=1", "every picture once, wherever it is cut"),
    kind_of(_TEN, "ten bits", "libx264, yuv420p10le; in mkv", _RIGHT),
    kind_of(_ODD, "odd size", "libvpx, 323 by 181; in webm", _RIGHT, within=400),
    kind_of(_FULL, "full range", "libx264, yuvj420p", _RIGHT),
    *(
        kind_of(one, f"one key frame, {name}", f"{name}, 56 seconds with one key frame", _RIGHT, within=400)
        for name, one in _ONE_KEY.items()
    ),
)  # fmt: skip
