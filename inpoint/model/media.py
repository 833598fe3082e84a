"""A media: one video with an id of its own, and the states it passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from inpoint.model.file import MediaFile
from inpoint.model.ids import part_id, sound_id
from inpoint.model.playback import Playback
from inpoint.model.range import Range
from inpoint.model.timeline import Timeline
from inpoint.model.track import PendingTrack
from inpoint.model.treatment import Treatment

Status = Literal["waiting", "fetching", "indexing", "ready", "failed"]

#: States are only ever entered in this order; ready and failed are final.
ORDER: Mapping[Status, int] = {"waiting": 0, "fetching": 1, "indexing": 2, "ready": 3, "failed": 3}


@dataclass(frozen=True, slots=True)
class Failure:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Media:
    """Fields below the blank line become true as the media is made."""

    id: str
    workspace_id: str
    created_at: datetime
    updated_at: datetime
    status: Status = "waiting"
    #: Of a clip: the media it was cut from, which may be gone by now.
    parent_id: str | None = None
    range: Range | None = None
    #: Of an import: where its bytes come from; None if they were sent to us.
    source_url: str | None = None
    treatment: Treatment = field(default_factory=Treatment)
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    #: What a dialect wants to say back as it was said; opaque to everything else.
    request: Mapping[str, Any] = field(default_factory=dict)
    playbacks: tuple[Playback, ...] = ()
    files: tuple[MediaFile, ...] = ()
    #: Tracks that are still to become lanes.
    pending: tuple[PendingTrack, ...] = ()

    percent: float = 0.0
    #: Why a media waits, in a sentence.
    status_reason: str | None = None
    failure: Failure | None = None
    timeline: Timeline | None = None

    def playback(self, playback_id: str) -> Playback | None:
        return next((one for one in self.playbacks if one.id == playback_id), None)

    @property
    def own_encodings(self) -> frozenset[str]:
        """The encodings that its import makes, made yet or not."""
        if self.is_clip:
            return frozenset()
        parts = {part_id(self.id, number) for number in range(len(self.treatment.inserts))}
        sound = set() if self.treatment.has_own_sound and not parts else {sound_id(self.id)}
        return frozenset({self.id, *parts, *sound})

    @property
    def is_clip(self) -> bool:
        return self.parent_id is not None

    @property
    def is_final(self) -> bool:
        return self.status in ("ready", "failed")
