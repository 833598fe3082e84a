"""Make the data folder that is kept of the present release: ``python -m tests.stored.make NAME``.

Beside the folder it writes what the release plays of it, told by a copy: what isn't made yet is made there alone.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.media import Recipe, make, write_noise, write_picture
from tests.server import ACCOUNT, TOKEN, Server, file_server
from tests.stored.account import KEPT, SETTINGS, account, pack

MAIN = Recipe(
    "main", container="mkv", rate=Fraction(24), frames=144, width=854, height=480,
    options={"g": "48", "bf": "2", "preset": "slow", "crf": "38"},
    cues=((500, 1500, "one"), (2000, 3500, "two & <three>"), (3000, 5500, "four")), second="deu",
)  # fmt: skip
OTHER = Recipe("other", frames=90, width=320, height=180, options={"g": "30", "preset": "slow", "crf": "36"})
SWEEP = {"INPOINT_SWEEP_AFTER": "0.2"}


def fill(server: Server, files: str, folder: Path) -> None:
    """A library of every kind of thing that is kept; the first rendition alone is filled."""
    main = server.create(f"{files}/{make(MAIN, folder).name}", title="main")
    other = server.create(f"{files}/{make(OTHER, folder).name}", title="source that is deleted")
    for one in (main, other):
        server.wait(one["id"])
        server.wait_fill_ended(one["id"])
    joined = {"type": "video", "url": f"{files}/other.mp4", "outroUrl": f"{files}/other.mp4"}
    told = server.client.post("/v1/on-demand", json={"inputs": [joined], "accessPolicy": "public", "title": "joined"})
    server.wait(told.json()["data"]["id"])
    clip = server.clip(main["id"], 1.2, 4.9)
    inner = server.create(f"fp_mediaId://{clip['id']}", startTime=0.5, endTime=2.5, title="clip of a clip")
    server.wait(inner["id"])
    outlives = server.clip(other["id"], 0.7, 2.4)
    server.client.delete(f"/v1/on-demand/{other['id']}")
    for kind in ({"mp4Support": "capped_4k,audioOnly"}, None):
        path = "update-mp4Support" if kind else "source-access"
        target = inner["id"] if kind else outlives["id"]
        server.client.patch(f"/v1/on-demand/{target}/{path}", json=kind or {"sourceAccess": True}).raise_for_status()
    _tracks(server, files, folder, outlives["id"])
    _watermarked(server, folder, main["id"])
    _odds(server, clip)
    for one in (inner["id"], outlives["id"]):
        _settled(server, one)
    # Of the higher rendition two segments have been watched; the others are made when somebody asks.
    base = server.playlist(main).removesuffix(".m3u8")
    for number in (0, 1):
        assert server.client.get(f"{base}/video-480p/{number}.m4s").status_code == 200


def _tracks(server: Server, files: str, folder: Path, media_id: str) -> None:
    write_noise(folder / "added.flac", "flac", 48_000, 2, 21)
    (folder / "added.vtt").write_text("WEBVTT\n\n00:00.200 --> 00:01.100\nadded\n")
    for kind, name in (("audio", "added.flac"), ("subtitle", "added.vtt")):
        track = {"type": kind, "url": f"{files}/{name}", "languageCode": "fr", "languageName": "Français"}
        server.client.post(f"/v1/on-demand/{media_id}/tracks", json={"tracks": track}).raise_for_status()


def _watermarked(server: Server, folder: Path, media_id: str) -> None:
    write_picture(folder / "logo.png", 60, 30)
    stream = f"/client/v4/accounts/{ACCOUNT}/stream"
    bearer: dict[str, Any] = {"headers": {"Authorization": f"Bearer {TOKEN[1]}"}, "auth": None}
    with (folder / "logo.png").open("rb") as logo:
        mark = server.client.post(f"{stream}/watermarks", files={"file": logo}, **bearer).json()["result"]
    body = {
        "clippedFromVideoUID": media_id.replace("-", ""), "startTimeSeconds": 2.5, "endTimeSeconds": 3.75,
        "watermark": {"uid": mark["uid"]}, "meta": {"name": "watermarked"}, "requireSignedURLs": False,
    }  # fmt: skip
    made = server.client.post(f"{stream}/clip", json=body, **bearer).json()["result"]
    deadline = time.monotonic() + 60
    while not (shown := server.client.get(f"{stream}/{made['uid']}", **bearer).json()["result"])["readyToStream"]:
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)


def _odds(server: Server, clip: dict[str, Any]) -> None:
    """A preview, an upload that was begun, a webhook, a signing key, a private playback."""
    base = server.playlist(clip).removesuffix(".m3u8")
    server.client.get(f"{base}/video-360p/0.m4s?start=1&end=2").raise_for_status()
    upload = server.client.post("/v1/on-demand/upload", json={"corsOrigin": "*"}).json()["data"]
    part = {"Content-Range": "bytes 0-999/5000"}
    address = server.url + upload["url"][upload["url"].index("/v1/") :]
    server.client.put(address, content=bytes(1000), headers=part)
    hook = {"url": "http://127.0.0.1:9/nobody", "dialect": "fastpix"}
    server.client.post("/api/v1/webhooks", json=hook).raise_for_status()
    server.client.post("/v1/iam/signing-keys").raise_for_status()
    private = {"accessPolicy": "private", "resolution": "360p"}
    server.client.post(f"/v1/on-demand/{clip['id']}/playback-ids", json=private).raise_for_status()


def _settled(server: Server, media_id: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        shown = server.media(media_id)
        details = server.client.get(f"/api/v1/media/{media_id}").json()
        if all(one["status"] == "ready" for one in details["files"]) and len(details["tracks"]) >= 2:
            return
        assert time.monotonic() < deadline, (shown, details)
        time.sleep(0.1)


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "made").mkdir()
        server = Server(folder / "made", **(SETTINGS | SWEEP | {"INPOINT_FILL": "first"})).start()
        with file_server(folder) as files:
            fill(server, files, folder)
            time.sleep(8)  # what was deleted is swept
        server.end()
        for rows in (folder / "made/data").glob("*.db"):
            with closing(sqlite3.connect(rows)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                database.execute("VACUUM")
        pack(folder / "made/data", KEPT / f"{name}.tar.xz")
        (folder / "copy").mkdir()
        shutil.copytree(folder / "made/data", folder / "copy/data")
        copy = Server(folder / "copy", **SETTINGS).start()
        kept = sorted(copy.blobs())
        told = {"blobs": kept, "media": account(copy)}
        copy.end()
        (KEPT / f"{name}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
