"""Bytes: kept by key, arriving as files, fetched from elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

Blocks = AsyncIterable[bytes]
#: Hears the bytes so far, and of how many.
Told = Callable[[int, int | None], None]


class BlobStore(Protocol):
    """Bytes by key. What is put is durable when put returns, and visible whole or not at all."""

    async def put(self, key: str, data: bytes) -> bool:
        """Store under a new key; False, and nothing changed, if the key is taken: the first stored wins."""
        ...

    async def put_files(self, files: Mapping[str, Path]) -> None:
        """Move files in, replacing what is there."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        """The bytes ``[start, end)``. Raises NotFound."""
        ...

    async def size(self, key: str) -> int:
        """Bytes. Raises NotFound."""
        ...

    async def exists(self, key: str) -> bool:
        """Whether there is a blob of the key."""
        ...

    async def list(self, prefix: str) -> dict[str, int]:
        """Sizes in bytes by key of everything under a prefix that ends in a slash."""
        ...

    async def delete(self, keys: Collection[str]) -> None:
        """Missing keys are no error."""
        ...


@runtime_checkable
class LocalBlobs(Protocol):
    """What a store can do beside, if it keeps its blobs as local files."""

    def path(self, key: str) -> Path | None:
        """Where the blob lies; None for a missing one."""
        ...


@runtime_checkable
class SignedBlobs(Protocol):
    """What a store can do beside, if clients may fetch from it themselves."""

    async def signed(self, key: str, seconds: int) -> str:
        """An address that opens the blob for so many seconds."""
        ...


class HeldFile(Protocol):
    """A file that arrives, held by one writer at a time among all processes."""

    async def append(self, at: int | None, count: int | None, blocks: Blocks, most: int) -> int:
        """Write the part that begins at byte ``at``; what is there of it already is skipped. None begins the file
        anew. Returns the file's size when all is on disk; broken off, what came is kept.

        ``count`` is the part's bytes, None if nobody said. Raises Refused for a gap or another count, and TooLarge
        beyond ``most``; the file is then as it was.
        """
        ...


class ArrivingFiles(Protocol):
    """Local files that arrive."""

    def arriving(self, path: Path) -> AbstractAsyncContextManager[HeldFile]:
        """Hold a file, made if need be. Raises Busy while somebody else writes it."""
        ...

    async def size(self, path: Path) -> int:
        """0 for none."""
        ...


class Outgoing(Protocol):
    """The one way out: guarded against private addresses, capped in size and time."""

    async def fetch(self, url: str, to: Path, max_bytes: int, progress: Told | None = None) -> None:
        """Fetch into a file, going on where an earlier try of the same URL ended.

        Raises Unreachable or TooLarge.
        """
        ...

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
        """The status that is answered within ``seconds``; redirects are not followed. Raises Unreachable."""
        ...
