"""The Cloudflare Stream API: the account's one webhook, and what is deleted or given up as time passes."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.media import Recipe, recipe
from tests.server import Server
from tests.stream import Stream

Source = Callable[[Recipe], Path]


class Hook:
    """A receiver; ``failing`` answers are 500."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.failing = 0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append((dict(self.headers), body))
                hook.failing -= 1
                self.send_response(500 if hook.failing >= 0 else 200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook?x=1"

    def wait(self, uid: str, count: int = 1) -> list[tuple[dict[str, str], bytes]]:
        deadline = time.monotonic() + 30
        while True:
            found = [one for one in self.got if json.loads(one[1]).get("uid") == uid]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, self.got
            time.sleep(0.05)


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.shutdown()
    made.server.server_close()


def verified(headers: dict[str, str], body: bytes, secret: str) -> int:
    """The signature's time, if it is right."""
    parts = dict(part.split("=", 1) for part in headers["Webhook-Signature"].split(","))
    expected = hmac.new(secret.encode(), parts["time"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, parts["sig1"])
    assert abs(time.time() - int(parts["time"])) < 30
    return int(parts["time"])


def test_the_webhook_is_told_of_ends(serve: Callable[..., Server], source: Source, hook: Hook, files: str) -> None:
    with Stream(serve()) as stream:
        stream.refuse("GET", "/webhook", 404)
        stream.refuse("DELETE", "/webhook", 404)
        for url in ("no url", "ftp://x.example/", None, 5):
            stream.refuse("PUT", "/webhook", json={"notificationUrl": url})
        made = stream.ask("PUT", "/webhook", json={"notificationUrl": hook.url})
        assert made["notificationUrl"] == hook.url
        assert bytes.fromhex(made["secret"])
        assert stream.ask("GET", "/webhook") == made
        video = stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])
        ((headers, body),) = hook.wait(video["uid"])
        assert headers["Content-Type"] == "application/json"
        verified(headers, body, made["secret"])
        assert json.loads(body) == video  # bare
        hook.failing = 1
        clip = stream.clip(video["uid"], 0, 1)
        first, second = hook.wait(clip["uid"], 2)  # tried again, signed afresh
        assert json.loads(second[1])["clippedFrom"] == video["uid"]
        assert verified(*second, made["secret"]) > verified(*first, made["secret"])
        lost = stream.ask("POST", "/copy", json={"input": f"{files}/missing.mp4"})["uid"]
        ((_, failed),) = hook.wait(lost)
        assert json.loads(failed)["status"]["errorReasonCode"] == "ERR_FETCH_ORIGIN_ERROR"
        stream.ask("POST", f"/{video['uid']}", json={"creator": "nobody is told of edits"})
        other = stream.ask("PUT", "/webhook", json={"notification_url": hook.url + "&moved"})
        assert other["secret"] == made["secret"]
        assert stream.ask("GET", "/webhook")["notificationUrl"].endswith("&moved")
        log = stream.server.client.get("/api/v1/webhooks").json()["webhooks"]
        assert [one["dialect"] for one in log] == ["cloudflare"]
        assert stream.ask("DELETE", "/webhook") == ""
        stream.refuse("GET", "/webhook", 404)
        count = len(hook.got)
        stream.clip(video["uid"], 0, 2)
        time.sleep(1)
        assert len(hook.got) == count


def test_both_apis_tell_side_by_side(serve: Callable[..., Server], source: Source, hook: Hook) -> None:
    server = serve()
    with Stream(server) as stream:
        stream.ask("PUT", "/webhook", json={"notificationUrl": hook.url})
        server.client.post("/api/v1/webhooks", json={"url": hook.url})
        video = stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])
        hook.wait(video["uid"])
        deadline = time.monotonic() + 30
        while len(hook.got) < 3:
            assert time.monotonic() < deadline, hook.got
            time.sleep(0.05)
        kinds = sorted(json.loads(body).get("type", "bare") for _, body in hook.got)
        assert kinds == ["bare", "video.media.created", "video.media.ready"]
