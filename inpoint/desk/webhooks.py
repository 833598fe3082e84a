"""Webhooks: added, told, asked how it went."""

from __future__ import annotations

from datetime import timedelta

from inpoint.model.event import Delivery, Event, Webhook
from inpoint.model.finding import Page
from inpoint.ports import Clock, DeliveryRows, WebhookRows

_REMEMBERED = timedelta(days=30)


class Webhooks:
    """Who is told of events, and what became of each telling."""

    def __init__(self, rows: WebhookRows, deliveries: DeliveryRows, clock: Clock) -> None:
        self._rows = rows
        self._deliveries = deliveries
        self._clock = clock

    async def add(self, webhook: Webhook) -> None:
        """It is told from now on."""
        await self._rows.add_webhook(webhook)

    async def put(self, webhook: Webhook) -> Webhook:
        """The one of its workspace in its dialect: made, or its address changed to this one's; its secret stays."""
        return await self._rows.put_webhook(webhook)

    async def of(self, workspace_id: str, webhook_id: str) -> Webhook:
        """Raises NoSuchWebhook."""
        return await self._rows.webhook_of(workspace_id, webhook_id)

    async def all_of(self, workspace_id: str) -> list[Webhook]:
        """Those of a workspace."""
        return await self._rows.webhooks_of(workspace_id)

    async def remove(self, workspace_id: str, webhook_id: str) -> None:
        """It is told nothing from now on, and its log goes. Raises NoSuchWebhook."""
        await self._rows.remove_webhook(workspace_id, webhook_id)

    async def test(self, webhook: Webhook) -> Delivery:
        """Send it a test event."""
        return await self._deliveries.delivery(webhook.id, await self._rows.test_webhook(webhook))

    async def deliveries(self, webhook_id: str, page: Page) -> tuple[list[Delivery], int]:
        """What it was told, the newest first, and how much there is."""
        return await self._deliveries.list_deliveries(webhook_id, page)

    async def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Raises NoSuchDelivery."""
        return await self._deliveries.delivery(webhook_id, delivery_id)

    async def redeliver(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Tell it again, now. Raises NoSuchDelivery."""
        await self._deliveries.redeliver(webhook_id, delivery_id)
        return await self._deliveries.delivery(webhook_id, delivery_id)

    async def events(self, workspace_id: str, media_id: str, limit: int) -> list[tuple[Event, list[Delivery]]]:
        """What happened to a media, the newest first, and who was told."""
        return await self._deliveries.events_of(workspace_id, media_id, limit)

    async def forget(self) -> None:
        """Events that everybody who wanted to has been told of, a month ago."""
        await self._deliveries.forget_events(self._clock.now() - _REMEMBERED)
