"""What webhooks were told, and of which events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from inpoint.database import rows
from inpoint.database.session import Session
from inpoint.database.tables import deliveries, events
from inpoint.errors import NoSuchDelivery
from inpoint.model.event import Delivery, DeliveryStatus, Event
from inpoint.model.finding import Page

_DELIVERY = (deliveries, events.c.workspace_id, events.c.kind, events.c.subject, events.c.created_at.label("told_at"))


class SqlDeliveries:
    """``ports.DeliveryRows``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def due_deliveries(self, now: datetime, each: int) -> list[Delivery]:
        moment = rows.to_micros(now)
        rank = func.row_number().over(
            partition_by=deliveries.c.webhook_id, order_by=(deliveries.c.due, deliveries.c.id)
        )
        ranked = select(deliveries.c.id, rank.label("rank")).where(deliveries.c.due <= moment).subquery()
        first = select(ranked.c.id).where(ranked.c.rank <= each)
        query = _deliveries().where(deliveries.c.id.in_(first)).order_by(deliveries.c.due)
        async with self._session.reading() as db:
            return [_delivery(row) for row in await db.execute(query)]

    async def claim_delivery(self, delivery: Delivery, until: datetime) -> bool:
        assert delivery.due is not None
        where = (deliveries.c.id == delivery.id, deliveries.c.due == rows.to_micros(delivery.due))
        async with self._session.writing() as db:
            taken = await db.execute(update(deliveries).where(*where).values(due=rows.to_micros(until)))
            return bool(taken.rowcount)

    async def settle_delivery(
        self, delivery_id: str, attempt: Mapping[str, Any], status: DeliveryStatus, due: datetime | None
    ) -> None:
        async with self._session.writing() as db:
            query = select(deliveries.c.attempts).where(deliveries.c.id == delivery_id)
            attempts = (await db.execute(query)).scalar_one_or_none()
            if attempts is None:  # its webhook was removed meanwhile
                return
            values = {"attempts": [*attempts, dict(attempt)], "status": status}
            moment = None if due is None else rows.to_micros(due)
            await db.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values, due=moment))

    async def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        query = _deliveries().where(deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
        async with self._session.reading() as db:
            row = (await db.execute(query)).first()
        if row is None:
            raise NoSuchDelivery
        return _delivery(row)

    async def list_deliveries(self, webhook_id: str, page: Page) -> tuple[list[Delivery], int]:
        where = deliveries.c.webhook_id == webhook_id
        order = (deliveries.c.created_at.desc(), deliveries.c.id.desc())
        query = _deliveries().where(where).order_by(*order).limit(page.limit).offset(page.start)
        async with self._session.reading() as db:
            total = (await db.execute(select(func.count()).select_from(deliveries).where(where))).scalar_one()
            return [_delivery(row) for row in await db.execute(query)], total

    async def redeliver(self, webhook_id: str, delivery_id: str) -> None:
        where = (deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
        async with self._session.writing() as db:
            again = update(deliveries).where(*where).values(status="pending", due=self._session.now())
            if not (await db.execute(again)).rowcount:
                raise NoSuchDelivery

    async def events_of(self, workspace_id: str, media_id: str, limit: int) -> list[tuple[Event, list[Delivery]]]:
        where = (events.c.media_id == media_id, events.c.workspace_id == workspace_id)
        kinds = select(events.c.id, events.c.kind, events.c.created_at).where(*where)
        newest = kinds.order_by(events.c.created_at.desc(), events.c.id.desc()).limit(limit)
        async with self._session.reading() as db:
            found = (await db.execute(newest)).all()
            told = _deliveries().where(deliveries.c.event_id.in_([row.id for row in found]))
            sent = [_delivery(row) for row in await db.execute(told.order_by(deliveries.c.created_at))]
        return [
            (
                Event(row.id, workspace_id, row.kind, rows.from_micros(row.created_at), None),
                [one for one in sent if one.event.id == row.id],
            )
            for row in found
        ]

    async def forget_events(self, before: datetime) -> None:
        async with self._session.writing() as db:
            await db.execute(delete(events).where(events.c.created_at < rows.to_micros(before)))


def _deliveries() -> Any:
    return select(*_DELIVERY).join(events, events.c.id == deliveries.c.event_id)


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
