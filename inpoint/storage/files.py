"""``ports.Files``: bytes that arrive, written and brought to disk."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from inpoint.errors import Busy, Refused, TooLarge
from inpoint.storage.blobs import flush

_PATIENCE = 5.0  # seconds: a client whose connection broke comes back before the server has noticed
_POLL = 0.05


class LocalFiles:
    async def append(
        self, path: Path, at: int | None, count: int | None, blocks: AsyncIterable[bytes], most: int
    ) -> int:
        async with _locked(path) as file:
            had = 0 if at is None else os.fstat(file.fileno()).st_size
            start = at or 0
            if start > had:
                raise Refused(f"there are {had} bytes: go on from there")
            try:
                await _write(file, start, had, count, blocks, most)
            except (Refused, TooLarge):
                os.ftruncate(file.fileno(), had)
                raise
            finally:
                await asyncio.shield(asyncio.to_thread(_settle, file, path))
            return os.fstat(file.fileno()).st_size

    async def size(self, path: Path) -> int:
        return await asyncio.to_thread(lambda: path.stat().st_size if path.exists() else 0)


async def _write(
    file: IO[bytes], start: int, had: int, count: int | None, blocks: AsyncIterable[bytes], most: int
) -> None:
    os.ftruncate(file.fileno(), had)
    file.seek(had)
    came = 0
    async for block in blocks:
        came += len(block)
        if count is not None and came > count:
            raise Refused("more bytes came than the range names")
        if start + came > most:
            raise TooLarge
        new = block[max(0, len(block) - (start + came - had)) :] if start + came > had else b""
        if new:
            await asyncio.to_thread(file.write, new)
    if count is not None and came != count:
        raise Refused("fewer bytes came than the range names")


def _settle(file: IO[bytes], path: Path) -> None:
    file.flush()
    flush([path])


@asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[IO[bytes]]:
    """The file, made if need be, for one writer at a time among all processes."""
    descriptor = await asyncio.to_thread(os.open, path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not _lock(file):  # noqa: ASYNC110 - other processes' locks tell nobody
                    await asyncio.sleep(_POLL)
        except TimeoutError as error:
            raise Busy("another request is sending this upload") from error
        yield file


def _lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
