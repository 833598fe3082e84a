"""Files that are kept ready beside a media's stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: The picture with its sound as MP4, the sound alone, and the packets that were kept of the source.
FileKind = Literal["video", "audio", "source"]
FileStatus = Literal["preparing", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class MediaFile:
    """``width`` and ``height`` are a ready picture's."""

    id: str
    kind: FileKind
    status: FileStatus = "preparing"
    width: int | None = None
    height: int | None = None
    #: How far its making is.
    percent: float = 0.0
