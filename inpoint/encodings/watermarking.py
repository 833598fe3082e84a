"""Watermarks: images that are looked at when they come, and kept to be laid over videos."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from inpoint.errors import Invalid, MediaError, TooLarge
from inpoint.ingest.staging import Staging
from inpoint.model.watermark import Watermark
from inpoint.ports import BlobStore, Catalog, Engine, Files, Keys, Outgoing
from inpoint.ports.storage import Blocks

MOST_BYTES = 2 << 20
_PATIENCE = 20  # seconds: somebody waits for the answer
_PNG = b"\x89PNG\r\n\x1a\n"


class Watermarking:
    def __init__(
        self,
        catalog: Catalog,
        engine: Engine,
        outgoing: Outgoing,
        staging: Staging,
        files: Files,
        store: BlobStore,
        keys: Keys,
    ) -> None:
        self._catalog = catalog
        self._engine = engine
        self._outgoing = outgoing
        self._staging = staging
        self._files = files
        self._store = store
        self._keys = keys

    async def receive(self, wanted: Watermark, image: Blocks) -> Watermark:
        """Keep an image that is sent. Raises Invalid for what is no PNG, TooLarge."""
        async with self._files.arriving(self._staging.source(wanted.id)) as file:
            await file.append(None, None, image, MOST_BYTES)
        return await self._keep(wanted)

    async def fetch(self, wanted: Watermark) -> Watermark:
        """Keep an image from an address. Raises Invalid, also for what can't be fetched."""
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
        return await self._keep(wanted)

    async def _keep(self, wanted: Watermark) -> Watermark:
        source: Path = self._staging.source(wanted.id)
        try:
            sent = await asyncio.to_thread(source.read_bytes)
            if not sent.startswith(_PNG):
                raise Invalid("file", "must be a PNG")
            image, width, height = await self._engine.read_image(source)
        except MediaError as error:
            if error.retryable:
                raise
            raise Invalid("file", error.message) from error
        finally:
            self._staging.clear(wanted.id)
        made = replace(wanted, size=len(sent), width=width, height=height)
        await self._store.put(self._keys.watermark(made.id), image)
        await self._catalog.add_watermark(made)
        return made

    async def forget(self, before: datetime) -> None:
        """Those that were removed before a time and that nothing which is still to be made asks for."""
        for watermark_id in await self._catalog.forget_watermarks(before):
            await self._store.delete([self._keys.watermark(watermark_id)])
