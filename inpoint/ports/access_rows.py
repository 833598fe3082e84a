"""Rows of who may use a workspace, and of what was asked for before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from inpoint.model.finding import Page
from inpoint.model.once import Once
from inpoint.model.signing import SigningKey
from inpoint.model.workspace import Credential, Workspace


class CredentialRows(Protocol):
    """Workspaces and their credentials."""

    async def add_workspace(self, workspace: Workspace) -> None:
        """Make a workspace; one that is there stays as it is."""
        ...

    async def workspaces(self) -> list[Workspace]:
        """All of them."""
        ...

    async def add_credential(self, credential: Credential) -> None:
        """Keep a credential, in place of one of its id. Where its secret is another, browsers are signed out."""
        ...

    async def credential(self, credential_id: str) -> Credential | None:
        """By its id; None if there is none."""
        ...

    async def credential_of(self, secret_hash: str) -> Credential | None:
        """By its secret's SHA-256, in hexadecimal; None if nobody has it."""
        ...

    async def credentials(self, workspace_id: str | None = None) -> list[Credential]:
        """The oldest first; of one workspace, or of all."""
        ...

    async def revoke_credential(self, credential_id: str) -> bool:
        """False if there is none. Browsers that were signed in with it are signed out of it."""
        ...


class SessionRows(Protocol):
    """Browsers that are signed in, and links that sign in."""

    async def add_sign_in(self, key: str, credential_id: str, until: datetime) -> None:
        """A link that signs in with a credential, once, until a time."""
        ...

    async def use_sign_in(self, key: str) -> Credential | None:
        """The link's credential; None for one that was used, is over, or never was."""
        ...

    async def session(self, key: str) -> tuple[str, ...]:
        """The ids of the credentials that a browser holds; some may be revoked by now."""
        ...

    async def put_session(self, key: str, credential_ids: Collection[str], until: datetime) -> None:
        """None ends it."""
        ...


class KeyRows(Protocol):
    """Keys that sign playback tokens."""

    async def add_signing_key(self, key: SigningKey, once: Once | None = None) -> None:
        """Raises Repeated."""
        ...

    async def signing_key(self, key_id: str) -> SigningKey | None:
        """By its id, whosever it is; None if there is none."""
        ...

    async def own_signing_key(self, workspace_id: str) -> SigningKey | None:
        """The key that this server signs with for a workspace; it is in no list."""
        ...

    async def list_signing_keys(self, workspace_id: str, page: Page) -> tuple[list[SigningKey], int]:
        """The newest first, and how many there are."""
        ...

    async def remove_signing_key(self, workspace_id: str, key_id: str) -> bool:
        """False if the workspace has none of the id."""
        ...


class ReplyRows(Protocol):
    """Creations that are asked for once."""

    async def recall(self, workspace_id: str, once: Once) -> None:
        """Raises Repeated if the same was asked for before, Invalid if something else was. So do the methods that
        take a ``once``: then nothing is made."""
        ...
