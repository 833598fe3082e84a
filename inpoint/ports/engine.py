"""What makes media, in confined processes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from inpoint.ports.orders import (
    CaptionsOrder,
    CheckOrder,
    GatherOrder,
    ImageOrder,
    InitOrder,
    Loudness,
    MadeSegment,
    MixOrder,
    Priority,
    RateOrder,
    ReadImage,
    RewrapOrder,
    Rewrapped,
    SheetOrder,
    ShotOrder,
    SoundOrder,
    SoundRewrapOrder,
    SoundRewrapped,
    StillOrder,
    VideoOrder,
)


class Engine(Protocol):
    """Makes media, in confined processes. Every method raises MediaErrors."""

    async def rewrap(self, order: RewrapOrder, progress: Callable[[float], None]) -> Rewrapped:
        """``progress`` hears percents."""
        ...

    async def rewrap_sound(self, order: SoundRewrapOrder) -> SoundRewrapped: ...
    async def mix(self, order: MixOrder) -> None: ...
    async def captions(self, order: CaptionsOrder) -> bytes: ...
    async def read_image(self, order: ImageOrder) -> ReadImage: ...
    async def inits(self, order: InitOrder) -> dict[str, bytes]:
        """By the renditions' names."""
        ...

    def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        """Segments as they are done; closed early, nothing more is made."""
        ...

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment: ...
    async def gather(self, order: GatherOrder) -> None: ...
    async def loudness(self, order: SoundOrder) -> Loudness:
        """Of the frames of an order, before its gain."""
        ...

    async def levels(self, order: SoundOrder) -> bytes:
        """How loud each AAC frame of an order is, before its gain (``model.survey``)."""
        ...

    async def shots(self, order: ShotOrder) -> list[int]: ...
    async def still(self, order: StillOrder, priority: Priority) -> bytes: ...
    async def sheet(self, order: SheetOrder) -> bytes: ...
    async def check(self, order: CheckOrder, priority: Priority) -> str | None:
        """What is wrong with a segment; None if nothing."""
        ...

    async def pixel_rate(self, order: RateOrder) -> float:
        """Pixels that one process encodes in a second, measured here."""
        ...

    def forget(self, mezzanine: str) -> None:
        """End the processes that have served a mezzanine."""
        ...
