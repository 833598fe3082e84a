"""Thumbnails, moving pictures and sheets: every pixel's frame read back by another decoder, and who may see them."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests import judge
from tests.dialects.test_fastpix import envelope
from tests.dialects.test_fastpix_watching import key_pair, private_clip, token
from tests.media import Recipe, read_number, recipe
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]
MAGIC = {"png": b"\x89PNG", "jpg": b"\xff\xd8\xff", "webp": b"RIFF", "gif": b"GIF8"}


def playback(media: dict[str, Any]) -> str:
    return str(media["playbackIds"][0]["id"])


def picture(client: httpx.Client, path: str) -> np.ndarray:
    """What another build's decoder sees: grey, at its own size."""
    shown: np.ndarray = judge.pictures(judge.fetch(client, path))[0]
    return shown


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_a_thumbnail_is_the_frame_of_its_time(
    kind: str, server: Server, imported: Imported, stranger: httpx.Client
) -> None:
    clip = server.clip(imported("h264-30")["id"], 1.1, 9)
    base = f"/{playback(clip)}/thumbnail.{kind}"
    answer = stranger.get(base)
    assert answer.content.startswith(MAGIC[kind])
    assert answer.headers["Content-Type"] == {"jpg": "image/jpeg"}.get(kind, f"image/{kind}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    middle = picture(stranger, base)
    assert middle.shape == (720, 1280)
    assert read_number(middle) == 33 + 237 // 2
    for seconds, frame in ((0, 0), (0.034, 1), (2.5, 75), (7.9, 236), (5000, 236)):
        assert read_number(picture(stranger, f"{base}?time={seconds}")) == 33 + frame, seconds
    again = stranger.get(base, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ("width=160", (90, 160)),
        ("height=91", (91, 161)),
        ("width=200&height=200", (112, 200)),
        ("width=200&height=200&fit_mode=stretch", (200, 200)),
        ("width=200&height=200&fit_mode=crop", (200, 200)),
        ("width=200&height=200&fit_mode=pad", (200, 200)),
    ],
)
def test_thumbnails_have_the_size_that_is_asked_for(
    server: Server, imported: Imported, stranger: httpx.Client, query: str, shape: tuple[int, int]
) -> None:
    media = imported("h264-30")
    for kind in ("png", "jpg", "webp"):
        shown = picture(stranger, f"/{playback(media)}/thumbnail.{kind}?{query}")
        assert shown.shape == shape, kind
    if "pad" in query:
        assert shown[:40].max() < 30
        assert read_number(shown[44:156]) == 150
    if "stretch" in query:
        assert read_number(shown) == 150


def test_the_medias_thumbnail_is_named(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    media = imported("tiny-30")
    assert media["thumbnail"] == f"{server.url}/{playback(media)}/thumbnail.png"
    assert stranger.get(media["thumbnail"]).content.startswith(MAGIC["png"])


def test_bases_are_the_operators_choice(serve: Callable[..., Server], files: str, source: Any) -> None:
    bases = {"INPOINT_FASTPIX_STREAM_BASE": "https://s.example/", "INPOINT_FASTPIX_IMAGES_BASE": "https://i.example"}
    server = serve(**bases)
    media = server.create(f"{files}/{source(recipe('tiny-30')).name}")
    way = media["playbackIds"][0]["id"]
    assert server.media(media["id"])["thumbnail"] == f"https://i.example/{way}/thumbnail.png"
    told = server.client.get(f"/api/v1/media/{media['id']}").json()["playbacks"][0]
    assert told["hls"] == f"https://s.example/{way}.m3u8"


def test_a_turned_video_has_upright_pictures(
    server: Server, files: str, source: Callable[[Recipe], Path], stranger: httpx.Client
) -> None:
    turned = Recipe("turned-still", frames=60, width=360, height=640, rotation=90)
    media = server.wait(server.create(f"{files}/{source(turned).name}")["id"])
    shown = picture(stranger, f"/{playback(media)}/thumbnail.png?time=0.5")
    assert shown.shape == (640, 360)
    assert read_number(shown) == 15


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_moving_picture_shows_its_span(
    kind: str, server: Server, imported: Imported, stranger: httpx.Client
) -> None:
    media = imported("h264-30")
    path = f"/{playback(media)}/clip.{kind}?start=1.1&end=3.1&fps=10&width=320"
    data = judge.fetch(stranger, path)
    assert data.startswith(MAGIC[kind])
    if kind == "gif":
        shown = judge.pictures(data)
        assert shown.shape == (20, 180, 320)
        assert [read_number(one) for one in shown] == list(range(33, 93, 3))
    else:
        assert data.count(b"ANMF") == 20
    assert stranger.get(f"/{playback(media)}/clip.{kind}").content.startswith(MAGIC[kind])


def test_a_sheets_tiles_are_where_it_says(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    media = imported("h264-30")
    told = stranger.get(f"/{playback(media)}/spritesheet.json").json()
    sheet = picture(stranger, told["url"])
    assert len(told["tiles"]) == 10
    assert told["duration"] == pytest.approx(10)
    for tile in told["tiles"]:
        part = sheet[tile["y"] :, tile["x"] :][: told["tile_height"], : told["tile_width"]]
        assert read_number(part) == round(tile["start"] * 30)
    grid = stranger.get(f"/{playback(media)}/advanced-spritesheet.json?interval=2").json()
    sheet = picture(stranger, grid["url"])
    assert sheet.shape == (grid["sheetHeight"], grid["sheetWidth"])
    assert (grid["thumbnailCount"], grid["interval"], grid["columns"]) == (5, 2, 5)
    for place in range(grid["thumbnailCount"]):
        left = place * grid["tileWidth"]
        assert read_number(sheet[:, left : left + grid["tileWidth"]]) == place * 60


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("thumbnail.png?width=0", "width"), ("thumbnail.png?width=9999", "width"),
        ("thumbnail.jpg?height=x", "height"), ("thumbnail.png?time=-1", "time"),
        ("thumbnail.png?time=nan", "time"), ("thumbnail.webp?fit_mode=bend", "fit_mode"),
        ("clip.gif?start=3&end=2", "end"), ("clip.gif?start=0&end=60", "end"), ("clip.webp?fps=0", "fps"),
        ("clip.gif?start=99&end=100", "start"), ("advanced-spritesheet.jpg?interval=11", "interval"),
    ],
)  # fmt: skip
def test_wrong_wishes_are_named(
    server: Server, imported: Imported, stranger: httpx.Client, path: str, field: str
) -> None:
    envelope(stranger.get(f"/{playback(imported('tiny-30'))}/{path}"), 422, field)


PATHS = ("thumbnail.png", "clip.gif", "spritesheet.json", "spritesheet.jpg", "advanced-spritesheet.jpg")


def test_private_pictures_need_a_token(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    clip = private_clip(server, imported)
    signed = token(key_pair(server), playback(clip))
    for path in PATHS:
        envelope(stranger.get(f"/{playback(clip)}/{path}"), 401)
        envelope(stranger.get(f"/{playback(clip)}/{path}?token={signed}x"), 403)
        answer = stranger.get(f"/{playback(clip)}/{path}?token={signed}")
        assert answer.status_code == 200, path
        assert "public" not in answer.headers.get("Cache-Control", "")
    told = stranger.get(f"/{playback(clip)}/spritesheet.json?token={signed}").json()
    assert stranger.get(told["url"]).status_code == 200


def test_a_playbacks_greatest_resolution_and_restrictions_hold_on_pictures(
    server: Server, imported: Imported, stranger: httpx.Client
) -> None:
    clip = server.clip(imported("h264-30")["id"], 0, 3)
    asked = {
        "accessPolicy": "public", "resolution": "360p",
        "accessRestrictions": {"domains": {"defaultPolicy": "deny", "allow": ["school.example"]}},
    }  # fmt: skip
    made = server.client.post(f"/v1/on-demand/{clip['id']}/playback-ids", json=asked).json()["data"]
    for path in PATHS:
        envelope(stranger.get(f"/{made['id']}/{path}"), 403)
    allowed = {"Origin": "https://school.example"}
    for query in ("", "?width=1280", "?width=3000&height=3000&fit_mode=crop"):
        answer = stranger.get(f"/{made['id']}/thumbnail.png{query}", headers=allowed)
        assert answer.status_code == 200
        assert judge.size_of(answer.content)[1] <= 360, query
    moving = stranger.get(f"/{made['id']}/clip.gif?width=900&end=1", headers=allowed)
    assert judge.size_of(moving.content)[1] <= 360


def test_pictures_of_nothing(server: Server, stranger: httpx.Client, files: str, source: Callable[..., Path]) -> None:
    for path in PATHS:
        envelope(stranger.get(f"/{uuid.uuid4()}/{path}"), 404)
    slow = server.create(f"{files}/slow-{source(recipe('tiny-30')).name}")
    answer = stranger.get(f"/{playback(slow)}/thumbnail.png")
    if answer.status_code != 200:  # a quick machine may have made it ready by now
        envelope(answer, 400)
        assert "ready" in answer.json()["error"]["message"]
    server.wait(slow["id"])


def test_a_clips_pictures_outlive_its_source(
    serve: Callable[..., Server], files: str, source: Callable[[Recipe], Path]
) -> None:
    server = serve(INPOINT_SWEEP_AFTER="0")
    media = server.wait(server.create(f"{files}/{source(recipe('h264-30')).name}")["id"])
    clip = server.clip(media["id"], 7.5, 8.5)
    server.client.delete(f"/v1/on-demand/{media['id']}")
    deadline = time.monotonic() + 30
    while len(server.blobs("**/chunks/v-*")) > 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    with httpx.Client(base_url=server.url, timeout=60) as stranger:
        envelope(stranger.get(f"/{playback(media)}/thumbnail.png"), 404)
        for seconds in (0, 0.5, 0.99):
            shown = picture(stranger, f"/{playback(clip)}/thumbnail.png?time={seconds}")
            assert read_number(shown) == 225 + int(seconds * 30)


def test_pictures_that_must_be_made_are_limited(serve: Callable[..., Server], files: str, source: Any) -> None:
    server = serve()
    media = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    with httpx.Client(base_url=server.url, timeout=60) as stranger:
        codes = [
            stranger.get(f"/{playback(media)}/thumbnail.jpg?width={width}").status_code for width in range(10, 320)
        ]
        assert codes[:300] == [200] * 300
        assert set(codes[300:]) == {429}
        assert stranger.get(f"/{playback(media)}/thumbnail.jpg?width=10").status_code == 200  # at hand


def test_colours_are_the_videos(server: Server, files: str, source: Any, stranger: httpx.Client) -> None:
    """The same frame in all formats and as ffmpeg shows it from the segment: no shift by a matrix or a range."""
    media = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    variants = judge.variants(server.client, server.playlist(media))
    track = judge.track(server.client, variants["video-180p"])
    shown = judge.colours(track.init + track.segments[0])[0].astype(int)
    for kind in ("png", "jpg", "webp"):
        data = judge.fetch(stranger, f"/{playback(media)}/thumbnail.{kind}?time=0")
        other = judge.colours(data)[0].astype(int)
        assert np.abs(shown - other).mean() < 4, kind
    assert io.BytesIO(data).read(4) == b"RIFF"
