"""``ports.Outgoing``: the one HTTP client, guarded against private addresses, capped in size and time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import IO

import httpx
import structlog
from ssrfguard import Policy
from ssrfguard.errors import SSRFGuardError
from ssrfguard.httpx import AsyncClient

from inpoint.errors import TooLarge, Unreachable
from inpoint.ports.storage import Told

_log = structlog.get_logger()
_TRIES = 6
_FIRST_DELAY = 0.5  # seconds, doubled each time
_DEADLINE = 6 * 3600.0  # seconds for one source


class _TryAgainError(Exception):
    """The connection broke, or the server asks to come back."""


class GuardedClient:
    """``ports.Outgoing``: no private address is reached, whatever names and redirects say."""

    def __init__(self, allowed: Sequence[IPv4Network | IPv6Network]) -> None:
        """``allowed`` are networks that may be reached although they are private."""
        self._client = AsyncClient(
            policy=Policy(allowed_networks=tuple(allowed), allowed_ports=frozenset(range(1, 65536))),
            timeout=httpx.Timeout(30.0, connect=10.0),
            follow_redirects=True,
            trust_env=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "Inpoint"},
        )

    async def close(self) -> None:
        """Connections that are kept open end."""
        await self._client.aclose()

    async def fetch(self, url: str, to: Path, max_bytes: int, progress: Told | None = None) -> None:
        download = _Download(self._client, url, to, max_bytes, progress)
        try:
            async with asyncio.timeout(_DEADLINE):
                await download.run()
        except TimeoutError as error:
            raise Unreachable("the source took too long to fetch") from error

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream(
                    "POST", url, headers=dict(headers), content=body, follow_redirects=False
                ) as response,
            ):
                return response.status_code
        except TimeoutError as error:
            raise Unreachable(f"no answer came within {seconds:g} s") from error
        except SSRFGuardError as error:
            raise Unreachable("the address is not allowed", detail=repr(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable("the connection failed", detail=repr(error)) from error


class _Download:
    """One file, over as many connections as it takes. A part file stays for the next try, with its ETag."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        to: Path,
        max_bytes: int,
        progress: Told | None,
    ) -> None:
        self._client = client
        self._url = url
        self._to = to
        self._part = to.with_name(f"{to.name}.part")
        self._mark = to.with_name(f"{to.name}.etag")
        self._max_bytes = max_bytes
        self._progress = progress

    async def run(self) -> None:
        """All of it."""
        if await asyncio.to_thread(self._to.exists):
            return
        tries = 0
        while True:
            before = self._size()
            try:
                await self._connect()
                break
            except (httpx.TransportError, _TryAgainError) as error:
                tries = 1 if self._size() > before else tries + 1
                _log.info("pull.interrupted", tries=tries, have=self._size(), error=repr(error))
                if tries >= _TRIES:
                    raise Unreachable(detail=repr(error)) from error
                await asyncio.sleep(_FIRST_DELAY * 2 ** (tries - 1))
            except SSRFGuardError as error:
                raise Unreachable("the source's address is not allowed", detail=repr(error)) from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unreachable(detail=repr(error)) from error
        await asyncio.to_thread(self._finish)

    def _size(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _finish(self) -> None:
        with self._part.open("rb") as file:
            os.fsync(file.fileno())
        self._mark.unlink(missing_ok=True)
        self._part.replace(self._to)
        folder = os.open(self._to.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def _connect(self) -> None:
        have = self._size()
        headers = {}
        mark = self._mark.read_text() if self._mark.exists() else ""
        if have and mark:
            headers = {"Range": f"bytes={have}-", "If-Range": mark}
        async with self._client.stream("GET", self._url, headers=headers) as response:
            if response.status_code == 416 and have:
                self._part.unlink()
                raise _TryAgainError("the source changed its size")
            if response.status_code in (408, 425, 429) or response.status_code >= 500:
                raise _TryAgainError(f"HTTP {response.status_code}")
            if response.status_code not in (200, 206):
                raise Unreachable(f"the source answered with HTTP {response.status_code}")
            resumed = response.status_code == 206 and have > 0
            if resumed and not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                self._part.unlink()
                raise _TryAgainError("the source answered with another part")
            await self._receive(response, have if resumed else 0)

    async def _receive(self, response: httpx.Response, have: int) -> None:
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else None
        if total is not None and total > self._max_bytes:
            raise TooLarge
        mark = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        self._mark.unlink(missing_ok=True)  # no crash may leave old bytes under a new mark
        with self._part.open("r+b" if have else "wb") as file:
            file.seek(have)
            file.truncate()
            self._mark.write_text("" if mark.startswith("W/") else mark)
            await self._copy(response, file, have, total)
        if total is not None and self._size() != total:
            raise _TryAgainError("the source ended early")

    async def _copy(self, response: httpx.Response, file: IO[bytes], have: int, total: int | None) -> None:
        async for block in response.aiter_raw():  # as it comes: what arrived before a break is kept
            have += len(block)
            if have > self._max_bytes:
                raise TooLarge
            await asyncio.to_thread(file.write, block)
            if self._progress is not None:
                self._progress(have, total)
