"""Sources whose times are odd: sound after the picture, several programmes, slides."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests import judge
from tests.acceptance.test_refreshed import shown
from tests.media import Recipe, ffmpeg
from tests.server import Server

RATE = Fraction(25)
OPTIONS = {"preset": "ultrafast", "g": "50", "bf": "2"}
PLAIN = Recipe("times-plain", rate=RATE, frames=200, width=320, height=180, options=OPTIONS)
Source = Callable[[Recipe], Path]


def heard(server: Server, media_id: str) -> list[tuple[float, int, float]]:
    """At tenths of a media's sound: the second, by how many samples it lies off, and how surely."""
    track = judge.track(
        server.client, judge.variants(server.client, server.playlist(server.media(media_id)))["audio-0"]
    )
    samples = judge.sound(track.data)
    places = [len(samples) * tenth // 10 for tenth in range(1, 10)]
    return [(at / 48_000, *judge.lag(samples[at:], at)) for at in places]


@pytest.mark.parametrize("seconds", [9, 11])
def test_sound_after_the_last_picture_is_heard(server: Server, files: str, source: Source, seconds: int) -> None:
    longer = Recipe(
        f"times-longer-{seconds}",
        rate=RATE,
        frames=200,
        width=320,
        height=180,
        options=OPTIONS,
        sound_seconds=seconds,
    )
    media = server.wait(server.create(f"{files}/{source(longer).name}")["id"])
    numbers = shown(server, media)
    assert numbers[:200] == list(range(200))
    assert set(numbers[200:]) == {199}
    assert len(numbers) == pytest.approx(seconds * 25, abs=1)


def test_of_several_programmes_one_is_played(server: Server, files: str, source: Source, sources: Path) -> None:
    other = Recipe("times-other", rate=RATE, frames=100, width=320, height=180, options=OPTIONS, second="de")
    out = sources / "multiplex.ts"
    ffmpeg(
        "-i", source(PLAIN), "-i", source(other), "-map", "0", "-map", "1", "-c", "copy",
        "-program", "title=one:st=0:st=1", "-program", "title=two:st=2:st=3:st=4", out,
    )  # fmt: skip
    media = server.wait(server.create(f"{files}/{out.name}")["id"])
    assert [one["type"] for one in media["tracks"]] == ["video", "audio"]
    assert shown(server, media) == list(range(200))
    assert all(abs(away) <= 48 for _, away, _ in heard(server, media["id"]))


def test_slides_are_cut_anywhere(server: Server, files: str, source: Source) -> None:
    slides = Recipe(
        "times-slides", rate=Fraction(25), frames=12, width=320, height=180, options=OPTIONS,
        times=[1000 * number for number in range(12)], container="mkv",
    )  # fmt: skip
    media = server.wait(server.create(f"{files}/{source(slides).name}")["id"])
    clip = server.clip(media["id"], 3.2, 3.9)
    assert set(shown(server, clip)) == {3}
    longer = server.clip(media["id"], 3.2, 7.9)
    assert float(longer["frameRate"].partition("/")[0]) >= 24
    assert list(dict.fromkeys(shown(server, longer))) == [3, 4, 5, 6, 7]
    assert all(
        abs(away - round(3.2 * 48_000) // 1024 * 1024) <= 1100
        for _, away, sure in heard(server, longer["id"])
        if sure > 0.8
    )
