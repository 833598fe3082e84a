"""A workspace is a tenant; a credential is one of its keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Scope = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """Whose media they are: no workspace sees another's."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Credential:
    """``secret_hash`` is the SHA-256 of the secret, in hex; the secret itself is shown once and not kept."""

    id: str
    workspace_id: str
    secret_hash: str
    scope: Scope
    email: str | None = None
    created_at: datetime | None = None

    @property
    def can_write(self) -> bool:
        """Whether it may change things."""
        return self.scope == "write"
