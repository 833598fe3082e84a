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

    async def rewrap_sound(self, order: SoundRewrapOrder) -> SoundRewrapped:
        """A soundtrack's packets as chunks, for a track that is added. Raises Unsupported, Damaged, TooLong."""
        ...

    async def mix(self, order: MixOrder) -> None:
        """Sounds laid over each other, as one file. Raises Unsupported, Damaged."""
        ...

    async def captions(self, order: CaptionsOrder) -> bytes:
        """Cues, as ``model.index`` keeps them, of a file of captions. Raises Unsupported, Damaged."""
        ...

    async def read_image(self, order: ImageOrder) -> ReadImage:
        """An image of any kind as a PNG, with its size in pixels. Raises Unsupported, Damaged, TooLarge."""
        ...

    async def inits(self, order: InitOrder) -> dict[str, bytes]:
        """By the renditions' names."""
        ...

    def video(self, order: VideoOrder, priority: Priority) -> AsyncGenerator[MadeSegment]:
        """Segments as they are done; closed early, nothing more is made."""
        ...

    async def sound(self, order: SoundOrder, priority: Priority) -> MadeSegment:
        """An audio segment. Raises Damaged, EngineFailed."""
        ...

    async def gather(self, order: GatherOrder) -> None:
        """A file of packets as they were kept. Raises EngineFailed."""
        ...

    async def loudness(self, order: SoundOrder) -> Loudness:
        """Of the frames of an order, before its gain."""
        ...

    async def levels(self, order: SoundOrder) -> bytes:
        """How loud each AAC frame of an order is, before its gain (``model.survey``)."""
        ...

    async def shots(self, order: ShotOrder) -> list[int]:
        """Which of the frames begin a shot, by their numbers."""
        ...

    async def still(self, order: StillOrder, priority: Priority) -> bytes:
        """One or several frames as an image's bytes."""
        ...

    async def sheet(self, order: SheetOrder) -> bytes:
        """Small pictures in rows, as a JPEG."""
        ...

    async def check(self, order: CheckOrder, priority: Priority) -> str | None:
        """What is wrong with a segment; None if nothing."""
        ...

    async def pixel_rate(self, order: RateOrder) -> float:
        """Pixels that one process encodes in a second, measured here."""
        ...

    def forget(self, mezzanine: str) -> None:
        """End the processes that have served a mezzanine."""
        ...
