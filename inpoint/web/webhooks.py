"""Webhooks told: at least once, each by itself, so that a dead one slows nobody else.

The queue is rows: a delivery is claimed for as long as a try may take, so that a crash only puts it off. A try that
fails is made again after growing delays, over 24 hours.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from cryptography.fernet import InvalidToken

from inpoint.errors import InpointError
from inpoint.model.event import Delivery, EventKind, Webhook
from inpoint.ports import Clock, DeliveryRows, Outgoing, WebhookRows
from inpoint.web.sealing import Sealing

_log = structlog.get_logger()

#: Seconds to wait after each failed try; together a day.
DELAYS = (5, 30, 180, 900, 3600, 14_400, 67_285)
_PATIENCE = 10.0  # seconds for an answer
_CLAIM = timedelta(seconds=60)
_AT_ONCE = 4  # tries of one webhook
_POLL = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Notice:
    """What is sent: a body, and the headers that sign it."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Telling:
    """How a dialect tells: ``spell`` puts a delivery into its words, signed with the webhook's secret; ``kinds`` are
    the events that it tells of, None for all. A workspace has at most one webhook of a single one. A webhook that
    names no dialect is told in the words of the one that ``is_usual``."""

    spell: Callable[[Delivery, Webhook, str], Awaitable[Notice]]
    kinds: tuple[EventKind, ...] | None = None
    is_single: bool = False
    is_usual: bool = False


class WebhookDispatch:
    """Sends what is due to be told, and tries again later what was not taken."""

    def __init__(
        self,
        webhooks: WebhookRows,
        deliveries: DeliveryRows,
        outgoing: Outgoing,
        clock: Clock,
        sealing: Sealing,
        tellings: Mapping[str, Telling],
    ) -> None:
        """``tellings`` by dialect."""
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._outgoing = outgoing
        self._clock = clock
        self._sealing = sealing
        self._tellings = tellings
        self._sending: dict[asyncio.Task[None], str] = {}

    async def run(self) -> None:
        """Forever."""
        try:
            while True:
                try:
                    await self.round()
                except Exception:
                    _log.exception("webhooks.failed")
                await self._clock.sleep(_POLL)
        finally:
            for task in self._sending:
                task.cancel()

    async def round(self) -> None:
        """Begin to send what is due."""
        now = self._clock.now()
        busy = Counter(self._sending.values())
        for delivery in await self._deliveries.due_deliveries(now, _AT_ONCE):
            if busy[delivery.webhook_id] >= _AT_ONCE or not await self._deliveries.claim_delivery(
                delivery, now + _CLAIM
            ):
                continue
            busy[delivery.webhook_id] += 1
            task = asyncio.create_task(self._send(delivery))
            self._sending[task] = delivery.webhook_id
            task.add_done_callback(lambda done: self._sending.pop(done))

    async def settle(self) -> None:
        """Wait for what is on its way."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, delivery: Delivery) -> None:
        webhook = await self._webhooks.webhook(delivery.webhook_id)
        if webhook is None:
            return
        began = time.monotonic()
        attempt: dict[str, Any] = {"at": self._clock.now().isoformat()}
        try:
            secret = self._sealing.open(webhook.secret)
            notice = await self._tellings[webhook.dialect].spell(delivery, webhook, secret)
            attempt["status"] = await self._outgoing.post(webhook.url, notice.headers, notice.body, _PATIENCE)
        except InpointError as error:
            attempt["error"] = error.message
        except InvalidToken:
            attempt["error"] = "the webhook's secret was sealed with another INPOINT_SECRET; make the webhook anew"
        except Exception as error:
            _log.exception("webhook.crashed", delivery=delivery.id)
            attempt["error"] = f"it could not be sent: {type(error).__name__}"
        attempt["milliseconds"] = round(1000 * (time.monotonic() - began))
        await self._settle(delivery, attempt)

    async def _settle(self, delivery: Delivery, attempt: Mapping[str, Any]) -> None:
        if 200 <= attempt.get("status", 0) < 300:
            await self._deliveries.settle_delivery(delivery.id, attempt, "delivered", None)
            return
        tries = len(delivery.attempts)
        if tries < len(DELAYS):
            due = self._clock.now() + timedelta(seconds=DELAYS[tries])
            await self._deliveries.settle_delivery(delivery.id, attempt, "pending", due)
        else:
            await self._deliveries.settle_delivery(delivery.id, attempt, "failed", None)
        _log.info("webhook.refused", delivery=delivery.id, tries=tries + 1, **attempt)
