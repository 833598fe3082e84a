"""The command line's side of the HTTP API: a running server, spoken to with a credential."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from inpoint.errors import ServerRefused, ServerUnreachable, Unauthorized

_BLOCK = 1 << 20
Told = Callable[[int, int], None]


class Remote:
    """A running server, as the command line speaks to it. Raises ServerUnreachable."""

    def __init__(self, server: str, token_id: str | None, token_secret: str | None) -> None:
        if not token_id or not token_secret:
            raise Unauthorized(
                "No credential: set INPOINT_TOKEN_ID and INPOINT_TOKEN_SECRET, or make one "
                "with `inpoint token create`."
            )
        self._client = httpx.Client(base_url=server, auth=(token_id, token_secret), timeout=60.0)

    def send(self, file: Path, title: str, told: Told) -> dict[str, Any]:
        """Send a file to be imported; ``told`` hears the bytes sent and of how many."""
        headers = {"Content-Length": str(file.stat().st_size)}
        params = {"title": title}
        return self._json("POST", "/api/v1/media", params=params, content=_blocks(file, told), headers=headers)

    def media(self, media_id: str) -> dict[str, Any]:
        """A media, as our own API tells it."""
        return self._json("GET", f"/api/v1/media/{media_id}")

    def clip(self, media_id: str, start: str | None, end: str | None, policy: str) -> dict[str, Any]:
        """Make a clip."""
        body = {"start": start, "end": end, "policy": policy}
        return self._json("POST", f"/api/v1/media/{media_id}/clips", json=body)

    def export(self, media_id: str, rendition: str | None, to: Path, told: Told) -> None:
        """Fetch the MP4 into a file; ``told`` hears how much came."""
        params = {"rendition": rendition} if rendition else {}
        part = to.with_name(to.name + ".part")
        try:
            with self._client.stream(
                "GET", f"/api/v1/media/{media_id}/file.mp4", params=params, timeout=3600.0
            ) as response:
                if response.is_error:
                    response.read()
                    raise _refusal(response)
                total, done = int(response.headers["Content-Length"]), 0
                with part.open("wb") as file:
                    for block in response.iter_bytes(_BLOCK):
                        file.write(block)
                        done += len(block)
                        told(done, total)
        except httpx.ConnectError as error:
            raise ServerUnreachable from error
        except httpx.TransportError as error:
            raise ServerUnreachable(f"The server broke off: {error}") from error
        part.replace(to)

    def _json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, **request)
        except httpx.ConnectError as error:
            raise ServerUnreachable from error
        except httpx.TransportError as error:
            raise ServerUnreachable(f"The server broke off: {error}") from error
        if response.is_error:
            raise _refusal(response)
        body: dict[str, Any] = response.json()
        return body


def _blocks(file: Path, told: Told) -> Iterator[bytes]:
    total, done = file.stat().st_size, 0
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block
            done += len(block)
            told(done, total)


def _refusal(response: httpx.Response) -> ServerRefused:
    try:
        error = response.json()["error"]
        field = f"{error['field']}: " if "field" in error else ""
        return ServerRefused(f"{field}{error['message']}")
    except (ValueError, KeyError, TypeError):
        return ServerRefused(f"The server answered with HTTP {response.status_code}.")
