"""A real Chromium plays clips: over both seams, by every kind of player, each frame where it belongs."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance import browsers
from tests.acceptance.browsers import View
from tests.dialects.test_fastpix_watching import key_pair, token
from tests.media import recipe
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]
RATE = 24000 / 1001
FIRST, LAST = 30, 154  # frames of the clip: both edges inside segments of 48 frames
PLAYS = 3  # of which one is to be smooth


@pytest.fixture(scope="module")
def clip(server: Server, imported: Imported) -> dict[str, Any]:
    source = imported("h264-23976-open")
    server.wait_filled(source["id"])  # a calm machine: what is judged here is the clip, not the encoder
    return server.clip(source["id"], FIRST / RATE, LAST / RATE)


def manifest(server: Server, media: dict[str, Any], player: str) -> str:
    playlist = server.playlist(media)
    return playlist.replace(".m3u8", ".mpd") if player in ("shaka", "dash.js") else playlist


def within(frame: int) -> float:
    """The middle of a frame's time."""
    return (frame + 0.5) / RATE


@pytest.mark.browser
@pytest.mark.parametrize("player", ["hls.js", "shaka", "dash.js", "native"])
def test_a_clip_plays_over_both_seams(
    view: View, player: str, server: Server, clip: dict[str, Any], pages: str
) -> None:
    with view(pages) as page:
        facts = page.evaluate("([player, url]) => load(player, url)", [player, manifest(server, clip, player)])
        assert facts["duration"] == pytest.approx((LAST - FIRST) / RATE, abs=0.03)
        seams = [48 - FIRST, 144 - FIRST]
        for frame in [0, 1, *(seam + n for seam in seams for n in (-2, -1, 0, 1)), LAST - FIRST - 1]:
            shown = page.evaluate("at", within(frame))
            assert shown["number"] == FIRST + frame, (player, frame, shown)
        played: list[dict[str, Any]] = []
        while len(played) < PLAYS and not any(map(is_smooth, played)):
            played.append(page.evaluate("([from, to]) => play(from, to, 0.5)", [0, (LAST - FIRST) / RATE]))
            check_played(played[-1])
    assert any(map(is_smooth, played)), played


def check_played(played: dict[str, Any]) -> None:
    """What a play over both seams showed: frames each where it belongs, and the last."""
    assert played["errors"] == []
    seen = played["seen"]
    assert seen[-1][0] == LAST - 1
    for number, time in seen:
        assert round(time * RATE) == number - FIRST, (number, time)
    numbers = [number for number, _ in seen]
    assert numbers == sorted(numbers)


def is_smooth(played: dict[str, Any]) -> bool:
    """Whether nearly every frame was shown, and all about the seams. A browser that draws by software drops some
    while the machine has other work; what a clip does wrong, it does each time."""
    seams = [(48 - FIRST) / RATE, (144 - FIRST) / RATE]
    about = [time for time in played["drops"] if min(abs(time - seam) for seam in seams) < 0.2]
    numbers = [number for number, _ in played["seen"]]
    is_whole = numbers[0] <= FIRST + 2 and len(set(numbers)) >= 0.9 * (LAST - FIRST)
    return is_whole and not about and not played["stalls"]


@pytest.mark.browser
@pytest.mark.parametrize("player", ["hls.js", "shaka"])
def test_cues_are_at_the_right_frames(
    view: View, player: str, server: Server, clip: dict[str, Any], pages: str
) -> None:
    with view(pages) as page:
        page.evaluate("([player, url]) => load(player, url)", [player, manifest(server, clip, player)])
        page.evaluate("() => { for (const track of video.textTracks) track.mode = 'showing'; }")
        if player == "hls.js":
            page.evaluate("() => { hls.subtitleTrack = 0; hls.subtitleDisplay = true; }")
        else:
            page.evaluate("() => player.selectTextTrack(player.getTextTracks()[0])")
        page.wait_for_function("() => cues().length >= 3", timeout=15_000)
        found = page.evaluate("cues")
    begin = FIRST / RATE
    for (start, end, words), cue in zip(found, recipe("h264-23976-open").cues, strict=True):
        assert words == cue[2]
        assert start == pytest.approx(max(0, cue[0] / 1000 - begin), abs=0.002)
        assert end == pytest.approx(min((LAST - FIRST) / RATE, cue[1] / 1000 - begin), abs=0.002)


@pytest.mark.browser
def test_an_unfilled_media_opens_at_random_places(
    view: View, serve: Callable[..., Server], files: str, source: Callable[..., Any], pages: str
) -> None:
    own = serve(INPOINT_FILL="none")
    media = own.wait(own.create(f"{files}/{source(recipe('h264-30')).name}")["id"])
    rng = random.Random(11)
    with view(pages) as page:
        page.evaluate("([player, url]) => load(player, url)", ["hls.js", own.playlist(media)])
        for _ in range(5):
            frame = rng.randrange(300)
            assert page.evaluate("at", (frame + 0.5) / 30)["number"] == frame


@pytest.mark.browser
@pytest.mark.parametrize("player", ["hls.js", "shaka", "dash.js", "native"])
def test_a_private_clip_plays_with_a_token(
    view: View, player: str, server: Server, imported: Imported, pages: str
) -> None:
    """The token is in the manifest's address alone: players carry it no further by themselves."""
    source = imported("h264-30")
    server.wait_filled(source["id"])
    clip = server.wait(server.create(f"fp_mediaId://{source['id']}", startTime=1.1, accessPolicy="private")["id"])
    signed = manifest(server, clip, player) + "?token=" + token(key_pair(server), clip["playbackIds"][0]["id"])
    with view(pages) as page:
        page.evaluate("([player, url]) => load(player, url)", [player, signed])
        for frame in (0, 100, 200):
            assert page.evaluate("at", (frame + 0.5) / 30)["number"] == 33 + frame


@pytest.mark.browser
def test_the_watch_page_plays(view: View, server: Server, clip: dict[str, Any]) -> None:
    with view(f"{server.url}/{clip['playbackIds'][0]['id']}/watch") as page:
        page.wait_for_function("() => document.querySelector('video').currentTime > 0.3", timeout=15_000)
        assert not page.locator("[role=alert]").is_visible()


def test_a_missing_browser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("INPOINT_TEST_BROWSER", raising=False)
    with pytest.raises(AssertionError, match="apt-get install chromium"):
        browsers.find()
