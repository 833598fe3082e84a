"""Rows of who is told what happens, and how that went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from inpoint.model.event import Delivery, DeliveryStatus, Event, Webhook
from inpoint.model.finding import Page


class WebhookRows(Protocol):
    """Addresses that are told what happens."""

    async def add_webhook(self, webhook: Webhook) -> None:
        """Tell it what happens from now on."""
        ...

    async def put_webhook(self, webhook: Webhook) -> Webhook:
        """The one of its workspace in its dialect: made, or its address changed to this one's; its secret stays."""
        ...

    async def webhook(self, webhook_id: str) -> Webhook | None:
        """By its id, whosever it is; None if there is none."""
        ...

    async def webhook_of(self, workspace_id: str, webhook_id: str) -> Webhook:
        """Raises NoSuchWebhook."""
        ...

    async def webhooks_of(self, workspace_id: str) -> list[Webhook]:
        """The workspace's, the oldest first."""
        ...

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
    ) -> None:
        """Note how a try went: delivered, to be tried again at ``due``, or failed for good."""
        ...

    async def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Raises NoSuchDelivery."""
        ...

    async def list_deliveries(self, webhook_id: str, page: Page) -> tuple[list[Delivery], int]:
        """The newest first, and how many there are."""
        ...

    async def redeliver(self, webhook_id: str, delivery_id: str) -> None:
        """Raises NoSuchDelivery."""
        ...

    async def events_of(self, workspace_id: str, media_id: str, limit: int) -> list[tuple[Event, list[Delivery]]]:
        """What happened to a media, the newest first, without its snapshots; and who was told."""
        ...

    async def forget_events(self, before: datetime) -> None:
        """Events from before a moment, and what was told of them."""
        ...
