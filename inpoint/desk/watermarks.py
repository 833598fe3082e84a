"""Watermarks: images that are kept to be laid over videos."""

from __future__ import annotations

from datetime import timedelta

from inpoint.imports.watermarks import MOST_BYTES, WatermarkIntake
from inpoint.model.watermark import Watermark
from inpoint.ports import Clock, WatermarkRows
from inpoint.ports.storage import Blocks
from inpoint.shelf.files import WatermarkShelf

_FORGOTTEN_AFTER = timedelta(hours=1)


class Watermarks:
    """Images that are kept to be laid over videos."""

    #: Of an image.
    most_bytes = MOST_BYTES

    def __init__(self, rows: WatermarkRows, intake: WatermarkIntake, shelf: WatermarkShelf, clock: Clock) -> None:
        self._rows = rows
        self._intake = intake
        self._shelf = shelf
        self._clock = clock

    async def receive(self, wanted: Watermark, image: Blocks) -> Watermark:
        """Keep an image that is sent. Raises Invalid for what is no PNG, TooLarge."""
        return await self._added(await self._intake.receive(wanted, image))

    async def fetch(self, wanted: Watermark) -> Watermark:
        """Keep an image from an address. Raises Invalid, also for what can't be fetched."""
        return await self._added(await self._intake.fetch(wanted))

    async def _added(self, made: Watermark) -> Watermark:
        await self._rows.add_watermark(made)
        return made

    async def of(self, workspace_id: str, watermark_id: str) -> Watermark:
        """Raises NoSuchWatermark."""
        return await self._rows.watermark(workspace_id, watermark_id)

    async def all_of(self, workspace_id: str) -> list[Watermark]:
        """The newest first."""
        return await self._rows.watermarks_of(workspace_id)

    async def remove(self, workspace_id: str, watermark_id: str) -> None:
        """Videos that have it keep it. Raises NoSuchWatermark."""
        await self._rows.remove_watermark(workspace_id, watermark_id)

    async def forget(self) -> None:
        """Those that were removed a while ago and that nothing which is still to be made asks for."""
        for watermark_id in await self._rows.forget_watermarks(self._clock.now() - _FORGOTTEN_AFTER):
            await self._shelf.discard(watermark_id)
