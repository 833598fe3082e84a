"""A signing key: its public half verifies playback tokens. The private half is shown once and not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SigningKey:
    """``public_key`` is PEM text."""

    id: str
    workspace_id: str
    public_key: str
    created_at: datetime
