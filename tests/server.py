"""A real server process, and a web server that it imports from."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from tests import judge
from tests.starter import Started, starter

TOKEN = ("test-token", "test-secret-of-many-characters")
ACCOUNT = "0123456789abcdef0123456789abcdef"  # the workspace's id, as 32 hexadecimal characters


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """``inpoint serve`` in a folder of its own; can be killed and started again on the same data."""

    def __init__(self, folder: Path, program: Sequence[str] = ("inpoint", "serve"), **settings: str) -> None:
        """``program`` is a module that is run, and its arguments."""
        self.folder = folder
        self.program = program
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        clean: dict[str, str] = {name: value for name, value in os.environ.items() if not name.startswith("INPOINT_")}
        ours = {
            "INPOINT_DATA": str(folder / "data"),
            "INPOINT_PORT": str(self.port),
            "INPOINT_TOKEN_ID": TOKEN[0],
            "INPOINT_TOKEN_SECRET": TOKEN[1],
            "INPOINT_WORKSPACE_ID": ACCOUNT,
            "INPOINT_PULL_ALLOW": "127.0.0.0/8",
            "INPOINT_MEGAPIXELS": "1000",  # what is offered doesn't follow what else runs here
            "NO_PROGRESS": "1",
        }
        self.environment = clean | ours | settings
        self.process: Started | None = None
        self.client = httpx.Client(base_url=self.url, auth=TOKEN, timeout=30.0)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def start(self) -> Server:
        self.process = starter().start(self.program, self.environment, self.folder / "server.log")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log
            try:
                if httpx.get(f"{self.url}/health").status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self.log)

    def start_worker(self) -> Started:
        """``inpoint work`` beside it, on the same folder; returns when it works."""
        log_path = self.folder / "worker.log"
        worker = starter().start(("inpoint", "work"), self.environment, log_path)
        deadline = time.monotonic() + 60
        while "Inpoint works" not in log_path.read_text():
            assert worker.poll() is None, log_path.read_text()
            assert time.monotonic() < deadline, log_path.read_text()
            time.sleep(0.1)
        return worker

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Stop, and never start again."""
        self.client.close()
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """As an operator stops it. It hands its work back in silence."""
        assert self.process is not None
        self.process.send_signal(number)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        assert not re.search("Traceback|Task was destroyed|never awaited", self.log), self.log[-4000:]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line, with this server's settings."""
        return subprocess.run(
            [sys.executable, "-m", "inpoint", *arguments],
            env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    # What tests ask for

    def create(self, url: str, **more: Any) -> dict[str, Any]:
        times: dict[str, Any] = {name: more.pop(name) for name in ("startTime", "endTime") if name in more}
        body = {"inputs": [{"type": "video", "url": url, **times}], "accessPolicy": "public", **more}
        response = self.client.post("/v1/on-demand", json=body)
        assert response.status_code == 201, response.text
        data: dict[str, Any] = response.json()["data"]
        return data

    def media(self, media_id: str) -> dict[str, Any]:
        data: dict[str, Any] = self.client.get(f"/v1/on-demand/{media_id}").json()["data"]
        return data

    def wait(self, media_id: str, status: str = "Ready", seconds: float = 60) -> dict[str, Any]:
        deadline, pause = time.monotonic() + seconds, 0.02
        while time.monotonic() < deadline:
            media = self.media(media_id)
            if media["status"] == status:
                return media
            assert media["status"] not in ("Ready", "Failed"), (media, self.log[-2000:])
            time.sleep(pause)
            pause = min(pause * 1.3, 0.2)  # who asks all the time slows what is waited for
        raise AssertionError((media, self.log[-2000:]))

    def clip(self, media_id: str, start: float | None, end: float | None) -> dict[str, Any]:
        """A ready clip."""
        times = {"startTime": start, "endTime": end}
        made = self.create(f"fp_mediaId://{media_id}", **times)
        return self.wait(made["id"])

    def playlist(self, media: dict[str, Any]) -> str:
        return f"{self.url}/{media['playbackIds'][0]['id']}.m3u8"

    def wait_filled(self, media_id: str, seconds: float = 240) -> None:
        """Wait until everything of a source has been made: by the fill, or else by watching it all."""
        if self.environment.get("INPOINT_FILL") == "none":
            shown = self.client.get(f"/api/v1/media/{media_id}").json()
            for url in judge.variants(self.client, f"{self.url}{shown['view']}/video.m3u8").values():
                judge.track(self.client, url)
            return
        rungs = {one.split("-")[-1] for one in self.blobs(f"**/{media_id}/init/*p.mp4")}
        wanted = {one.removesuffix(".mp4") for one in rungs}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            fill = self.client.get(f"/api/v1/media/{media_id}").json()["fill"]
            if set(fill["whole"]) == wanted:
                return
            time.sleep(0.1)
        raise AssertionError((fill, self.log[-2000:]))

    def wait_fill_ended(self, media_id: str, seconds: float = 240) -> None:
        """Wait until the fills of all that a media is made of have ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            fill = self.client.get(f"/api/v1/media/{media_id}").json()["fill"]
            if fill.get("ended"):
                return
            time.sleep(0.1)
        raise AssertionError((fill, self.log[-2000:]))

    def blobs(self, pattern: str = "**/*") -> set[str]:
        root = self.data / "blobs"
        return {str(path.relative_to(root)) for path in root.glob(pattern) if path.is_file()}


class _Ranged(SimpleHTTPRequestHandler):
    """A file server that knows ranges; a file named ``flaky-…`` breaks off once in each connection, one named
    ``slow-…`` comes late."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        if self.path.startswith("/redirect/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/redirect/"))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path.startswith("/slow-"):
            time.sleep(0.5)
        path = Path(self.directory) / self.path.lstrip("/").removeprefix("flaky-").removeprefix("slow-")
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        start = 0
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if match:
            start = int(match[1])
        self.send_response(206 if match else 200)
        if match:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("ETag", f'"{len(data)}"')
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if "flaky-" in self.path:
            self.wfile.write(data[start : start + len(data) // 3 + 1])
            self.close_connection = True
            return
        self.wfile.write(data[start:])


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    def handler(*args: Any) -> _Ranged:
        return _Ranged(*args, directory=str(folder))

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
