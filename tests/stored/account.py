"""What a data folder plays, told by a running server: the same before and after a change of the program."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

from tests import judge
from tests.server import Server

KEPT = Path(__file__).parent
#: What a release's folder is opened with: short lives, and nothing is made that nobody asks for.
SETTINGS = {"INPOINT_FILL": "none", "INPOINT_SECRET": "a secret that was kept with the folder"}


def pack(data: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:xz", preset=9) as out:
        for path in sorted(data.rglob("*")):
            if path.is_file() and path.suffix not in (".lock", ".log"):
                out.add(path, path.relative_to(data))


def unpack(archive: Path, data: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as source:
        source.extractall(data, filter="data")


def account(server: Server) -> dict[str, Any]:
    """Every ready media by its id: each track's segments by their hashes, and the frames that are seen."""
    listed = server.client.get("/api/v1/media", params={"limit": 100}).json()["media"]
    return {one["id"]: media(server, one) for one in listed if one["status"] == "ready"}


def media(server: Server, shown: dict[str, Any]) -> dict[str, Any]:
    """Tracks by their names, files by their kinds."""
    playlist = server.url + shown["view"] + "/video.m3u8"
    tracks = {name: track(server, name, url) for name, url in judge.variants(server.client, playlist).items()}
    names = {"video": "capped-4k.mp4", "audio": "audio.m4a", "source": "source.mkv"}
    files = {}
    for one in server.client.get(f"/api/v1/media/{shown['id']}").json()["files"]:
        if one["status"] == "ready":
            address = f"{server.url}/{shown['playbacks'][0]['id']}/{names[one['kind']]}"
            files[one["kind"]] = _hash(judge.fetch(server.client, address))
    return {
        "title": shown["title"],
        "frames": shown["frames"],
        "rate": shown["rate"],
        "tracks": tracks,
        "files": files,
    }


def track(server: Server, name: str, url: str) -> dict[str, Any]:
    parts = judge.sections(server.client, url)
    told: dict[str, Any] = {
        "seconds": [length for part in parts for length in part.seconds],
        "segments": [_hash(segment) for part in parts for segment in part.segments],
    }
    if not name.startswith("text-"):
        told["inits"] = [_hash(part.init) for part in parts]
    if name.startswith("video-"):
        told["shown"] = [number for part in parts for number in judge.numbers(part.data)]
    return told


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
