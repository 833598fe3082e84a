"""What is looked after as time passes: sweeps that are due, and work whose start a crash swallowed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from inpoint.clips.cut import Cutting
from inpoint.clips.retain import Sweeping
from inpoint.encodings.watermarking import Watermarking
from inpoint.errors import NotFound
from inpoint.ingest.accept import Accepting
from inpoint.ingest.staging import Staging
from inpoint.ingest.upload import Uploading
from inpoint.ports import Catalog, Clock, Jobs

_log = structlog.get_logger()
_EVERY = 5.0  # seconds
_RECONCILE_EVERY = 12  # rounds
_REMEMBERED = timedelta(days=30)
_A_WHILE = timedelta(hours=1)


class Upkeep:
    def __init__(
        self,
        catalog: Catalog,
        jobs: Jobs,
        accepting: Accepting,
        cutting: Cutting,
        uploading: Uploading,
        watermarking: Watermarking,
        staging: Staging,
        sweeping: Sweeping,
        clock: Clock,
    ) -> None:
        self._accepting = accepting
        self._watermarking = watermarking
        self._staging = staging
        self._catalog = catalog
        self._jobs = jobs
        self._cutting = cutting
        self._uploading = uploading
        self._sweeping = sweeping
        self._clock = clock

    async def run(self) -> None:
        """Forever."""
        rounds = 0
        while True:
            try:
                await self._jobs.take_over()
                if rounds % _RECONCILE_EVERY == 0:
                    await self.reconcile()
                    await self.forget()
                await self.delete_due()
                await self.sweep()
            except Exception:
                _log.exception("upkeep.failed")
            rounds += 1
            await self._clock.sleep(_EVERY)

    async def sweep(self) -> None:
        for sweep in await self._catalog.due_sweeps(self._clock.now()):
            try:
                await self._sweeping.sweep(sweep)  # its row stays until it is done
            except Exception:
                _log.exception("sweep.failed", encoding=sweep.encoding_id)

    async def delete_due(self) -> None:
        """Media that are to be deleted at a time which has come."""
        for media in await self._catalog.due_deletions(self._clock.now()):
            try:
                await self._accepting.delete(media.workspace_id, media.id)
                await self._cutting.source_failed(media.id, "the source media was deleted before it was ready")
                _log.info("media.deleted_as_scheduled", media=media.id)
            except NotFound:  # somebody was quicker
                continue
            except Exception:
                _log.exception("deletion.failed", media=media.id)

    async def forget(self) -> None:
        """Uploads that nobody ends, events that everybody who wanted to has been told of, deleted watermarks."""
        now = self._clock.now()
        await self._uploading.expire(now)
        await self._catalog.forget_events(now - _REMEMBERED)
        await self._watermarking.forget(now - _A_WHILE)
        self._staging.keep_only(await self._catalog.arrivals(), untouched_since=now - _A_WHILE)

    async def reconcile(self) -> None:
        """A row is written before its job is started: start what has none. Starting what has one changes nothing."""
        for media in await self._catalog.unfinished_media():
            if media.is_clip:
                await self._cutting.go_on(media)
            else:
                await self._jobs.start("import", media.id)
            await asyncio.sleep(0)
        await self._uploading.complete()
        for file_id in await self._catalog.unmade_files():
            await self._jobs.start("file", file_id)
        for track_id in await self._catalog.unmade_tracks():
            await self._jobs.start("track", track_id)
