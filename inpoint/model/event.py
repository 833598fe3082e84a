"""Something that happened to a media, stored in the transaction of the change that it tells of; and webhooks, which
are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from inpoint.model.media import Media

EventKind = Literal[
    "created", "ready", "failed", "updated", "deleted",
    "upload_waiting", "upload_used", "upload_cancelled",
    "track_created", "track_ready", "track_failed", "track_updated", "track_deleted",
    "source_ready", "source_deleted", "file_ready",
    "test",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """``media`` is as the event left it; None for a webhook's test. ``detail`` is what of it the event is about, if
    that isn't all of it."""

    id: str
    workspace_id: str
    kind: EventKind
    created_at: datetime
    media: Media | None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """``secret`` is sealed; ``dialect`` says in whose words it is told."""

    id: str
    workspace_id: str
    url: str
    dialect: str
    secret: str
    created_at: datetime
    #: The kinds of events that it is told of; None for all.
    kinds: tuple[EventKind, ...] | None = None


DeliveryStatus = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to a webhook. Each attempt is what a log shows: ``at``, ``status`` or ``error``,
    ``milliseconds``. ``due`` is the next try's time, None when there is none."""

    id: str
    event: Event
    webhook_id: str
    created_at: datetime
    status: DeliveryStatus
    due: datetime | None
    attempts: tuple[Mapping[str, Any], ...] = ()
