"""Watermarks: where they lie and how opaque, in every rendition, in clips and in pictures; what is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests import judge
from tests.dialects.test_fastpix import envelope, total
from tests.media import Recipe, recipe
from tests.server import Server

Source = Callable[[Recipe], Path]


@pytest.fixture(scope="module")
def mark(sources: Path) -> str:
    """A square of pure green, half as clear as glass on its right half."""
    pixels = np.zeros((100, 100, 4), np.uint8)
    pixels[..., 1], pixels[..., 3] = 255, 255
    pixels[:, 50:, 3] = 0
    with av.open(str(sources / "mark.png"), "w", format="image2") as out:
        stream: Any = out.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 100, 100, "rgba"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgba")))
        out.mux(stream.encode(None))
    return "mark.png"


def create(server: Server, video: str, **watermark: Any) -> Any:
    inputs = [{"type": "video", "url": video}, {"type": "watermark", **watermark}]
    return server.client.post("/v1/on-demand", json={"inputs": inputs, "accessPolicy": "public"})


def greenness(picture: np.ndarray) -> np.ndarray:
    """How much greener than grey each pixel is; the sources are grey."""
    wide = picture.astype(int)
    green: np.ndarray = wide[..., 1] - (wide[..., 0] + wide[..., 2]) // 2
    return green


def extent(picture: np.ndarray, level: int = 60) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is green, in parts of the picture."""
    rows, columns = np.nonzero(greenness(picture) > level)
    height, width = picture.shape[:2]
    return columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height


def test_a_watermark_lies_where_it_is_asked_for_in_every_rendition(
    server: Server, files: str, source: Source, mark: str
) -> None:
    made = create(
        server, f"{files}/{source(recipe('h264-30')).name}", url=f"{files}/{mark}", width="10%",
        placement={"xAlign": "right", "xMargin": "5%", "yAlign": "bottom", "yMargin": "36px"}, opacity="80%",
    )  # fmt: skip
    assert made.status_code == 201, made.text
    media = server.wait(made.json()["data"]["id"])
    # A tenth of 1280 wide and as high, whose left half is to be seen; 64 pixels from the right, 36 from below.
    wanted = ((1280 - 64 - 128) / 1280, (720 - 36 - 128) / 720, (1280 - 64 - 64) / 1280, (720 - 36) / 720)
    clip = server.clip(media["id"], 2.1, 4.3)
    for one in (media, clip):
        variants = judge.variants(server.client, server.playlist(one))
        for name in ("video-360p", "video-720p"):
            track = judge.track(server.client, variants[name])
            for segment in (track.segments[0], track.segments[-1]):
                shown = judge.colours(track.init + segment)[0]
                assert extent(shown) == pytest.approx(wanted, abs=0.012), (name, extent(shown))
                inside = greenness(shown)[int(0.86 * shown.shape[0]), int(0.875 * shown.shape[1])]
                assert 100 < inside < 240  # four fifths of it
    poster = judge.colours(judge.fetch(server.client, f"/{media['playbackIds'][0]['id']}/thumbnail.png"))[0]
    assert extent(poster) == pytest.approx(wanted, abs=0.005)
    small = f"/{media['playbackIds'][0]['id']}/thumbnail.jpg?width=320&height=320&fit_mode=pad"
    assert extent(judge.colours(judge.fetch(server.client, small))[0][70:250])[0] == pytest.approx(
        wanted[0], abs=0.02
    )
    numbers = judge.numbers(
        judge.track(server.client, judge.variants(server.client, server.playlist(clip))["video-360p"]).data
    )
    assert numbers == list(range(63, 129))


def test_its_own_size_at_the_left_and_top_unless_said_otherwise(
    server: Server, files: str, source: Source, mark: str
) -> None:
    made = create(server, f"{files}/{source(recipe('h264-30')).name}", url=f"{files}/{mark}").json()["data"]
    media = server.wait(made["id"])
    poster = judge.colours(judge.fetch(server.client, f"/{media['playbackIds'][0]['id']}/thumbnail.png"))[0]
    assert extent(poster) == pytest.approx((0, 0, 50 / 1280, 100 / 720), abs=0.005)


def test_a_watermark_that_is_none_fails_the_media(server: Server, files: str, source: Source, sources: Path) -> None:
    (sources / "words.png").write_text("not an image")
    video = f"{files}/{source(recipe('tiny-30')).name}"
    for url, why in ((f"{files}/words.png", "unsupported"), (f"{files}/missing.png", "unreachable")):
        made = create(server, video, url=url).json()["data"]
        assert server.wait(made["id"], "Failed")["error"]["code"] == why


def test_a_clip_is_not_marked_anew(server: Server, imported: Callable[[str], Any], files: str, mark: str) -> None:
    video = f"fp_mediaId://{imported('tiny-30')['id']}"
    before = total(server)
    envelope(create(server, video, url=f"{files}/{mark}"), 400)
    assert total(server) == before


@pytest.mark.parametrize(
    ("watermark", "field"),
    [
        ({"url": None}, "url"), ({"url": "file:///etc/passwd"}, "url"), ({"width": "0px"}, "width"),
        ({"width": "110%"}, "width"), ({"height": 20}, "height"), ({"opacity": "120%"}, "opacity"),
        ({"opacity": "20px"}, "opacity"), ({"placement": "left"}, "placement"),
        ({"placement": {"xAlign": "top"}}, "placement.xAlign"),
        ({"placement": {"yMargin": "-5%"}}, "placement.yMargin"),
    ],
)  # fmt: skip
def test_wrong_watermarks_are_refused(server: Server, files: str, watermark: dict[str, Any], field: str) -> None:
    told = {"url": f"{files}/mark.png"} | watermark
    envelope(create(server, f"{files}/x.mp4", **told), 422, f"inputs[1].{field}")


def test_a_marked_media_is_filled_and_swept(
    serve: Callable[..., Server], files: str, source: Source, mark: str
) -> None:
    server = serve(INPOINT_SWEEP_AFTER="0")
    made = create(server, f"{files}/{source(recipe('tiny-30')).name}", url=f"{files}/{mark}").json()["data"]
    server.wait(made["id"])
    server.wait_filled(made["id"])
    server.client.delete(f"/v1/on-demand/{made['id']}")
    deadline = time.monotonic() + 30
    while server.blobs() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not server.blobs()
