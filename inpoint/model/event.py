"""Something that happened to a media, stored in the transaction of the change that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EventKind = Literal["created", "ready", "failed", "updated", "deleted"]


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    workspace_id: str
    media_id: str
    kind: EventKind
    created_at: datetime
