"""Webhooks, events and deliveries in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inpoint.errors import NoSuchDelivery, NoSuchWebhook
from inpoint.model.event import Delivery, DeliveryStatus, Event, Webhook
from inpoint.model.finding import Page
from inpoint.testing.tables import Tables


class MemoryWebhooks:
    """``ports.WebhookRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_webhook(self, webhook: Webhook) -> None:
        self._tables.webhooks[webhook.id] = webhook

    async def put_webhook(self, webhook: Webhook) -> Webhook:
        known = [
            one
            for one in self._tables.webhooks.values()
            if (one.workspace_id, one.dialect) == (webhook.workspace_id, webhook.dialect)
        ]
        for one in known:
            self._tables.webhooks[one.id] = replace(webhook, id=one.id, secret=one.secret)
        if not known:
            self._tables.webhooks[webhook.id] = webhook
        return self._tables.webhooks[known[0].id if known else webhook.id]

    async def webhook(self, webhook_id: str) -> Webhook | None:
        return self._tables.webhooks.get(webhook_id)

    async def webhook_of(self, workspace_id: str, webhook_id: str) -> Webhook:
        found = self._tables.webhooks.get(webhook_id)
        if found is None or found.workspace_id != workspace_id:
            raise NoSuchWebhook
        return found

    async def webhooks_of(self, workspace_id: str) -> list[Webhook]:
        found = [one for one in self._tables.webhooks.values() if one.workspace_id == workspace_id]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    async def remove_webhook(self, workspace_id: str, webhook_id: str) -> None:
        await self.webhook_of(workspace_id, webhook_id)
        del self._tables.webhooks[webhook_id]
        gone = [one.id for one in self._tables.deliveries.values() if one.webhook_id == webhook_id]
        for delivery_id in gone:
            del self._tables.deliveries[delivery_id]

    async def test_webhook(self, webhook: Webhook) -> str:
        return self._tables.deliver(webhook.workspace_id, webhook.id, "test", None, [webhook.id])[0]


class MemoryDeliveries:
    """``ports.DeliveryRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def due_deliveries(self, now: datetime, each: int) -> list[Delivery]:
        due = [one for one in self._tables.deliveries.values() if one.due is not None and one.due <= now]
        taken: Counter[str] = Counter()
        found = []
        for one in sorted(due, key=lambda one: (one.due or now, one.id)):
            taken[one.webhook_id] += 1
            if taken[one.webhook_id] <= each:
                found.append(one)
        return found

    async def claim_delivery(self, delivery: Delivery, until: datetime) -> bool:
        known = self._tables.deliveries.get(delivery.id)
        if known is None or known.due != delivery.due:
            return False
        self._tables.deliveries[delivery.id] = replace(known, due=until)
        return True

    async def settle_delivery(
        self, delivery_id: str, attempt: Mapping[str, Any], status: DeliveryStatus, due: datetime | None
    ) -> None:
        known = self._tables.deliveries.get(delivery_id)
        if known is not None:
            attempts = (*known.attempts, dict(attempt))
            self._tables.deliveries[delivery_id] = replace(known, attempts=attempts, status=status, due=due)

    async def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        found = self._tables.deliveries.get(delivery_id)
        if found is None or found.webhook_id != webhook_id:
            raise NoSuchDelivery
        return found

    async def list_deliveries(self, webhook_id: str, page: Page) -> tuple[list[Delivery], int]:
        found = [one for one in self._tables.deliveries.values() if one.webhook_id == webhook_id]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return found[page.start : page.start + page.limit], len(found)

    async def redeliver(self, webhook_id: str, delivery_id: str) -> None:
        found = await self.delivery(webhook_id, delivery_id)
        self._tables.deliveries[delivery_id] = replace(found, status="pending", due=self._tables.clock.now())

    async def events_of(self, workspace_id: str, media_id: str, limit: int) -> list[tuple[Event, list[Delivery]]]:
        own = [
            event for about, event in self._tables.events if (about, event.workspace_id) == (media_id, workspace_id)
        ]
        own.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        sent = sorted(self._tables.deliveries.values(), key=lambda one: one.created_at)
        return [
            (replace(event, media=None, detail=None), [one for one in sent if one.event.id == event.id])
            for event in own[:limit]
        ]

    async def forget_events(self, before: datetime) -> None:
        old = {event.id for _, event in self._tables.events if event.created_at < before}
        self._tables.events = [one for one in self._tables.events if one[1].id not in old]
        for delivery in [one for one in self._tables.deliveries.values() if one.event.id in old]:
            del self._tables.deliveries[delivery.id]
