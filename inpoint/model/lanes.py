"""Lanes that a media has and will have, and which may stand beside one another. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from inpoint.errors import TrackExists
from inpoint.model.media import Media
from inpoint.model.timeline import Lane, Piece
from inpoint.model.track import PendingTrack


def coming(media: Media, *, failed: bool = False) -> list[Lane]:
    """Those that are still to be made; with ``failed`` those too that could not."""
    return [
        Lane(one.kind, (Piece(one.id, 0, 0, 0),), one.language, one.name, one.title)
        for one in media.pending
        if failed or one.status != "failed"
    ]


def all_lanes(media: Media) -> list[Lane]:
    """The timeline's, and those that are still to come."""
    return [*(media.timeline.lanes if media.timeline else ()), *coming(media)]


def require_other(track: Lane | PendingTrack, others: Iterable[Lane]) -> None:
    """Raises Refused for a language that another track of the kind has; without a language, for a title."""
    for other in others:
        if other.kind != track.kind:
            continue
        if other.language == track.language != "und":
            raise TrackExists(f"the media has a track of language {track.language} already")
        if (other.language, other.title) == (track.language, track.title) and track.title:
            raise TrackExists(f'the media has a track called "{track.title}" already')
