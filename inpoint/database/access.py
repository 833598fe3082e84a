"""Who may do what: workspaces, their credentials and signing keys, and creations that are asked for once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from inpoint.database import rows
from inpoint.database.connect import READ_ONLY
from inpoint.database.tables import credentials, replies, sessions, sign_ins, signing_keys, workspaces
from inpoint.errors import Invalid, Repeated
from inpoint.model.once import Once
from inpoint.model.signing import SigningKey
from inpoint.model.workspace import Credential, Workspace
from inpoint.ports import Clock, Page

_REMEMBERED = 24 * 3600 * 1_000_000  # microseconds


class SqlAccess:
    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            await connection.execution_options(**{READ_ONLY: True})
            async with connection.begin():
                yield connection

    def _now(self) -> int:
        return rows.to_micros(self._clock.now())

    # Workspaces and credentials

    async def add_workspace(self, workspace: Workspace) -> None:
        async with self._engine.begin() as db:
            known = await db.execute(select(workspaces.c.id).where(workspaces.c.id == workspace.id))
            if known.first() is None:
                await db.execute(insert(workspaces).values(id=workspace.id, name=workspace.name))

    async def workspaces(self) -> list[Workspace]:
        async with self._reading() as db:
            return [Workspace(**row._mapping) for row in await db.execute(select(workspaces))]

    async def add_credential(self, credential: Credential) -> None:
        values = {name: getattr(credential, name) for name in Credential.__slots__}
        where = credentials.c.id == credential.id
        async with self._engine.begin() as db:
            before = (
                await db.execute(select(credentials.c.created_at, credentials.c.secret_hash).where(where))
            ).first()
            values["created_at"] = self._now() if before is None or before[0] is None else before[0]
            if before is not None and before[1] != credential.secret_hash:
                await self._sign_out(db, credential.id)
            await db.execute(delete(credentials).where(where))
            await db.execute(insert(credentials).values(**values))

    async def credential(self, credential_id: str) -> Credential | None:
        async with self._reading() as db:
            row = (await db.execute(select(credentials).where(credentials.c.id == credential_id))).first()
            return rows.to_credential(row) if row else None

    async def credential_of(self, secret_hash: str) -> Credential | None:
        async with self._reading() as db:
            row = (await db.execute(select(credentials).where(credentials.c.secret_hash == secret_hash))).first()
            return rows.to_credential(row) if row else None

    async def credentials(self, workspace_id: str | None = None) -> list[Credential]:
        query = select(credentials).order_by(credentials.c.created_at, credentials.c.id)
        if workspace_id is not None:
            query = query.where(credentials.c.workspace_id == workspace_id)
        async with self._reading() as db:
            return [rows.to_credential(row) for row in await db.execute(query)]

    async def revoke_credential(self, credential_id: str) -> bool:
        async with self._engine.begin() as db:
            await db.execute(delete(sign_ins).where(sign_ins.c.credential_id == credential_id))
            gone = await db.execute(delete(credentials).where(credentials.c.id == credential_id))
            return bool(gone.rowcount)

    # Browsers that are signed in

    async def add_sign_in(self, key: str, credential_id: str, until: datetime) -> None:
        async with self._engine.begin() as db:
            await db.execute(delete(sign_ins).where(sign_ins.c.expires_at <= self._now()))
            values = {"id": key, "credential_id": credential_id, "expires_at": rows.to_micros(until)}
            await db.execute(insert(sign_ins).values(**values))

    async def use_sign_in(self, key: str) -> Credential | None:
        where = (sign_ins.c.id == key, sign_ins.c.expires_at > self._now())
        async with self._engine.begin() as db:
            row = (await db.execute(select(sign_ins.c.credential_id).where(*where))).first()
            if row is None:
                return None
            if not (await db.execute(delete(sign_ins).where(sign_ins.c.id == key))).rowcount:
                return None
            found = (await db.execute(select(credentials).where(credentials.c.id == row[0]))).first()
            return rows.to_credential(found) if found else None

    async def _sign_out(self, db: AsyncConnection, credential_id: str) -> None:
        """Its secret is another one now: whoever is signed in with it isn't any more."""
        await db.execute(delete(sign_ins).where(sign_ins.c.credential_id == credential_id))
        for row in (await db.execute(select(sessions.c.id, sessions.c.credentials))).all():
            if credential_id in row.credentials:
                left = [one for one in row.credentials if one != credential_id]
                await db.execute(update(sessions).where(sessions.c.id == row.id).values(credentials=left))

    async def session(self, key: str) -> tuple[str, ...]:
        where = (sessions.c.id == key, sessions.c.expires_at > self._now())
        async with self._reading() as db:
            return tuple((await db.execute(select(sessions.c.credentials).where(*where))).scalar_one_or_none() or ())

    async def put_session(self, key: str, credential_ids: Collection[str], until: datetime) -> None:
        async with self._engine.begin() as db:
            gone = (sessions.c.id == key) | (sessions.c.expires_at <= self._now())
            await db.execute(delete(sessions).where(gone))
            if credential_ids:
                values = {"id": key, "credentials": list(credential_ids), "expires_at": rows.to_micros(until)}
                await db.execute(insert(sessions).values(**values))

    # Signing keys

    async def add_signing_key(self, key: SigningKey, once: Once | None = None) -> None:
        values = {
            "id": key.id,
            "workspace_id": key.workspace_id,
            "public_key": key.public_key,
            "created_at": rows.to_micros(key.created_at),
            "sealed": key.sealed,
        }
        async with self._engine.begin() as db:
            await self._remember(db, key.workspace_id, once)
            await db.execute(insert(signing_keys).values(**values))

    async def signing_key(self, key_id: str) -> SigningKey | None:
        async with self._reading() as db:
            row = (await db.execute(select(signing_keys).where(signing_keys.c.id == key_id))).first()
            return rows.to_signing_key(row) if row else None

    async def list_signing_keys(self, workspace_id: str, page: Page) -> tuple[list[SigningKey], int]:
        where = (signing_keys.c.workspace_id == workspace_id) & signing_keys.c.sealed.is_(None)
        order = (signing_keys.c.created_at.desc(), signing_keys.c.id.desc())
        query = select(signing_keys).where(where).order_by(*order).limit(page.limit).offset(page.start)
        async with self._reading() as db:
            total = (await db.execute(select(func.count()).select_from(signing_keys).where(where))).scalar_one()
            return [rows.to_signing_key(row) for row in await db.execute(query)], total

    async def own_signing_key(self, workspace_id: str) -> SigningKey | None:
        where = (signing_keys.c.workspace_id == workspace_id, signing_keys.c.sealed.is_not(None))
        query = select(signing_keys).where(*where).order_by(signing_keys.c.created_at.desc()).limit(1)
        async with self._reading() as db:
            row = (await db.execute(query)).first()
            return rows.to_signing_key(row) if row else None

    async def remove_signing_key(self, workspace_id: str, key_id: str) -> bool:
        where = (signing_keys.c.id == key_id, signing_keys.c.workspace_id == workspace_id)
        async with self._engine.begin() as db:
            return bool((await db.execute(delete(signing_keys).where(*where))).rowcount)

    # Creations that are asked for once

    async def recall(self, workspace_id: str, once: Once) -> None:
        async with self._reading() as db:
            await self._recall(db, workspace_id, once)

    async def _recall(self, db: AsyncConnection, workspace_id: str, once: Once) -> None:
        where = (replies.c.workspace_id == workspace_id, replies.c.key == once.key)
        fresh = replies.c.created_at >= self._now() - _REMEMBERED
        row = (await db.execute(select(replies).where(*where, fresh))).first()
        if row is None:
            return
        if row._mapping["request"] != once.request:
            raise Invalid("Idempotency-Key", "was sent before with another request")
        raise Repeated(row._mapping["reply"])

    async def _remember(self, db: AsyncConnection, workspace_id: str, once: Once | None) -> None:
        """Remember a creation in its own transaction, unless it is there already: then raise Repeated."""
        if once is None:
            return
        await self._recall(db, workspace_id, once)
        now = self._now()
        await db.execute(delete(replies).where(replies.c.created_at < now - _REMEMBERED))
        values = {"workspace_id": workspace_id, "key": once.key, "request": once.request, "reply": once.reply}
        await db.execute(insert(replies).values(**values, created_at=now))
