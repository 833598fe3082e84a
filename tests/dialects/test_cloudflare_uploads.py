"""The Cloudflare Stream API: direct uploads and resumable ones (tus), whole after any break."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests import judge
from tests.media import Recipe, recipe
from tests.npm import node
from tests.server import ACCOUNT, TOKEN, Server
from tests.stream import Stream, refused

Source = Callable[[Recipe], Path]
BYTES = "application/offset+octet-stream"
UNIT, LEAST, MOST = 262_144, 5_242_880, 209_715_200
#: A source of about 14 MB: incompressible pictures.
HEAVY = Recipe(
    "heavy", frames=60, width=1280, height=720, options={"g": "30", "preset": "ultrafast", "qp": "0"}, audio=None
)


@pytest.fixture(scope="module")
def heavy(source: Source) -> Path:
    path = source(HEAVY)
    with path.open("ab") as file:  # a free box: sizes are what is tried here
        size = 13 * UNIT * 4 + 12_345 - path.stat().st_size
        assert size > 8
        file.write(size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    return path


def told(**values: str | None) -> str:
    return ",".join(
        key if value is None else f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in values.items()
    )


class Tus:
    """An upload, spoken to without a library."""

    def __init__(self, stream: Stream, size: int, query: str = "", **headers: str) -> None:
        self.stream = stream
        asked = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), **headers}
        self.created = stream.request("POST", query, headers=asked)
        self.url = self.created.headers.get("Location", "")
        self.uid = self.created.headers.get("stream-media-id", "")

    def offset(self, client: httpx.Client | None = None) -> int:
        response = (client or self.stream.client).head(self.url, headers={"Tus-Resumable": "1.0.0"})
        assert response.status_code == 200, response.headers
        assert response.headers["Cache-Control"] == "no-store"
        return int(response.headers["Upload-Offset"])

    def send(self, at: int, data: Any, *, client: Any = None, **headers: Any) -> httpx.Response:
        asked = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(at), "Content-Type": BYTES, **headers}
        return (client or self.stream.client).patch(self.url, content=data, headers=asked)


# Direct uploads


def test_a_direct_upload_takes_one_form(stream: Stream, source: Source) -> None:
    path = source(recipe("tiny-30"))
    body = {"maxDurationSeconds": 60, "creator": "me", "meta": {"name": "Sent"}, "requireSignedURLs": True,
            "allowedOrigins": ["example.com"], "thumbnailTimestampPct": 0.5}  # fmt: skip
    made = stream.ask("POST", "/direct_upload", json=body)
    assert (made["scheduledDeletion"], made["watermark"], made["creator"]) == (None, None, "me")
    video = stream.get(made["uid"])
    assert video["status"]["state"] == "pendingupload"
    assert (video["maxDurationSeconds"], video["requireSignedURLs"], video["uploaded"]) == (60, True, None)
    assert datetime.fromisoformat(video["uploadExpiry"]) > datetime.now(UTC)
    assert made["uid"] in [one["uid"] for one in stream.ask("GET")]
    refused(stream.open.post(made["uploadURL"] + "x", files={"file": path.read_bytes()}), 403)
    refused(stream.open.post(made["uploadURL"].partition("?")[0], files={"file": path.read_bytes()}), 403)
    assert refused(stream.open.post(made["uploadURL"], files={"other": b"x"}))["source"]["pointer"] == "/file"
    sent = stream.open.post(made["uploadURL"], files={"file": path.read_bytes()})
    assert sent.json()["result"] == {"uid": made["uid"]}
    ready = stream.wait(made["uid"])
    assert (ready["meta"], ready["creator"], ready["allowedOrigins"]) == ({"name": "Sent"}, "me", ["example.com"])
    assert (ready["requireSignedURLs"], ready["thumbnailTimestampPct"], ready["duration"]) == (True, 0.5, 3)
    again = stream.open.post(made["uploadURL"], files={"file": path.read_bytes()})
    assert refused(again)["code"] == 10018
    assert again.headers["Access-Control-Allow-Origin"] == "*"  # or a page could not read why


def test_direct_uploads_are_checked(stream: Stream, source: Source) -> None:
    before = stream.count()
    for body, pointer in (
        ({}, "maxDurationSeconds"), ({"maxDurationSeconds": 36_001}, "maxDurationSeconds"),
        ({"maxDurationSeconds": 0}, "maxDurationSeconds"), ({"maxDurationSeconds": "60"}, "maxDurationSeconds"),
        ({"maxDurationSeconds": 5, "expiry": "2020-01-01T00:00:00Z"}, "expiry"),
        ({"maxDurationSeconds": 5, "expiry": "later"}, "expiry"),
        ({"maxDurationSeconds": 5, "watermark": {"uid": "e" * 32}}, "watermark/uid"),
    ):  # fmt: skip
        assert stream.refuse("POST", "/direct_upload", json=body)["source"]["pointer"] == f"/{pointer}"
    assert stream.count() == before
    short = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 2})
    stream.open.post(short["uploadURL"], files={"file": source(recipe("tiny-30")).read_bytes()})
    deadline = time.monotonic() + 30
    while (video := stream.get(short["uid"]))["status"]["state"] != "error":
        assert time.monotonic() < deadline, video
        time.sleep(0.05)
    assert video["status"]["errorReasonCode"] == "ERR_DURATION_EXCEED_CONSTRAINT"
    assert "2 seconds" in video["status"]["errorReasonText"]
    exact = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 3})
    stream.open.post(exact["uploadURL"], files={"file": source(recipe("tiny-30")).read_bytes()})
    stream.wait(exact["uid"])


def test_an_expired_or_deleted_upload_takes_nothing(stream: Stream, source: Source) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1.2)).isoformat()
    made = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 60, "expiry": soon})
    time.sleep(1.5)
    file = source(recipe("tiny-30"))
    assert refused(stream.open.post(made["uploadURL"], files={"file": file.read_bytes()}))["code"] == 10017
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    edited = stream.ask("POST", f"/{made['uid']}", json={"uploadExpiry": later})
    assert datetime.fromisoformat(edited["uploadExpiry"]) == datetime.fromisoformat(later)
    assert stream.open.post(made["uploadURL"], files={"file": file.read_bytes()}).status_code == 200
    stream.wait(made["uid"])
    gone = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 60})
    stream.ask("DELETE", f"/{gone['uid']}")
    refused(stream.open.post(gone["uploadURL"], files={"file": file.read_bytes()}))
    stream.refuse("GET", f"/{gone['uid']}", 404)


def test_the_other_api_leaves_these_uploads_alone(server: Server, stream: Stream) -> None:
    made = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 60})
    uid = made["uid"]
    upload_id = f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"
    assert upload_id not in server.client.get("/v1/on-demand/uploads", params={"limit": 50}).text
    assert server.client.put(f"/v1/on-demand/upload/{upload_id}/cancel").status_code == 404
    assert server.media(upload_id)["status"] == "Created"
    stream.ask("DELETE", f"/{uid}")


# tus


def test_a_resumable_upload_step_by_step(stream: Stream, heavy: Path) -> None:
    data = heavy.read_bytes()
    size = len(data)
    facts = stream.client.options(stream.path)
    assert facts.headers["Tus-Version"] == "1.0.0"
    assert set(facts.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "checksum",
        "expiration",
        "termination",
    }
    metadata = told(name="Heavy", requiresignedurls=None, allowedorigins="example.com,*.example.org", Other="kept",
                    thumbnailtimestamppct="0.25", maxDurationSeconds="600")  # fmt: skip
    upload = Tus(stream, size, **{"Upload-Metadata": metadata, "Upload-Creator": "me"})
    assert upload.created.status_code == 201
    assert upload.created.headers["Tus-Resumable"] == "1.0.0"
    assert upload.url.endswith(upload.uid)
    video = stream.get(upload.uid)
    assert video["status"]["state"] == "pendingupload"
    assert video["meta"] == {"name": "Heavy", "Other": "kept"}
    assert (video["requireSignedURLs"], video["allowedOrigins"]) == (True, ["example.com", "*.example.org"])
    assert (video["thumbnailTimestampPct"], video["maxDurationSeconds"], video["creator"]) == (0.25, 600, "me")
    assert upload.offset() == 0
    assert upload.send(0, data[:LEAST]).status_code == 204
    assert upload.offset() == LEAST
    for wrong in (0, LEAST - UNIT, LEAST + UNIT):
        assert upload.send(wrong, data[wrong : wrong + LEAST]).status_code == 409
    for bad in (LEAST - UNIT, LEAST + 1, UNIT, 1):  # too small, or no multiple
        assert upload.send(LEAST, data[LEAST : LEAST + bad]).status_code == 400
    assert upload.send(LEAST, data[LEAST:] + b"more").status_code in (400, 413)
    assert upload.send(LEAST, data[LEAST : 2 * LEAST], **{"Content-Type": "text/plain"}).status_code == 415
    assert upload.send(LEAST, data[LEAST : 2 * LEAST], **{"Tus-Resumable": "0.2.2"}).status_code == 412
    assert upload.send(LEAST, data[LEAST : 2 * LEAST], **{"Upload-Offset": "x"}).status_code == 400
    assert upload.offset() == LEAST
    right = base64.b64encode(hashlib.sha1(data[LEAST : 2 * LEAST]).digest()).decode()
    assert upload.send(LEAST, data[LEAST : 2 * LEAST], **{"Upload-Checksum": f"sha1 {right[::-1]}"}).status_code in (
        400,
        460,
    )
    wrong_sum = base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    assert upload.send(LEAST, data[LEAST : 2 * LEAST], **{"Upload-Checksum": f"sha1 {wrong_sum}"}).status_code == 460
    for odd in (f"crc32 {right}", "sha1 ???", "sha1 é".encode(), "sha1"):
        assert upload.send(LEAST, data[LEAST : 2 * LEAST], **{"Upload-Checksum": odd}).status_code in (400, 460)
    assert upload.offset() == LEAST
    assert upload.send(LEAST, data[LEAST : 2 * LEAST], **{"Upload-Checksum": f"sha1 {right}"}).status_code == 204
    last = upload.send(2 * LEAST, data[2 * LEAST :])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(size))
    ready = stream.wait(upload.uid)
    assert (ready["duration"], ready["size"]) == (2, size)
    token = stream.ask("POST", f"/{upload.uid}/token")["token"]
    hls = f"{stream.server.url}/{token}/manifest/video.m3u8"
    with httpx.Client(headers={"Origin": "https://example.com"}, timeout=60) as page:
        track = judge.track(page, judge.variants(page, hls)["video-360p"])
    assert judge.numbers(track.data) == list(range(60))
    assert upload.offset() == size
    assert upload.send(0, data[:LEAST]).status_code == 409
    assert stream.client.delete(upload.url, headers={"Tus-Resumable": "1.0.0"}).status_code == 400
    stream.ask("DELETE", f"/{upload.uid}")


def test_who_may_send_and_how_it_ends(stream: Stream, heavy: Path) -> None:
    data = heavy.read_bytes()
    own = Tus(stream, len(data))
    refused(own.send(0, data[:LEAST], client=stream.open), 401)
    refused(own.send(0, (bytes(1 << 20) for _ in range(201)), **{"Content-Length": str(201 << 20)}), (400, 413))
    assert own.offset() == 0
    direct = Tus(stream, len(data), "?direct_user=true")
    assert direct.send(0, data[:LEAST], client=stream.open).status_code == 204
    assert direct.offset(stream.open) == LEAST
    assert stream.open.head(direct.url + "x", headers={"Tus-Resumable": "1.0.0"}).status_code == 403
    preflight = stream.open.options(direct.url, headers={"Origin": "https://example.com"})
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert stream.open.delete(direct.url, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert stream.open.head(direct.url, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    stream.refuse("GET", f"/{direct.uid}", 404)
    assert not list((stream.server.data / "staging").glob(f"*{direct.uid[-12:]}*"))
    stream.ask("DELETE", f"/{own.uid}")
    assert stream.client.head(own.url, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    before = stream.count()
    for headers in ({"Upload-Length": ""}, {"Upload-Length": "x"}, {"Upload-Length": "0"}, {"Upload-Length": "-5"},
                    {"Upload-Metadata": "name ???"}, {"Upload-Metadata": told(maxdurationseconds="99999")},
                    {"Upload-Metadata": told(watermark="e" * 32)},
                    {"Upload-Metadata": told(expiry="soon")}):  # fmt: skip
        assert Tus(stream, 5, **headers).created.status_code == 400, headers
    assert Tus(stream, 1 << 45).created.status_code == 413
    assert stream.request("POST", headers={"Tus-Resumable": "0.1", "Upload-Length": "5"}).status_code == 412
    assert stream.count() == before


def test_creation_with_upload_and_small_files(stream: Stream, source: Source) -> None:
    data = source(recipe("tiny-30")).read_bytes()
    assert UNIT < len(data) < LEAST or len(data) < UNIT
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Content-Type": BYTES}
    made = stream.request("POST", headers=headers, content=data)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, str(len(data)))
    assert stream.wait(made.headers["stream-media-id"])["duration"] == 3


def test_a_broken_connection_keeps_what_came(stream: Stream, heavy: Path) -> None:
    data = heavy.read_bytes()
    upload = Tus(stream, len(data))

    def cut() -> Iterator[bytes]:
        yield data[:700_000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        upload.send(0, cut(), **{"Content-Length": str(LEAST)})
    deadline = time.monotonic() + 10
    while (at := upload.offset()) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert 0 < at <= 700_000
    assert upload.send(at, data[at : at + LEAST]).status_code == 204
    assert upload.send(at + LEAST, data[at + LEAST :]).status_code == 204
    assert stream.wait(upload.uid)["size"] == len(data)


@pytest.fixture(scope="module")
def large(sources: Path, source: Source) -> Path:
    """A source of 200 MB."""
    path = sources / "large.mp4"
    data = source(recipe("h264-30")).read_bytes()
    free = 200_000_000 - len(data)
    with path.open("wb") as file:
        file.write(data + free.to_bytes(4, "big") + b"free")
        file.truncate(200_000_000)
    return path


def test_tuspy_sends_200_mb_to_a_server_that_is_killed(serve: Callable[..., Server], large: Path) -> None:
    server = serve(INPOINT_FILL="none")
    with Stream(server) as stream, large.open("rb") as file:
        tus = TusClient(
            f"{server.url}/client/v4/accounts/{ACCOUNT}/stream", headers={"Authorization": f"Bearer {TOKEN[1]}"}
        )
        uploader = tus.uploader(
            file_stream=file, chunk_size=80 * UNIT, metadata={"name": "Large"}, retries=20, retry_delay=1
        )
        killed: list[int] = []

        def kill() -> None:
            """In the middle of a chunk, when a third of it is there."""
            arriving = server.data / "staging"
            while not killed:
                sizes = [path.stat().st_size for path in arriving.glob("*.arriving")]
                if sizes and sizes[0] > 66_000_000:
                    server.kill()
                    killed.append(max(path.stat().st_size for path in arriving.glob("*.arriving")))
                    server.start()

        killer = threading.Thread(target=kill)
        killer.start()
        while uploader.offset < 200_000_000:
            try:
                uploader.upload()
            except (TusCommunicationError, OSError):
                killer.join(60)
                uploader.offset = uploader.get_offset()  # as much as the server has
                assert uploader.offset == killed[0]
        assert killed
        uid = str(uploader.url).rsplit("/", 1)[1]
        ready = stream.wait(uid)
        assert (ready["size"], ready["duration"], ready["meta"]) == (200_000_000, 10, {"name": "Large"})
        clip = stream.clip(uid, 8, 9.5)
        url = judge.variants(stream.open, clip["playback"]["hls"])["video-360p"]
        assert judge.numbers(judge.track(stream.open, url).data) == list(range(240, 285))


_SCRIPT = """
const fs = require('fs'), tus = require('tus-js-client');
const [endpoint, token, path] = process.argv.slice(2);
const upload = new tus.Upload(fs.createReadStream(path), {
  endpoint, headers: { Authorization: `Bearer ${token}` }, chunkSize: 80 * 262144, uploadSize: fs.statSync(path).size,
  retryDelays: [500, 1000, 2000, 3000, 5000, 5000, 5000],
  metadata: { name: 'By tus-js-client', filetype: 'video/mp4' },
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onSuccess: () => { console.log(upload.url); process.exit(0); },
});
upload.start();
"""


def test_tus_js_client_sends_200_mb_to_a_server_that_is_killed(
    serve: Callable[..., Server], large: Path, tmp_path: Path
) -> None:
    server = serve(INPOINT_FILL="none")
    script = Path(__file__).parents[1] / "browser" / "node_modules" / ".tus-upload.cjs"
    script.write_text(_SCRIPT)
    sending = subprocess.Popen(
        [node(), str(script), f"{server.url}/client/v4/accounts/{ACCOUNT}/stream", TOKEN[1], str(large)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    arriving, deadline = server.data / "staging", time.monotonic() + 60
    while not any(path.stat().st_size > 66_000_000 for path in arriving.glob("*.arriving")):
        assert sending.poll() is None, sending.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    server.kill()
    server.start()
    out, errors = sending.communicate(timeout=120)
    assert sending.returncode == 0, errors
    with Stream(server) as stream:
        ready = stream.wait(out.strip().rsplit("/", 1)[1])
        assert (ready["size"], ready["duration"]) == (200_000_000, 10)
        assert ready["meta"] == {"name": "By tus-js-client", "filetype": "video/mp4"}
