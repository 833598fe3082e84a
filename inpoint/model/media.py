"""A media: one video with an id of its own, and the states it passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from inpoint.model.file import MediaFile
from inpoint.model.ids import part_id, sound_id, uid_of
from inpoint.model.playback import Playback
from inpoint.model.range import Range
from inpoint.model.timeline import Timeline
from inpoint.model.track import PendingTrack
from inpoint.model.treatment import Treatment
from inpoint.model.warning import MediaWarning

#: "pending" is one whose bytes are still to be sent to us.
Status = Literal["pending", "waiting", "fetching", "indexing", "ready", "failed"]

#: States are only ever entered in this order; ready and failed are final.
ORDER: Mapping[Status, int] = {"pending": -1, "waiting": 0, "fetching": 1, "indexing": 2, "ready": 3, "failed": 3}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a media failed: a code of ``errors``, and a sentence for people."""

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
    metadata: Mapping[str, Any] = field(default_factory=dict)
    #: Whose it is, in the words of who made it.
    creator: str | None = None
    #: The longest that its source may be, in seconds.
    max_seconds: int | None = None
    #: When it is to be deleted.
    delete_at: datetime | None = None
    #: What a dialect wants to say back as it was said; opaque to everything else.
    request: Mapping[str, Any] = field(default_factory=dict)
    playbacks: tuple[Playback, ...] = ()
    #: The playback under the media's own id, where it is another than ``own_playback`` says.
    own: Playback | None = None
    files: tuple[MediaFile, ...] = ()
    #: Tracks that are still to become lanes.
    pending: tuple[PendingTrack, ...] = ()

    percent: float = 0.0
    #: Why a media waits, in a sentence.
    status_reason: str | None = None
    failure: Failure | None = None
    #: When all its bytes were here, and when it was ready.
    received_at: datetime | None = None
    ready_at: datetime | None = None
    #: Bytes of the source; of a clip its share of them, by its frames.
    size: int = 0
    timeline: Timeline | None = None
    #: In frames of its timeline.
    warnings: tuple[MediaWarning, ...] = ()

    def playback(self, playback_id: str) -> Playback | None:
        """One of its playbacks by its id; None if it has no such."""
        return next((one for one in self.playbacks if one.id == playback_id), None)

    @property
    def own_playback(self) -> Playback:
        """The playback under the media's own id: closed, unless somebody opened it."""
        return self.own or Playback(uid_of(self.id), self.id, "signed")

    def sliced(self, clip: Media) -> Media:
        """The clip, with the part of this media's timeline that its range names. Raises EmptyRange."""
        assert self.timeline is not None
        assert clip.range is not None
        timeline = self.timeline.within(clip.range)
        return replace(clip, timeline=timeline, size=self.size * timeline.frames // self.timeline.frames)

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
        """Whether it was cut from another media."""
        return self.parent_id is not None

    @property
    def is_final(self) -> bool:
        """Whether it is ready or has failed, and will be nothing else."""
        return self.status in ("ready", "failed")
