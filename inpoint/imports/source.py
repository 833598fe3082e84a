"""An import's job: fetch, index, publish. Each step done again after a crash ends the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from inpoint.errors import InpointError, TooLong, Unreachable
from inpoint.imports.indexing import SourceIndexing
from inpoint.imports.progress import ProgressReporter
from inpoint.imports.pull import SourcePull
from inpoint.imports.staging import StagingFolder
from inpoint.model.media import Failure, Media
from inpoint.ports import MediaRows
from inpoint.shelf.files import WatermarkShelf

_IMAGE_BYTES = 20 << 20


class SourceImport:
    """A media's import, step by step: fetch, index, publish."""

    def __init__(
        self,
        rows: MediaRows,
        staging: StagingFolder,
        pulling: SourcePull,
        indexing: SourceIndexing,
        watermarks: WatermarkShelf,
        max_seconds: int,
        width: int,
    ) -> None:
        """``width`` rewraps run at once."""
        self._rows = rows
        self._staging = staging
        self._pulling = pulling
        self._indexing = indexing
        self._watermarks = watermarks
        self._max_seconds = max_seconds
        self._turns = asyncio.Semaphore(width)

    async def fetch(self, media_id: str) -> None:
        """Bring the source's bytes here, unless they are."""
        media = await self._pending(media_id)
        if media is None or media.timeline is not None:
            return
        for url, path, most in self._others(media):
            await self._pulling.other(url, path, most)
        for number, overlay in enumerate(media.treatment.overlays):
            if overlay.kept is not None:
                image = await self._watermarks.get(overlay.kept)
                await asyncio.to_thread(self._staging.image(media.id, number).write_bytes, image)
        source = self._staging.source(media_id)
        if media.source_url is None:
            if not self._staging.admit(media_id):
                raise Unreachable("the uploaded file is gone")
            return
        await self._rows.advance(media_id, "fetching")
        reporter = ProgressReporter(self._rows, media_id)
        try:
            await self._pulling.pull(media, source, reporter)
        finally:
            await reporter.settle()

    def _others(self, media: Media) -> Iterator[tuple[str, Path, int | None]]:
        """What its treatment takes besides the source: addresses, where they are kept, and how large they may be."""
        treatment, staging = media.treatment, self._staging
        for number, overlay in enumerate(treatment.overlays):
            if overlay.kept is None:
                yield overlay.url, staging.image(media.id, number), _IMAGE_BYTES
        for number, insert in enumerate(treatment.inserts):
            yield insert.url, staging.joined(media.id, number), None
        if treatment.sound_url is not None:
            yield treatment.sound_url, staging.sound(media.id), None
        for number, laid in enumerate(treatment.impositions):
            yield laid.url, staging.laid(media.id, number), None

    async def index(self, media_id: str) -> None:
        """Rewrap into chunks and lay the grid; then the source file is needed no more."""
        media = await self._pending(media_id)
        if media is None:
            self._staging.clear(media_id)
            return
        if media.timeline is None:
            async with self._turns:
                await self._rows.advance(media_id, "indexing")
                reporter = ProgressReporter(self._rows, media_id)
                try:
                    await self._indexing.index(
                        media, self._longest(media), lambda percent: reporter.tell("indexing", percent)
                    )
                except TooLong as error:
                    raise TooLong(_too_long(media, self._max_seconds)) from error
                finally:
                    await reporter.settle()
        self._staging.clear(media_id)

    def _longest(self, media: Media) -> int:
        """Seconds."""
        return min(self._max_seconds, media.max_seconds or self._max_seconds)

    async def publish(self, media_id: str) -> None:
        """Make what players ask for first, and open the media."""
        media = await self._pending(media_id)
        if media is not None:
            await self._indexing.first_segments(media)
            await self._rows.make_ready(media_id)

    async def give_up(self, media_id: str, error: InpointError) -> bool:
        """Fail the media; False if it is gone, or ready already."""
        failed = await self._rows.fail(media_id, Failure(error.code, error.message))
        self._staging.clear(media_id)
        return failed

    async def _pending(self, media_id: str) -> Media | None:
        media = await self._rows.media(media_id)
        return None if media is None or media.is_final else media


def _too_long(media: Media, most: int) -> str | None:
    """What to say of one that is longer than it was to be; None if it is longer than any may be."""
    own = media.max_seconds is not None and media.max_seconds < most
    return f"the video is longer than {media.max_seconds} seconds" if own else None
