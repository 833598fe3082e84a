"""Media, their playbacks and files, uploads and watermarks in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil

from inpoint.errors import AlreadyUsed, NoSuchPlayback, NoSuchUpload, NoSuchWatermark
from inpoint.model.event import EventKind
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.finding import EVERYTHING, Page, Place, Sorting, Usage, WantedMedia
from inpoint.model.ids import covered_id, from_uid
from inpoint.model.media import ORDER, Failure, Media, Status
from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.model.timeline import Timeline
from inpoint.model.upload import Upload, UploadStatus
from inpoint.model.watermark import Watermark
from inpoint.testing.tables import Tables


class MemoryMedia:
    """``ports.MediaRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_media(self, media: Media, once: Once | None = None) -> None:
        self._tables.remember(media.workspace_id, once)
        if media.parent_id is not None:
            self._tables.own(media.workspace_id, media.parent_id)
        self._tables.media[media.id] = media
        self._tables.tell(media.workspace_id, media.id, "created", media)

    async def media(self, media_id: str) -> Media | None:
        return self._tables.media.get(media_id)

    async def media_of(self, workspace_id: str, media_id: str) -> Media:
        return self._tables.own(workspace_id, media_id)

    def _wanted(self, workspace_id: str, wanted: WantedMedia, sorting: Sorting) -> list[Media]:
        own = [one for one in self._tables.media.values() if one.workspace_id == workspace_id and fits(one, wanted)]
        return sorted(own, key=lambda one: place_of(one, sorting), reverse=sorting.descending)

    async def list_media(
        self, workspace_id: str, page: Page, wanted: WantedMedia = EVERYTHING
    ) -> tuple[list[Media], int]:
        found = self._wanted(workspace_id, wanted, Sorting(descending=page.newest_first))
        return found[page.start : page.start + page.limit], len(found)

    async def find_media(
        self, workspace_id: str, wanted: WantedMedia, sorting: Sorting, after: Place | None, limit: int
    ) -> tuple[list[Media], Place | None]:
        found = self._wanted(workspace_id, wanted, sorting)
        if after is not None:
            behind = [one for one in found if (place_of(one, sorting) < after) == sorting.descending]
            found = [one for one in behind if place_of(one, sorting) != after]
        return found[:limit], place_of(found[limit - 1], sorting) if len(found) > limit else None

    async def count_media(self, workspace_id: str, wanted: WantedMedia) -> int:
        return len(self._wanted(workspace_id, wanted, Sorting()))

    async def usage(self, workspace_id: str, creator: str | None) -> Usage:
        counted = [
            one
            for one in self._tables.media.values()
            if one.workspace_id == workspace_id and one.status != "failed" and creator in (None, one.creator)
        ]
        return Usage(sum(_seconds(one) for one in counted), len(counted))

    async def due_deletions(self, now: datetime) -> list[Media]:
        return [one for one in self._tables.media.values() if one.delete_at is not None and one.delete_at <= now]

    async def unfinished_media(self) -> list[Media]:
        return [one for one in self._tables.media.values() if not one.is_final and one.status != "pending"]

    async def arrivals(self) -> set[str]:
        tables = self._tables
        waiting = {one.id for one in tables.uploads.values() if one.status == "waiting"}
        open_ = {one.id for one in tables.media.values() if not one.is_final}
        tracks = {track.id for one in tables.media.values() for track in one.pending if track.status == "preparing"}
        return waiting | open_ | tracks

    async def waiting_clips(self, parent_id: str) -> list[Media]:
        return [one for one in self._tables.media.values() if one.parent_id == parent_id and not one.is_final]

    async def advance(self, media_id: str, status: Status, percent: float = 0.0, reason: str | None = None) -> bool:
        media = self._tables.media.get(media_id)
        if media is None or media.is_final or ORDER[media.status] > ORDER[status]:
            return False
        reached = max(percent, media.percent) if media.status == status else percent
        came = media.received_at
        if status == "indexing" and came is None:
            came = self._tables.clock.now()
        moved = replace(media, status=status, percent=reached, status_reason=reason, received_at=came)
        self._tables.touch(moved)
        return True

    async def fail(self, media_id: str, failure: Failure) -> bool:
        return self._tables.fail(media_id, failure)

    async def set_timeline(self, media_id: str, timeline: Timeline, size: int) -> bool:
        media = self._tables.media.get(media_id)
        if media is None:
            return False
        if media.parent_id and media.timeline is None and media.parent_id not in self._tables.media:
            return False
        self._tables.lay(media, timeline, size)
        return True

    async def make_ready(self, media_id: str) -> bool:
        media = self._tables.media.get(media_id)
        if media is None:
            return False
        if media.is_final:
            return media.status == "ready"
        now = self._tables.clock.now()
        self._tables.touch(replace(media, status="ready", percent=100.0, status_reason=None, ready_at=now))
        self._tables.tell(media.workspace_id, media_id, "ready")
        return True

    async def edit_media(
        self,
        workspace_id: str,
        media_id: str,
        change: Callable[[Media], Media],
        upload_expires_at: datetime | None = None,
    ) -> Media:
        edited = self._tables.touch(change(self._tables.own(workspace_id, media_id)))
        upload = self._tables.uploads.get(media_id)
        if upload is not None and upload_expires_at is not None:
            self._tables.uploads[media_id] = replace(upload, expires_at=upload_expires_at)
        self._tables.tell(workspace_id, media_id, "updated")
        return edited

    async def delete_media(self, workspace_id: str, media_id: str, sweep_at: datetime) -> Media:
        tables = self._tables
        gone = tables.own(workspace_id, media_id)
        own = {media_id, *gone.own_encodings, *(track.id for track in gone.pending)}
        played = tables.with_mezzanines(own | (gone.timeline.encodings if gone.timeline else set()))
        covers = {covered_id(media_id, one) for one in played} if gone.treatment.overlays else set()
        for encoding_id in {*played, *covers}:
            tables.plan_sweep(encoding_id, sweep_at)
        del tables.media[media_id]
        upload = tables.uploads.get(media_id)
        if upload is not None and upload.status == "waiting":
            tables.uploads[media_id] = replace(upload, status="cancelled")
        tables.tell(workspace_id, media_id, "deleted", gone)
        return gone


def _seconds(media: Media) -> int:
    return ceil(media.timeline.duration) if media.timeline else 0


def place_of(media: Media, sorting: Sorting) -> Place:
    """Where a media stands in a sorting."""
    if sorting.by == "title":
        return (media.title or "").casefold(), media.id
    if sorting.by == "duration":
        return _seconds(media), media.id
    return int(media.created_at.timestamp() * 1_000_000), media.id


def fits(media: Media, wanted: WantedMedia) -> bool:
    """Whether it is one of those that are wanted."""
    title = media.title or ""
    return all(
        (
            wanted.parent_id in (None, media.parent_id),
            wanted.ids is None or media.id in wanted.ids,
            wanted.states is None or any(_is_in(media, *one) for one in wanted.states),
            wanted.creator in (None, media.creator),
            wanted.title in (None, media.title),
            wanted.named is None or media.id in wanted.named[0] or media.title in wanted.named[1],
            wanted.search is None or wanted.search.casefold() in title.casefold(),
            wanted.is_clip in (None, media.is_clip),
            wanted.since is None or media.created_at >= wanted.since,
            wanted.before is None or media.created_at < wanted.before,
        )
    )


def _is_in(media: Media, status: Status, fetched: bool | None) -> bool:
    return media.status == status and fetched in (None, media.source_url is not None)


class MemoryPlaybacks:
    """``ports.PlaybackRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def playback(self, playback_id: str) -> tuple[Playback, Media] | None:
        own = from_uid(playback_id)
        if own is not None:
            media = self._tables.media.get(own)
            return None if media is None else (media.own_playback, media)
        for media in self._tables.media.values():
            if (found := media.playback(playback_id)) is not None:
                return found, media
        return None

    async def add_playback(self, workspace_id: str, playback: Playback, once: Once | None = None) -> None:
        self._tables.remember(workspace_id, once)
        media = self._tables.own(workspace_id, playback.media_id)
        self._kept(replace(media, playbacks=(*media.playbacks, playback)))

    async def edit_playback(
        self, workspace_id: str, media_id: str, playback_id: str, change: Callable[[Playback], Playback]
    ) -> Playback:
        media = self._tables.own(workspace_id, media_id)
        edited = change(_playback_of(media, playback_id))
        self._kept(
            replace(media, playbacks=tuple(edited if one.id == playback_id else one for one in media.playbacks))
        )
        return edited

    async def remove_playback(self, workspace_id: str, media_id: str, playback_id: str) -> None:
        media = self._tables.own(workspace_id, media_id)
        _playback_of(media, playback_id)
        self._kept(replace(media, playbacks=tuple(one for one in media.playbacks if one.id != playback_id)))

    def _kept(self, media: Media) -> None:
        self._tables.touch(media)
        self._tables.tell(media.workspace_id, media.id, "updated")


def _playback_of(media: Media, playback_id: str) -> Playback:
    found = media.playback(playback_id)
    if found is None:
        raise NoSuchPlayback
    return found


class MemoryFiles:
    """``ports.FileRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def change_files(
        self, workspace_id: str, media_id: str, add: Sequence[MediaFile], remove: Collection[FileKind]
    ) -> Media:
        media = self._tables.own(workspace_id, media_id)
        kinds = {file.kind for file in media.files}
        files = sorted((*(one for one in media.files if one.kind not in remove), *add), key=lambda one: one.kind)
        if "source" in kinds & set(remove):
            self._tables.tell(workspace_id, media_id, "source_deleted")
        changed = self._tables.touch(replace(media, files=tuple(files)))
        self._tables.tell(workspace_id, media_id, "updated")
        return changed

    async def file(self, file_id: str) -> tuple[MediaFile, Media] | None:
        return next(
            ((file, media) for media in self._tables.media.values() for file in media.files if file.id == file_id),
            None,
        )

    async def settle_file(self, file: MediaFile) -> bool:
        found = await self.file(file.id)
        if found is None:
            return False
        media = found[1]
        files = tuple(file if one.id == file.id else one for one in media.files)
        self._tables.media[media.id] = replace(media, files=files)
        if file.status == "ready":
            kind: EventKind = "source_ready" if file.kind == "source" else "file_ready"
            self._tables.tell(media.workspace_id, media.id, kind)
        return True

    async def set_file_percent(self, file_id: str, percent: float) -> None:
        found = await self.file(file_id)
        if found is not None:
            media = found[1]
            files = tuple(replace(one, percent=percent) if one.id == file_id else one for one in media.files)
            self._tables.media[media.id] = replace(media, files=files)

    async def unmade_files(self) -> list[str]:
        ready = [media for media in self._tables.media.values() if media.status == "ready"]
        return [file.id for media in ready for file in media.files if file.status == "preparing"]


class MemoryUploads:
    """``ports.UploadRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_upload(self, upload: Upload, once: Once | None = None) -> None:
        self._tables.remember(upload.workspace_id, once)
        self._tables.uploads[upload.id] = upload
        if upload.has_media:
            self._tables.media[upload.id] = upload.media
        self._tables.tell(upload.workspace_id, upload.id, "upload_waiting", upload.media)

    async def upload(self, upload_id: str) -> Upload | None:
        return self._tables.uploads.get(upload_id)

    async def list_uploads(self, workspace_id: str, page: Page, now: datetime) -> tuple[list[Upload], int]:
        found = [
            one
            for one in self._tables.uploads.values()
            if one.workspace_id == workspace_id and one.status == "waiting" and not one.has_media
            if one.expires_at > now
        ]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=page.newest_first)
        return found[page.start : page.start + page.limit], len(found)

    async def open_uploads(self) -> list[str]:
        return [one.id for one in self._tables.uploads.values() if one.status == "waiting"]

    async def expire_uploads(self, before: datetime, why: Failure) -> list[str]:
        gone = [
            one.id for one in self._tables.uploads.values() if one.status == "waiting" and one.expires_at < before
        ]
        for upload_id in gone:
            self._end(upload_id, "expired")
            self._tables.fail(upload_id, why)
        return gone

    async def set_upload_total(self, upload_id: str, total: int) -> None:
        if upload_id in self._tables.uploads:
            self._tables.uploads[upload_id] = replace(self._tables.uploads[upload_id], total=total)

    async def use_upload(self, upload_id: str, new: Media) -> None:
        self._end(upload_id, "used")
        now = self._tables.clock.now()
        known = self._tables.media.get(new.id)
        if known is not None:
            self._tables.touch(replace(known, status="waiting", received_at=now))
        else:
            self._tables.media[new.id] = replace(new, received_at=now)
        self._tables.tell(new.workspace_id, new.id, "upload_used")

    async def cancel_upload(self, workspace_id: str, upload_id: str) -> Upload:
        found = self._tables.uploads.get(upload_id)
        if found is None or found.workspace_id != workspace_id or found.has_media:
            raise NoSuchUpload
        self._end(upload_id, "cancelled")
        self._tables.tell(workspace_id, upload_id, "upload_cancelled", found.media)
        return found

    def _end(self, upload_id: str, status: UploadStatus) -> None:
        found = self._tables.uploads.get(upload_id)
        if found is None or found.status != "waiting":
            raise AlreadyUsed
        self._tables.uploads[upload_id] = replace(found, status=status)


class MemoryWatermarks:
    """``ports.WatermarkRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_watermark(self, watermark: Watermark) -> None:
        self._tables.watermarks[watermark.id] = (watermark, None)

    async def watermark(self, workspace_id: str, watermark_id: str) -> Watermark:
        found, removed = self._tables.watermarks.get(watermark_id, (None, None))
        if found is None or removed is not None or found.workspace_id != workspace_id:
            raise NoSuchWatermark
        return found

    async def watermark_kept(self, watermark_id: str) -> Watermark:
        if watermark_id not in self._tables.watermarks:
            raise NoSuchWatermark
        return self._tables.watermarks[watermark_id][0]

    async def watermarks_of(self, workspace_id: str) -> list[Watermark]:
        kept = [one for one, gone in self._tables.watermarks.values() if gone is None]
        found = sorted((one for one in kept if one.workspace_id == workspace_id), key=lambda one: one.id)
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    async def remove_watermark(self, workspace_id: str, watermark_id: str) -> None:
        found = await self.watermark(workspace_id, watermark_id)
        self._tables.watermarks[watermark_id] = (found, self._tables.clock.now())

    async def forget_watermarks(self, before: datetime) -> list[str]:
        removed = {key for key, (_, gone) in self._tables.watermarks.items() if gone is not None and gone < before}
        unmade = [one for one in self._tables.media.values() if not one.is_final]
        removed -= {overlay.kept for one in unmade for overlay in one.treatment.overlays if overlay.kept}
        for watermark_id in removed:
            del self._tables.watermarks[watermark_id]
        return sorted(removed)
