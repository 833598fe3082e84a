"""Videos: imported, found, edited, deleted."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from inpoint.background.sweep import Sweeper
from inpoint.background.weigh import StorageMeter, Weight
from inpoint.clips.waiting import DELETED, WaitingClips
from inpoint.errors import NotFound
from inpoint.imports.staging import StagingFolder
from inpoint.making.encodings import Encodings
from inpoint.model.encoding import Encoding
from inpoint.model.fill import FillProgress
from inpoint.model.finding import EVERYTHING, Page, Place, Sorting, Usage, WantedMedia
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.ports import ArrivingFiles, Clock, EncodingRows, Jobs, MediaRows

_log = structlog.get_logger()


class Videos:
    """Media from their acceptance to their deletion: found, listed, changed, weighed."""

    def __init__(
        self,
        rows: MediaRows,
        made: EncodingRows,
        jobs: Jobs,
        staging: StagingFolder,
        files: ArrivingFiles,
        waiting: WaitingClips,
        encodings: Encodings,
        sweeper: Sweeper,
        meter: StorageMeter,
        clock: Clock,
        sweep_after: timedelta,
        max_bytes: int,
    ) -> None:
        """What was deleted is swept ``sweep_after`` later."""
        self._rows = rows
        self._made = made
        self._jobs = jobs
        self._staging = staging
        self._files = files
        self._waiting = waiting
        self._encodings = encodings
        self._sweeper = sweeper
        self._meter = meter
        self._clock = clock
        self._sweep_after = sweep_after
        self._max_bytes = max_bytes

    # Importing

    async def accept(self, media: Media, once: Once | None = None) -> None:
        """Begin an import whose bytes are at ``media.source_url``, or were received already. Raises Repeated."""
        await self._rows.add_media(media, once)
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

    # Finding

    async def of(self, workspace_id: str, media_id: str) -> Media:
        """Raises NotFound for an unknown id and for another workspace's alike."""
        return await self._rows.media_of(workspace_id, media_id)

    async def page(self, workspace_id: str, page: Page, wanted: WantedMedia = EVERYTHING) -> tuple[list[Media], int]:
        """A page of those that are wanted, and how many there are in all."""
        return await self._rows.list_media(workspace_id, page, wanted)

    async def find(
        self, workspace_id: str, wanted: WantedMedia, sorting: Sorting, after: Place | None, limit: int
    ) -> tuple[list[Media], Place | None]:
        """Those after a place, and where the next ones begin: None behind the last."""
        return await self._rows.find_media(workspace_id, wanted, sorting, after, limit)

    async def count(self, workspace_id: str, wanted: WantedMedia) -> int:
        """How many are wanted."""
        return await self._rows.count_media(workspace_id, wanted)

    async def usage(self, workspace_id: str, creator: str | None = None) -> Usage:
        """Of what hasn't failed; of one creator, or of all."""
        return await self._rows.usage(workspace_id, creator)

    async def pictured(self, media: Media) -> Encoding | None:
        """What a media's picture is made of; None if it has none yet, or none any more."""
        return await self._encodings.pictured(media)

    async def all_pictured(self, found: Iterable[Media]) -> dict[str, Encoding]:
        """The same of many, by their ids."""
        return await self._encodings.all_pictured(found)

    async def filled(self, media: Media) -> tuple[frozenset[str], Collection[FillProgress]]:
        """The renditions that are whole in all that a media plays, and how far the fills of that are, as far as they
        have begun."""
        if media.timeline is None:
            return frozenset(), ()
        whole = frozenset.intersection(*[await self._made.filled(one) for one in media.timeline.pictured])
        told = [await self._made.fill_progress(one) for one in media.timeline.encodings]
        return whole, [one for one in told if one is not None]

    async def weigh(self, workspace_id: str) -> Weight:
        """What a workspace takes on disk."""
        return await self._meter.weigh(workspace_id)

    # Changing

    async def edit(
        self,
        workspace_id: str,
        media_id: str,
        change: Callable[[Media], Media],
        upload_expires_at: datetime | None = None,
    ) -> Media:
        """As ``change`` says; with it, until when the media's upload may be begun. Raises NotFound."""
        return await self._rows.edit_media(workspace_id, media_id, change, upload_expires_at)

    async def foresee(self, media: Media) -> tuple[int, int, int]:
        """Bytes that deleting a media would free, bytes of what it plays that others need, and how many clips of it
        play on."""
        clips = await self._rows.count_media(media.workspace_id, WantedMedia(parent_id=media.id))
        return *await self._sweeper.foresee(media), clips

    async def delete(self, workspace_id: str, media_id: str) -> Media:
        """Gone at once; what nothing else needs follows, and so do clips that wait for it. Raises NotFound."""
        gone = await self._rows.delete_media(workspace_id, media_id, self._clock.now() + self._sweep_after)
        if gone.status == "pending":
            self._staging.clear(media_id)
        await self._waiting.source_failed(media_id, DELETED)
        return gone

    async def delete_due(self) -> None:
        """Media that are to be deleted at a time which has come."""
        for media in await self._rows.due_deletions(self._clock.now()):
            try:
                await self.delete(media.workspace_id, media.id)
                _log.info("media.deleted_as_scheduled", media=media.id)
            except NotFound:  # somebody was quicker
                continue
            except Exception:
                _log.exception("deletion.failed", media=media.id)

    async def go_on(self) -> None:
        """Start what a crash kept from being started: a row is written before its job. Starting what has been started
        changes nothing."""
        for media in await self._rows.unfinished_media():
            if media.is_clip:
                await self._waiting.go_on(media)
            else:
                await self._jobs.start("import", media.id)
