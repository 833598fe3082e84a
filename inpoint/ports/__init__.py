"""What the stages ask for. Adapters implement these; ``wiring`` alone knows both sides."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from inpoint.ports.catalog import Catalog, Sweep, Usage
from inpoint.ports.engine import (
    Engine,
    GatheredTrack,
    Loudness,
    MadeSegment,
    Picture,
    Priority,
    Rewrapped,
    ShotOrder,
    SoundOrder,
    StillOrder,
    VideoOrder,
)
from inpoint.ports.finding import EVERYTHING, Page, Place, Sorting, Wanted
from inpoint.ports.storage import BlobStore, Files, Keys, Outgoing


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


JobKind = Literal["import", "clip", "fill", "survey", "file", "track"]


class Jobs(Protocol):
    """Durable work: started, it is carried on after a crash until it ends. The same kind and id is one job."""

    async def start(self, kind: JobKind, subject_id: str) -> None: ...
    async def take_over(self) -> None:
        """Carry on what processes that are gone have left."""
        ...


__all__ = [
    "EVERYTHING",
    "BlobStore",
    "Catalog",
    "Clock",
    "Engine",
    "Files",
    "GatheredTrack",
    "JobKind",
    "Jobs",
    "Keys",
    "Loudness",
    "MadeSegment",
    "Outgoing",
    "Page",
    "Picture",
    "Place",
    "Priority",
    "Rewrapped",
    "ShotOrder",
    "Sorting",
    "SoundOrder",
    "StillOrder",
    "Sweep",
    "Usage",
    "VideoOrder",
    "Wanted",
]  # fmt: skip
