"""Files that are kept ready of a media, and watermarks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from inpoint.ports import BlobStore
from inpoint.shelf import keys
from inpoint.shelf.blob import Blob


class FileShelf:
    """A media's files, by their names."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    async def sizes(self, media_id: str) -> dict[str, int]:
        """Bytes by name, of all that are kept of a media."""
        prefix = keys.files(media_id)
        return {key.removeprefix(prefix): size for key, size in (await self._store.list(prefix)).items()}

    async def get(self, media_id: str, name: str) -> bytes:
        """Raises NotFound."""
        return await self._store.get(keys.file(media_id, name))

    def blob(self, media_id: str, name: str) -> Blob:
        """To be sent."""
        return Blob(self._store, keys.file(media_id, name))

    async def put(self, media_id: str, files: Mapping[str, bytes]) -> None:
        """In place of those that are there."""
        await self.discard(media_id, files)
        for name, data in files.items():
            await self._store.put(keys.file(media_id, name), data)

    async def move_in(self, media_id: str, name: str, path: Path) -> None:
        """In place of the one that is there."""
        await self._store.put_files({keys.file(media_id, name): path})

    async def discard(self, media_id: str, names: Collection[str]) -> None:
        """Missing ones are no error."""
        await self._store.delete([keys.file(media_id, name) for name in names])


class WatermarkShelf:
    """Watermarks' images, as PNG."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    async def get(self, watermark_id: str) -> bytes:
        """Raises NotFound."""
        return await self._store.get(keys.watermark(watermark_id))

    async def put(self, watermark_id: str, image: bytes) -> None:
        """The first stored stays."""
        await self._store.put(keys.watermark(watermark_id), image)

    async def discard(self, watermark_id: str) -> None:
        """A missing one is no error."""
        await self._store.delete([keys.watermark(watermark_id)])
