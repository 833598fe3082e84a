"""Creations that are asked for once: their replies, remembered in the creation's own transaction."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database.session import Session
from inpoint.database.tables import replies
from inpoint.errors import Invalid, Repeated
from inpoint.model.once import Once

_REMEMBERED = 24 * 3600 * 1_000_000  # microseconds


class SqlReplies:
    """``ports.ReplyRows``, and what other subjects' creations do with it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def recall(self, workspace_id: str, once: Once) -> None:
        async with self._session.reading() as db:
            await self._recall(db, workspace_id, once)

    async def _recall(self, db: AsyncConnection, workspace_id: str, once: Once) -> None:
        where = (replies.c.workspace_id == workspace_id, replies.c.key == once.key)
        fresh = replies.c.created_at >= self._session.now() - _REMEMBERED
        row = (await db.execute(select(replies).where(*where, fresh))).first()
        if row is None:
            return
        if row._mapping["request"] != once.request:
            raise Invalid("Idempotency-Key", "was sent before with another request")
        raise Repeated(row._mapping["reply"])

    async def remember(self, db: AsyncConnection, workspace_id: str, once: Once | None) -> None:
        """Remember a creation in its own transaction, unless it is there already: then raise Repeated."""
        if once is None:
            return
        await self._recall(db, workspace_id, once)
        now = self._session.now()
        await db.execute(delete(replies).where(replies.c.created_at < now - _REMEMBERED))
        values = {"workspace_id": workspace_id, "key": once.key, "request": once.request, "reply": once.reply}
        await db.execute(insert(replies).values(**values, created_at=now))
