"""Create Clips: what the handles show is, frame for frame, what the clip has."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import judge
from tests.dashboard.conftest import Open, until
from tests.media import write_shots
from tests.server import Server, file_server

Imported = Callable[[str], dict[str, Any]]
RATE = Fraction(24000, 1001)
FRAMES = 360

pytestmark = pytest.mark.browser


@pytest.fixture
def cutting(visit: Open, imported: Imported) -> Page:
    return open_editor(visit, imported)


def open_editor(visit: Open, imported: Imported, query: str = "", **context: Any) -> Page:
    page = visit(f"/media/{imported('h264-23976-open')['id']}/clips{query}", **context)
    expect(page.get_by_role("slider", name="Start")).to_be_visible()
    return page


def edges(page: Page) -> tuple[int, int]:
    """Frames, as the handles tell."""
    told = [page.get_by_role("slider", name=name).get_attribute("aria-valuenow") for name in ("Start", "End")]
    return int(told[0] or -1), int(told[1] or -1)


def text(frame: int) -> str:
    """A frame's time, as the fields show it."""
    thousandths = int(frame / RATE * 1000 + Fraction(1, 2))
    return f"{thousandths // 60_000}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"


def place(page: Page, frame: float) -> tuple[float, float]:
    """Where a frame begins on the timeline."""
    timeline = page.get_by_test_id("timeline")
    box = timeline.bounding_box()
    assert box
    first, span = (float(timeline.get_attribute(name) or 0) for name in ("data-first", "data-span"))
    return box["x"] + (frame - first) / span * box["width"], box["y"] + box["height"] / 2


def drag(page: Page, name: str, frame: float, *, hold_on: bool = False) -> None:
    """To a frame, with Alt held so that it goes there, unless it is to ``hold_on`` to what is near."""
    handle = page.get_by_role("slider", name=name).bounding_box()
    assert handle
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    edge = place(page, edges(page)[name == "End"])[0]
    target = place(page, frame)[0] + x - edge
    page.mouse.move(x, y)
    page.mouse.down()
    if not hold_on:
        page.keyboard.down("Alt")
    page.mouse.move((x + target) / 2, y, steps=4)
    page.mouse.move(target, y, steps=4)
    page.mouse.up()
    page.keyboard.up("Alt")


def created(page: Page, server: Server) -> dict[str, Any]:
    """The clip that the button makes, once it is told to be ready."""
    with page.expect_response(lambda told: told.url.endswith("/clips") and told.request.method == "POST") as asked:
        page.get_by_role("button", name="Create Clip", exact=True).click()
    expect(page.get_by_text("Your clip is ready")).to_be_visible(timeout=20_000)
    return server.media(asked.value.json()["id"])


def frames_of(server: Server, media: dict[str, Any], rendition: str = "video-360p") -> list[int]:
    tracks = judge.variants(server.client, server.playlist(media))
    return judge.numbers(judge.track(server.client, tracks[rendition]).data)


def test_by_mouse(cutting: Page, server: Server) -> None:
    drag(cutting, "Start", 100)
    drag(cutting, "End", 250)
    start, end = edges(cutting)
    assert abs(start - 100) <= 1
    assert abs(end - 250) <= 1
    expect(cutting.get_by_label("Start time")).to_have_value(text(start))
    expect(cutting.get_by_label("End time")).to_have_value(text(end))
    expect(cutting.get_by_test_id("length")).to_contain_text(f"{end - start} frames of {FRAMES}")
    shown = [cutting.get_by_alt_text(f"The {which} frame of the clip") for which in ("first", "last")]
    expect(shown[0]).to_have_attribute("data-frame", str(start))
    expect(shown[1]).to_have_attribute("data-frame", str(end - 1))
    assert [picture_number(one, server) for one in shown] == [start, end - 1]
    assert frames_of(server, created(cutting, server)) == list(range(start, end))


def picture_number(image: Locator, server: Server) -> int:
    data = server.client.get(image.get_attribute("src") or "").content
    return judge.numbers(data, 480, 270)[0]


def test_handles_cannot_cross(cutting: Page) -> None:
    drag(cutting, "End", 200)
    end = edges(cutting)[1]
    drag(cutting, "Start", 300)
    assert edges(cutting) == (end - 1, end)
    drag(cutting, "End", 10)
    assert edges(cutting) == (end - 1, end)
    expect(cutting.get_by_test_id("length")).to_contain_text("1 frame of")


def test_by_keyboard_alone(cutting: Page, server: Server) -> None:
    cutting.get_by_role("slider", name="Start").focus()
    for key in ["Shift+ArrowRight", "Shift+ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft"]:
        cutting.keyboard.press(key)
    assert edges(cutting)[0] == 2 * 24 - 1
    cutting.get_by_role("slider", name="End").focus()
    cutting.keyboard.press("Home")
    assert edges(cutting) == (47, 48)
    cutting.keyboard.press("Shift+ArrowRight")
    assert edges(cutting) == (47, 72)
    cutting.get_by_role("button", name="Create Clip", exact=True).focus()
    cutting.keyboard.press("Enter")
    expect(cutting.get_by_text("Your clip is ready")).to_be_visible(timeout=20_000)
    address = cutting.get_by_label("Playback URL", exact=True).input_value()
    playback = address.rsplit("/", 1)[1]
    tracks = judge.variants(server.client, f"{server.url}/{playback}")
    assert judge.numbers(judge.track(server.client, tracks["video-360p"]).data) == list(range(47, 72))


def test_keys_move_the_playhead_and_set_edges(cutting: Page) -> None:
    now = cutting.get_by_test_id("now")
    cutting.get_by_test_id("timeline").click(position={"x": 3, "y": 40})
    for key, frame in [("ArrowRight", None), (".", None), (",", None)]:
        del frame
        cutting.keyboard.press(key)
    expect(now).to_contain_text(re.compile(r"#\d+"))
    at = int((now.text_content() or "").split("#")[1])
    cutting.keyboard.press("i")
    assert edges(cutting)[0] == at
    cutting.keyboard.press("ArrowRight")
    expect(now).to_contain_text(f"#{at + 24}")
    cutting.keyboard.press("o")
    assert edges(cutting) == (at, at + 25)  # the frame that is seen is the last one kept
    cutting.keyboard.press("Shift+I")
    expect(now).to_contain_text(f"#{at}")
    cutting.keyboard.press("Shift+O")
    expect(now).to_contain_text(f"#{at + 24}")
    cutting.keyboard.press("Control+z")
    assert edges(cutting) == (at, FRAMES)
    cutting.keyboard.press("Control+z")
    assert edges(cutting) == (0, FRAMES)
    cutting.keyboard.press("Control+Shift+z")
    cutting.keyboard.press("Control+y")
    assert edges(cutting) == (at, at + 25)
    cutting.keyboard.press("?")
    expect(cutting.get_by_role("dialog", name="Keyboard")).to_be_visible()
    cutting.keyboard.press("Escape")
    expect(cutting.locator("dialog")).to_have_count(0)
    cutting.keyboard.press(" ")
    expect(cutting.get_by_role("button", name="Pause")).to_be_visible()
    cutting.keyboard.press(" ")
    expect(cutting.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_by_touch(visit: Open, imported: Imported, server: Server) -> None:
    page = open_editor(visit, imported, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    page.get_by_test_id("timeline").scroll_into_view_if_needed()
    for name, frame in (("Start", 90), ("End", 200)):
        handle = page.get_by_role("slider", name=name).bounding_box()
        assert handle
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        target = x + place(page, frame)[0] - place(page, edges(page)[name == "End"])[0]
        touch("touchStart", (x, y))
        for step in range(1, 6):
            touch("touchMove", (x + (target - x) * step / 5, y))
        touch("touchEnd")
    start, end = edges(page)
    assert abs(start - 90) <= 10  # it may hold on to a shot
    assert abs(end - 200) <= 10

    span = float(page.get_by_test_id("timeline").get_attribute("data-span") or 0)
    playhead = place(page, end - 0.5)[0]  # where the handle was let go
    (x, y), (other, _) = place(page, 120), place(page, 180)
    touch("touchStart", (x, y), (other, y))
    for step in range(1, 6):
        touch("touchMove", (x - 8 * step, y), (other + 8 * step, y))
    touch("touchEnd")
    zoomed = float(page.get_by_test_id("timeline").get_attribute("data-span") or 0)
    assert zoomed < span * 0.7
    assert place(page, end - 0.5)[0] == pytest.approx(playhead, abs=3)  # around the playhead
    assert edges(page) == (start, end)
    page.get_by_role("button", name="Create Clip", exact=True).tap()
    expect(page.get_by_text("Your clip is ready")).to_be_visible(timeout=20_000)
    playback = page.get_by_label("Playback URL", exact=True).input_value().rsplit("/", 1)[1]
    tracks = judge.variants(server.client, f"{server.url}/{playback}")
    assert judge.numbers(judge.track(server.client, tracks["video-360p"]).data) == list(range(start, end))


def test_zooms_to_single_frames_and_back(cutting: Page) -> None:
    timeline = cutting.get_by_test_id("timeline")
    zoom_in, zoom_out = (cutting.get_by_role("button", name=name) for name in ("Zoom In", "Zoom Out"))
    expect(zoom_out).to_be_disabled()
    cutting.mouse.click(*place(cutting, 200.5))
    before = place(cutting, 200)[0]
    for _ in range(3):
        zoom_in.click()
    assert place(cutting, 200)[0] == pytest.approx(before, abs=20)  # around the playhead
    while zoom_in.is_enabled():
        zoom_in.click()
    expect(timeline).to_have_attribute("data-span", "8")
    drag(cutting, "Start", 201)  # frames are wide now: the handle comes from the edge of what is shown
    cutting.mouse.move(*place(cutting, 200))
    for _ in range(3):
        cutting.mouse.wheel(0, 120)
    assert float(timeline.get_attribute("data-span") or 0) > 16
    while zoom_out.is_enabled():
        zoom_out.click()
    expect(timeline).to_have_attribute("data-span", str(FRAMES))


def test_fields_take_times_and_frames(cutting: Page) -> None:
    start, end = (cutting.get_by_label(f"{name} time") for name in ("Start", "End"))
    for written, frame in (("2.5", 60), ("0:03.5", 84), ("#100", 100)):
        start.fill(written)
        start.press("Enter")
        assert edges(cutting)[0] == frame
        expect(start).to_have_value(text(frame))
    end.fill("#99")
    end.press("Enter")
    assert edges(cutting) == (100, 101)
    expect(cutting.get_by_text("The end must lie after the start")).to_be_visible()
    end.fill("9:00")
    end.press("Enter")
    assert edges(cutting) == (100, FRAMES)
    expect(cutting.get_by_text("The video ends at")).to_be_visible()
    end.fill("soon")
    end.press("Enter")
    expect(end).to_have_attribute("aria-invalid", "true")
    expect(cutting.get_by_text("That is no time")).to_be_visible()
    assert edges(cutting) == (100, FRAMES)


def test_the_selection_survives_a_reload_and_is_a_link(cutting: Page, visit: Open) -> None:
    cutting.get_by_label("Start time").fill("#120")
    cutting.get_by_label("Start time").press("Enter")
    cutting.get_by_label("End time").fill("#240")
    cutting.get_by_label("End time").press("Enter")
    cutting.reload()
    expect(cutting.get_by_label("Start time")).to_have_value(text(120))
    assert edges(cutting) == (120, 240)
    other = visit(cutting.url.split("/dashboard")[1])
    expect(other.get_by_label("Start time")).to_have_value(text(120))
    assert edges(other) == (120, 240)
    other.get_by_role("tab", name="Overview").click()
    other.get_by_role("tab", name="Create Clips").click()
    expect(other.get_by_label("Start time")).to_have_value(text(120))
    assert "ranges=" in other.url


def test_preview_plays_exactly_the_clip(visit: Open, imported: Imported, server: Server) -> None:
    page = open_editor(visit, imported, f"?ranges={float(60 / RATE):.6f}-{float(90 / RATE):.6f}")
    asked: list[str] = []
    page.on("response", lambda told: asked.append(told.url) if ".m4s" in told.url else None)
    writes: list[str] = []
    page.on("request", lambda told: writes.append(told.url) if told.method != "GET" else None)
    page.get_by_role("button", name="Preview Clip").click()
    expect(page.get_by_text("Preview of the clip")).to_be_visible()
    expect(page.get_by_test_id("screen")).to_have_attribute("data-ended", "true", timeout=20_000)
    assert page.evaluate("document.querySelector('video').duration") == pytest.approx(30 / RATE, abs=0.05)
    expect(page.get_by_test_id("now")).to_contain_text("#89")
    assert writes == []  # it changes nothing on the server
    page.get_by_role("button", name="Leave the preview").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    clip = created(page, server)
    assert frames_of(server, clip) == list(range(60, 90))
    previewed: dict[str, set[bytes]] = {}
    for url in asked:
        if "parts=" in url and "video-" in url:
            rendition = url.split("?")[0].rsplit("/", 2)[1]
            previewed.setdefault(rendition, set()).add(server.client.get(url).content)
    assert previewed
    tracks = judge.variants(server.client, server.playlist(clip))
    for rendition, segments in previewed.items():
        assert segments <= set(judge.track(server.client, tracks[rendition]).segments)  # the very bytes


def test_preview_of_highlights_plays_their_frames(visit: Open, imported: Imported) -> None:
    times = [f"{float(start / RATE):.6f}-{float(end / RATE):.6f}" for start, end in ((200, 220), (10, 20))]
    page = open_editor(visit, imported, f"?ranges={','.join(times)}")
    page.get_by_label("One video of all, in their order").check()
    page.get_by_role("button", name="Preview Highlights").click()
    expect(page.get_by_test_id("screen")).to_have_attribute("data-ended", "true", timeout=20_000)
    assert page.evaluate("document.querySelector('video').duration") == pytest.approx(30 / RATE, abs=0.05)
    expect(page.get_by_test_id("now")).to_contain_text("#19")


def test_handles_hold_on_to_shots_and_silences(visit: Open, server: Server, tmp_path: Path) -> None:
    write_shots(tmp_path / "shots.mp4")
    with file_server(tmp_path) as files:
        media = server.wait(server.create(f"{files}/shots.mp4")["id"])
    page = visit(f"/media/{media['id']}/clips")
    expect(page.get_by_test_id("window")).to_have_attribute("data-known", "1", timeout=30_000)
    expect(page.locator(".mark.shot")).to_have_count(4)
    expect(page.locator(".mark.silence")).to_have_count(2)
    drag(page, "Start", 203, hold_on=True)
    assert edges(page)[0] == 200  # the shot's first frame
    drag(page, "End", 408, hold_on=True)
    assert edges(page)[1] == 410  # the last frame is that before the shot
    drag(page, "Start", 203)
    assert edges(page)[0] in (202, 203, 204)


def test_one_press_or_many_make_one_clip(cutting: Page, server: Server, imported: Imported) -> None:
    source = imported("h264-23976-open")["id"]
    count = server.client.get("/api/v1/media", params={"source": source}).json()["total"]
    posts: list[str] = []
    cutting.on("request", lambda told: posts.append(told.url) if told.method == "POST" else None)
    cutting.get_by_label("End time").fill("#33")
    cutting.get_by_label("End time").press("Enter")
    cutting.evaluate(
        "for (let n = 0; n < 8; n++) [...document.querySelectorAll('button.main')]"
        ".find((one) => one.textContent.includes('Create Clip')).click()"
    )
    expect(cutting.get_by_text("Your clip is ready")).to_be_visible(timeout=20_000)
    expect(cutting.get_by_role("button", name="Create Clip", exact=True)).to_be_disabled()
    assert len(posts) == 1
    assert server.client.get("/api/v1/media", params={"source": source}).json()["total"] == count + 1


def test_private_clips_and_their_links(cutting: Page, server: Server) -> None:
    cutting.get_by_label("Create as Public Clip").select_option("Private")
    expect(cutting.get_by_label("Create as Private Clip")).to_have_value("signed")
    cutting.get_by_label("End time").fill("#40")
    cutting.get_by_label("End time").press("Enter")
    clip = created(cutting, server)
    assert clip["playbackIds"][0]["accessPolicy"] == "private"
    cutting.get_by_role("link", name="Open the clip").click()
    expect(cutting.get_by_text("It is private: only signed links open it.")).to_be_visible()
    until(cutting, "document.querySelector('video').readyState >= 2")  # here it plays
    cutting.get_by_role("button", name="Sign a link").click()
    address = cutting.get_by_label("HLS address", exact=True).input_value()
    assert server.client.get(address.split("?")[0]).status_code == 401
    tracks = judge.variants(server.client, address)
    assert judge.numbers(judge.track(server.client, tracks["video-360p"]).data) == list(range(40))


def test_several_ranges_each_its_clip_or_joined(visit: Open, imported: Imported, server: Server) -> None:
    def times(*ranges: tuple[int, int]) -> str:
        return ",".join(f"{float(start / RATE):.6f}-{float(end / RATE):.6f}" for start, end in ranges)

    page = open_editor(visit, imported, f"?ranges={times((200, 230), (10, 30))}")
    page.get_by_role("button", name="Add a range").click()
    expect(page.get_by_role("heading", name="3 ranges")).to_be_visible()
    page.get_by_role("button", name="Remove range 3").click()
    page.get_by_role("button", name="Create 2 Clips").click()
    expect(page.get_by_text("Your clip is ready")).to_have_count(2, timeout=20_000)
    made = [one.input_value() for one in page.get_by_label("Playback URL", exact=True).all()]
    found = [
        judge.numbers(judge.track(server.client, judge.variants(server.client, one)["video-360p"]).data)
        for one in made
    ]
    assert found == [list(range(200, 230)), list(range(10, 30))]

    page.get_by_label("One video of all, in their order").check()
    page.get_by_role("button", name="Create Highlights").click()
    expect(page.get_by_text("Your clip is ready")).to_have_count(3, timeout=20_000)
    address = page.get_by_label("Playback URL", exact=True).first.input_value()
    tracks = judge.variants(server.client, address)
    parts = judge.sections(server.client, tracks["video-360p"])
    assert [judge.numbers(part.data) for part in parts] == [list(range(200, 230)), list(range(10, 30))]


def test_not_ready_is_told_with_the_reason(visit: Open, server: Server, files: str) -> None:
    failed = server.wait(server.create(f"{files}/nothing-here.mp4")["id"], "Failed")
    page = visit(f"/media/{failed['id']}")
    tab = page.get_by_role("tab", name="Create Clips")
    expect(tab).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("This video failed, so it can’t be clipped.")).to_be_visible()
    tab.click(force=True)
    expect(page.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")
