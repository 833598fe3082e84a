"""``ports.BlobStore`` over obstore: a folder, or any of its other stores, an S3-compatible one among them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, MemoryStore, ObjectStore

from inpoint.errors import NotFound


class ObjectBlobs:
    """``ports.BlobStore`` in an object store that speaks S3."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def in_memory(cls) -> ObjectBlobs:
        """For as long as the process lives."""
        return cls(MemoryStore())

    async def put(self, key: str, data: bytes) -> bool:
        try:
            await obstore.put_async(self._store, key, data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    async def put_files(self, files: Mapping[str, Path]) -> None:
        for key, path in files.items():
            await obstore.put_async(self._store, key, path)
            await asyncio.to_thread(path.unlink)

    async def get(self, key: str) -> bytes:
        try:
            result = await obstore.get_async(self._store, key)
            return bytes(await result.bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound(detail=key) from error

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        try:
            return bytes(await obstore.get_range_async(self._store, key, start=start, end=end))
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound(detail=key) from error

    async def size(self, key: str) -> int:
        try:
            return int((await obstore.head_async(self._store, key))["size"])
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound(detail=key) from error

    async def exists(self, key: str) -> bool:
        try:
            await obstore.head_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def list(self, prefix: str) -> dict[str, int]:
        found: dict[str, int] = {}
        async for page in obstore.list(self._store, prefix.rstrip("/")):
            found.update((meta["path"], meta["size"]) for meta in page)
        return found

    async def delete(self, keys: Collection[str]) -> None:
        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except (NotFoundError, FileNotFoundError):
                continue


class FolderBlobs(ObjectBlobs):
    """``ports.LocalBlobs`` too: what is put is brought to disk, and can be served by path."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        super().__init__(LocalStore(root, mkdir=True))
        self._root = root

    async def put(self, key: str, data: bytes) -> bool:
        if not await super().put(key, data):
            return False
        await asyncio.to_thread(flush, [self._root / key])
        return True

    async def put_files(self, files: Mapping[str, Path]) -> None:
        await asyncio.to_thread(self._move_in, files)

    def _move_in(self, files: Mapping[str, Path]) -> None:
        targets = [self._root / key for key in files]
        for folder in {target.parent for target in targets}:
            folder.mkdir(parents=True, exist_ok=True)
        for target, path in zip(targets, files.values(), strict=True):
            path.replace(target)
        flush(targets)

    async def exists(self, key: str) -> bool:
        return (self._root / key).exists()

    def path(self, key: str) -> Path | None:
        path = self._root / key
        return path if path.is_file() else None


def flush(paths: Collection[Path]) -> None:
    """Bring files, and the folders that name them, to disk."""
    for path in [*paths, *{path.parent for path in paths}]:
        sync(path)


def sync(path: Path) -> None:
    """Bring a file's bytes, or a folder's names, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
