"""Direct uploads: a source sent in parts by somebody without a credential, resumed after any break.

How far one is, is its file's real size: what a crash left of it is what counts.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta

from inpoint.clips.waiting import WaitingClips
from inpoint.errors import (
    AlreadyUsed,
    Busy,
    EmptyUpload,
    Forbidden,
    NoSuchUpload,
    Refused,
    TooLarge,
    WrongLength,
    WrongOffset,
)
from inpoint.imports.staging import StagingFolder
from inpoint.model.finding import Page
from inpoint.model.media import Failure
from inpoint.model.once import Once
from inpoint.model.upload import Upload
from inpoint.ports import ArrivingFiles, Clock, Jobs, UploadRows
from inpoint.ports.storage import Blocks

#: An upload that was begun in time may take as long again.
GRACE = timedelta(hours=24)
_EXPIRED = "the upload was never completed"


class Uploads:
    """Uploads that come in parts: begun, gone on with, ended, cancelled, expired."""

    def __init__(
        self,
        rows: UploadRows,
        jobs: Jobs,
        staging: StagingFolder,
        files: ArrivingFiles,
        waiting: WaitingClips,
        clock: Clock,
        max_bytes: int,
    ) -> None:
        self._rows = rows
        self._jobs = jobs
        self._staging = staging
        self._files = files
        self._waiting = waiting
        self._clock = clock
        self.max_bytes = max_bytes

    async def begin(self, upload: Upload, once: Once | None = None) -> None:
        """Raises Repeated."""
        await self._rows.add_upload(upload, once)

    async def cancel(self, workspace_id: str, upload_id: str) -> Upload:
        """Raises NoSuchUpload, or Refused for one that has ended."""
        cancelled = await self._rows.cancel_upload(workspace_id, upload_id)
        self._staging.clear(upload_id)
        return cancelled

    async def page(self, workspace_id: str, page: Page) -> tuple[list[Upload], int]:
        """Those without a media that wait for their bytes and may still be begun."""
        return await self._rows.list_uploads(workspace_id, page, self._clock.now())

    async def known(self, upload_id: str) -> Upload:
        """Raises NoSuchUpload."""
        upload = await self._rows.upload(upload_id)
        if upload is None:
            raise NoSuchUpload
        return upload

    async def size(self, upload: Upload) -> int:
        """Bytes that are here, for good."""
        if upload.status == "used":
            return upload.total or 0
        return await self._files.size(self._staging.arriving(upload.id))

    async def settle(self, upload: Upload) -> None:
        """Wait until nobody sends any more: a broken connection's last bytes may still be on their way to disk.

        Raises Busy if somebody goes on sending.
        """
        if upload.status == "waiting":
            async with self._files.arriving(self._staging.arriving(upload.id)):
                return

    async def whole(self, upload: Upload, blocks: Blocks, length: int | None) -> None:
        """Take all of it at once, from the first byte."""
        self._require_open(upload)
        if length is not None and length > self.max_bytes:
            raise TooLarge
        async with self._files.arriving(self._staging.arriving(upload.id)) as file:
            await self._require_still_open(upload)
            size = await file.append(None, length, blocks, self.max_bytes)
            if size == 0:
                raise EmptyUpload("the upload is empty")
            await self._rows.set_upload_total(upload.id, size)
            await self._finish(upload)

    async def part(
        self, upload: Upload, at: int, count: int | None, total: int | None, blocks: Blocks, *, exact: bool = False
    ) -> bool:
        """Take ``count`` bytes from ``at`` on (None: as many as come); ``total`` is the whole's length, None if not
        known yet. True if that was the last of it. Raises Refused for what doesn't fit what is here: where ``exact``,
        WrongOffset for what doesn't begin where it ends."""
        if upload.status == "used" and total == upload.total:
            if exact and at != total:
                raise WrongOffset
            return True
        self._require_open(upload)
        if total is not None:
            await self._note_total(upload, total)
        async with self._files.arriving(self._staging.arriving(upload.id)) as file:
            upload = await self._require_still_open(upload, or_used=True)
            if upload.status == "waiting":
                if exact and at != await self.size(upload):
                    raise WrongOffset
                size = await file.append(at, count, blocks, min(self.max_bytes, total or self.max_bytes))
                if total is None or size < total:
                    return False
                await self._finish(upload)
        return True

    async def is_whole(self, upload: Upload, total: int | None) -> bool:
        """Whether everything is here; one that a crash kept from becoming its media becomes it now."""
        if upload.status == "used":
            return True
        self._require_open(upload)
        if total is not None:
            await self._note_total(upload, total)
        expected = upload.total if total is None else total
        if not expected or await self.size(upload) < expected:
            return False
        async with self._files.arriving(self._staging.arriving(upload.id)):
            upload = await self._require_still_open(upload, or_used=True)
            if upload.status == "waiting":
                await self._finish(upload)
        return True

    async def complete(self) -> None:
        """Uploads whose last byte is here and whose end a crash swallowed become their media."""
        for upload_id in await self._rows.open_uploads():
            upload = await self._rows.upload(upload_id)
            if upload is not None and upload.total and await self.size(upload) >= upload.total:
                with contextlib.suppress(Refused, Busy, Forbidden):  # somebody else ended it, or sends
                    await self.is_whole(upload, None)

    async def expire(self) -> None:
        """End what was never ended, remove what came of it, and fail the clips that wait for it."""
        for upload_id in await self._rows.expire_uploads(self._clock.now() - GRACE, Failure("expired", _EXPIRED)):
            self._staging.clear(upload_id)
            await self._waiting.source_failed(upload_id, f"the source media failed: {_EXPIRED}")

    def _require_open(self, upload: Upload) -> None:
        if upload.status != "waiting":
            raise AlreadyUsed(f"the upload was {upload.status} already")
        if upload.expires_at + GRACE < self._clock.now():
            raise Forbidden("the upload's time is over")

    async def _require_still_open(self, upload: Upload, *, or_used: bool = False) -> Upload:
        """The upload as it is by now, held: another request may have ended it while this one waited for its turn."""
        now = await self.known(upload.id)
        if now.status != "waiting" and not (or_used and now.status == "used"):
            if now.status != "used":  # what was used is its media's source
                self._staging.arriving(upload.id).unlink(missing_ok=True)
            raise AlreadyUsed(f"the upload was {now.status} already")
        return now

    async def _note_total(self, upload: Upload, total: int) -> None:
        if not 0 < total <= self.max_bytes:
            raise TooLarge if total else EmptyUpload("the upload is empty")
        if upload.total is not None and total != upload.total:
            raise WrongLength(f"the upload was said to have {upload.total} bytes before")
        if upload.total is None:
            await self._rows.set_upload_total(upload.id, total)

    async def _finish(self, upload: Upload) -> None:
        """The row follows the bytes. A crash between leaves a whole upload: asked about, it becomes a media."""
        await self._rows.use_upload(upload.id, upload.media)
        await self._jobs.start("import", upload.id)
