"""A server's account as the Cloudflare Stream API shows it, asked without an SDK."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx

from tests.server import ACCOUNT, TOKEN, Server

FORWARD = ["pendingupload", "downloading", "queued", "inprogress", "ready"]


class Stream:
    def __init__(self, server: Server, secret: str = TOKEN[1], account: str = ACCOUNT) -> None:
        self.server = server
        self.path = f"/client/v4/accounts/{account}/stream"
        self.client = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {secret}"}, timeout=60)
        #: Nobody's: for what needs no credential.
        self.open = httpx.Client(base_url=server.url, timeout=60)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.open.close()

    def request(self, method: str, path: str = "", **more: Any) -> httpx.Response:
        return self.client.request(method, self.path + path, **more)

    def ask(self, method: str, path: str = "", **more: Any) -> Any:
        """A result."""
        response = self.request(method, path, **more)
        assert response.status_code == 200, response.text
        body = response.json()
        assert (body["success"], body["errors"], body["messages"]) == (True, [], [])
        return body["result"]

    def refuse(self, method: str, path: str = "", status: int | tuple[int, ...] = 400, **more: Any) -> dict[str, Any]:
        """A refusal's first error."""
        return refused(self.request(method, path, **more), status)

    def upload(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            found: dict[str, Any] = self.ask("POST", files={"file": (path.name, file, "video/mp4")})
        return found

    def get(self, uid: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/{uid}")
        return found

    def wait(self, uid: str, state: str = "ready", seconds: float = 60) -> dict[str, Any]:
        """A video in a state; on its way it never steps back."""
        deadline, reached, percent = time.monotonic() + seconds, 0, 0.0
        while time.monotonic() < deadline:
            video = self.get(uid)
            now = video["status"]["state"]
            if now == state:
                return video
            assert now != "error", (video, self.server.log[-2000:])
            assert FORWARD.index(now) >= reached, (now, FORWARD[reached])
            assert float(video["status"].get("pctComplete", 0)) >= (percent if FORWARD.index(now) == reached else 0)
            reached, percent = FORWARD.index(now), float(video["status"].get("pctComplete", 0))
            time.sleep(0.03)
        raise AssertionError((video, self.server.log[-2000:]))

    def clip(self, uid: str, start: float, end: float, **more: Any) -> dict[str, Any]:
        """A ready clip."""
        body = {"clippedFromVideoUID": uid, "startTimeSeconds": start, "endTimeSeconds": end, **more}
        return self.wait(self.ask("POST", "/clip", json=body)["uid"])

    def count(self) -> int:
        total: int = self.request("GET", params={"include_counts": "true", "limit": 1}).json()["total"]
        return total


def refused(response: httpx.Response, status: int | tuple[int, ...] = 400) -> dict[str, Any]:
    """The first error of a refusal in the envelope."""
    assert response.status_code in (status if isinstance(status, tuple) else (status,)), response.text
    body = response.json()
    assert (body["result"], body["success"], body["messages"]) == (None, False, [])
    error: dict[str, Any] = body["errors"][0]
    assert isinstance(error["code"], int)
    assert error["code"] >= 1000
    assert error["message"]
    return error
