"""``ports.Files``: bytes that arrive, written and brought to disk."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from io import FileIO
from pathlib import Path

from inpoint.errors import Busy, Refused, TooLarge, WrongLength, WrongOffset
from inpoint.storage.blobs import sync

_PATIENCE = 5.0  # seconds: a client whose connection broke comes back before the server has noticed
_POLL = 0.05


class LocalFiles:
    """``ports.ArrivingFiles`` on this machine's disk."""

    @asynccontextmanager
    async def arriving(self, path: Path) -> AsyncIterator[ArrivingFile]:
        descriptor = await asyncio.to_thread(os.open, path, os.O_RDWR | os.O_CREAT, 0o644)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            try:
                async with asyncio.timeout(_PATIENCE):
                    while not _lock(file):  # noqa: ASYNC110 - other processes' locks tell nobody
                        await asyncio.sleep(_POLL)
            except TimeoutError as error:
                raise Busy("another request is sending this upload") from error
            yield ArrivingFile(file, path)

    async def size(self, path: Path) -> int:
        return await asyncio.to_thread(lambda: path.stat().st_size if path.exists() else 0)


class ArrivingFile:
    """``ports.HeldFile``."""

    def __init__(self, file: FileIO, path: Path) -> None:
        self._file = file
        self._path = path

    async def append(self, at: int | None, count: int | None, blocks: AsyncIterable[bytes], most: int) -> int:
        descriptor = self._file.fileno()
        had = 0 if at is None else os.fstat(descriptor).st_size
        start = at or 0
        if start > had:
            raise WrongOffset(f"there are {had} bytes: go on from there")
        try:
            await self._write(start, had, count, blocks, most)
        except (Refused, TooLarge):
            os.ftruncate(descriptor, had)
            raise
        finally:
            await asyncio.shield(asyncio.to_thread(self._settle))
        return os.fstat(descriptor).st_size

    async def _write(self, start: int, had: int, count: int | None, blocks: AsyncIterable[bytes], most: int) -> None:
        os.ftruncate(self._file.fileno(), had)
        self._file.seek(had)
        came = 0
        async for block in blocks:
            came += len(block)
            if count is not None and came > count:
                raise WrongLength("more bytes came than the range names")
            if start + came > most:
                raise TooLarge
            if start + came > had:
                await asyncio.to_thread(_write_all, self._file, block[max(0, len(block) - (start + came - had)) :])
        if count is not None and came != count:
            raise WrongLength("fewer bytes came than the range names")

    def _settle(self) -> None:
        os.fsync(self._file.fileno())
        sync(self._path.parent)


def _write_all(file: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]


def _lock(file: FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
