"""Browsers that are signed in, and links that sign in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.session import Session
from inpoint.database.tables import credentials, sessions, sign_ins
from inpoint.model.workspace import Credential


class SqlSessions:
    """``ports.SessionRows``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add_sign_in(self, key: str, credential_id: str, until: datetime) -> None:
        async with self._session.writing() as db:
            await db.execute(delete(sign_ins).where(sign_ins.c.expires_at <= self._session.now()))
            values = {"id": key, "credential_id": credential_id, "expires_at": rows.to_micros(until)}
            await db.execute(insert(sign_ins).values(**values))

    async def use_sign_in(self, key: str) -> Credential | None:
        where = (sign_ins.c.id == key, sign_ins.c.expires_at > self._session.now())
        async with self._session.writing() as db:
            row = (await db.execute(select(sign_ins.c.credential_id).where(*where))).first()
            if row is None:
                return None
            if not (await db.execute(delete(sign_ins).where(sign_ins.c.id == key))).rowcount:
                return None
            found = (await db.execute(select(credentials).where(credentials.c.id == row[0]))).first()
            return rows.to_credential(found) if found else None

    async def session(self, key: str) -> tuple[str, ...]:
        where = (sessions.c.id == key, sessions.c.expires_at > self._session.now())
        async with self._session.reading() as db:
            return tuple((await db.execute(select(sessions.c.credentials).where(*where))).scalar_one_or_none() or ())

    async def put_session(self, key: str, credential_ids: Collection[str], until: datetime) -> None:
        async with self._session.writing() as db:
            gone = (sessions.c.id == key) | (sessions.c.expires_at <= self._session.now())
            await db.execute(delete(sessions).where(gone))
            if credential_ids:
                values = {"id": key, "credentials": list(credential_ids), "expires_at": rows.to_micros(until)}
                await db.execute(insert(sessions).values(**values))


async def sign_out(db: AsyncConnection, credential_id: str) -> None:
    """Its secret is another one now: whoever is signed in with it isn't any more."""
    await db.execute(delete(sign_ins).where(sign_ins.c.credential_id == credential_id))
    for row in (await db.execute(select(sessions.c.id, sessions.c.credentials))).all():
        if credential_id in row.credentials:
            left = [one for one in row.credentials if one != credential_id]
            await db.execute(update(sessions).where(sessions.c.id == row.id).values(credentials=left))
