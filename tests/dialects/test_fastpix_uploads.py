"""Direct uploads: the SDK, a plain PUT, parts with breaks, what doesn't fit, origins. Trimming, loudness, quality."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from fastpix_python import Fastpix

from tests import judge
from tests.dialects.test_fastpix import envelope, total
from tests.media import Recipe, recipe
from tests.server import Server, file_server

Source = Callable[[Recipe], Path]


@pytest.fixture
def video(source: Source) -> bytes:
    return source(recipe("tiny-30")).read_bytes()


def upload(server: Server, **more: Any) -> dict[str, Any]:
    response = server.client.post("/v1/on-demand/upload", json={"corsOrigin": "*", **more})
    assert response.status_code == 201, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def unused(server: Server) -> list[str]:
    return [one["uploadId"] for one in server.client.get("/v1/on-demand/uploads?limit=50").json()["data"]]


def part(data: bytes, start: int, end: int, whole: int | str | None = None) -> dict[str, Any]:
    said = len(data) if whole is None else whole
    return {"content": data[start:end], "headers": {"Content-Range": f"bytes {start}-{end - 1}/{said}"}}


def test_the_sdk_uploads(sdk: Fastpix, server: Server, stranger: httpx.Client, video: bytes) -> None:
    settings: Any = {"access_policy": "public", "metadata": {"lesson": "4"}, "title": "Lesson"}
    made = sdk.input_video.direct_upload_video_media(
        request={"cors_origin": "*", "push_media_settings": settings}
    ).data
    assert made is not None
    assert made.upload_id
    assert made.url
    assert (made.status, made.timeout) == ("waiting", 14_400)
    listed = sdk.manage_videos.list_uploads(limit=50).data or []
    assert made.upload_id in [one.upload_id for one in listed]
    envelope(server.client.get(f"/v1/on-demand/{made.upload_id}"), 404)
    assert stranger.put(made.url, content=video).status_code == 200
    media = server.wait(made.upload_id)
    assert media["metadata"] == {"lesson": "4"}
    assert media["optimizeAudio"] is True  # the SDK's default
    assert made.upload_id not in unused(server)
    track = judge.track(server.client, judge.variants(server.client, server.playlist(media))["video-180p"])
    assert judge.numbers(track.data) == list(range(90))
    envelope(stranger.put(made.url, content=video), 400)


def test_the_sdk_cancels(sdk: Fastpix, server: Server, stranger: httpx.Client, video: bytes) -> None:
    made = upload(server)
    cancelled = sdk.manage_videos.cancel_upload(upload_id=made["uploadId"]).data
    assert cancelled is not None
    assert cancelled.status == "cancelled"
    envelope(stranger.put(made["url"], content=video), 400)
    envelope(server.client.put(f"/v1/on-demand/upload/{made['uploadId']}/cancel"), 400)
    envelope(server.client.put(f"/v1/on-demand/upload/{uuid.uuid4()}/cancel"), 404)
    envelope(server.client.put("/v1/on-demand/upload/nonsense/cancel"), 422, "uploadId")
    assert made["uploadId"] not in unused(server)


def test_parts_are_resumed(server: Server, stranger: httpx.Client, video: bytes) -> None:
    made = upload(server, pushMediaSettings={"accessPolicy": "public"})
    begun = stranger.post(made["url"], headers={"x-goog-resumable": "start", "Content-Type": "video/mp4"})
    assert begun.status_code == 201
    session = begun.headers["Location"]
    assert "upload_id=" in session
    asked = stranger.put(session, headers={"Content-Range": f"bytes */{len(video)}"})
    assert (asked.status_code, "Range" in asked.headers) == (308, False)
    third = len(video) // 3
    first = stranger.put(session, **part(video, 0, third))
    assert (first.status_code, first.headers["Range"]) == (308, f"bytes=0-{third - 1}")
    assert "Location" not in first.headers
    assert not first.content
    again = stranger.put(session, **part(video, 0, third))  # sent twice: nothing changes
    assert again.headers["Range"] == f"bytes=0-{third - 1}"
    over = stranger.put(session, **part(video, third - 100, 2 * third))
    assert over.headers["Range"] == f"bytes=0-{2 * third - 1}"
    for wrong in (
        part(video, 2 * third + 1, len(video)),  # a gap
        part(video, 2 * third, len(video), len(video) + 1),  # another total
        part(video, 2 * third, len(video)) | {"content": video[2 * third :] + b"more"},
        {"content": b"x", "headers": {"Content-Range": "bytes 9-5/10"}},
        {"content": b"x", "headers": {"Content-Range": "lines 1-2/10"}},
    ):
        envelope(stranger.put(session, **wrong), 400)
    asked = stranger.put(session, headers={"Content-Range": "bytes */*"})
    assert asked.headers["Range"] == f"bytes=0-{2 * third - 1}"
    last = stranger.put(session, **part(video, 2 * third, len(video)))
    assert last.status_code == 200
    assert stranger.put(session, headers={"Content-Range": f"bytes */{len(video)}"}).status_code == 200
    assert stranger.put(session, **part(video, 2 * third, len(video))).status_code == 200
    media = server.wait(made["uploadId"])
    track = judge.track(server.client, judge.variants(server.client, server.playlist(media))["video-180p"])
    assert judge.numbers(track.data) == list(range(90))


def test_what_came_before_a_break_is_kept(server: Server, stranger: httpx.Client, video: bytes) -> None:
    made = upload(server)
    session = stranger.post(made["url"]).headers["Location"]
    address = urlsplit(session)
    half = len(video) // 2
    head = (
        f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Content-Length: {len(video)}\r\nContent-Range: bytes 0-{len(video) - 1}/{len(video)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 0)) as broken:
        broken.sendall(head.encode() + video[:half])
        time.sleep(0.3)
    have = 0
    for _ in range(100):
        asked = stranger.put(session, headers={"Content-Range": f"bytes */{len(video)}"})
        assert asked.status_code == 308
        have = int(asked.headers["Range"].rpartition("-")[2]) + 1 if "Range" in asked.headers else 0
        if have == half:
            break
        time.sleep(0.05)
    assert have == half
    assert stranger.put(session, **part(video, have, len(video))).status_code == 200
    server.wait(made["uploadId"])


def test_an_acknowledged_part_survives_kill_9(serve: Callable[..., Server], video: bytes) -> None:
    server = serve()
    made = upload(server)
    with httpx.Client(timeout=30) as stranger:
        session = stranger.post(made["url"]).headers["Location"]
        assert stranger.put(session, **part(video, 0, 1000)).status_code == 308
        server.kill()
        server.start()
        asked = stranger.put(session, headers={"Content-Range": f"bytes */{len(video)}"})
        assert asked.headers["Range"] == "bytes=0-999"
        assert stranger.put(session, **part(video, 1000, len(video))).status_code == 200
    server.wait(made["uploadId"])


@pytest.mark.parametrize(
    "change", [("signature=", "signature=x"), ("expires=", "expires=9"), ("/uploads/", "/uploads/0")]
)
def test_an_address_is_what_was_signed(
    server: Server, stranger: httpx.Client, video: bytes, change: tuple[str, str]
) -> None:
    made = upload(server)
    url = made["url"].replace(*change)
    for response in (stranger.put(url, content=video), stranger.post(url)):
        envelope(response, 403)


def test_an_address_opens_its_own_upload_alone(server: Server, stranger: httpx.Client) -> None:
    """Another upload's signature, and a session's address of another upload."""
    one, other = upload(server), upload(server)
    crossed = one["url"].replace(one["uploadId"], other["uploadId"])
    envelope(stranger.put(crossed, content=b"x"), 403)
    envelope(stranger.put(f"{one['url']}&upload_id={other['uploadId']}", content=b"x"), 404)


def test_a_refusal_is_read_however_much_was_sent(server: Server) -> None:
    """Answered in the middle of a body, a client would see a broken connection, and try again for an hour."""
    with httpx.Client(base_url=server.url, timeout=60) as stranger:
        for size in (24 << 20, *range(1000, 200_000, 1999)):
            much = b"x" * size
            envelope(stranger.put(f"/v1/uploads/{uuid.uuid4()}?signature=x&expires=1", content=much), 403)
            envelope(stranger.post("/v1/on-demand", content=much), 401)
            assert server.client.post("/api/v1/media?policy=bogus", content=much).status_code == 422


def test_only_the_named_origin_may_send(server: Server, stranger: httpx.Client, video: bytes) -> None:
    made = upload(server, corsOrigin="https://school.example")
    good = stranger.options(made["url"], headers={"Origin": "https://school.example"})
    assert good.headers["Access-Control-Allow-Origin"] == "https://school.example"
    assert {"PUT", "POST"} <= set(good.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Range" in good.headers["Access-Control-Expose-Headers"]
    bad = stranger.options(made["url"], headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in bad.headers
    for wrong in ("", 7, "has space"):
        envelope(server.client.post("/v1/on-demand/upload", json={"corsOrigin": wrong}), 422, "corsOrigin")


@pytest.mark.parametrize(
    ("settings", "status", "field"),
    [
        ("x", 422, "pushMediaSettings"),
        ({"accessPolicy": "open"}, 422, "pushMediaSettings.accessPolicy"),
        ({"startTime": "1"}, 422, "pushMediaSettings.startTime"),
        ({"metadata": {"a": 1}}, 422, "pushMediaSettings.metadata.a"),
        ({"optimizeAudio": "yes"}, 422, "pushMediaSettings.optimizeAudio"),
        ({"summary": {"generate": True}}, 400, None),
    ],
)
def test_wrong_settings_are_refused(server: Server, settings: Any, status: int, field: str | None) -> None:
    before = len(unused(server))
    envelope(server.client.post("/v1/on-demand/upload", json={"pushMediaSettings": settings}), status, field)
    assert len(unused(server)) == before


def test_an_empty_upload_is_none(server: Server, stranger: httpx.Client) -> None:
    made = upload(server)
    envelope(stranger.put(made["url"], content=b""), 400)
    assert made["uploadId"] in unused(server)


def test_no_upload_beyond_the_largest_source(serve: Callable[..., Server], video: bytes) -> None:
    server = serve(INPOINT_MAX_BYTES=str(len(video) - 1))
    made = upload(server)
    with httpx.Client(timeout=30) as stranger:
        envelope(stranger.put(made["url"], content=video), 413)
        envelope(stranger.put(made["url"], **part(video, 0, 100)), 413)
    assert total(server) == 0


def trimmed(server: Server, media: dict[str, Any], first: int, last: int) -> None:
    """All that is left are the frames ``[first, last)``, and what decoding them takes."""
    assert media["duration"] == pytest.approx((last - first) / 30)
    assert "sourceMediaId" not in media
    for name, url in judge.variants(server.client, server.playlist(media)).items():
        if name.startswith("video"):
            assert judge.numbers(judge.track(server.client, url).data) == list(range(first, last)), name


def test_trimming_at_import(server: Server, files: str, source: Source) -> None:
    path = source(recipe("h264-30"))
    made = server.create(f"{files}/{path.name}", startTime=3.1, endTime=5)
    media = server.wait(made["id"])
    trimmed(server, media, 93, 150)
    deadline = time.monotonic() + 30
    while len(server.blobs(f"**/{made['id']}/chunks/v-*")) > 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert 1 <= len(server.blobs(f"**/{made['id']}/chunks/v-*")) <= 3  # two seconds each: the rest is not kept
    clip = server.clip(made["id"], 1, 1.5)
    trimmed_clip = judge.track(server.client, judge.variants(server.client, server.playlist(clip))["video-720p"])
    assert judge.numbers(trimmed_clip.data) == list(range(123, 138))


def test_a_trim_of_nothing_fails(server: Server, files: str, source: Source) -> None:
    made = server.create(f"{files}/{source(recipe('tiny-30')).name}", startTime=30)
    assert "frame" in server.wait(made["id"], "Failed")["error"]["message"]


def test_an_upload_is_trimmed(server: Server, stranger: httpx.Client, video: bytes) -> None:
    made = upload(server, pushMediaSettings={"accessPolicy": "public", "startTime": 1, "endTime": 2})
    assert stranger.put(made["url"], content=video).status_code == 200
    trimmed(server, server.wait(made["uploadId"]), 30, 60)


def test_sound_is_brought_to_the_usual_loudness(server: Server, files: str, source: Source) -> None:
    plain = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    even = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}", optimizeAudio=True)["id"])
    heard = []
    for media in (plain, even):
        variants = judge.variants(server.client, server.playlist(media))
        heard.append(judge.sound(judge.track(server.client, variants["audio-0"]).data))
    assert (plain["optimizeAudio"], even["optimizeAudio"]) == (False, True)
    before, after = (judge.lufs(one) for one in heard)
    assert abs(before - -14) > 2  # or there is nothing to show
    peak = float(np.abs(heard[1]).max())
    assert after == pytest.approx(-14, abs=0.5) or peak == pytest.approx(10 ** (-1 / 20), abs=0.08)
    assert judge.lag(heard[1][48_000:], 48_000)[0] == 0


def test_a_clip_has_its_sources_sound(server: Server, imported: Callable[[str], dict[str, Any]]) -> None:
    source_id = imported("tiny-30")["id"]
    before = total(server)
    for name, value in {"optimizeAudio": True, "mediaQuality": "pro"}.items():
        inputs = [{"type": "video", "url": f"fp_mediaId://{source_id}"}]
        envelope(server.client.post("/v1/on-demand", json={"inputs": inputs, name: value}), 400)
    assert total(server) == before


def test_a_better_quality_takes_more_bits(server: Server, files: str, source: Source) -> None:
    sizes = {}
    for quality in ("standard", "premium"):
        media = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}", mediaQuality=quality)["id"])
        assert media["mediaQuality"] == quality
        variants = judge.variants(server.client, server.playlist(media))
        sizes[quality] = len(judge.track(server.client, variants["video-180p"]).data)
    assert sizes["premium"] > 1.1 * sizes["standard"]


def test_flaky_sources_may_be_trimmed(source: Source, server: Server) -> None:
    """The connection breaks on the way; the trim is exact all the same."""
    path = source(recipe("tiny-30"))
    with file_server(path.parent) as url:
        media = server.wait(server.create(f"{url}/flaky-{path.name}", endTime=1.5)["id"])
    trimmed(server, media, 0, 45)
