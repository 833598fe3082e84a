"""Workspaces, credentials, sessions, signing keys and replies in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from inpoint.model.finding import Page
from inpoint.model.once import Once
from inpoint.model.signing import SigningKey
from inpoint.model.workspace import Credential, Workspace
from inpoint.testing.tables import Tables

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class MemoryCredentials:
    """``ports.CredentialRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_workspace(self, workspace: Workspace) -> None:
        self._tables.workspaces.setdefault(workspace.id, workspace)

    async def workspaces(self) -> list[Workspace]:
        return list(self._tables.workspaces.values())

    async def add_credential(self, credential: Credential) -> None:
        tables = self._tables
        before = tables.credentials.get(credential.id)
        if before is not None and before.secret_hash != credential.secret_hash:
            _sign_out(tables, credential.id)
        since = before.created_at if before is not None and before.created_at else tables.clock.now()
        tables.credentials[credential.id] = replace(credential, created_at=since)

    async def credential(self, credential_id: str) -> Credential | None:
        return self._tables.credentials.get(credential_id)

    async def credential_of(self, secret_hash: str) -> Credential | None:
        return next((one for one in self._tables.credentials.values() if one.secret_hash == secret_hash), None)

    async def credentials(self, workspace_id: str | None = None) -> list[Credential]:
        found = [one for one in self._tables.credentials.values() if workspace_id in (None, one.workspace_id)]
        return sorted(found, key=lambda one: (one.created_at or _LONG_AGO, one.id))

    async def revoke_credential(self, credential_id: str) -> bool:
        links = self._tables.sign_ins
        for key in [key for key, (one, _) in links.items() if one == credential_id]:
            del links[key]
        return self._tables.credentials.pop(credential_id, None) is not None


def _sign_out(tables: Tables, credential_id: str) -> None:
    for key in [key for key, (one, _) in tables.sign_ins.items() if one == credential_id]:
        del tables.sign_ins[key]
    for key, (held, until) in tables.sessions.items():
        tables.sessions[key] = (tuple(one for one in held if one != credential_id), until)


class MemorySessions:
    """``ports.SessionRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_sign_in(self, key: str, credential_id: str, until: datetime) -> None:
        self._tables.sign_ins[key] = (credential_id, until)

    async def use_sign_in(self, key: str) -> Credential | None:
        credential_id, until = self._tables.sign_ins.get(key, ("", _LONG_AGO))
        if until <= self._tables.clock.now():
            return None
        del self._tables.sign_ins[key]
        return self._tables.credentials.get(credential_id)

    async def session(self, key: str) -> tuple[str, ...]:
        held, until = self._tables.sessions.get(key, ((), _LONG_AGO))
        return held if until > self._tables.clock.now() else ()

    async def put_session(self, key: str, credential_ids: Collection[str], until: datetime) -> None:
        self._tables.sessions.pop(key, None)
        if credential_ids:
            self._tables.sessions[key] = (tuple(credential_ids), until)


class MemoryKeys:
    """``ports.KeyRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_signing_key(self, key: SigningKey, once: Once | None = None) -> None:
        self._tables.remember(key.workspace_id, once)
        self._tables.keys[key.id] = key

    async def signing_key(self, key_id: str) -> SigningKey | None:
        return self._tables.keys.get(key_id)

    async def own_signing_key(self, workspace_id: str) -> SigningKey | None:
        own = [
            one for one in self._tables.keys.values() if one.workspace_id == workspace_id and one.sealed is not None
        ]
        return max(own, key=lambda one: one.created_at, default=None)

    async def list_signing_keys(self, workspace_id: str, page: Page) -> tuple[list[SigningKey], int]:
        found = [one for one in self._tables.keys.values() if one.workspace_id == workspace_id and one.sealed is None]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return found[page.start : page.start + page.limit], len(found)

    async def remove_signing_key(self, workspace_id: str, key_id: str) -> bool:
        key = self._tables.keys.get(key_id)
        if key is None or key.workspace_id != workspace_id:
            return False
        del self._tables.keys[key_id]
        return True


class MemoryReplies:
    """``ports.ReplyRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def recall(self, workspace_id: str, once: Once) -> None:
        self._tables.recall(workspace_id, once)
