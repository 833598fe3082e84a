"""What an earlier release stored plays, is clipped and is swept: its data folders are kept with the tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests import judge
from tests.acceptance.test_life_and_death import wait_until
from tests.server import Server
from tests.stored.account import KEPT, SETTINGS, account, unpack

RELEASES = sorted(path.name.removesuffix(".tar.xz") for path in KEPT.glob("*.tar.xz"))


@pytest.fixture(params=RELEASES)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, dict[str, Any]]]:
    """A server on a release's folder, and what that release told of it."""
    unpack(KEPT / f"{request.param}.tar.xz", tmp_path / "data")
    server = Server(tmp_path, **SETTINGS, INPOINT_SWEEP_AFTER="3600").start()
    yield server, json.loads((KEPT / f"{request.param}.json").read_text())
    server.end()


def hashes(root: Path, keys: Iterable[str]) -> dict[str, str]:
    """Of the files that are there: what a lease kept may be swept at any moment."""
    found = {}
    for key in keys:
        with suppress(FileNotFoundError):
            found[key] = hashlib.sha256((root / key).read_bytes()).hexdigest()
    return found


def test_what_a_release_stored_plays_on(kept: tuple[Server, dict[str, Any]]) -> None:
    server, told = kept
    root = server.data / "blobs"
    before = hashes(root, told["blobs"])
    now = account(server)
    assert now.keys() == told["media"].keys()
    stored = set(before.values())
    for media_id, then in told["media"].items():
        shown = now[media_id]
        assert {key: shown[key] for key in ("title", "frames", "rate")} == {
            key: then[key] for key in ("title", "frames", "rate")
        }
        assert shown["files"] == then["files"]
        assert shown["tracks"].keys() == then["tracks"].keys()
        for name, track in then["tracks"].items():
            own = shown["tracks"][name]
            for key in ("seconds", "shown", "inits"):
                assert own.get(key) == track.get(key), (then["title"], name, key)
            for made, was in zip(own["segments"], track["segments"], strict=True):
                assert made == was or was not in stored, "stored bytes are served as they are"
    # What was kept for a preview alone is gone with its lease, an hour after the folder was made.
    after = hashes(root, before)
    assert after.items() <= before.items(), "nothing that was stored is written again"
    assert len(before) - len(after) < 8


def test_what_a_release_stored_is_clipped_and_swept(kept: tuple[Server, dict[str, Any]]) -> None:
    server, told = kept
    server.stop()
    server.environment["INPOINT_SWEEP_AFTER"] = "0.2"
    server.start()
    by_title = {one["title"]: media_id for media_id, one in told["media"].items()}
    for title, first in (("main", 0), ("clip of a clip", 41)):
        clip = server.clip(by_title[title], 0.5, 1.5)
        tracks = judge.variants(server.client, server.playlist(clip))
        assert {"video-360p", "video-480p", "audio-0", "audio-1", "text-0"} == tracks.keys()
        for name in ("video-360p", "video-480p"):
            shown = judge.numbers(judge.track(server.client, tracks[name]).data)
            assert shown == list(range(first + 12, first + 36)), name
        heard = judge.track(server.client, tracks["audio-0"])
        assert judge.lag(judge.sound(heard.data)[4096:], heard.start + 4096)[0] == 0
    playlist = server.url + f"/{server.media(by_title['main'])['playbackIds'][0]['id']}.m3u8?start=3&end=4"
    preview = judge.variants(server.client, playlist)["video-480p"]
    assert judge.numbers(judge.track(server.client, preview).data) == list(range(72, 96))
    whole = server.blobs("**/chunks/*")
    listed = server.client.get("/api/v1/media", params={"limit": 100}).json()["media"]
    for one in listed:
        server.client.delete(f"/api/v1/media/{one['id']}").raise_for_status()
    # Of what is previewed stays what that takes, for an hour; nothing else does.
    wait_until(lambda: {key.split("/")[1] for key in server.blobs("encodings/**/*")} == {by_title["main"]})
    wait_until(lambda: server.blobs("**/chunks/*") < {key for key in whole if by_title["main"] in key})
