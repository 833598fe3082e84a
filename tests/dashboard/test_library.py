"""The library: finding, adding, renaming, deleting."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.dashboard.conftest import Open, until
from tests.media import Recipe, recipe
from tests.server import Server

pytestmark = pytest.mark.browser
Imported = Callable[[str], dict[str, Any]]


@pytest.fixture
def tiny(source: Callable[[Recipe], Path]) -> Path:
    return source(recipe("tiny-30"))


def test_finds_filters_sorts_and_keeps_the_address(visit: Open, server: Server, imported: Imported) -> None:
    media = imported("tiny-30")
    server.client.patch(f"/v1/on-demand/{media['id']}", json={"title": "Zebra crossing"})
    page = visit()
    page.get_by_label("Search titles").fill("zebra")
    expect(page.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_text("1 video", exact=True)).to_be_visible()
    page.get_by_label("Clips or sources").select_option("Clips")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Sort").select_option("Title Z–A")
    expect(page.get_by_role("listitem").first).to_contain_text("Zebra crossing")
    page.get_by_label("Status").select_option("Failed")
    expect(page.get_by_role("listitem").filter(has_text="Zebra")).to_have_count(0)


def test_a_storyboard_plays_under_the_pointer(visit: Open, imported: Imported) -> None:
    imported("tiny-30")
    page = visit("?status=ready")
    row = page.get_by_role("listitem").first
    poster = row.locator("img").first
    expect(poster).to_be_visible()
    until(page, "document.querySelector('li img').naturalWidth > 0")
    row.locator(".thumb").hover()
    expect(row.locator("img")).to_have_count(2)
    first = row.locator("img").nth(1).get_attribute("src")
    expect(row.locator("img").nth(1)).not_to_have_attribute("src", first or "")
    page.get_by_role("heading", name="Media").hover()
    expect(row.locator("img")).to_have_count(1)


def test_pages_through_many(serve: Callable[..., Server], visit: Open) -> None:
    server = serve()
    for number in range(60):
        server.client.post("/v1/on-demand", json={"inputs": [{"type": "video", "url": "http://127.0.0.1:1/x"}],
                                                  "title": f"number {number:02d}"})  # fmt: skip
    page = visit(at=server)
    page.get_by_label("Sort").select_option("Title A–Z")
    expect(page.get_by_role("listitem").first).to_contain_text("number 00")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("listitem").first).to_contain_text("number 25")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("listitem").first).to_contain_text("number 50")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_role("listitem").first).to_contain_text("number 25")


def test_imports_by_address_and_shows_progress_by_itself(visit: Open, server: Server, files: str, tiny: Path) -> None:
    page = visit()
    page.get_by_role("button", name="Add videos").click()
    page.get_by_label("From an address").fill(f"{files}/slow-{tiny.name}")
    page.get_by_role("button", name="Import").click()
    row = page.get_by_role("listitem").first
    expect(row).to_contain_text(re.compile("Waiting|Downloading|Processing"))
    expect(row).to_contain_text("Ready", timeout=20_000)
    page.get_by_role("button", name="Add videos").click()
    page.get_by_label("From an address").fill("ftp://nowhere/x.mp4")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("url")


def test_uploads_go_on_where_the_connection_broke(visit: Open, server: Server, tmp_path: Path, tiny: Path) -> None:
    big = tmp_path / "big.mp4"
    data = tiny.read_bytes()
    big.write_bytes(data + (20 * 1024 * 1024).to_bytes(4, "big") + b"free" + b"\0" * (20 * 1024 * 1024 - 8))
    page = visit()
    parts: list[str] = []
    broken = {"left": 2}

    def interfere(route: Route) -> None:
        parts.append(route.request.headers.get("content-range", ""))
        if "/v1/uploads/" in route.request.url and parts[-1].startswith("bytes 8388608-") and broken["left"]:
            broken["left"] -= 1
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/v1/uploads/**", interfere)
    page.get_by_role("button", name="Add videos").click()
    page.get_by_label("From this computer").set_input_files([big, tiny])
    uploads = page.get_by_role("region", name="Uploads")
    expect(uploads.get_by_text("Trying again").first).to_be_visible(timeout=30_000)  # a part has gone before
    expect(uploads.get_by_role("heading", name="2 uploads done")).to_be_visible(timeout=30_000)
    uploads.get_by_role("button", name="Show").click()  # done, they are folded away, and cover nothing
    expect(uploads.get_by_role("link", name="Open")).to_have_count(2)
    assert broken["left"] == 0
    assert parts.count(f"bytes 0-8388607/{big.stat().st_size}") == 1  # what was taken is not sent again
    assert f"bytes */{big.stat().st_size}" in parts
    expect(page.get_by_role("listitem").filter(has_text="big.mp4").first).to_contain_text("Ready", timeout=20_000)
    uploads.get_by_role("link", name="Open").first.click()
    expect(page.get_by_role("heading", name="big.mp4")).to_be_visible()


def test_uploads_pause_and_are_cancelled(visit: Open, tmp_path: Path) -> None:
    big = tmp_path / "pausing.mp4"
    big.write_bytes(b"\0" * (24 << 20))
    page = visit()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.headers.get("content-range", "").startswith("bytes 8388608-") and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/uploads/**", hold)
    drop(page, big)
    uploads = page.get_by_role("region", name="Uploads")
    until(page, "document.querySelector('progress') && document.querySelector('progress').value >= 8388608")
    while not held:  # the first part is answered, and the second is on its way
        page.wait_for_timeout(100)
    uploads.get_by_role("button", name="Pause").click()
    expect(uploads.get_by_text("Paused")).to_be_visible()
    uploads.get_by_role("button", name="Resume").click()
    expect(uploads.get_by_role("heading", name="1 upload failed")).to_be_visible(timeout=20_000)
    uploads.get_by_role("button", name="Show").click()
    expect(uploads.get_by_text("25 MB of 25 MB")).to_be_visible()  # all of it came, and zeros are no video
    expect(uploads.get_by_role("button", name="Try again")).to_be_visible()


def drop(page: Page, path: Path) -> None:
    """Drop a file on the page, as from a desktop: one of zeros of the same name and size."""
    expect(page.get_by_role("button", name="Add videos")).to_be_visible()  # before, nobody listens
    page.evaluate(
        """([name, size]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(size)], name, { type: 'video/mp4' }));
          const how = { dataTransfer: transfer, bubbles: true, cancelable: true };
          for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, how));
        }""",
        [path.name, path.stat().st_size],
    )


def test_renames_tells_what_deletion_frees_and_deletes(visit: Open, server: Server, files: str, tiny: Path) -> None:
    media = server.wait(server.create(f"{files}/{tiny.name}")["id"])
    clip = server.clip(media["id"], 0.5, 1.5)
    page = visit(f"/media/{media['id']}")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title").fill("To be deleted")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="To be deleted")).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Name 1").fill("speaker")
    page.get_by_label("Value 1").fill("Ada")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Ada")).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"\d+ kB\s+on disk"))
    expect(dialog).to_contain_text("1 clip of it plays on")
    expect(dialog).to_contain_text("stay, because other videos play them too")
    told = server.client.get(f"/api/v1/media/{media['id']}/deletion").json()
    before = sum(path.stat().st_size for path in (server.data / "blobs/encodings" / media["id"]).rglob("*.*"))
    assert 0 < told["frees"] < before
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Media")).to_be_visible()
    assert server.client.get(f"/api/v1/media/{media['id']}").status_code == 404
    assert server.media(clip["id"])["status"] == "Ready"


def test_deletes_several_at_once(visit: Open, server: Server, files: str, tiny: Path) -> None:
    made = [server.wait(server.create(f"{files}/{tiny.name}", title=f"several {n}")["id"]) for n in range(3)]
    page = visit("?search=several")
    for number in (0, 2):
        page.get_by_label(f"Select several {number}").check()
    expect(page.get_by_text("2 videos selected")).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete 2 videos").click()
    expect(page.get_by_role("listitem")).to_have_count(1)
    left = [server.client.get(f"/api/v1/media/{one['id']}").status_code for one in made]
    assert left == [404, 200, 404]
