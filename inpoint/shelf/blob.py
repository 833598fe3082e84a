"""One stored blob, to be sent as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inpoint.ports import BlobStore, LocalBlobs


@dataclass(frozen=True, slots=True)
class Blob:
    """``key`` never names other bytes, so it stands for them in an ETag."""

    store: BlobStore
    key: str

    @property
    def path(self) -> Path | None:
        """Where it lies as a local file, if it does."""
        return self.store.path(self.key) if isinstance(self.store, LocalBlobs) else None

    async def size(self) -> int:
        """Bytes. Raises NotFound."""
        return await self.store.size(self.key)

    async def read(self, start: int, end: int) -> bytes:
        """The bytes ``[start, end)``. Raises NotFound."""
        return await self.store.get_range(self.key, start, end)
