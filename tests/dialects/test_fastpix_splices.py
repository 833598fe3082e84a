"""Other videos joined at import, sound replaced: every frame in order, fitted and in time, sound where it belongs."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import judge
from tests.acceptance.browsers import View
from tests.dialects.test_fastpix import envelope, total
from tests.media import SECOND, Recipe, read_number, recipe, write_noise
from tests.server import Server

Source = Callable[[Recipe], Path]
TALL = Recipe(
    "tall-25", rate=Fraction(25), frames=50, width=360, height=640, audio=None,
    options={"g": "25", "preset": "ultrafast"},
)  # fmt: skip


def create(server: Server, *inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    response = server.client.post("/v1/on-demand", json={"inputs": list(inputs), "accessPolicy": "public", **more})
    assert response.status_code == 201, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


@pytest.fixture(scope="module")
def spliced(server: Server, files: str, source: Source) -> dict[str, Any]:
    """An intro of three seconds, ten seconds of which the first and the seventh are cut, a tall part in between, the
    intro again at the end."""
    small, large, tall = (f"{files}/{source(one).name}" for one in (recipe("tiny-30"), recipe("h264-30"), TALL))
    made = create(
        server,
        {"type": "video", "url": large, "startTime": 1, "introUrl": small, "outroUrl": small,
         "expungeSegments": ["6-7"], "segments": [{"url": tall, "insertAt": 4}]},
    )  # fmt: skip
    return server.wait(made["id"])


INTRO = list(range(90))
TALLS = [n * 25 // 30 for n in range(60)]  # each frame of the grid shows the last that is due
#: The sections' frames, by the sources' own numbers.
SECTIONS = [INTRO, list(range(30, 120)), TALLS, list(range(120, 180)), list(range(210, 300)), INTRO]


def shown(part: judge.Track, frames: list[int]) -> list[int]:
    pictures = judge.pictures(part.data)
    if frames is TALLS:
        height, width = pictures.shape[1:]
        inner = round(height * 9 / 16)
        left = (width - inner) // 2
        assert pictures[:, :, : left - 4].max() < 40  # black beside it
        assert pictures[:, :, left + inner + 4 :].max() < 40
        pictures = pictures[:, :, left : left + inner]
    return [read_number(np.ascontiguousarray(one)) for one in pictures]


def test_every_part_is_shown_in_its_place(server: Server, spliced: dict[str, Any]) -> None:
    assert spliced["duration"] == pytest.approx(sum(map(len, SECTIONS)) / 30)
    variants = judge.variants(server.client, server.playlist(spliced))
    for name in ("video-360p", "video-720p"):
        sections = judge.sections(server.client, variants[name])
        assert [shown(part, frames) for part, frames in zip(sections, SECTIONS, strict=True)] == SECTIONS, name


def test_sound_goes_on_through_the_parts(server: Server, spliced: dict[str, Any]) -> None:
    variants = judge.variants(server.client, server.playlist(spliced))
    sections = judge.sections(server.client, variants["audio-0"])
    ahead = 0.0
    for part, frames in zip(sections, SECTIONS, strict=True):
        ahead += sum(part.seconds) - len(frames) / 30
        assert abs(ahead) < 0.043
        heard = judge.sound(part.data)
        if frames is TALLS:
            assert np.abs(heard).max() < 0.001
        else:
            assert abs(judge.lag(heard[9_600:], part.start + 9_600)[0]) <= 1


def test_one_file_of_all_parts(server: Server, spliced: dict[str, Any]) -> None:
    data = server.client.get(f"/api/v1/media/{spliced['id']}/file.mp4?rendition=360p", timeout=120).content
    pictures = judge.pictures(data)
    assert len(pictures) == sum(map(len, SECTIONS))
    outer = [n for frames in SECTIONS[:2] for n in frames]
    assert [read_number(one) for one in pictures[: len(outer)]] == outer
    assert [read_number(one) for one in pictures[-90:]] == INTRO
    assert len(judge.sound(data)) / 48_000 == pytest.approx(len(pictures) / 30, abs=0.1)


def test_a_clip_over_parts_outlives_its_source(serve: Callable[..., Server], files: str, source: Source) -> None:
    server = serve(INPOINT_SWEEP_AFTER="0")
    small = f"{files}/{source(recipe('tiny-30')).name}"
    made = create(server, {"type": "video", "url": f"{files}/{source(recipe('h264-30')).name}", "introUrl": small})
    media = server.wait(made["id"])
    clip = server.clip(media["id"], 2.5, 4.5)
    server.client.delete(f"/v1/on-demand/{media['id']}")
    deadline = time.monotonic() + 30
    while len(server.blobs("**/chunks/v-*")) > 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(server.blobs("**/chunks/v-*")) <= 4
    variants = judge.variants(server.client, server.playlist(clip))
    sections = judge.sections(server.client, variants["video-720p"])
    assert [judge.numbers(part.data) for part in sections] == [list(range(75, 90)), list(range(45))]
    server.client.delete(f"/v1/on-demand/{clip['id']}")
    deadline = time.monotonic() + 30
    while server.blobs() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not server.blobs()


def test_sound_is_replaced(server: Server, files: str, source: Source, sources: Path) -> None:
    write_noise(sources / "other.m4a", "aac", 48_000, 8, SECOND)
    video = {"type": "video", "url": f"{files}/{source(recipe('h264-30')).name}", "startTime": 2}
    made = create(server, video, {"type": "audio", "swapTrackUrl": f"{files}/other.m4a"})
    media = server.wait(made["id"])
    assert len([one for one in media["tracks"] if one["type"] == "audio"]) == 1
    variants = judge.variants(server.client, server.playlist(media))
    (name,) = (one for one in variants if one.startswith("audio"))
    track = judge.track(server.client, variants[name])
    heard = judge.sound(track.data)
    assert abs(judge.lag(heard[24_000:], track.start + 24_000, seed=SECOND)[0]) <= 1
    assert sum(track.seconds) == pytest.approx(8, abs=0.03)
    assert np.abs(heard[int(6.2 * 48_000) :]).max() < 0.001  # the other sound has ended


def heard(server: Server, media: dict[str, Any]) -> np.ndarray:
    """The media's only soundtrack, from its beginning."""
    variants = judge.variants(server.client, server.playlist(media))
    (name,) = (one for one in variants if one.startswith("audio"))
    track = judge.track(server.client, variants[name])
    samples: np.ndarray = judge.sound(track.data)[: round(sum(track.seconds) * 48_000)]
    return samples


def test_sounds_are_laid_over(server: Server, files: str, source: Source, sources: Path) -> None:
    write_noise(sources / "over.m4a", "aac", 48_000, 8, SECOND)
    video = {"type": "video", "url": f"{files}/{source(recipe('h264-30')).name}"}
    imposed = {"url": f"{files}/over.m4a", "startTime": 2, "endTime": 6, "fadeInLevel": 1, "fadeOutLevel": 1}
    plain = heard(server, server.wait(create(server, video)["id"]))
    mixed = heard(server, server.wait(create(server, video, {"type": "audio", "imposeTracks": [imposed]})["id"]))
    assert abs(len(mixed) - len(plain)) <= 1024
    for at in (24_000, 7 * 48_000):  # before and after it is as it was
        assert judge.lag(mixed[at:], at)[0] == 0
        assert judge.lag(mixed[at:], at)[1] > 0.95
    added = mixed[: 6 * 48_000] - plain[: 6 * 48_000]
    for at in (3, 4):  # faded in by then, and where it belongs
        lag, sure = judge.lag(added[at * 48_000 :], (at - 2) * 48_000, seed=SECOND)
        assert abs(lag) <= 1
        assert sure > 0.9
    loud = [float(np.abs(added[int(at * 48_000) :][:4800]).mean()) for at in (1.5, 2.05, 2.5, 3.5, 5.5, 5.9)]
    assert loud[0] < 0.1 * loud[3]
    assert loud[1] < 0.35 * loud[3] < loud[2] * 1.2 < loud[3] * 1.2
    assert loud[5] < 0.35 * loud[3]


def test_a_part_that_cannot_be_fetched_fails_the_media(server: Server, files: str, source: Source) -> None:
    video = {"type": "video", "url": f"{files}/{source(recipe('tiny-30')).name}", "outroUrl": f"{files}/none.mp4"}
    made = create(server, video)
    assert server.wait(made["id"], "Failed")["error"]["code"] == "unreachable"


@pytest.mark.parametrize(
    ("video", "field"),
    [
        ({"introUrl": "ftp://x"}, "introUrl"), ({"outroUrl": 5}, "outroUrl"), ({"segments": {}}, "segments"),
        ({"segments": [{"insertAt": 1}]}, "segments[0].url"),
        ({"segments": [{"url": "http://x/"}]}, "segments[0].insertAt"),
        ({"segments": [{"url": "http://x/", "insertAt": 1, "insertAtEnd": True}]}, "segments[0].insertAt"),
        ({"segments": [{"url": "http://x/", "insertAt": -1}]}, "segments[0].insertAt"),
        ({"segments": [{"url": "http://x/", "insertAt": "1"}]}, "segments[0].insertAt"),
    ],
)  # fmt: skip
def test_wrong_parts_are_named(server: Server, video: dict[str, Any], field: str) -> None:
    before = total(server)
    inputs = [{"type": "video", "url": "http://127.0.0.1/x.mp4", **video}]
    envelope(server.client.post("/v1/on-demand", json={"inputs": inputs}), 422, f"inputs[0].{field}")
    assert total(server) == before


@pytest.mark.parametrize(
    ("sound", "field"),
    [
        ({}, "swapTrackUrl"), ({"imposeTracks": {}}, "imposeTracks"), ({"imposeTracks": [{}]}, "imposeTracks[0].url"),
        ({"imposeTracks": [{"url": "http://x/", "startTime": 5, "endTime": 4}]}, "imposeTracks[0].endTime"),
        ({"imposeTracks": [{"url": "http://x/", "fadeInLevel": -1}]}, "imposeTracks[0].fadeInLevel"),
    ],
)  # fmt: skip
def test_wrong_sounds_are_named(server: Server, sound: dict[str, Any], field: str) -> None:
    inputs = [{"type": "video", "url": "http://127.0.0.1/x.mp4"}, {"type": "audio", **sound}]
    envelope(server.client.post("/v1/on-demand", json={"inputs": inputs}), 422, f"inputs[1].{field}")


def test_clips_join_nothing(server: Server, imported: Callable[[str], Any], files: str) -> None:
    url = f"fp_mediaId://{imported('tiny-30')['id']}"
    before = total(server)
    for inputs in (
        [{"type": "video", "url": url, "introUrl": f"{files}/x.mp4"}],
        [{"type": "video", "url": url}, {"type": "audio", "swapTrackUrl": f"{files}/x.m4a"}],
        [{"type": "video", "url": url}, {"type": "audio", "imposeTracks": [{"url": f"{files}/x.m4a"}]}],
    ):
        envelope(server.client.post("/v1/on-demand", json={"inputs": inputs}), 400)
    assert total(server) == before


@pytest.mark.browser
@pytest.mark.parametrize("player", ["hls.js", "shaka", "dash.js", "native"])
def test_players_play_through_the_parts(
    view: View, player: str, server: Server, spliced: dict[str, Any], pages: str
) -> None:
    address = server.playlist(spliced)
    if player in ("shaka", "dash.js"):
        address = address.replace(".m3u8", ".mpd")
    server.wait_fill_ended(spliced["id"])  # a calm machine: what is judged here is the manifest, not the encoder
    order = [(number, frames is TALLS) for frames in SECTIONS for number in frames]
    with view(pages) as page:
        page.evaluate("([player, url]) => load(player, url)", [player, address])
        # dash.js is not sought into another Period: see the test of joins.
        for frame in (0, 50) if player == "dash.js" else (0, 50, 91, 130, 150, 241, 270, 310, 400):
            number, tall = order[frame]
            if not tall:
                assert page.evaluate("at", (frame + 0.5) / 30)["number"] == number, (player, frame)
        page.evaluate("() => { video.currentTime = 0; return video.play(); }")
        page.wait_for_function("() => video.ended || video.currentTime > 8.2", timeout=40_000)
        assert page.evaluate("errors") == []
