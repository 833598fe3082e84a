"""A soundtrack or captions that are added to a media: on their way until they are a lane of its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inpoint.model.timeline import LaneId

TrackKind = Literal["audio", "text"]
TrackStatus = Literal["preparing", "failed"]


@dataclass(frozen=True, slots=True)
class PendingTrack:
    """``id`` is that of the encoding which it will be. ``name`` is its language's, ``title`` its own. One
    whose bytes were sent to us has no ``url``."""

    id: str
    kind: TrackKind
    url: str
    language: str
    name: str
    title: str = ""
    status: TrackStatus = "preparing"
    failure: str | None = None
    #: Whether it takes the place of those of its kind and language.
    replaces: bool = False

    @property
    def identity(self) -> LaneId:
        """As its lane's will be."""
        return LaneId(self.kind, self.id, 0)
