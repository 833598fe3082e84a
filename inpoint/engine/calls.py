"""What a confined process can be asked: one table of calls, each with what it is told and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from inpoint.engine.wire import Message, read_value, written
from inpoint.ports import orders

Order = TypeVar("Order")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Failed:
    """Why an answer ends: an error's code, its sentence and its detail."""

    code: str
    message: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Started:
    """Means of confinement that this system lacks."""

    missing: list[str]


PART, DONE, FAILED, STARTED = "part", "done", "failed", "started"
FAILURE: TypeAdapter[Failed] = TypeAdapter(Failed)
START: TypeAdapter[Started] = TypeAdapter(Started)


class Call(Generic[Order, Part]):
    """An order of one type, answered by any number of parts of another (``parts`` may be a union)."""

    def __init__(self, name: str, order: Any, parts: Any) -> None:
        self.name = name
        self._order: TypeAdapter[Order] = TypeAdapter(order)
        self._parts: TypeAdapter[Part] = TypeAdapter(parts)

    def order(self, told: Order) -> Message:
        """An order, to be sent."""
        return written(self.name, told, self._order)

    def read_order(self, message: Message) -> Order:
        """Raises ValueError."""
        read: Order = read_value(message, self._order)
        return read

    def part(self, made: Part) -> Message:
        """A part of an answer, to be sent."""
        return written(PART, made, self._parts)

    def read_part(self, message: Message) -> Part:
        """Raises ValueError for anything but a part of this call's answer."""
        if message.kind != PART:
            raise ValueError("impossible message")
        read: Part = read_value(message, self._parts)
        return read


REWRAP: Call[orders.RewrapOrder, orders.Progress | orders.Rewrapped] = Call(
    "rewrap", orders.RewrapOrder, orders.Progress | orders.Rewrapped
)
REWRAP_SOUND: Call[orders.SoundRewrapOrder, orders.SoundRewrapped] = Call(
    "rewrap sound", orders.SoundRewrapOrder, orders.SoundRewrapped
)
MIX: Call[orders.MixOrder, orders.Mixed] = Call("mix", orders.MixOrder, orders.Mixed)
CAPTIONS: Call[orders.CaptionsOrder, orders.ReadCaptions] = Call(
    "captions", orders.CaptionsOrder, orders.ReadCaptions
)
IMAGE: Call[orders.ImageOrder, orders.ReadImage] = Call("image", orders.ImageOrder, orders.ReadImage)
INITS: Call[orders.InitOrder, orders.MadeInit] = Call("inits", orders.InitOrder, orders.MadeInit)
VIDEO: Call[orders.VideoOrder, orders.MadeSegment] = Call("video", orders.VideoOrder, orders.MadeSegment)
SOUND: Call[orders.SoundOrder, orders.MadeSegment] = Call("sound", orders.SoundOrder, orders.MadeSegment)
LOUDNESS: Call[orders.SoundOrder, orders.Loudness] = Call("loudness", orders.SoundOrder, orders.Loudness)
LEVELS: Call[orders.SoundOrder, orders.Levels] = Call("levels", orders.SoundOrder, orders.Levels)
SHOTS: Call[orders.ShotOrder, orders.Shots] = Call("shots", orders.ShotOrder, orders.Shots)
GATHER: Call[orders.GatherOrder, orders.Gathered] = Call("gather", orders.GatherOrder, orders.Gathered)
STILL: Call[orders.StillOrder, orders.Painted] = Call("still", orders.StillOrder, orders.Painted)
SHEET: Call[orders.SheetOrder, orders.Painted] = Call("sheet", orders.SheetOrder, orders.Painted)
CHECK: Call[orders.CheckOrder, orders.Checked] = Call("check", orders.CheckOrder, orders.Checked)
PIXEL_RATE: Call[orders.RateOrder, orders.MeasuredRate] = Call("pixel rate", orders.RateOrder, orders.MeasuredRate)

CALLS: Mapping[str, Call[Any, Any]] = {
    call.name: call
    for call in (
        REWRAP, REWRAP_SOUND, MIX, CAPTIONS, IMAGE, INITS, VIDEO, SOUND, LOUDNESS, LEVELS, SHOTS, GATHER, STILL,
        SHEET, CHECK, PIXEL_RATE,
    )
}  # fmt: skip
