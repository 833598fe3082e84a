"""Rows, subject by subject. Every method is one transaction, except that reads may run outside one; whoever takes
rows takes the subjects that it uses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from inpoint.model.encoding import Encoding
from inpoint.model.event import Delivery, DeliveryStatus, Event, Webhook
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.fill import FillProgress
from inpoint.model.finding import EVERYTHING, Page, Place, Sorting, Usage, WantedMedia
from inpoint.model.media import Failure, Media, Status
from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.model.signing import SigningKey
from inpoint.model.sweep import Sweep
from inpoint.model.timeline import Lane, LaneId, Timeline
from inpoint.model.track import PendingTrack
from inpoint.model.upload import Upload
from inpoint.model.watermark import Watermark
from inpoint.model.workspace import Credential, Workspace


class CredentialRows(Protocol):
    """Workspaces and their credentials."""

    async def add_workspace(self, workspace: Workspace) -> None: ...

    async def workspaces(self) -> list[Workspace]: ...

    async def add_credential(self, credential: Credential) -> None: ...

    async def credential(self, credential_id: str) -> Credential | None: ...

    async def credential_of(self, secret_hash: str) -> Credential | None: ...

    async def credentials(self, workspace_id: str | None = None) -> list[Credential]:
        """The oldest first; of one workspace, or of all."""
        ...

    async def revoke_credential(self, credential_id: str) -> bool: ...


class SessionRows(Protocol):
    """Browsers that are signed in, and links that sign in."""

    async def add_sign_in(self, key: str, credential_id: str, until: datetime) -> None:
        """A link that signs in with a credential, once, until a time."""
        ...

    async def use_sign_in(self, key: str) -> Credential | None:
        """The link's credential; None for one that was used, is over, or never was."""
        ...

    async def session(self, key: str) -> tuple[str, ...]:
        """The ids of the credentials that a browser holds; some may be revoked by now."""
        ...

    async def put_session(self, key: str, credential_ids: Collection[str], until: datetime) -> None:
        """None ends it."""
        ...


class KeyRows(Protocol):
    """Keys that sign playback tokens."""

    async def add_signing_key(self, key: SigningKey, once: Once | None = None) -> None: ...

    async def signing_key(self, key_id: str) -> SigningKey | None: ...

    async def own_signing_key(self, workspace_id: str) -> SigningKey | None:
        """The key that this server signs with for a workspace; it is in no list."""
        ...

    async def list_signing_keys(self, workspace_id: str, page: Page) -> tuple[list[SigningKey], int]: ...

    async def remove_signing_key(self, workspace_id: str, key_id: str) -> bool: ...


class ReplyRows(Protocol):
    """Creations that are asked for once."""

    async def recall(self, workspace_id: str, once: Once) -> None:
        """Raises Repeated if the same was asked for before, Invalid if something else was. So do the methods that
        take a ``once``: then nothing is made."""
        ...


class UploadRows(Protocol):
    """Direct uploads."""

    async def add_upload(self, upload: Upload, once: Once | None = None) -> None:
        """Together with its media, if that is to be in the library already."""
        ...

    async def upload(self, upload_id: str) -> Upload | None: ...

    async def list_uploads(self, workspace_id: str, page: Page, now: datetime) -> tuple[list[Upload], int]:
        """Those without a media that wait for their bytes and may still be begun."""
        ...

    async def open_uploads(self) -> list[str]:
        """The ids of those that wait for bytes."""
        ...

    async def expire_uploads(self, before: datetime, why: Failure) -> list[str]:
        """End those that expired before a time, and fail the media that they have; their ids."""
        ...

    async def set_upload_total(self, upload_id: str, total: int) -> None: ...

    async def use_upload(self, upload_id: str, new: Media) -> None:
        """Turn an upload into its media, or begin the media that is there. Raises AlreadyUsed."""
        ...

    async def cancel_upload(self, workspace_id: str, upload_id: str) -> Upload:
        """Raises NoSuchUpload, also for one that has a media, or AlreadyUsed."""
        ...


class WebhookRows(Protocol):
    """Addresses that are told what happens."""

    async def add_webhook(self, webhook: Webhook) -> None: ...

    async def put_webhook(self, webhook: Webhook) -> Webhook:
        """The one of its workspace in its dialect: made, or its address changed to this one's; its secret stays."""
        ...

    async def webhook(self, webhook_id: str) -> Webhook | None: ...

    async def webhook_of(self, workspace_id: str, webhook_id: str) -> Webhook:
        """Raises NoSuchWebhook."""
        ...

    async def webhooks_of(self, workspace_id: str) -> list[Webhook]: ...

    async def remove_webhook(self, workspace_id: str, webhook_id: str) -> None:
        """Raises NoSuchWebhook."""
        ...

    async def test_webhook(self, webhook: Webhook) -> str:
        """Send it a test: returns the delivery's id."""
        ...


class DeliveryRows(Protocol):
    """Events, and what was told of them."""

    async def due_deliveries(self, now: datetime, each: int) -> list[Delivery]:
        """At most ``each`` for every webhook, the oldest first."""
        ...

    async def claim_delivery(self, delivery: Delivery, until: datetime) -> bool:
        """Keep others from trying it too; False if somebody was quicker."""
        ...

    async def settle_delivery(
        self, delivery_id: str, attempt: Mapping[str, Any], status: DeliveryStatus, due: datetime | None
    ) -> None: ...

    async def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Raises NoSuchDelivery."""
        ...

    async def list_deliveries(self, webhook_id: str, page: Page) -> tuple[list[Delivery], int]: ...

    async def redeliver(self, webhook_id: str, delivery_id: str) -> None:
        """Raises NoSuchDelivery."""
        ...

    async def events_of(self, workspace_id: str, media_id: str, limit: int) -> list[tuple[Event, list[Delivery]]]:
        """What happened to a media, the newest first, without its snapshots; and who was told."""
        ...

    async def forget_events(self, before: datetime) -> None: ...


class MediaRows(Protocol):
    """Media and the states that they pass."""

    async def add_media(self, media: Media, once: Once | None = None) -> None:
        """With its playbacks and its ``created`` event. Of a clip whose source is gone: raises NotFound."""
        ...

    async def media(self, media_id: str) -> Media | None: ...

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

    async def count_media(self, workspace_id: str, wanted: WantedMedia) -> int: ...

    async def usage(self, workspace_id: str, creator: str | None) -> Usage:
        """Of what hasn't failed."""
        ...

    async def due_deletions(self, now: datetime) -> list[Media]: ...

    async def unfinished_media(self) -> list[Media]:
        """Those whose job hasn't ended."""
        ...

    async def arrivals(self) -> set[str]:
        """The ids of the uploads, media and tracks whose bytes may lie here and are still needed."""
        ...

    async def waiting_clips(self, parent_id: str) -> list[Media]: ...

    async def advance(self, media_id: str, status: Status, percent: float = 0.0, reason: str | None = None) -> bool:
        """Move a media on; never back. False if it is gone or final."""
        ...

    async def fail(self, media_id: str, failure: Failure) -> bool:
        """False if it is gone or final."""
        ...

    async def set_timeline(self, media_id: str, timeline: Timeline, size: int) -> bool:
        """Give a media its timeline, not yet playable, and its size. False if it is gone."""
        ...

    async def make_ready(self, media_id: str) -> bool: ...

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


class PlaybackRows(Protocol):
    """Ways to watch a media."""

    async def playback(self, playback_id: str) -> tuple[Playback, Media] | None: ...

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

    async def file(self, file_id: str) -> tuple[MediaFile, Media] | None: ...

    async def settle_file(self, file: MediaFile) -> bool:
        """It is ready, or has failed. False if it is wanted no more."""
        ...

    async def set_file_percent(self, file_id: str, percent: float) -> None: ...

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

    async def track(self, track_id: str) -> tuple[PendingTrack, Media] | None: ...

    async def finish_track(self, track_id: str, encoding: Encoding, lane: Lane) -> bool:
        """It is a lane of its media's timeline from now on. False if it is wanted no more."""
        ...

    async def fail_track(self, track_id: str, why: str) -> None: ...

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

    async def add_watermark(self, watermark: Watermark) -> None: ...

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


class EncodingRows(Protocol):
    """Encodings, and how far their fills are."""

    async def add_encodings(self, made: Sequence[Encoding], media_id: str, timeline: Timeline, size: int) -> bool:
        """With their media's timeline and size in one transaction. False if the media is gone."""
        ...

    async def encoding(self, encoding_id: str) -> Encoding | None: ...

    async def encodings(self, encoding_ids: Collection[str]) -> dict[str, Encoding]:
        """Those that there are, by their ids."""
        ...

    async def encodings_of(self, workspace_id: str) -> list[str]: ...

    async def filled(self, encoding_id: str) -> frozenset[str]:
        """The renditions of which every segment of the grid has been made."""
        ...

    async def set_filled(self, encoding_id: str, renditions: Collection[str]) -> None: ...

    async def fill_progress(self, encoding_id: str) -> FillProgress | None:
        """None before a fill has begun."""
        ...

    async def set_fill_progress(self, encoding_id: str, progress: FillProgress) -> None: ...


class RetentionRows(Protocol):
    """Who needs what of encodings, and what is due to be swept."""

    async def needing(self, encoding_id: str, without: str | None = None) -> tuple[set[str], list[Timeline]]:
        """The ids of the other encodings that are made of its mezzanine, if that is its own; and every living
        timeline that plays something of any of them, leased ones included; ``without`` a media, only what is
        owned by others."""
        ...

    async def timelines_of(self, encoding_id: str) -> list[Timeline]:
        """Every living timeline that plays something of the encoding, leased ones included."""
        ...

    async def lease(self, media_id: str, timeline: Timeline, until: datetime) -> bool:
        """Keep what a timeline plays although no media owns it: a slice of this media's, sliced just now. A sweep is
        due when the lease ends. False if the media is gone."""
        ...

    async def delete_encoding(self, encoding_id: str) -> bool:
        """Delete its row unless a timeline or another encoding needs it; a sweep of its mezzanine is then due."""
        ...

    async def due_sweeps(self, now: datetime) -> list[Sweep]: ...

    async def finish_sweep(self, sweep: Sweep) -> None: ...
