"""Events, stored in the transaction of the change that they tell of, and put on their way to webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.session import Session
from inpoint.database.tables import deliveries, events, media, webhooks
from inpoint.database.whole import read_media
from inpoint.model.event import EventKind
from inpoint.model.ids import new_id
from inpoint.model.media import Media


class Ledger:
    """What every subject writes its events with."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def tell(
        self,
        db: AsyncConnection,
        workspace_id: str,
        media_id: str,
        kind: EventKind,
        subject: Media | None = None,
        *,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Store an event and its deliveries. ``subject`` is the media, where its row doesn't tell; ``detail`` what of
        it the event is about."""
        query = select(webhooks.c.id, webhooks.c.kinds).where(webhooks.c.workspace_id == workspace_id)
        told = [one.id for one in await db.execute(query) if one.kinds is None or kind in one.kinds]
        if told and subject is None:
            found = await read_media(db, select(media).where(media.c.id == media_id))
            subject = found[0] if found else None
        await self.deliver(db, workspace_id, media_id, kind, subject, told, detail)

    async def deliver(
        self,
        db: AsyncConnection,
        workspace_id: str,
        about: str,
        kind: EventKind,
        subject: Media | None,
        to: Sequence[str],
        detail: Mapping[str, Any] | None = None,
    ) -> list[str]:
        """Store an event and its deliveries to some webhooks: the deliveries' ids."""
        now, event_id = self._session.now(), new_id()
        kept = rows.snapshot(subject) | {"detail": detail} if subject is not None and to else None
        event = {"id": event_id, "workspace_id": workspace_id, "media_id": about, "kind": kind, "created_at": now}
        await db.execute(insert(events).values(**event, subject=kept))
        sent = [
            {"id": new_id(), "event_id": event_id, "webhook_id": one, "created_at": now, "status": "pending",
             "due": now, "attempts": []}
            for one in to
        ]  # fmt: skip
        if sent:
            await db.execute(insert(deliveries), sent)
        return [str(one["id"]) for one in sent]
