"""Events, stored in the transaction of the change that they tell of, and their way to webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.access import SqlAccess
from inpoint.database.tables import deliveries, events, media, webhooks
from inpoint.database.whole import read_media
from inpoint.errors import NoSuchDelivery, NoSuchWebhook
from inpoint.model.event import Delivery, DeliveryStatus, Event, EventKind, Webhook
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.ports import Page

_DELIVERY = (deliveries, events.c.workspace_id, events.c.kind, events.c.subject, events.c.created_at.label("told_at"))


class SqlEvents(SqlAccess):
    async def _tell(
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
        await self._deliver(db, workspace_id, media_id, kind, subject, told, detail)

    async def _deliver(
        self,
        db: AsyncConnection,
        workspace_id: str,
        about: str,
        kind: EventKind,
        subject: Media | None,
        to: Any,
        detail: Mapping[str, Any] | None = None,
    ) -> list[str]:
        now, event_id = self._now(), new_id()
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

    async def events_of(self, workspace_id: str, media_id: str, limit: int) -> list[tuple[Event, list[Delivery]]]:
        where = (events.c.media_id == media_id, events.c.workspace_id == workspace_id)
        kinds = select(events.c.id, events.c.kind, events.c.created_at).where(*where)
        newest = kinds.order_by(events.c.created_at.desc(), events.c.id.desc()).limit(limit)
        async with self._reading() as db:
            found = (await db.execute(newest)).all()
            told = self._deliveries().where(deliveries.c.event_id.in_([row.id for row in found]))
            sent = [_delivery(row) for row in await db.execute(told.order_by(deliveries.c.created_at))]
        return [
            (
                Event(row.id, workspace_id, row.kind, rows.from_micros(row.created_at), None),
                [one for one in sent if one.event.id == row.id],
            )
            for row in found
        ]

    async def forget_events(self, before: datetime) -> None:
        async with self._engine.begin() as db:
            await db.execute(delete(events).where(events.c.created_at < rows.to_micros(before)))

    # Webhooks

    async def add_webhook(self, webhook: Webhook) -> None:
        async with self._engine.begin() as db:
            await db.execute(insert(webhooks).values(**rows.webhook_row(webhook)))

    async def put_webhook(self, webhook: Webhook) -> Webhook:
        where = (webhooks.c.workspace_id == webhook.workspace_id, webhooks.c.dialect == webhook.dialect)
        values = {name: value for name, value in rows.webhook_row(webhook).items() if name not in ("id", "secret")}
        async with self._engine.begin() as db:
            if not (await db.execute(update(webhooks).where(*where).values(**values))).rowcount:
                await db.execute(insert(webhooks).values(**rows.webhook_row(webhook)))
            row = (await db.execute(select(webhooks).where(*where))).one()
            return rows.to_webhook(row._mapping)

    async def webhook(self, webhook_id: str) -> Webhook | None:
        async with self._reading() as db:
            row = (await db.execute(select(webhooks).where(webhooks.c.id == webhook_id))).first()
            return rows.to_webhook(row._mapping) if row else None

    async def webhook_of(self, workspace_id: str, webhook_id: str) -> Webhook:
        found = await self.webhook(webhook_id)
        if found is None or found.workspace_id != workspace_id:
            raise NoSuchWebhook
        return found

    async def webhooks_of(self, workspace_id: str) -> list[Webhook]:
        query = select(webhooks).where(webhooks.c.workspace_id == workspace_id).order_by(webhooks.c.created_at)
        async with self._reading() as db:
            return [rows.to_webhook(row._mapping) for row in await db.execute(query)]

    async def remove_webhook(self, workspace_id: str, webhook_id: str) -> None:
        where = (webhooks.c.id == webhook_id, webhooks.c.workspace_id == workspace_id)
        async with self._engine.begin() as db:
            if not (await db.execute(delete(webhooks).where(*where))).rowcount:
                raise NoSuchWebhook

    async def test_webhook(self, webhook: Webhook) -> str:
        async with self._engine.begin() as db:
            sent = await self._deliver(db, webhook.workspace_id, webhook.id, "test", None, [webhook.id])
        return sent[0]

    # Deliveries

    async def due_deliveries(self, now: datetime, each: int) -> list[Delivery]:
        moment = rows.to_micros(now)
        rank = func.row_number().over(
            partition_by=deliveries.c.webhook_id, order_by=(deliveries.c.due, deliveries.c.id)
        )
        ranked = select(deliveries.c.id, rank.label("rank")).where(deliveries.c.due <= moment).subquery()
        first = select(ranked.c.id).where(ranked.c.rank <= each)
        query = self._deliveries().where(deliveries.c.id.in_(first)).order_by(deliveries.c.due)
        async with self._reading() as db:
            return [_delivery(row) for row in await db.execute(query)]

    def _deliveries(self) -> Any:
        return select(*_DELIVERY).join(events, events.c.id == deliveries.c.event_id)

    async def claim_delivery(self, delivery: Delivery, until: datetime) -> bool:
        assert delivery.due is not None
        where = (deliveries.c.id == delivery.id, deliveries.c.due == rows.to_micros(delivery.due))
        async with self._engine.begin() as db:
            taken = await db.execute(update(deliveries).where(*where).values(due=rows.to_micros(until)))
            return bool(taken.rowcount)

    async def settle_delivery(
        self, delivery_id: str, attempt: Mapping[str, Any], status: DeliveryStatus, due: datetime | None
    ) -> None:
        async with self._engine.begin() as db:
            query = select(deliveries.c.attempts).where(deliveries.c.id == delivery_id)
            attempts = (await db.execute(query)).scalar_one_or_none()
            if attempts is None:  # its webhook was removed meanwhile
                return
            values = {"attempts": [*attempts, dict(attempt)], "status": status}
            moment = None if due is None else rows.to_micros(due)
            await db.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values, due=moment))

    async def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        query = self._deliveries().where(deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
        async with self._reading() as db:
            row = (await db.execute(query)).first()
        if row is None:
            raise NoSuchDelivery
        return _delivery(row)

    async def list_deliveries(self, webhook_id: str, page: Page) -> tuple[list[Delivery], int]:
        where = deliveries.c.webhook_id == webhook_id
        order = (deliveries.c.created_at.desc(), deliveries.c.id.desc())
        query = self._deliveries().where(where).order_by(*order).limit(page.limit).offset(page.start)
        async with self._reading() as db:
            total = (await db.execute(select(func.count()).select_from(deliveries).where(where))).scalar_one()
            return [_delivery(row) for row in await db.execute(query)], total

    async def redeliver(self, webhook_id: str, delivery_id: str) -> None:
        where = (deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
        async with self._engine.begin() as db:
            again = update(deliveries).where(*where).values(status="pending", due=self._now())
            if not (await db.execute(again)).rowcount:
                raise NoSuchDelivery


def _delivery(row: Row[Any]) -> Delivery:
    r = row._mapping
    kept = r["subject"] or {}
    subject = rows.from_snapshot(kept) if kept else None
    told_at = rows.from_micros(r["told_at"])
    event = Event(r["event_id"], r["workspace_id"], r["kind"], told_at, subject, kept.get("detail"))
    due = None if r["due"] is None else rows.from_micros(r["due"])
    return Delivery(
        r["id"], event, r["webhook_id"], rows.from_micros(r["created_at"]), r["status"], due, tuple(r["attempts"])
    )
