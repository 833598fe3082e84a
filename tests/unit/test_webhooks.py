"""When a webhook is tried again: over a day, then no more; a claim that a crash left is taken up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from inpoint.model.event import Delivery, Webhook
from inpoint.model.ids import new_id
from inpoint.model.workspace import Workspace
from inpoint.testing.clock import SettableClock
from inpoint.testing.rows import MemoryRows, memory_rows
from inpoint.web.sealing import Sealing
from inpoint.web.webhooks import DELAYS, Notice, Telling, WebhookDispatch

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SPACE = Workspace(new_id(), "space")
SEALING = Sealing("a secret of more than thirty-two characters")


class Outgoing:
    """Answers with what it is told to."""

    def __init__(self) -> None:
        self.status = 500
        self.posts: list[datetime] = []
        self.clock = SettableClock(NOW)

    async def fetch(self, *_: object) -> None:
        raise NotImplementedError

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
        del url, headers, body, seconds
        self.posts.append(self.clock.now())
        return self.status


async def spell(delivery: Delivery, webhook: Webhook, secret: str) -> Notice:
    assert secret == "told"
    return Notice({}, f"{delivery.id} {webhook.id}".encode())


@pytest.fixture
def rows() -> MemoryRows:
    return memory_rows(SettableClock(NOW))


def dispatch(rows: MemoryRows, outgoing: Outgoing) -> WebhookDispatch:
    words = {"words": Telling(spell)}
    return WebhookDispatch(rows.webhooks, rows.deliveries, outgoing, outgoing.clock, SEALING, words)


async def test_tries_grow_rarer_over_a_day_and_end(rows: MemoryRows) -> None:
    outgoing = Outgoing()
    webhook = Webhook(new_id(), SPACE.id, "http://x/", "words", SEALING.seal("told"), NOW)
    await rows.webhooks.add_webhook(webhook)
    delivery_id = await rows.webhooks.test_webhook(webhook)
    dispatching = dispatch(rows, outgoing)
    for _ in range(26 * 60):
        await dispatching.round()
        await dispatching.settle()
        outgoing.clock.advance(60)
    assert len(outgoing.posts) == len(DELAYS) + 1 == 8
    gaps = [(b - a).total_seconds() for a, b in zip(outgoing.posts, outgoing.posts[1:], strict=False)]
    assert all(gap >= delay for gap, delay in zip(gaps, DELAYS, strict=True))
    assert 23 * 3600 < (outgoing.posts[-1] - NOW).total_seconds() < 25 * 3600
    delivery = await rows.deliveries.delivery(webhook.id, delivery_id)
    assert (delivery.status, delivery.due, len(delivery.attempts)) == ("failed", None, 8)
    outgoing.status = 204
    await rows.deliveries.redeliver(webhook.id, delivery_id)
    await dispatching.round()
    await dispatching.settle()
    assert (await rows.deliveries.delivery(webhook.id, delivery_id)).status == "delivered"


async def test_a_claim_that_a_crash_left_is_taken_up(rows: MemoryRows) -> None:
    outgoing = Outgoing()
    outgoing.status = 200
    webhook = Webhook(new_id(), SPACE.id, "http://x/", "words", SEALING.seal("told"), NOW)
    await rows.webhooks.add_webhook(webhook)
    delivery_id = await rows.webhooks.test_webhook(webhook)
    (due,) = await rows.deliveries.due_deliveries(NOW, 4)
    assert await rows.deliveries.claim_delivery(due, NOW + timedelta(seconds=60))
    assert not await rows.deliveries.claim_delivery(due, NOW + timedelta(seconds=60))  # somebody else was slower
    dispatching = dispatch(rows, outgoing)
    await dispatching.round()
    await dispatching.settle()
    assert outgoing.posts == []
    outgoing.clock.advance(61)
    await dispatching.round()
    await dispatching.settle()
    assert (await rows.deliveries.delivery(webhook.id, delivery_id)).status == "delivered"
