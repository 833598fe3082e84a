"""A media's own page: who may watch it, how it is shared, what it has beside the picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import judge
from tests.dashboard.conftest import Open, until
from tests.media import ffmpeg, recipe
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def own(server: Server, files: str, source: Any) -> dict[str, Any]:
    """A media of the test's own."""
    return server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}", title="Its own")["id"])


@pytest.fixture
def page(visit: Open, own: dict[str, Any]) -> Page:
    return visit(f"/media/{own['id']}")


def test_plays_and_tells_its_facts(visit: Open, serve: Callable[..., Server], files: str, source: Any) -> None:
    server = serve()
    own = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}", title="Its own")["id"])
    page = visit(f"/media/{own['id']}", at=server)
    until(page, "document.querySelector('video')?.readyState >= 2")
    assert page.evaluate("document.querySelector('video').duration") == pytest.approx(3, abs=0.05)
    expect(page.get_by_text("320 × 180").first).to_be_visible()
    expect(page.get_by_text("90 frames at 30 a second")).to_be_visible()
    expect(page.get_by_text("✓ whole").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text(own["id"])).to_be_visible()


def test_playback_ids_are_added_restricted_and_removed(page: Page, server: Server, own: dict[str, Any]) -> None:
    section = page.locator("section").filter(has_text="Playback IDs")
    section.get_by_label("Policy of the new playback ID").select_option("Private")
    section.get_by_role("button", name="Add a playback ID").click()
    expect(section.get_by_role("listitem")).to_have_count(2)
    first = section.get_by_role("listitem").first
    playback = own["playbackIds"][0]["id"]
    first.get_by_role("button", name="Restrict…").click()
    dialog = page.get_by_role("dialog", name="Restrictions")
    dialog.get_by_role("combobox", name="Sites").select_option("No site, except these")
    dialog.get_by_label("Names of sites").fill("good.example")
    dialog.get_by_role("button", name="Save").click()
    expect(first).to_contain_text("only 1 site")
    get = server.client.get
    assert get(f"/{playback}.m3u8", headers={"Referer": "https://good.example/"}).status_code == 200
    assert get(f"/{playback}.m3u8", headers={"Referer": "https://bad.example/"}).status_code == 403
    page.reload()
    until(page, "document.querySelector('video')?.readyState >= 2")  # here it plays, whatever is forbidden outside
    first.get_by_role("button", name="Remove").click()
    first.get_by_role("button", name="Remove for good").click()
    expect(section.get_by_role("listitem")).to_have_count(1)
    assert get(f"/{playback}.m3u8").status_code == 404


def test_share_tells_addresses_that_play(page: Page, server: Server) -> None:
    hls = page.get_by_label("HLS address", exact=True).input_value()
    tracks = judge.variants(server.client, hls)
    assert judge.numbers(judge.track(server.client, tracks["video-180p"]).data) == list(range(90))
    assert server.client.get(page.get_by_label("DASH address", exact=True).input_value()).status_code == 200
    assert server.client.get(page.get_by_label("Watch page", exact=True).input_value()).status_code == 200
    embed = page.get_by_label("Embed code", exact=True).input_value()
    assert re.fullmatch(r'<iframe src="http://[^"]+/watch" .* title="Its own"></iframe>', embed)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy HLS address").click()
    expect(page.get_by_text("HLS address copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == hls


def test_an_mp4_is_prepared_and_downloaded(page: Page) -> None:
    page.get_by_role("button", name="Prepare MP4").click()
    with page.expect_download(timeout=30_000) as waiting:
        page.get_by_role("link", name="Download MP4").click(timeout=20_000)
    assert waiting.value.suggested_filename == "Its own.mp4"
    assert judge.numbers(waiting.value.path().read_bytes()) == list(range(90))


def test_captions_are_added_and_removed(page: Page, tmp_path: Path, server: Server, own: dict[str, Any]) -> None:
    (tmp_path / "hello.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    section = page.locator("section").filter(has_text="Captions and sound")
    section.get_by_text("Add captions").first.click()
    section.get_by_label("Language").first.fill("de")
    section.get_by_label("WebVTT file").set_input_files(tmp_path / "hello.vtt")
    section.get_by_role("button", name="Add captions").click()
    row = section.get_by_role("listitem").filter(has_text="Captions")
    expect(row).to_be_visible(timeout=10_000)
    assert 'LANGUAGE="de"' in server.client.get(f"/{own['playbackIds'][0]['id']}.m3u8").text
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_its_clips_and_their_parent(visit: Open, server: Server, own: dict[str, Any]) -> None:
    for number in range(3):
        server.clip(own["id"], number * 0.5, number * 0.5 + 1)
    page = visit(f"/media/{own['id']}/made")
    expect(page.get_by_text("3 clips, each a video of its own")).to_be_visible()
    expect(page.get_by_text("0:01.000 – 0:02.000")).to_be_visible()
    page.get_by_role("listitem").first.get_by_role("link").click()
    expect(page.get_by_role("link", name="its source")).to_be_visible()
    page.get_by_role("link", name="its source").click()
    expect(page.get_by_role("heading", name="Its own")).to_be_visible()


def test_events_and_who_was_told(visit: Open, server: Server, files: str, source: Any) -> None:
    made = server.client.post("/api/v1/webhooks", json={"url": "http://127.0.0.1:1/"}).json()
    media = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    page = visit(f"/media/{media['id']}/events")
    row = page.get_by_role("row").filter(has_text="ready")
    expect(row).to_be_visible()
    expect(row).to_contain_text(re.compile("pending|failed"))
    server.client.delete(f"/api/v1/webhooks/{made['id']}")


def test_another_workspaces_media_is_not_here(visit: Open, serve: Callable[..., Server], own: dict[str, Any]) -> None:
    page = visit(f"/media/{own['id']}", at=serve())
    expect(page.get_by_role("heading", name="This video is not here")).to_be_visible()


def test_what_is_not_as_it_was_recorded_is_said(
    visit: Open, server: Server, files: str, source: Any, sources: Path
) -> None:
    whole = source(recipe("tiny-30"))
    part = sources / "cut-off.mkv"
    ffmpeg("-i", whole, "-c", "copy", part)
    part.write_bytes(part.read_bytes()[: part.stat().st_size * 6 // 10])
    cut = server.wait(server.create(f"{files}/{part.name}", title="Cut off")["id"])
    page = visit(f"/media/{cut['id']}")
    section = page.locator("section").filter(has_text="Not quite as recorded")
    expect(section.get_by_role("listitem").first).to_contain_text("The file is cut off")
    expect(page.get_by_role("img", name="with warnings")).to_be_visible()
    plain = server.wait(server.create(f"{files}/{whole.name}", title="Whole")["id"])
    page = visit(f"/media/{plain['id']}")
    expect(page.get_by_text("Playback IDs").first).to_be_visible()
    expect(page.get_by_text("Not quite as recorded")).to_have_count(0)
