"""The Cloudflare Stream API: watermark profiles, on uploads and on clips."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import judge
from tests.media import Recipe, recipe, write_picture
from tests.stream import Stream

Uploaded = Callable[[str], dict[str, Any]]
Source = Callable[[Recipe], Path]


@pytest.fixture(scope="module")
def logo(sources: Path) -> Path:
    """A green picture of 120 by 60."""
    path = sources / "logo.png"
    write_picture(path, 120, 60)
    return path


def profile(stream: Stream, logo: Path, **fields: str) -> dict[str, Any]:
    made: dict[str, Any] = stream.ask("POST", "/watermarks", files={"file": logo.read_bytes()}, data=fields)
    return made


def green(picture: np.ndarray) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of what is green, in parts of the picture."""
    wide = picture.astype(int)
    rows, columns = np.nonzero(wide[..., 1] - (wide[..., 0] + wide[..., 2]) // 2 > 60)
    if not len(rows):
        return None
    height, width = picture.shape[:2]
    return columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height


def sound(stream: Stream, video: dict[str, Any]) -> list[bytes]:
    """The segments of a video's soundtrack."""
    named = judge.variants(stream.open, video["playback"]["hls"])
    return judge.track(stream.open, next(url for name, url in named.items() if "audio" in name)).segments


def test_profiles_are_kept_listed_and_deleted(stream: Stream, logo: Path, files: str) -> None:
    made = profile(stream, logo)
    assert made == {
        "uid": made["uid"], "name": "", "opacity": 1.0, "padding": 0.05, "scale": 0.15, "position": "upperRight",
        "size": logo.stat().st_size, "width": 120, "height": 60, "created": made["created"], "downloadedFrom": None,
    }  # fmt: skip
    url = f"{files}/logo.png"
    fetched = stream.ask(
        "POST", "/watermarks", json={"url": url, "name": "By URL", "opacity": 0.5, "scale": 0, "padding": 1}
    )
    assert (fetched["downloadedFrom"], fetched["name"], fetched["width"]) == (url, "By URL", 120)
    assert (fetched["opacity"], fetched["scale"], fetched["padding"]) == (0.5, 0, 1)
    assert [one["uid"] for one in stream.ask("GET", "/watermarks")][:2] == [fetched["uid"], made["uid"]]
    assert stream.ask("GET", f"/watermarks/{made['uid']}") == made
    assert stream.ask("DELETE", f"/watermarks/{made['uid']}") == ""
    stream.refuse("GET", f"/watermarks/{made['uid']}", 404)
    stream.refuse("DELETE", f"/watermarks/{made['uid']}", 404)
    assert made["uid"] not in [one["uid"] for one in stream.ask("GET", "/watermarks")]


def test_bad_profiles_are_refused(stream: Stream, logo: Path, files: str) -> None:
    count = len(stream.ask("GET", "/watermarks"))
    for field, value in (("opacity", "1.5"), ("opacity", "x"), ("scale", "-0.1"), ("padding", "nan"),
                         ("padding", "1e999"), ("padding", "1e-999999"),
                         ("position", "middle"), ("name", "n" * 256)):  # fmt: skip
        error = stream.refuse("POST", "/watermarks", files={"file": logo.read_bytes()}, data={field: value})
        assert error["source"]["pointer"] == f"/{field}"
    for sent in (b"\xff\xd8\xff\xe0 a jpeg", b"", b"\x89PNG\r\n\x1a\n and no more"):
        assert stream.refuse("POST", "/watermarks", files={"file": sent})["source"]["pointer"] == "/file"
    stream.refuse("POST", "/watermarks", 413, files={"file": b"\x89PNG\r\n\x1a\n" + bytes(2_100_000)})
    stream.refuse("POST", "/watermarks", files={"other": b"x"})
    stream.refuse("POST", "/watermarks", files={"file": (None, "/path/of/a/file.png")})  # as an older SDK may send it
    for url in (f"{files}/missing.png", "no url", "file:///etc/passwd", None):
        stream.refuse("POST", "/watermarks", json={"url": url})
    assert len(stream.ask("GET", "/watermarks")) == count


def test_a_watermarked_clip_is_ready_as_soon_and_changes_that_corner_alone(
    stream: Stream, uploaded: Uploaded, logo: Path
) -> None:
    source = uploaded("h264-30")["uid"]
    mark = profile(stream, logo, position="lowerLeft", scale="0.2", padding="0.1", opacity="1.0", name="Corner")
    plain = stream.clip(source, 1.5, 4.5)
    began = time.monotonic()
    clip = stream.clip(source, 1.5, 4.5, watermark={"uid": mark["uid"]})
    assert time.monotonic() - began < 3
    assert clip["watermark"] == mark
    variants = judge.variants(stream.open, clip["playback"]["hls"])
    for name in ("video-360p", "video-480p", "video-720p"):
        track = judge.track(stream.open, variants[name])
        assert judge.numbers(track.data) == list(range(45, 135))
        shown = judge.colours(track.data)
        for picture in (shown[0], shown[45], shown[-1]):
            left, top, right, bottom = green(picture) or (0, 0, 0, 0)
            assert (left, right) == pytest.approx((0.1, 0.3), abs=0.01)
            assert (top, bottom) == pytest.approx((0.9 - 0.1 * 16 / 9, 0.9), abs=0.02)
    bare = judge.pictures(
        judge.track(stream.open, judge.variants(stream.open, plain["playback"]["hls"])["video-720p"]).data
    )
    marked = judge.pictures(judge.track(stream.open, variants["video-720p"]).data)
    changed = np.abs(bare.astype(int) - marked.astype(int))
    corner = np.zeros(changed.shape[1:], bool)
    corner[int(720 * 0.69) :, : int(1280 * 0.33)] = True
    assert np.mean(changed[:, ~corner]) < 2
    assert np.mean(changed[:, corner]) > 10
    assert sound(stream, plain) == sound(stream, clip)  # shared
    assert green(judge.colours(stream.open.get(clip["thumbnail"]).content)[0])
    stream.ask("DELETE", f"/watermarks/{mark['uid']}")
    again = stream.clip(clip["uid"], 0.5, 2)  # a clip of it has it as well
    assert again["watermark"] is None
    shown = judge.colours(
        judge.track(stream.open, judge.variants(stream.open, again["playback"]["hls"])["video-360p"]).data
    )
    assert green(shown[0])
    assert stream.get(clip["uid"])["watermark"]["uid"] == mark["uid"]


def test_a_watermarked_clip_outlives_its_source_and_frees_what_nothing_plays(
    stream: Stream, serve: Callable[..., Any], source: Source, logo: Path
) -> None:
    server = serve(INPOINT_SWEEP_AFTER="0", INPOINT_FILL="none")
    with Stream(server) as own:
        video = own.wait(own.upload(source(recipe("h264-30")))["uid"])
        mark = profile(own, logo)
        clip = own.clip(video["uid"], 2.5, 4, watermark={"uid": mark["uid"]})
        chunks = server.blobs("**/chunks/v-*")
        own.ask("DELETE", f"/{video['uid']}")
        own.ask("DELETE", f"/watermarks/{mark['uid']}")
        deadline = time.monotonic() + 30
        while len(server.blobs("**/chunks/v-*")) == len(chunks):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        track = judge.track(own.open, judge.variants(own.open, clip["playback"]["hls"])["video-720p"])
        assert judge.numbers(track.data) == list(range(75, 120))
        assert green(judge.colours(track.data)[0])
        own.ask("DELETE", f"/{clip['uid']}")
        deadline = time.monotonic() + 30
        while left := server.blobs("encodings/**/*"):
            assert time.monotonic() < deadline, left
            time.sleep(0.2)


@pytest.mark.parametrize(
    ("position", "scale", "box"),
    [
        ("upperRight", "0.25", (0.7, 0.05)),
        ("center", "0.5", (0.25, 0.5 - 0.25 * 16 / 9 / 2)),
        ("upperLeft", "1", None),
    ],
)
def test_uploads_are_marked_too(
    stream: Stream, source: Source, logo: Path, position: str, scale: str, box: tuple[float, float] | None
) -> None:
    mark = profile(stream, logo, position=position, scale=scale)
    made = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 60, "watermark": {"uid": mark["uid"]}})
    assert made["watermark"] == mark
    stream.ask("DELETE", f"/watermarks/{mark['uid']}")
    stream.open.post(made["uploadURL"], files={"file": source(recipe("tiny-30")).read_bytes()})
    video = stream.wait(made["uid"])
    assert video["watermark"] == mark
    track = judge.track(stream.open, judge.variants(stream.open, video["playback"]["hls"])["video-180p"])
    found = green(judge.colours(track.data)[10])
    assert found
    if box:
        assert found[:2] == pytest.approx(box, abs=0.03)
    else:
        assert found[2] - found[0] > 0.9  # as far as it fits
