"""Sound alone in the dashboard: seen by its cover, cut by its waveform."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import Open, until
from tests.dashboard.test_cutting import created, drag, edges
from tests.media import FIRST, write_noise
from tests.server import Server

pytestmark = pytest.mark.browser


def test_it_is_heard_and_cut(server: Server, visit: Open, files: str, sources: Path) -> None:
    write_noise(sources / "spoken.mp3", "libmp3lame", 44_100, 9, FIRST)
    media = server.wait(server.create(f"{files}/spoken.mp3", title="Episode")["id"])
    page = visit("")
    entry = page.get_by_role("listitem").filter(has_text=media["id"])
    expect(entry.get_by_text("Sound", exact=True)).to_be_visible()
    page = visit(f"/media/{media['id']}")
    expect(page.get_by_text("none: sound alone")).to_be_visible()
    expect(page.get_by_role("heading", name="Download")).to_be_visible()
    expect(page.get_by_role("heading", name="Renditions")).to_have_count(0)
    page = visit(f"/media/{media['id']}/clips")
    expect(page.get_by_role("slider", name="Start")).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "document.querySelector('video').currentTime > 0.5")
    expect(page.get_by_text("0:00.000 · #0")).to_have_count(0)  # the playhead went along
    drag(page, "Start", 100)
    drag(page, "End", 300)
    start, end = edges(page)
    assert abs(start - 100) <= 1
    assert abs(end - 300) <= 1
    clip = created(page, server)
    assert clip["isAudioOnly"] is True
    assert clip["duration"] == pytest.approx((end - start) * 1024 / 48_000)
