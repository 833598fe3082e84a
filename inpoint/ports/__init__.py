"""What the stages ask for. Adapters implement these; ``wiring`` alone knows both sides."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from inpoint.ports.access_rows import CredentialRows, KeyRows, ReplyRows, SessionRows
from inpoint.ports.encoding_rows import EncodingRows, RetentionRows
from inpoint.ports.engine import Engine
from inpoint.ports.event_rows import DeliveryRows, WebhookRows
from inpoint.ports.media_rows import FileRows, MediaRows, PlaybackRows, TrackRows, UploadRows, WatermarkRows
from inpoint.ports.orders import Priority
from inpoint.ports.storage import ArrivingFiles, BlobStore, LocalBlobs, Outgoing, SignedBlobs


class Clock(Protocol):
    """Time, as whoever decides by it sees it."""

    def now(self) -> datetime:
        """UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""
        ...


JobKind = Literal["import", "clip", "fill", "survey", "file", "track"]


class Jobs(Protocol):
    """Durable work: started, it is carried on after a crash until it ends. The same kind and id is one job."""

    async def start(self, kind: JobKind, subject_id: str) -> None:
        """Return when it is sure to be done; nothing happens if it is under way, or was done."""
        ...

    async def take_over(self) -> None:
        """Carry on what processes that are gone have left."""
        ...


__all__ = [
    "ArrivingFiles",
    "BlobStore",
    "Clock",
    "CredentialRows",
    "DeliveryRows",
    "EncodingRows",
    "Engine",
    "FileRows",
    "JobKind",
    "Jobs",
    "KeyRows",
    "LocalBlobs",
    "MediaRows",
    "Outgoing",
    "PlaybackRows",
    "Priority",
    "ReplyRows",
    "RetentionRows",
    "SessionRows",
    "SignedBlobs",
    "TrackRows",
    "UploadRows",
    "WatermarkRows",
    "WebhookRows",
]  # fmt: skip
