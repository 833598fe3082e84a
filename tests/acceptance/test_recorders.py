"""What recorders, editors and tuners make plays: every frame once, in order; sound in its place; clips exact."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests import judge
from tests.media import Recipe
from tests.server import Server

RATE, FRAMES = Fraction(25), 80
PAGE = Path(__file__).parents[2] / "docs/2-concepts/sources.md"


def picture(
    codec: str, container: str, pixels: str = "yuv420p", size: tuple[int, int] = (320, 180), **options: str
) -> Recipe:
    name = "-".join([codec, *options.values(), container])
    sound = {"avi": "pcm_s16le", "mxf": "pcm_s16le", "flv": "libmp3lame", "mpg": "mp2"}.get(container, "aac")
    return Recipe(
        f"picture-{name}", codec, container, RATE, FRAMES, *size, pixels=pixels,
        audio=(sound, 44_100 if container == "flv" else 48_000), options=options,
    )  # fmt: skip


def sound(codec: str, container: str, rate: int = 48_000, layout: str = "stereo") -> Recipe:
    """Beside a picture that AVI, too, holds without a delay."""
    picture, options = (
        ("mpeg4", {"bf": "0"}) if container == "avi" else ("libx264", {"preset": "ultrafast", "bf": "2"})
    )
    return Recipe(
        f"sound-{codec}-{rate}-{container}", picture, container, RATE, FRAMES, 320, 180, audio=(codec, rate),
        layout=layout, options=options,
    )  # fmt: skip


PICTURES = [
    picture("dnxhd", "mov", "yuv422p", profile="dnxhr_lb"), picture("dvvideo", "avi", size=(720, 576)),
    picture("cfhd", "mov", "yuv422p10le", (320, 192)), picture("png", "mov", "rgb24"),
    picture("qtrle", "mov", "rgb24"),
    picture("huffyuv", "avi", "yuv422p"), picture("ffvhuff", "avi"), picture("utvideo", "avi"),
    picture("v210", "mov", "yuv422p10le"), picture("rawvideo", "avi"), picture("flv", "flv"),
    picture("h263", "3gp", size=(352, 288)), picture("wmv1", "wmv"), picture("wmv2", "wmv"),
    picture("msmpeg4", "avi"), picture("msmpeg4v2", "avi"), picture("svq1", "mov", "yuv410p"), picture("ffv1", "mkv"),
    picture("mjpeg", "avi", "yuvj420p"), picture("jpeg2000", "mov"), picture("jpeg2000", "mxf"),
    picture("prores_ks", "mov", "yuv422p10le"), picture("prores_ks", "mov", "yuva444p10le", profile="4444"),
    picture("mpeg1video", "mpg", bf="2"), picture("mpeg2video", "mpg", bf="2", g="12"),
    picture("mpeg4", "mp4", bf="2"), picture("mpeg4", "avi", bf="2"),
]  # fmt: skip
SOUNDS = [
    sound("pcm_mulaw", "mov", 8000, "mono"), sound("pcm_alaw", "mov", 8000, "mono"), sound("pcm_s16be", "mov"),
    sound("pcm_s24be", "mov", 44_100), sound("pcm_f32be", "mov"), sound("pcm_u8", "avi"), sound("adpcm_ms", "avi"),
    sound("adpcm_ima_wav", "avi", 22_050), sound("adpcm_ima_qt", "mov"), sound("adpcm_swf", "flv", 44_100),
    sound("ac3", "mkv"),
    sound("eac3", "mp4"), sound("mp2", "ts"), sound("tta", "mkv"),
    sound("alac", "mov"), sound("nellymoser", "flv", 22_050, "mono"), sound("pcm_bluray", "m2ts"),
]  # fmt: skip


@pytest.mark.parametrize("recipe", [*PICTURES, *SOUNDS], ids=lambda one: one.name)
def test_a_kind_plays(server: Server, files: str, source: Callable[[Recipe], Path], recipe: Recipe) -> None:
    made = source(recipe)
    media = server.wait(server.create(f"{files}/{made.name}")["id"])
    assert media["frameRate"] in ("25", "25/1")
    assert shown(server, media) == list(range(FRAMES))
    clip = server.clip(media["id"], 1.24, 3.08)
    assert shown(server, clip) == list(range(31, 77))
    for one, begins in ((media, 0), (clip, round(1.24 * 48_000) // 1024 * 1024)):
        track = judge.track(server.client, judge.variants(server.client, server.playlist(one))["audio-0"])
        heard = judge.sound(track.data)
        for at in (24_000, len(heard) // 2):
            away, sure = judge.lag(heard[at:], begins + at)
            assert abs(away) <= 48, (away, sure)
            assert sure > 0.6


REFRESHED = Recipe(
    "picture-refreshed", rate=RATE, frames=250, width=320, height=180, audio=None,
    options={"preset": "ultrafast", "x264-params": "intra-refresh=1:keyint=50:bframes=2:b-adapt=0"},
)  # fmt: skip


def test_pictures_that_are_refreshed_bit_by_bit_are_right_everywhere(
    server: Server, files: str, source: Callable[[Recipe], Path]
) -> None:
    """There is one key frame; from anywhere else it takes a while until all is right."""
    made = source(REFRESHED)
    media = server.wait(server.create(f"{files}/{made.name}")["id"])
    for first in (3, 61, 103, 149, 202, 238):
        clip = server.clip(media["id"], first / 25, (first + 12) / 25)
        assert shown(server, clip) == list(range(first, first + 12))
    assert shown(server, media) == list(range(250))


def shown(server: Server, media: dict[str, Any]) -> list[int]:
    variants = judge.variants(server.client, server.playlist(media))
    name = min((one for one in variants if one.startswith("video-")), key=lambda one: int(one[6:-1]))
    return judge.numbers(judge.track(server.client, variants[name]).data)


def table() -> str:
    """The page's table: each kind that is tried here."""
    rows = [f"| {one.codec} | {one.pixels} | {one.container} |" for one in PICTURES]
    heard = [
        f"| {one.audio[0]} | {one.audio[1] / 1000:g} kHz, {one.layout} | {one.container} |"
        for one in SOUNDS
        if one.audio
    ]
    head = "| coded as | which | in |\n|---|---|---|\n"
    return f"### Picture\n\n{head}" + "\n".join(rows) + f"\n\n### Sound\n\n{head}" + "\n".join(heard) + "\n"


def test_the_documentation_lists_the_kinds() -> None:
    """``python -m tests.acceptance.test_recorders`` writes them anew."""
    assert PAGE.read_text().endswith(table())


if __name__ == "__main__":
    PAGE.write_text(PAGE.read_text().partition("### Picture")[0] + table())
