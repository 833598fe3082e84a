"""``ports.Files``: bytes that arrive, written and brought to disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from pathlib import Path

from inpoint.errors import TooLarge
from inpoint.storage.blobs import flush


class LocalFiles:
    async def write(self, path: Path, blocks: AsyncIterable[bytes], max_bytes: int) -> None:
        size = 0
        with path.open("wb") as file:
            async for block in blocks:
                size += len(block)
                if size > max_bytes:
                    raise TooLarge
                await asyncio.to_thread(file.write, block)
        await asyncio.to_thread(flush, [path])
