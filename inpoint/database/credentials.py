"""Workspaces and their credentials."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from inpoint.database import rows
from inpoint.database.session import Session
from inpoint.database.sessions import sign_out
from inpoint.database.tables import credentials, sign_ins, workspaces
from inpoint.model.workspace import Credential, Workspace


class SqlCredentials:
    """``ports.CredentialRows``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add_workspace(self, workspace: Workspace) -> None:
        async with self._session.writing() as db:
            known = await db.execute(select(workspaces.c.id).where(workspaces.c.id == workspace.id))
            if known.first() is None:
                await db.execute(insert(workspaces).values(id=workspace.id, name=workspace.name))

    async def workspaces(self) -> list[Workspace]:
        async with self._session.reading() as db:
            return [Workspace(**row._mapping) for row in await db.execute(select(workspaces))]

    async def add_credential(self, credential: Credential) -> None:
        values = {name: getattr(credential, name) for name in Credential.__slots__}
        where = credentials.c.id == credential.id
        async with self._session.writing() as db:
            before = (
                await db.execute(select(credentials.c.created_at, credentials.c.secret_hash).where(where))
            ).first()
            values["created_at"] = self._session.now() if before is None or before[0] is None else before[0]
            if before is not None and before[1] != credential.secret_hash:
                await sign_out(db, credential.id)
            await db.execute(delete(credentials).where(where))
            await db.execute(insert(credentials).values(**values))

    async def credential(self, credential_id: str) -> Credential | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(credentials).where(credentials.c.id == credential_id))).first()
            return rows.to_credential(row) if row else None

    async def credential_of(self, secret_hash: str) -> Credential | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(credentials).where(credentials.c.secret_hash == secret_hash))).first()
            return rows.to_credential(row) if row else None

    async def credentials(self, workspace_id: str | None = None) -> list[Credential]:
        query = select(credentials).order_by(credentials.c.created_at, credentials.c.id)
        if workspace_id is not None:
            query = query.where(credentials.c.workspace_id == workspace_id)
        async with self._session.reading() as db:
            return [rows.to_credential(row) for row in await db.execute(query)]

    async def revoke_credential(self, credential_id: str) -> bool:
        async with self._session.writing() as db:
            await db.execute(delete(sign_ins).where(sign_ins.c.credential_id == credential_id))
            gone = await db.execute(delete(credentials).where(credentials.c.id == credential_id))
            return bool(gone.rowcount)
