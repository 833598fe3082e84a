"""A real Chromium plays by uid and by token, and shows the player's page, alone and in frames."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.browsers import View
from tests.media import Recipe, recipe
from tests.server import Server, file_server
from tests.stream import Stream

Source = Callable[[Recipe], Path]
VTT = "WEBVTT\n\n00:00.000 --> 00:09.000\nAll the time\n"


@pytest.fixture(scope="module")
def source_uid(server: Server, source: Source) -> str:
    with Stream(server) as stream:
        uid: str = stream.wait(stream.upload(source(recipe("h264-30")))["uid"])["uid"]
        stream.ask("PUT", f"/{uid}/captions/en", files={"file": VTT})
        server.wait_filled(f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}")
        return uid


@pytest.mark.browser
@pytest.mark.parametrize("player", ["hls.js", "shaka", "dash.js", "native"])
def test_a_private_clip_plays_with_a_token_in_its_address(
    view: View, player: str, server: Server, source_uid: str, pages: str
) -> None:
    with Stream(server) as stream:
        clip = stream.clip(source_uid, 1.1, 8, requireSignedURLs=True)
        token = stream.ask("POST", f"/{clip['uid']}/token")["token"]
    kind = "mpd" if player in ("shaka", "dash.js") else "m3u8"
    with view(pages) as page:
        page.evaluate("([player, url]) => load(player, url)", [player, f"{server.url}/{token}/manifest/video.{kind}"])
        for frame in (0, 27, 28, 100, 200):
            assert page.evaluate("at", (frame + 0.5) / 30)["number"] == 33 + frame


def playing(frame: Any) -> None:
    frame.wait_for_function("() => document.querySelector('video').currentTime > 0.3", timeout=15_000)
    assert not frame.locator("[role=alert]").is_visible()


@pytest.mark.browser
def test_the_page_takes_its_parameters(view: View, server: Server, source_uid: str) -> None:
    address = (
        f"{server.url}/{source_uid}/iframe?autoplay&muted&loop=true&startTime=3s&defaultTextTrack=en&primaryColor=f80"
    )
    with view(address) as page:
        page.wait_for_function("() => document.querySelector('video').currentTime > 3.3", timeout=15_000)
        told = page.evaluate(
            "() => [video.muted, video.loop, [...video.textTracks].filter((one) => one.mode === 'showing').length,"
            " getComputedStyle(player).getPropertyValue('--accent')]"
        )
        assert told == [True, True, 1, "#f80"]
        page.goto(f"{server.url}/{source_uid}/iframe?controls=false&preload=none")
        page.wait_for_timeout(700)
        assert page.locator("media-control-bar").count() == 0
        assert (
            page.evaluate("() => performance.getEntriesByType('resource').some((one) => one.name.endsWith('.m4s'))")
            is False
        )


@pytest.mark.browser
def test_the_page_works_by_keyboard_and_names_its_controls(view: View, server: Server, source_uid: str) -> None:
    with view(f"{server.url}/{source_uid}/watch?muted") as page:
        page.wait_for_function("() => document.querySelector('video').readyState >= 2", timeout=15_000)
        for role, name in (("button", "play"), ("button", "unmute"), ("button", "fullscreen"), ("slider", "seek")):
            assert page.get_by_role(role, name=re.compile(name, re.IGNORECASE)).count() >= 1, name  # type: ignore[arg-type]
        page.locator("media-play-button").focus()
        page.keyboard.press("Enter")
        playing(page)
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelector('video').paused")
        assert page.title() == "h264-30.mp4"


@pytest.mark.browser
def test_no_page_asks_another_host(view: View, server: Server, source_uid: str) -> None:
    with view("about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server.url}/{source_uid}/watch?autoplay&muted")
        playing(page)
        assert [url for url in asked if not url.startswith((server.url, "blob:", "data:"))] == []


def embedded(page: Page, site: str) -> Any:
    page.goto(f"{site}/embedding.html")
    return page.frames[1]


@pytest.mark.browser
def test_a_frame_plays_on_an_allowed_site_alone(view: View, server: Server, source_uid: str, tmp_path: Path) -> None:
    with file_server(tmp_path) as here, file_server(tmp_path) as elsewhere, Stream(server) as stream:
        clip = stream.clip(source_uid, 1, 6, allowedOrigins=[here.removeprefix("http://")], requireSignedURLs=True)
        token = stream.ask("POST", f"/{clip['uid']}/token")["token"]
        embed = stream.request("GET", f"/{clip['uid']}/embed").text
        frame = embed.replace(f"/{clip['uid']}/iframe", f"/{token}/iframe?autoplay&muted")
        (tmp_path / "embedding.html").write_text(f"<!doctype html><title>A page</title>{frame}")
        with view("about:blank") as page:
            playing(embedded(page, here))
            foreign = embedded(page, elsewhere)
            page.wait_for_timeout(500)
            assert foreign.locator("video").count() == 0
            assert "may not be shown on this site" in foreign.locator("[role=alert]").inner_text()
