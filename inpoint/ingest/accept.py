"""A media is accepted: its row, its job. And deleted again."""

from __future__ import annotations

from collections.abc import AsyncIterable
from datetime import timedelta
from pathlib import Path

from inpoint.ingest.staging import Staging
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.ports import Catalog, Clock, Files, Jobs


class Accepting:
    def __init__(
        self,
        catalog: Catalog,
        jobs: Jobs,
        staging: Staging,
        files: Files,
        clock: Clock,
        sweep_after: timedelta,
        max_bytes: int,
    ) -> None:
        self._catalog = catalog
        self._jobs = jobs
        self._staging = staging
        self._files = files
        self._clock = clock
        self._sweep_after = sweep_after
        self._max_bytes = max_bytes

    async def accept(self, media: Media, once: Once | None = None) -> None:
        """Begin an import whose bytes are at ``media.source_url``, or were received already. Raises Repeated."""
        await self._catalog.add_media(media, once)
        await self._jobs.start("import", media.id)

    async def receive(self, media: Media, blocks: AsyncIterable[bytes]) -> None:
        """Take a source's bytes, then begin its import: the row is written when they are on disk.

        Raises TooLarge.
        """
        source: Path = self._staging.source(media.id)
        try:
            async with self._files.arriving(source) as file:
                await file.append(None, None, blocks, self._max_bytes)
        except BaseException:
            self._staging.clear(media.id)
            raise
        await self.accept(media)

    async def delete(self, workspace_id: str, media_id: str) -> Media:
        """Gone at once; what nothing else needs follows. Raises NotFound."""
        gone = await self._catalog.delete_media(workspace_id, media_id, self._clock.now() + self._sweep_after)
        if gone.status == "pending":
            self._staging.clear(media_id)
        return gone
