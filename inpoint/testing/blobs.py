"""A store of blobs in a dictionary."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from inpoint.errors import NotFound


class MemoryStore:
    """``ports.BlobStore`` in a dictionary."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    async def put(self, key: str, data: bytes) -> bool:
        return self.blobs.setdefault(key, data) is data

    async def put_files(self, files: Mapping[str, Path]) -> None:
        for key, path in files.items():
            self.blobs[key] = path.read_bytes()
            path.unlink()

    async def get(self, key: str) -> bytes:
        if key not in self.blobs:
            raise NotFound(detail=key)
        return self.blobs[key]

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        return (await self.get(key))[start:end]

    async def size(self, key: str) -> int:
        return len(await self.get(key))

    async def exists(self, key: str) -> bool:
        return key in self.blobs

    async def list(self, prefix: str) -> dict[str, int]:
        return {key: len(data) for key, data in self.blobs.items() if key.startswith(prefix)}

    async def delete(self, keys: Collection[str]) -> None:
        for key in keys:
            self.blobs.pop(key, None)
