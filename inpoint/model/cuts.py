"""How a segment comes to be: what it shares with the whole ones of its encoding, and what is made for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.names import is_whole, whole_audio


@dataclass(frozen=True, slots=True)
class Shared:
    """A whole segment: whoever plays these frames plays these very bytes."""

    name: SegmentName


@dataclass(frozen=True, slots=True)
class Prefix:
    """The first frames of a whole segment: cut from it where it exists, for frames refer backwards only."""

    name: SegmentName
    whole: SegmentName


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some of a whole audio segment's own AAC frames, each of which stands alone."""

    name: SegmentName
    whole: SegmentName


@dataclass(frozen=True, slots=True)
class Encoded:
    """Frames that begin within a whole segment: encoded for themselves."""

    name: SegmentName


Cut = Shared | Prefix | Excerpt | Encoded


def cut_of(name: SegmentName, encoding: Encoding) -> Cut:
    """How a segment of an encoding is made."""
    if name.is_audio:
        whole = whole_audio(name, encoding)
        return Shared(name) if name == whole else Excerpt(name, whole)
    if is_whole(name, encoding):
        return Shared(name)
    runs = encoding.runs_of(name.rendition)
    if not runs.begins(name.start):
        return Encoded(name)
    return Prefix(name, encoding.segment(name.rendition, *runs.holding(name.start, encoding.grid.frames)))
