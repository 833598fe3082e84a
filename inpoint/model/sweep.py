"""What may have become unneeded. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sweep:
    """An encoding of which something may have become unneeded, due at a time."""

    encoding_id: str
    due: datetime
