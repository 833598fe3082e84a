"""What the page may cost: bytes before a player is needed, script while a handle is dragged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import Open
from tests.server import Server, file_server

pytestmark = pytest.mark.browser
TWO_HOURS = 7200


def test_the_first_page_is_small(visit: Open, imported: Callable[[str], dict[str, Any]]) -> None:
    imported("tiny-30")
    page = visit(signed_in=False)
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    client.on("Network.responseReceived", lambda told: names.update({told["requestId"]: told["response"]["url"]}))
    client.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.wait_for_timeout(300)
    first = {names[one]: size for one, size in sizes.items() if "/dashboard" in names.get(one, "")}
    assert len(first) >= 3
    assert sum(first.values()) < 150_000, first
    assert not any("hls" in name for name in first)


def test_dragging_over_two_hours_costs_little(serve: Callable[..., Server], visit: Open, tmp_path: Path) -> None:
    server = serve(INPOINT_FILL="none")
    long_source(tmp_path / "long.mp4")
    with file_server(tmp_path) as files:
        media = server.wait(server.create(f"{files}/long.mp4")["id"])
    page = visit(f"/media/{media['id']}/clips", at=server, viewport={"width": 1280, "height": 900})
    expect(page.get_by_role("slider", name="Start")).to_be_visible()
    page.wait_for_timeout(3000)  # pictures come
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    handle = page.get_by_role("slider", name="Start").bounding_box()
    assert handle
    x, y = handle["x"] + 7, handle["y"] + 30
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=5)
    before, events = scripting(client), 200
    for number in range(events):
        page.mouse.move(x + 20 + number * 4, y)
    spent = scripting(client) - before
    page.mouse.up()
    assert int(page.get_by_role("slider", name="Start").get_attribute("aria-valuenow") or 0) > 1000
    assert spent / events < 0.004, f"{spent / events * 1000:.2f} ms of script for each event"


def scripting(client: Any) -> float:
    """Seconds of script that the page has run."""
    told = {one["name"]: one["value"] for one in client.send("Performance.getMetrics")["metrics"]}
    return float(told["ScriptDuration"])


def long_source(path: Path) -> None:
    """Two hours, five small pictures a second."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=5, options={"preset": "ultrafast", "g": "50", "crf": "40"})
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        frames = []
        for shade in (60, 120, 180):
            frame = av.VideoFrame(160, 90, "yuv420p")
            for plane, value in zip(frame.planes, (shade, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frames.append(frame)
        for number in range(TWO_HOURS * 5):
            frame = frames[number // 300 % 3]
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
