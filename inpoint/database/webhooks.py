"""Webhooks."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from inpoint.database import rows
from inpoint.database.ledger import Ledger
from inpoint.database.session import Session
from inpoint.database.tables import webhooks
from inpoint.errors import NoSuchWebhook
from inpoint.model.event import Webhook


class SqlWebhooks:
    """``ports.WebhookRows``."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger

    async def add_webhook(self, webhook: Webhook) -> None:
        async with self._session.writing() as db:
            await db.execute(insert(webhooks).values(**rows.webhook_row(webhook)))

    async def put_webhook(self, webhook: Webhook) -> Webhook:
        where = (webhooks.c.workspace_id == webhook.workspace_id, webhooks.c.dialect == webhook.dialect)
        values = {name: value for name, value in rows.webhook_row(webhook).items() if name not in ("id", "secret")}
        async with self._session.writing() as db:
            if not (await db.execute(update(webhooks).where(*where).values(**values))).rowcount:
                await db.execute(insert(webhooks).values(**rows.webhook_row(webhook)))
            row = (await db.execute(select(webhooks).where(*where))).one()
            return rows.to_webhook(row._mapping)

    async def webhook(self, webhook_id: str) -> Webhook | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(webhooks).where(webhooks.c.id == webhook_id))).first()
            return rows.to_webhook(row._mapping) if row else None

    async def webhook_of(self, workspace_id: str, webhook_id: str) -> Webhook:
        found = await self.webhook(webhook_id)
        if found is None or found.workspace_id != workspace_id:
            raise NoSuchWebhook
        return found

    async def webhooks_of(self, workspace_id: str) -> list[Webhook]:
        query = select(webhooks).where(webhooks.c.workspace_id == workspace_id).order_by(webhooks.c.created_at)
        async with self._session.reading() as db:
            return [rows.to_webhook(row._mapping) for row in await db.execute(query)]

    async def remove_webhook(self, workspace_id: str, webhook_id: str) -> None:
        where = (webhooks.c.id == webhook_id, webhooks.c.workspace_id == workspace_id)
        async with self._session.writing() as db:
            if not (await db.execute(delete(webhooks).where(*where))).rowcount:
                raise NoSuchWebhook

    async def test_webhook(self, webhook: Webhook) -> str:
        async with self._session.writing() as db:
            sent = await self._ledger.deliver(db, webhook.workspace_id, webhook.id, "test", None, [webhook.id])
        return sent[0]
