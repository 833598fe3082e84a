"""Webhooks: envelopes and signatures, tries again, a dead endpoint beside a living one, the log, redelivery."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.media import Recipe, recipe
from tests.server import Server

Source = Callable[[Recipe], Path]


class Receiver:
    """A web server that keeps what it is told; ``statuses`` are its next answers, 200 when there are none left."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.delay = 0.0

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    def wait(
        self, kind: str, media_id: str | None = None, count: int = 1, seconds: float = 30
    ) -> list[dict[str, Any]]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [one for one in self.told if one["type"] == kind and media_id in (None, one["object"]["id"])]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError((kind, [(one["type"], one["object"]) for one in self.told]))


@contextmanager
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            return

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(made.delay)
            made.got.append((dict(self.headers), body))
            self.send_response(made.statuses.pop(0) if made.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def register(server: Server, url: str) -> dict[str, Any]:
    response = server.client.post("/api/v1/webhooks", json={"url": url})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def log(server: Server, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = server.client.get(f"/api/v1/webhooks/{webhook['id']}/deliveries").json()[
        "deliveries"
    ]
    return listed


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    made = hmac.new(base64.b64decode(secret), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(made).decode(), headers["FastPix-Signature"])


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own: its webhooks hear of everything."""
    running = Server(tmp_path_factory.mktemp("hooks")).start()
    yield running
    running.end()


def test_a_medias_life_is_told(busy: Server, hook: Receiver, files: str, source: Source) -> None:
    webhook = register(busy, hook.url)
    assert len(base64.b64decode(webhook["secret"])) >= 32
    made = busy.create(f"{files}/{source(recipe('tiny-30')).name}", metadata={"order": "77"}, title="A match")
    (created,) = hook.wait("video.media.created", made["id"])
    (ready,) = hook.wait("video.media.ready", made["id"])
    assert created["data"]["metadata"] == {"order": "77"}
    assert (ready["status"], ready["data"]["status"]) == ("media_ready", "Ready")
    assert (ready["data"]["duration"], ready["data"]["title"]) == ("00:00:03", "A match")
    assert ready["object"] == {"type": "media", "id": made["id"]}
    assert ready["data"]["id"] == made["id"]
    assert ready["workspace"]["name"] == "default"
    assert ready["attempts"] == []
    assert uuid.UUID(ready["id"]) != uuid.UUID(created["id"])
    clip = busy.create(f"fp_mediaId://{made['id']}", startTime=1)
    (told,) = hook.wait("video.media.ready", clip["id"])
    assert told["data"]["sourceMediaId"] == made["id"]
    busy.client.patch(f"/v1/on-demand/{made['id']}", json={"title": "Another"})
    (updated,) = hook.wait("video.media.updated", made["id"])
    assert updated["data"]["title"] == "Another"
    failing = busy.create(f"{files}/nothing.mp4")
    (failed,) = hook.wait("video.media.failed", failing["id"])
    assert failed["data"]["error"]["code"] == "unreachable"
    busy.client.delete(f"/v1/on-demand/{made['id']}")
    (deleted,) = hook.wait("video.media.deleted", made["id"])
    assert deleted["data"]["title"] == "Another"
    for headers, body in hook.got:
        assert is_signed(webhook["secret"], headers, body)
        assert headers["Content-Type"] == "application/json"
    assert {one["status"] for one in log(busy, webhook)} == {"delivered"}
    busy.client.delete(f"/api/v1/webhooks/{webhook['id']}")


def test_files_and_tracks_are_told(busy: Server, hook: Receiver, files: str, source: Source, sources: Path) -> None:
    webhook = register(busy, hook.url)
    media = busy.wait(busy.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    path = f"/v1/on-demand/{media['id']}"
    busy.client.patch(f"{path}/update-mp4Support", json={"mp4Support": "capped_4k"})
    (told,) = hook.wait("video.media.mp4Support.ready", media["id"])
    assert told["data"]["mp4Support"][0]["status"] == "ready"
    busy.client.patch(f"{path}/source-access", json={"sourceAccess": True})
    hook.wait("video.media.source.ready", media["id"])
    busy.client.patch(f"{path}/source-access", json={"sourceAccess": False})
    hook.wait("video.media.source.deleted", media["id"])
    (sources / "told.vtt").write_text("WEBVTT\n\n00:00.500 --> 00:02.000\nTold\n")
    track = {"url": f"{files}/told.vtt", "type": "subtitle", "languageCode": "en"}
    made = busy.client.post(f"{path}/tracks", json={"tracks": track}).json()["data"]
    for kind in ("created", "ready"):
        (told,) = hook.wait(f"video.media.track.{kind}", media["id"])
        assert (told["data"]["id"], told["data"]["languageCode"]) == (made["id"], "en")
    busy.client.patch(f"{path}/tracks/{made['id']}", json={"title": "T"})
    assert hook.wait("video.media.track.updated", media["id"])[0]["data"]["title"] == "T"
    busy.client.delete(f"{path}/tracks/{made['id']}")
    assert hook.wait("video.media.track.deleted", media["id"])[0]["data"] == {"id": made["id"]}
    gone = busy.client.post(f"{path}/tracks", json={"tracks": track | {"url": f"{files}/none.vtt"}}).json()["data"]
    (told,) = hook.wait("video.media.track.failed", media["id"])
    assert told["data"]["id"] == gone["id"]
    busy.client.delete(f"/api/v1/webhooks/{webhook['id']}")


def test_uploads_are_told(busy: Server, hook: Receiver, source: Source) -> None:
    webhook = register(busy, hook.url)
    made, other = (
        busy.client.post("/v1/on-demand/upload", json={"corsOrigin": "*"}).json()["data"] for _ in range(2)
    )
    hook.wait("video.media.upload", made["uploadId"])
    httpx.put(made["url"], content=source(recipe("tiny-30")).read_bytes())
    hook.wait("video.upload.media_created", made["uploadId"])
    hook.wait("video.media.ready", made["uploadId"])
    busy.client.put(f"/v1/on-demand/upload/{other['uploadId']}/cancel")
    hook.wait("video.media.upload.cancelled", other["uploadId"])
    assert not [one for one in hook.told if one["type"] == "video.media.created"]
    busy.client.delete(f"/api/v1/webhooks/{webhook['id']}")


def test_a_refused_message_comes_again(busy: Server, hook: Receiver) -> None:
    webhook = register(busy, hook.url)
    hook.statuses = [500]
    sent = busy.client.post(f"/api/v1/webhooks/{webhook['id']}/test")
    assert sent.status_code == 202
    first, second = hook.wait("webhook.test", count=2)
    assert first["id"] == second["id"]
    assert (first["attempts"], [one["statusCode"] for one in second["attempts"]]) == ([], [500])
    deadline = time.monotonic() + 5
    while log(busy, webhook)[0]["status"] != "delivered" and time.monotonic() < deadline:
        time.sleep(0.05)
    (entry,) = log(busy, webhook)
    assert [one["status"] for one in entry["attempts"]] == [500, 200]
    assert entry["id"] == sent.json()["id"]
    again = busy.client.post(f"/api/v1/webhooks/{webhook['id']}/deliveries/{entry['id']}/redeliver")
    assert again.status_code == 202
    assert {one["id"] for one in hook.wait("webhook.test", count=3)} == {first["id"]}
    busy.client.delete(f"/api/v1/webhooks/{webhook['id']}")


def test_a_dead_endpoint_slows_nobody(busy: Server, hook: Receiver) -> None:
    with receiver() as dead:
        dead.delay = 12.0  # beyond what an answer may take
        stuck, alive = register(busy, dead.url), register(busy, hook.url)
        for _ in range(12):
            busy.client.post(f"/api/v1/webhooks/{stuck['id']}/test")
        time.sleep(1)
        began = time.monotonic()
        busy.client.post(f"/api/v1/webhooks/{alive['id']}/test")
        hook.wait("webhook.test", seconds=5)
        assert time.monotonic() - began < 3
        for webhook in (stuck, alive):
            busy.client.delete(f"/api/v1/webhooks/{webhook['id']}")


def test_a_message_survives_kill_9(serve: Callable[..., Server], hook: Receiver) -> None:
    server = serve()
    webhook = register(server, hook.url)
    hook.statuses = [503]
    server.client.post(f"/api/v1/webhooks/{webhook['id']}/test")
    hook.wait("webhook.test")
    deadline = time.monotonic() + 5
    while not log(server, webhook)[0]["attempts"] and time.monotonic() < deadline:
        time.sleep(0.02)
    server.kill()
    server.start()
    first, second = hook.wait("webhook.test", count=2)
    assert first["id"] == second["id"]


def test_private_addresses_are_told_nothing(serve: Callable[..., Server], hook: Receiver) -> None:
    server = serve(INPOINT_PULL_ALLOW="10.99.0.0/16")
    webhook = register(server, hook.url)
    server.client.post(f"/api/v1/webhooks/{webhook['id']}/test")
    deadline = time.monotonic() + 10
    while not log(server, webhook)[0]["attempts"] and time.monotonic() < deadline:
        time.sleep(0.05)
    (entry,) = log(server, webhook)
    assert entry["attempts"][0]["error"] == "the address is not allowed"
    assert (entry["status"], hook.got) == ("pending", [])
    assert entry["nextTry"]


@pytest.mark.parametrize("url", [None, "", 5, "ftp://x/", "http://", "http://a b/", "https://x:99999/"])
def test_wrong_addresses_are_refused(busy: Server, url: Any) -> None:
    response = busy.client.post("/api/v1/webhooks", json={"url": url})
    assert (response.status_code, response.json()["error"]["field"]) == (422, "url")


def test_webhooks_are_their_workspaces_own(busy: Server, hook: Receiver) -> None:
    webhook = register(busy, hook.url)
    delivery = busy.client.post(f"/api/v1/webhooks/{webhook['id']}/test").json()
    made = busy.run("token", "create", "--workspace", "other").stdout.split()
    credential = (made[made.index("id") + 1], made[made.index("secret") + 1])
    path = f"/api/v1/webhooks/{webhook['id']}"
    with httpx.Client(base_url=busy.url, auth=credential) as other:
        assert other.get("/api/v1/webhooks").json() == {"webhooks": []}
        for response in (
            other.get(path), other.delete(path), other.post(f"{path}/test"), other.get(f"{path}/deliveries"),
            other.get(f"{path}/deliveries/{delivery['id']}"),
            other.post(f"{path}/deliveries/{delivery['id']}/redeliver"),
        ):  # fmt: skip
            assert response.status_code == 404
    busy.client.delete(path)


def test_the_command_line_makes_webhooks(busy: Server, hook: Receiver) -> None:
    made = busy.run("webhook", "create", hook.url).stdout.split()
    webhook_id = made[made.index("id") + 1]
    assert webhook_id in busy.run("webhook", "list").stdout
    busy.client.post(f"/api/v1/webhooks/{webhook_id}/test")
    hook.wait("webhook.test")
    assert is_signed(made[made.index("secret") + 1], *hook.got[0])
    assert busy.run("webhook", "remove", webhook_id).returncode == 0
    assert busy.run("webhook", "remove", webhook_id).returncode == 1
    assert hook.url not in busy.run("webhook", "list").stdout
