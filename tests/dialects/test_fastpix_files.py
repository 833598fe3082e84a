"""Files that are kept ready: MP4 support and source access, decoded by another build, ranges put together again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastpix_python import Fastpix

from tests import judge
from tests.dialects.test_fastpix import envelope
from tests.dialects.test_fastpix_watching import key_pair, token
from tests.media import Recipe, recipe
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]


def playback(media: dict[str, Any]) -> str:
    return str(media["playbackIds"][0]["id"])


def wait_files(server: Server, media_id: str, status: str = "ready") -> dict[str, dict[str, Any]]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        files = {one["type"]: one for one in server.media(media_id).get("mp4Support", [])}
        if files and all(one["status"] == status for one in files.values()):
            return files
        time.sleep(0.05)
    raise AssertionError((files, server.log[-2000:]))


def wait_source(client: httpx.Client, path: str) -> bytes:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = client.get(path)
        if answer.status_code == 200:
            return answer.content
        assert answer.status_code == 404, answer.text
        time.sleep(0.05)
    raise AssertionError(answer.text)


def support(server: Server, media_id: str, wanted: Any) -> httpx.Response:
    return server.client.patch(f"/v1/on-demand/{media_id}/update-mp4Support", json={"mp4Support": wanted})


def test_the_sdk_asks_for_an_mp4(sdk: Fastpix, server: Server, imported: Imported, stranger: httpx.Client) -> None:
    clip = server.clip(imported("h264-30")["id"], 1.1, 6.5)
    asked = sdk.manage_videos.updated_mp4_support(media_id=clip["id"], mp4_support="capped_4k").data
    assert asked is not None
    assert asked.mp4_support is not None
    assert asked.mp4_support[0].status in ("preparing", "ready")
    file = wait_files(server, clip["id"])["capped_4k"]
    assert (file["width"], file["height"], file["ext"]) == (1280, 720, "mp4")
    path = f"/{playback(clip)}/capped-4k.mp4"
    data = judge.fetch(stranger, path)
    assert data[4:8] == b"ftyp"
    assert judge.numbers(data) == list(range(33, 195))
    assert abs(judge.lag(judge.sound(data, from_zero=True)[48_000:], 48_000 + 52_800)[0]) <= 1
    envelope(support(server, clip["id"], "capped_4k"), 400)
    got = sdk.manage_videos.get_media(media_id=clip["id"]).data
    assert got is not None
    assert got.mp4_support is not None
    assert got.mp4_support[0].status == "ready"
    ranges = [(0, 99), (100, 20_000), (20_001, len(data) - 1)]
    parts = [stranger.get(path, headers={"Range": f"bytes={first}-{last}"}) for first, last in ranges]
    assert [one.status_code for one in parts] == [206] * 3
    assert b"".join(one.content for one in parts) == data
    assert stranger.get(path, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    head = stranger.head(path)
    assert (head.headers["Content-Length"], head.content) == (str(len(data)), b"")
    named = stranger.head(f"{path}?download=my%20clip").headers["Content-Disposition"]
    assert named == "attachment; filename*=UTF-8''my%20clip.mp4"


def test_sound_alone(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    clip = server.clip(imported("h264-30")["id"], 2, 5)
    assert support(server, clip["id"], "audioOnly,capped_4k").status_code == 200
    assert set(wait_files(server, clip["id"])) == {"audioOnly", "capped_4k"}
    data = judge.fetch(stranger, f"/{playback(clip)}/audio.m4a")
    assert stranger.head(f"/{playback(clip)}/audio.m4a").headers["Content-Type"] == "audio/mp4"
    heard = judge.sound(data, from_zero=True)
    assert len(heard) == pytest.approx(3 * 48_000, abs=1024)
    assert abs(judge.lag(heard[48_000:], 3 * 48_000)[0]) <= 1
    assert support(server, clip["id"], "none").json()["data"].get("mp4Support") is None
    envelope(stranger.get(f"/{playback(clip)}/audio.m4a"), 404)
    assert not server.blobs(f"media/{clip['id']}/*")


def test_files_asked_for_at_creation(
    server: Server, files: str, source: Callable[[Recipe], Path], stranger: httpx.Client
) -> None:
    made = server.create(f"{files}/{source(recipe('tiny-30')).name}", mp4Support="capped_4k", sourceAccess=True)
    assert made["sourceAccess"] is True
    wait_files(server, made["id"])
    assert judge.numbers(judge.fetch(stranger, f"/{playback(made)}/capped-4k.mp4")) == list(range(90))
    assert judge.numbers(wait_source(stranger, f"/{playback(made)}/source.mkv")) == list(range(90))
    clip = server.create(f"fp_mediaId://{made['id']}", startTime=1, mp4Support="capped_4k")
    wait_files(server, clip["id"])
    assert judge.numbers(judge.fetch(stranger, f"/{playback(clip)}/capped-4k.mp4")) == list(range(30, 90))


def test_a_silent_medias_sound_fails(
    server: Server, files: str, source: Callable[[Recipe], Path], stranger: httpx.Client
) -> None:
    silent = Recipe("silent-file", frames=30, width=320, height=180, audio=None)
    media = server.wait(server.create(f"{files}/{source(silent).name}")["id"])
    support(server, media["id"], "audioOnly")
    wait_files(server, media["id"], "failed")
    envelope(stranger.get(f"/{playback(media)}/audio.m4a"), 404)


_FAST = {"g": "30", "preset": "ultrafast"}
SOURCES = [
    recipe("h264-30"),
    Recipe("kept-hevc", codec="libx265", frames=90, width=320, height=180, options=_FAST),
    Recipe("kept-vp9", "libvpx-vp9", "webm", frames=90, width=320, height=180, audio=("libopus", 48_000)),
    Recipe("kept-av1", "libsvtav1", frames=90, options={"g": "30", "preset": "10", "crf": "25"}),
]


@pytest.mark.parametrize("wanted", SOURCES, ids=lambda one: one.name)
def test_source_access_is_the_sources_packets(
    wanted: Recipe, sdk: Fastpix, server: Server, files: str, source: Callable[[Recipe], Path], stranger: httpx.Client
) -> None:
    made = server.wait(server.create(f"{files}/{source(wanted).name}")["id"])
    envelope(stranger.get(f"/{playback(made)}/source.mkv"), 404)
    changed = sdk.manage_videos.updated_source_access(media_id=made["id"], source_access=True).data
    assert changed is not None
    assert changed.source_access is True
    data = wait_source(stranger, f"/{playback(made)}/source.mkv")
    assert judge.numbers(data) == list(range(wanted.frames))
    assert judge.picture_hashes(data) == judge.picture_hashes(source(wanted))
    heard = judge.sound(data, from_zero=True)[round((1 + judge.picture_start(data)) * 48_000) :]
    assert abs(judge.lag(heard, 48_000)[0]) <= 96  # Matroska's milliseconds
    part = stranger.get(f"/{playback(made)}/source.mkv", headers={"Range": "bytes=10-1009"})
    assert (part.status_code, part.content) == (206, data[10:1010])
    assert server.media(made["id"])["sourceAccess"] is True
    off = sdk.manage_videos.updated_source_access(media_id=made["id"], source_access=False).data
    assert off is not None
    assert off.source_access is False
    envelope(stranger.get(f"/{playback(made)}/source.mkv"), 404)
    assert not server.blobs(f"media/{made['id']}/*")


def test_a_clips_source_begins_at_a_key_frame(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    clip = server.clip(imported("h264-30")["id"], 4.5, 5.5)
    server.client.patch(f"/v1/on-demand/{clip['id']}/source-access", json={"sourceAccess": True})
    kept = judge.numbers(wait_source(stranger, f"/{playback(clip)}/source.mkv"))
    assert kept[0] <= 135
    assert set(range(135, 165)) <= set(kept)
    assert kept == list(range(kept[0], kept[-1] + 1))
    assert len(kept) < 300


def test_files_obey_who_may_watch(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    source_id = imported("h264-30")["id"]
    clip = server.wait(server.create(f"fp_mediaId://{source_id}", endTime=2, accessPolicy="private")["id"])
    support(server, clip["id"], "capped_4k")
    wait_files(server, clip["id"])
    path = f"/{playback(clip)}/capped-4k.mp4"
    envelope(stranger.get(path), 401)
    signed = stranger.get(f"{path}?token={token(key_pair(server), playback(clip))}")
    assert signed.status_code == 200
    assert "private" in signed.headers["Cache-Control"]
    low = server.client.post(
        f"/v1/on-demand/{clip['id']}/playback-ids", json={"accessPolicy": "public", "resolution": "360p"}
    ).json()["data"]
    envelope(stranger.get(f"/{low['id']}/capped-4k.mp4"), 403)


@pytest.mark.parametrize("wanted", ["everything", 4, None, "audioOnly,none"])
def test_wrong_support_is_refused(server: Server, imported: Imported, wanted: Any) -> None:
    envelope(support(server, imported("tiny-30")["id"], wanted), 422, "mp4Support")


def test_a_file_survives_kill_9(serve: Callable[..., Server], files: str, source: Callable[[Recipe], Path]) -> None:
    server = serve(INPOINT_FILL="none")
    media = server.wait(server.create(f"{files}/{source(recipe('h264-30')).name}")["id"])
    support(server, media["id"], "capped_4k")
    server.kill()
    server.start()
    wait_files(server, media["id"])
    with httpx.Client(base_url=server.url, timeout=60) as stranger:
        assert judge.numbers(judge.fetch(stranger, f"/{playback(media)}/capped-4k.mp4")) == list(range(300))


def test_a_deleted_medias_files_go(
    serve: Callable[..., Server], files: str, source: Callable[[Recipe], Path]
) -> None:
    server = serve(INPOINT_SWEEP_AFTER="0")
    media = server.create(f"{files}/{source(recipe('tiny-30')).name}", mp4Support="capped_4k")
    wait_files(server, media["id"])
    assert server.blobs(f"media/{media['id']}/*")
    server.client.delete(f"/v1/on-demand/{media['id']}")
    deadline = time.monotonic() + 30
    while server.blobs() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not server.blobs()
