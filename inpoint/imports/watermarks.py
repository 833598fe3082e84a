"""Watermarks' images: looked at when they come, and kept as this server reads them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from inpoint.errors import Invalid, MediaError, TooLarge
from inpoint.imports.staging import StagingFolder
from inpoint.model.watermark import Watermark
from inpoint.ports import ArrivingFiles, Engine, Outgoing
from inpoint.ports.orders import ImageOrder
from inpoint.ports.storage import Blocks
from inpoint.shelf.files import WatermarkShelf

MOST_BYTES = 2 << 20
_PATIENCE = 20  # seconds: somebody waits for the answer
_PNG = b"\x89PNG\r\n\x1a\n"


class WatermarkIntake:
    """Reads an image that arrives, in a process that is confined, and keeps it."""

    def __init__(
        self, engine: Engine, outgoing: Outgoing, staging: StagingFolder, files: ArrivingFiles, shelf: WatermarkShelf
    ) -> None:
        self._engine = engine
        self._outgoing = outgoing
        self._staging = staging
        self._files = files
        self._shelf = shelf

    async def receive(self, wanted: Watermark, image: Blocks) -> Watermark:
        """An image that is sent, kept. Raises Invalid for what is no PNG, TooLarge."""
        async with self._files.arriving(self._staging.source(wanted.id)) as file:
            await file.append(None, None, image, MOST_BYTES)
        return await self._kept(wanted)

    async def fetch(self, wanted: Watermark) -> Watermark:
        """An image from an address, kept. Raises Invalid, also for what can't be fetched."""
        assert wanted.url is not None
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._outgoing.fetch(wanted.url, self._staging.source(wanted.id), MOST_BYTES)
        except (TimeoutError, MediaError) as error:
            self._staging.clear(wanted.id)
            if isinstance(error, TooLarge):
                raise
            late = f"could not be fetched within {_PATIENCE} seconds"
            raise Invalid("url", error.message if isinstance(error, MediaError) else late) from error
        return await self._kept(wanted)

    async def _kept(self, wanted: Watermark) -> Watermark:
        source: Path = self._staging.source(wanted.id)
        try:
            sent = await asyncio.to_thread(source.read_bytes)
            if not sent.startswith(_PNG):
                raise Invalid("file", "must be a PNG")
            image = await self._engine.read_image(ImageOrder(source))
        except MediaError as error:
            if error.retryable:
                raise
            raise Invalid("file", error.message) from error
        finally:
            self._staging.clear(wanted.id)
        await self._shelf.put(wanted.id, image.data)
        return replace(wanted, size=len(sent), width=image.width, height=image.height)
