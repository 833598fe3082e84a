"""A signing key: its public half verifies playback tokens. The private half is shown once and not kept,
but for the key that a workspace lets this server sign with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SigningKey:
    """``public_key`` is PEM text; ``sealed`` the private half of a key that this server signs with."""

    id: str
    workspace_id: str
    public_key: str
    created_at: datetime
    sealed: str | None = None
