"""Rows of media and of what they have beside what plays. Every method is one transaction, except
that reads may run outside one; whoever takes rows takes the subjects that it uses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from inpoint.model.encoding import Encoding
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.finding import EVERYTHING, Page, Place, Sorting, Usage, WantedMedia
from inpoint.model.media import Failure, Media, Status
from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.model.timeline import Lane, LaneId, Timeline
from inpoint.model.track import PendingTrack
from inpoint.model.upload import Upload
from inpoint.model.watermark import Watermark


class MediaRows(Protocol):
    """Media and the states that they pass."""

    async def add_media(self, media: Media, once: Once | None = None) -> None:
        """With its playbacks and its ``created`` event. Of a clip whose source is gone: raises NotFound."""
        ...

    async def media(self, media_id: str) -> Media | None:
        """By its id, whosever it is; None if there is none."""
        ...

    async def media_of(self, workspace_id: str, media_id: str) -> Media:
        """Raises NotFound for an unknown id and for another workspace's alike."""
        ...

    async def list_media(
        self, workspace_id: str, page: Page, wanted: WantedMedia = EVERYTHING
    ) -> tuple[list[Media], int]:
        """A page of those that are wanted, and how many there are in all."""
        ...

    async def find_media(
        self, workspace_id: str, wanted: WantedMedia, sorting: Sorting, after: Place | None, limit: int
    ) -> tuple[list[Media], Place | None]:
        """Those after a place, and where the next ones begin: None behind the last. However many there are before
        costs nothing."""
        ...

    async def count_media(self, workspace_id: str, wanted: WantedMedia) -> int:
        """How many of a workspace's there are of the kind wanted."""
        ...

    async def usage(self, workspace_id: str, creator: str | None) -> Usage:
        """Of what hasn't failed."""
        ...

    async def due_deletions(self, now: datetime) -> list[Media]:
        """Media whose time to be deleted has come."""
        ...

    async def unfinished_media(self) -> list[Media]:
        """Those whose job hasn't ended."""
        ...

    async def arrivals(self) -> set[str]:
        """The ids of the uploads, media and tracks whose bytes may lie here and are still needed."""
        ...

    async def waiting_clips(self, parent_id: str) -> list[Media]:
        """Clips of a media that wait for it."""
        ...

    async def advance(self, media_id: str, status: Status, percent: float = 0.0, reason: str | None = None) -> bool:
        """Move a media on; never back. False if it is gone or final."""
        ...

    async def fail(self, media_id: str, failure: Failure) -> bool:
        """False if it is gone or final."""
        ...

    async def set_timeline(self, media_id: str, timeline: Timeline, size: int) -> bool:
        """Give a media its timeline, not yet playable, and its size. False if it is gone."""
        ...

    async def make_ready(self, media_id: str) -> bool:
        """False if it is gone or has failed meanwhile."""
        ...

    async def delete_media(self, workspace_id: str, media_id: str, sweep_at: datetime) -> Media:
        """The row goes, playback is refused from now on, and a sweep of its encodings is due."""
        ...

    async def edit_media(
        self,
        workspace_id: str,
        media_id: str,
        change: Callable[[Media], Media],
        upload_expires_at: datetime | None = None,
    ) -> Media:
        """Its title, metadata, creator, limits, the playback under its own id, what a dialect remembers of it, and
        until when its upload may be begun. Raises NotFound."""
        ...


class UploadRows(Protocol):
    """Direct uploads."""

    async def add_upload(self, upload: Upload, once: Once | None = None) -> None:
        """Together with its media, if that is to be in the library already."""
        ...

    async def upload(self, upload_id: str) -> Upload | None:
        """By its id, whosever it is; None if there is none."""
        ...

    async def list_uploads(self, workspace_id: str, page: Page, now: datetime) -> tuple[list[Upload], int]:
        """Those without a media that wait for their bytes and may still be begun."""
        ...

    async def open_uploads(self) -> list[str]:
        """The ids of those that wait for bytes."""
        ...

    async def expire_uploads(self, before: datetime, why: Failure) -> list[str]:
        """End those that expired before a time, and fail the media that they have; their ids."""
        ...

    async def set_upload_total(self, upload_id: str, total: int) -> None:
        """How many bytes it will have."""
        ...

    async def use_upload(self, upload_id: str, new: Media) -> None:
        """Turn an upload into its media, or begin the media that is there. Raises AlreadyUsed."""
        ...

    async def cancel_upload(self, workspace_id: str, upload_id: str) -> Upload:
        """Raises NoSuchUpload, also for one that has a media, or AlreadyUsed."""
        ...


class PlaybackRows(Protocol):
    """Ways to watch a media."""

    async def playback(self, playback_id: str) -> tuple[Playback, Media] | None:
        """By its id, with its media; None if there is none."""
        ...

    async def add_playback(self, workspace_id: str, playback: Playback, once: Once | None = None) -> None:
        """Raises NotFound."""
        ...

    async def edit_playback(
        self, workspace_id: str, media_id: str, playback_id: str, change: Callable[[Playback], Playback]
    ) -> Playback:
        """Raises NotFound, or NoSuchPlayback of a media that there is."""
        ...

    async def remove_playback(self, workspace_id: str, media_id: str, playback_id: str) -> None:
        """Raises NotFound, or NoSuchPlayback of a media that there is."""
        ...


class FileRows(Protocol):
    """Files that are kept ready."""

    async def change_files(
        self, workspace_id: str, media_id: str, add: Sequence[MediaFile], remove: Collection[FileKind]
    ) -> Media:
        """Raises NotFound."""
        ...

    async def file(self, file_id: str) -> tuple[MediaFile, Media] | None:
        """By its id, with its media; None if there is none."""
        ...

    async def settle_file(self, file: MediaFile) -> bool:
        """It is ready, or has failed. False if it is wanted no more."""
        ...

    async def set_file_percent(self, file_id: str, percent: float) -> None:
        """How much of it is made, 0 to 100."""
        ...

    async def unmade_files(self) -> list[str]:
        """The ids of those that are still to be made, of ready media."""
        ...


class TrackRows(Protocol):
    """Tracks that are added to a media, and lanes' names. A lane is named by its identity."""

    async def add_track(
        self, workspace_id: str, media_id: str, track: PendingTrack, once: Once | None = None
    ) -> None:
        """Raises NotFound, or Refused for a second one of a language, unless it replaces that."""
        ...

    async def track(self, track_id: str) -> tuple[PendingTrack, Media] | None:
        """A pending one by its id, with its media; None if there is none."""
        ...

    async def finish_track(self, track_id: str, encoding: Encoding, lane: Lane) -> bool:
        """It is a lane of its media's timeline from now on. False if it is wanted no more."""
        ...

    async def fail_track(self, track_id: str, why: str) -> None:
        """Why it can't be added, in a sentence for people."""
        ...

    async def unmade_tracks(self) -> list[str]:
        """The ids of those that are still to be made, of ready media."""
        ...

    async def rename_track(
        self, workspace_id: str, media_id: str, identity: LaneId, change: Callable[[Lane], Lane]
    ) -> Media:
        """Language, name and title. Raises NotFound, NoSuchTrack, or Refused for a language that is taken."""
        ...

    async def lead_with(self, workspace_id: str, media_id: str, identity: LaneId) -> Media:
        """Put a lane right after the picture. Raises NotFound, NoSuchTrack, or Refused for one that isn't ready."""
        ...

    async def remove_track(self, workspace_id: str, media_id: str, identity: LaneId) -> None:
        """Raises NotFound, NoSuchTrack, or Refused for the picture."""
        ...


class WatermarkRows(Protocol):
    """Watermarks that are kept."""

    async def add_watermark(self, watermark: Watermark) -> None:
        """Keep a watermark."""
        ...

    async def watermark(self, workspace_id: str, watermark_id: str) -> Watermark:
        """Raises NoSuchWatermark."""
        ...

    async def watermark_kept(self, watermark_id: str) -> Watermark:
        """Also one that was removed and is needed still. Raises NoSuchWatermark."""
        ...

    async def watermarks_of(self, workspace_id: str) -> list[Watermark]:
        """The newest first."""
        ...

    async def remove_watermark(self, workspace_id: str, watermark_id: str) -> None:
        """Raises NoSuchWatermark."""
        ...

    async def forget_watermarks(self, before: datetime) -> list[str]:
        """The ids of those that were removed before a time and that no media which is still to be made asks for: they
        are forgotten now."""
        ...
