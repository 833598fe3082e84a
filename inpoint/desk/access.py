"""Who may do what: workspaces, credentials, browsers that are signed in, signing keys, remembered replies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from inpoint.errors import NoSuchKey, NoSuchToken
from inpoint.model.finding import Page
from inpoint.model.once import Once
from inpoint.model.signing import SigningKey
from inpoint.model.workspace import Credential, Workspace
from inpoint.ports import Clock, CredentialRows, KeyRows, ReplyRows, SessionRows

SIGNED_IN_FOR = timedelta(days=30)
_LINK_LASTS = timedelta(hours=1)


class Access:
    """Secrets come as hashes: nothing here has ever seen one."""

    def __init__(
        self, credentials: CredentialRows, sessions: SessionRows, keys: KeyRows, replies: ReplyRows, clock: Clock
    ) -> None:
        self._credentials = credentials
        self._sessions = sessions
        self._keys = keys
        self._replies = replies
        self._clock = clock

    # Workspaces and credentials

    async def workspaces(self) -> list[Workspace]:
        """All of them."""
        return await self._credentials.workspaces()

    async def admit(self, workspace: Workspace, credential: Credential) -> None:
        """A credential of a workspace, both made unless they are there; its secret is what it is now."""
        await self._credentials.add_workspace(workspace)
        await self._credentials.add_credential(credential)

    async def add_credential(self, credential: Credential) -> None:
        """One more of a workspace that there is."""
        await self._credentials.add_credential(credential)

    async def credential(self, credential_id: str) -> Credential | None:
        """By its id."""
        return await self._credentials.credential(credential_id)

    async def credential_of(self, secret_hash: str) -> Credential | None:
        """By its secret."""
        return await self._credentials.credential_of(secret_hash)

    async def credentials(self, workspace_id: str | None = None) -> list[Credential]:
        """The oldest first; of one workspace, or of all."""
        return await self._credentials.credentials(workspace_id)

    async def revoke(self, credential_id: str, workspace_id: str | None = None) -> None:
        """It opens nothing from now on. Raises NoSuchToken, also for one of another workspace than is named."""
        found = await self._credentials.credential(credential_id)
        if found is None or workspace_id not in (None, found.workspace_id):
            raise NoSuchToken
        await self._credentials.revoke_credential(credential_id)

    # Browsers

    async def add_link(self, key: str, credential_id: str) -> None:
        """What signs a browser in with a credential, once, within the hour."""
        await self._sessions.add_sign_in(key, credential_id, self._clock.now() + _LINK_LASTS)

    async def use_link(self, key: str) -> Credential | None:
        """None for one that was used, is over, or never was."""
        return await self._sessions.use_sign_in(key)

    async def session(self, key: str) -> tuple[str, ...]:
        """The ids of the credentials that a browser holds; some may be revoked by now."""
        return await self._sessions.session(key)

    async def put_session(self, key: str, credential_ids: Collection[str]) -> None:
        """For thirty days; none ends it."""
        await self._sessions.put_session(key, credential_ids, self._clock.now() + SIGNED_IN_FOR)

    # Signing keys

    async def add_key(self, key: SigningKey, once: Once | None = None) -> None:
        """Raises Repeated."""
        await self._keys.add_signing_key(key, once)

    async def key(self, key_id: str) -> SigningKey | None:
        """By its id."""
        return await self._keys.signing_key(key_id)

    async def own_key(self, workspace_id: str) -> SigningKey | None:
        """The key that this server signs with for a workspace; it is in no list."""
        return await self._keys.own_signing_key(workspace_id)

    async def keys(self, workspace_id: str, page: Page) -> tuple[list[SigningKey], int]:
        """A page of them, and how many there are."""
        return await self._keys.list_signing_keys(workspace_id, page)

    async def remove_key(self, workspace_id: str, key_id: str) -> None:
        """What it has signed opens nothing from now on. Raises NoSuchKey."""
        if not await self._keys.remove_signing_key(workspace_id, key_id):
            raise NoSuchKey

    # Creations that are asked for once

    async def recall(self, workspace_id: str, once: Once) -> None:
        """Raises Repeated if the same was asked for before, Invalid if something else was."""
        await self._replies.recall(workspace_id, once)
