"""What the rows in memory share: tables, and what several subjects do with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from inpoint.errors import Invalid, NotFound, Repeated
from inpoint.model.encoding import Encoding
from inpoint.model.event import Delivery, Event, EventKind, Webhook
from inpoint.model.fill import FillProgress
from inpoint.model.ids import new_id
from inpoint.model.media import Failure, Media
from inpoint.model.once import Once
from inpoint.model.signing import SigningKey
from inpoint.model.timeline import Timeline
from inpoint.model.upload import Upload
from inpoint.model.warning import warnings_of
from inpoint.model.watermark import Watermark
from inpoint.model.workspace import Credential, Workspace
from inpoint.ports import Clock

_REMEMBERED = timedelta(hours=24)


@dataclass(slots=True)
class Tables:
    """A change is a few assignments with no ``await`` between them, so each is a transaction."""

    clock: Clock
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    credentials: dict[str, Credential] = field(default_factory=dict)
    sign_ins: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    sessions: dict[str, tuple[tuple[str, ...], datetime]] = field(default_factory=dict)
    keys: dict[str, SigningKey] = field(default_factory=dict)
    replies: dict[tuple[str, str], tuple[Once, datetime]] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    #: With the id of the media that they are about.
    events: list[tuple[str, Event]] = field(default_factory=list)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    #: With the time at which they were removed.
    watermarks: dict[str, tuple[Watermark, datetime | None]] = field(default_factory=dict)
    encodings: dict[str, Encoding] = field(default_factory=dict)
    filled: dict[str, frozenset[str]] = field(default_factory=dict)
    progress: dict[str, FillProgress] = field(default_factory=dict)
    sweeps: set[tuple[str, datetime]] = field(default_factory=set)
    leases: dict[Timeline, datetime] = field(default_factory=dict)

    # Creations that are asked for once

    def recall(self, workspace_id: str, once: Once) -> None:
        """Raises Repeated, or Invalid for another request with the same key."""
        known = self.replies.get((workspace_id, once.key))
        if known is None or known[1] < self.clock.now() - _REMEMBERED:
            return
        if known[0].request != once.request:
            raise Invalid("Idempotency-Key", "was sent before with another request")
        raise Repeated(known[0].reply)

    def remember(self, workspace_id: str, once: Once | None) -> None:
        """Raises as ``recall``."""
        if once is not None:
            self.recall(workspace_id, once)
            self.replies[workspace_id, once.key] = (once, self.clock.now())

    # Media

    def own(self, workspace_id: str, media_id: str) -> Media:
        """Raises NotFound, also for another workspace's."""
        found = self.media.get(media_id)
        if found is None or found.workspace_id != workspace_id:
            raise NotFound
        return found

    def touch(self, media: Media) -> Media:
        """Keep a media as it is now."""
        self.media[media.id] = replace(media, updated_at=self.clock.now())
        return self.media[media.id]

    def fail(self, media_id: str, why: Failure) -> bool:
        """False if it is gone or final."""
        media = self.media.get(media_id)
        if media is None or media.is_final:
            return False
        files = tuple(replace(one, status="failed") if one.status == "preparing" else one for one in media.files)
        pending = tuple(replace(one, status="failed") for one in media.pending)
        self.touch(replace(media, status="failed", status_reason=None, failure=why, files=files, pending=pending))
        self.tell(media.workspace_id, media_id, "failed")
        return True

    # Timelines and sweeps

    def lay(self, media: Media, timeline: Timeline, size: int) -> None:
        """What it played and plays no more may be swept."""
        before = media.timeline.encodings if media.timeline else frozenset()
        for one in self.with_mezzanines(before - timeline.encodings):
            self.plan_sweep(one, self.clock.now())
        self.media[media.id] = self.warned(replace(media, timeline=timeline, size=size))

    def warned(self, media: Media) -> Media:
        """With what is known of its encodings."""
        told = {one.id: one.warnings for one in self.encodings.values()}
        return replace(media, warnings=warnings_of(media.timeline, told) if media.timeline else ())

    def with_mezzanines(self, encoding_ids: Collection[str]) -> list[str]:
        """Encodings, and those whose chunks they are made of."""
        made = [self.encodings[one].mezzanine_id for one in encoding_ids if one in self.encodings]
        return sorted({*encoding_ids, *(one for one in made if one is not None)})

    def plan_sweep(self, encoding_id: str, due: datetime) -> None:
        """Something of an encoding may be unneeded from a time on."""
        self.sweeps.add((encoding_id, due))

    # Events

    def tell(
        self,
        workspace_id: str,
        media_id: str,
        kind: EventKind,
        subject: Media | None = None,
        *,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Store an event and its deliveries."""
        hooks = [one for one in self.webhooks.values() if one.workspace_id == workspace_id]
        told = [one.id for one in hooks if one.kinds is None or kind in one.kinds]
        self.deliver(workspace_id, media_id, kind, subject or self.media.get(media_id), told, detail)

    def deliver(
        self,
        workspace_id: str,
        about: str,
        kind: EventKind,
        subject: Media | None,
        to: Sequence[str],
        detail: Mapping[str, Any] | None = None,
    ) -> list[str]:
        """The deliveries' ids."""
        now = self.clock.now()
        kept = subject if to else None
        event = Event(new_id(), workspace_id, kind, now, kept, detail if kept is not None else None)
        self.events.append((about, event))
        sent = [Delivery(new_id(), event, one, now, "pending", now) for one in to]
        self.deliveries.update((one.id, one) for one in sent)
        return [one.id for one in sent]
