"""Keys that sign playback tokens."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from inpoint.database import rows
from inpoint.database.replies import SqlReplies
from inpoint.database.session import Session
from inpoint.database.tables import signing_keys
from inpoint.model.finding import Page
from inpoint.model.once import Once
from inpoint.model.signing import SigningKey


class SqlKeys:
    """``ports.KeyRows``."""

    def __init__(self, session: Session, replies: SqlReplies) -> None:
        self._session = session
        self._replies = replies

    async def add_signing_key(self, key: SigningKey, once: Once | None = None) -> None:
        values = {
            "id": key.id,
            "workspace_id": key.workspace_id,
            "public_key": key.public_key,
            "created_at": rows.to_micros(key.created_at),
            "sealed": key.sealed,
        }
        async with self._session.writing() as db:
            await self._replies.remember(db, key.workspace_id, once)
            await db.execute(insert(signing_keys).values(**values))

    async def signing_key(self, key_id: str) -> SigningKey | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(signing_keys).where(signing_keys.c.id == key_id))).first()
            return rows.to_signing_key(row) if row else None

    async def own_signing_key(self, workspace_id: str) -> SigningKey | None:
        where = (signing_keys.c.workspace_id == workspace_id, signing_keys.c.sealed.is_not(None))
        query = select(signing_keys).where(*where).order_by(signing_keys.c.created_at.desc()).limit(1)
        async with self._session.reading() as db:
            row = (await db.execute(query)).first()
            return rows.to_signing_key(row) if row else None

    async def list_signing_keys(self, workspace_id: str, page: Page) -> tuple[list[SigningKey], int]:
        where = (signing_keys.c.workspace_id == workspace_id) & signing_keys.c.sealed.is_(None)
        order = (signing_keys.c.created_at.desc(), signing_keys.c.id.desc())
        query = select(signing_keys).where(where).order_by(*order).limit(page.limit).offset(page.start)
        async with self._session.reading() as db:
            total = (await db.execute(select(func.count()).select_from(signing_keys).where(where))).scalar_one()
            return [rows.to_signing_key(row) for row in await db.execute(query)], total

    async def remove_signing_key(self, workspace_id: str, key_id: str) -> bool:
        where = (signing_keys.c.id == key_id, signing_keys.c.workspace_id == workspace_id)
        async with self._session.writing() as db:
            return bool((await db.execute(delete(signing_keys).where(*where))).rowcount)
