"""What is looked after as time passes: sweeps that are due, and work whose start a crash swallowed."""

from __future__ import annotations

from datetime import timedelta

import structlog

from inpoint.background.sweep import Sweeper
from inpoint.desk.desk import Desk
from inpoint.imports.staging import StagingFolder
from inpoint.ports import Clock, Jobs, MediaRows, RetentionRows

_log = structlog.get_logger()
_EVERY = 5.0  # seconds
_RECONCILE_EVERY = 12  # rounds
_A_WHILE = timedelta(hours=1)


class Upkeep:
    """What falls due as time passes: deletions, expiries, jobs that were lost, what is forgotten."""

    def __init__(
        self,
        desk: Desk,
        jobs: Jobs,
        media: MediaRows,
        retention: RetentionRows,
        staging: StagingFolder,
        sweeper: Sweeper,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._jobs = jobs
        self._media = media
        self._retention = retention
        self._staging = staging
        self._sweeper = sweeper
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
                await self._desk.videos.delete_due()
                await self.sweep()
            except Exception:
                _log.exception("upkeep.failed")
            rounds += 1
            await self._clock.sleep(_EVERY)

    async def sweep(self) -> None:
        """What is due of it."""
        for sweep in await self._retention.due_sweeps(self._clock.now()):
            try:
                await self._sweeper.sweep(sweep)  # its row stays until it is done
            except Exception:
                _log.exception("sweep.failed", encoding=sweep.encoding_id)

    async def forget(self) -> None:
        """Uploads that nobody ends, events that everybody who wanted to has been told of, deleted watermarks, bytes
        that arrived for nobody."""
        await self._desk.uploads.expire()
        await self._desk.webhooks.forget()
        await self._desk.watermarks.forget()
        self._staging.keep_only(await self._media.arrivals(), untouched_since=self._clock.now() - _A_WHILE)

    async def reconcile(self) -> None:
        """Start what a crash kept from being started."""
        await self._desk.videos.go_on()
        await self._desk.uploads.complete()
        await self._desk.files.go_on()
        await self._desk.tracks.go_on()
