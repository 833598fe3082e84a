"""npm's @fastpix/resumable-uploads, the vendor's own, in a real browser: its connection is cut on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import judge
from tests.acceptance import browsers
from tests.acceptance.browsers import View
from tests.media import Recipe, recipe
from tests.proxy import proxy
from tests.server import Server, file_server

_CHUNK = 5120  # KiB, the least that the uploader takes


@pytest.mark.browser
def test_the_vendors_uploader_over_a_broken_connection(
    view: View, serve: Callable[..., Server], source: Callable[[Recipe], Path], tmp_path: Path
) -> None:
    padded = tmp_path / "padded.mp4"
    padding = 12 << 20
    video = source(recipe("tiny-30")).read_bytes()
    padded.write_bytes(video + padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))
    with proxy() as broken, file_server(browsers.FOLDER) as pages:
        server = serve(INPOINT_PUBLIC_URL=broken.url)
        broken.target = server.port
        settings = {"corsOrigin": pages, "pushMediaSettings": {"accessPolicy": "public"}}
        made = server.client.post("/v1/on-demand/upload", json=settings).json()["data"]
        assert made["url"].startswith(broken.url)
        with view(f"{pages}/upload.html") as page:
            page.set_input_files("input", padded)
            broken.cut_after = 7 << 20  # in the second of three parts
            ended = page.evaluate("([url, size]) => send(url, size)", [made["url"], _CHUNK])
            seen = page.evaluate("seen")
        assert ended == "success", (ended, seen)
        assert broken.cuts == 1
        assert seen.count("chunkSuccess") == 3
        media = server.wait(made["uploadId"])
        track = judge.track(server.client, judge.variants(server.client, f"{server.playlist(media)}")["video-180p"])
        assert judge.numbers(track.data) == list(range(90))
