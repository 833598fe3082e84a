"""Lanes that come, change and go, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inpoint.errors import NoSuchTrack, NothingToAddTo, PictureStays, TrackUnready
from inpoint.model.encoding import Encoding
from inpoint.model.event import EventKind
from inpoint.model.file import MediaFile
from inpoint.model.ids import new_id
from inpoint.model.lanes import all_lanes, coming, require_other
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.model.timeline import Lane, LaneId, Timeline
from inpoint.model.track import PendingTrack
from inpoint.testing.tables import Tables


class MemoryTracks:
    """``ports.TrackRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_track(
        self, workspace_id: str, media_id: str, track: PendingTrack, once: Once | None = None
    ) -> None:
        self._tables.remember(workspace_id, once)
        media = self._tables.own(workspace_id, media_id)
        pending = media.pending
        if media.status == "failed":
            raise NothingToAddTo("the media failed, so it can have no tracks")
        if track.replaces:
            pending = tuple(one for one in pending if (one.kind, one.language) != (track.kind, track.language))
        else:
            require_other(track, all_lanes(media))
        added = sorted((*pending, track), key=lambda one: one.id)
        self._changed(replace(media, pending=tuple(added)), "track_created", track.identity)

    async def track(self, track_id: str) -> tuple[PendingTrack, Media] | None:
        return next(
            (
                (track, media)
                for media in self._tables.media.values()
                for track in media.pending
                if track.id == track_id
            ),
            None,
        )

    async def finish_track(self, track_id: str, encoding: Encoding, lane: Lane) -> bool:
        found = await self.track(track_id)
        if found is None:
            return False
        kept, media = found
        assert media.timeline is not None
        lanes = list(media.timeline.lanes)
        if kept.replaces:
            for gone in [one for one in lanes if (one.kind, one.language) == (kept.kind, kept.language)]:
                lanes.remove(gone)
                self._unneeded(gone)
        lanes.append(replace(lane, language=kept.language, name=kept.name, title=kept.title))
        self._tables.encodings[encoding.id] = encoding
        pending = tuple(one for one in media.pending if one.id != track_id)
        media = replace(media, pending=pending, timeline=Timeline(media.timeline.rate, tuple(lanes)))
        self._changed(_remade(media) if lane.kind == "audio" else media, "track_ready", kept.identity)
        return True

    async def fail_track(self, track_id: str, why: str) -> None:
        found = await self.track(track_id)
        if found is not None:
            track, media = found
            pending = tuple(
                replace(one, status="failed", failure=why) if one.id == track_id else one for one in media.pending
            )
            self._changed(replace(media, pending=pending), "track_failed", track.identity)

    async def unmade_tracks(self) -> list[str]:
        ready = [media for media in self._tables.media.values() if media.status == "ready"]
        return [track.id for media in ready for track in media.pending if track.status == "preparing"]

    async def rename_track(
        self, workspace_id: str, media_id: str, identity: LaneId, change: Callable[[Lane], Lane]
    ) -> Media:
        media = self._tables.own(workspace_id, media_id)
        lane = _lane(media, identity)
        changed = change(lane)
        require_other(changed, [one for one in all_lanes(media) if one.identity != identity])
        language, name, title = changed.language, changed.name, changed.title
        pending = tuple(
            replace(one, language=language, name=name, title=title) if one.identity == identity else one
            for one in media.pending
        )
        timeline = media.timeline
        if timeline is not None:
            lanes = tuple(changed if one.identity == identity else one for one in timeline.lanes)
            timeline = Timeline(timeline.rate, lanes)
        return self._changed(replace(media, pending=pending, timeline=timeline), "track_updated", identity)

    async def lead_with(self, workspace_id: str, media_id: str, identity: LaneId) -> Media:
        media = self._tables.own(workspace_id, media_id)
        lane = _lane(media, identity)
        if media.timeline is None or lane not in media.timeline.lanes:
            raise TrackUnready("the track is not ready yet")
        picture, *others = media.timeline.lanes
        ordered = (picture, lane, *(one for one in others if one is not lane))
        media = replace(media, timeline=Timeline(media.timeline.rate, ordered))
        return self._changed(_remade(media), "track_updated", identity)

    async def remove_track(self, workspace_id: str, media_id: str, identity: LaneId) -> None:
        media = self._tables.own(workspace_id, media_id)
        lane = _lane(media, identity)
        if lane.kind == "video":
            raise PictureStays("a media's picture can't be deleted")
        timeline = media.timeline
        if timeline is not None:
            timeline = Timeline(timeline.rate, tuple(one for one in timeline.lanes if one.identity != identity))
        pending = tuple(one for one in media.pending if one.identity != identity)
        self._unneeded(lane)
        media = replace(media, pending=pending, timeline=timeline)
        self._changed(_remade(media) if lane.kind == "audio" else media, "track_deleted", identity)

    def _unneeded(self, lane: Lane) -> None:
        for encoding_id in sorted({piece.encoding for piece in lane.pieces if piece.encoding}):
            self._tables.plan_sweep(encoding_id, self._tables.clock.now())

    def _changed(self, media: Media, kind: EventKind, identity: LaneId) -> Media:
        kept = self._tables.touch(media)
        self._tables.tell(media.workspace_id, media.id, kind, detail={"track": str(identity)})
        return kept


def _lane(media: Media, identity: LaneId) -> Lane:
    found = [*all_lanes(media), *coming(media, failed=True)]
    lane = next((one for one in found if one.identity == identity), None)
    if lane is None:
        raise NoSuchTrack
    return lane


def _remade(media: Media) -> Media:
    """MP4s have the sound as it was: they are made anew, under other ids."""
    files = [one if one.kind == "source" else MediaFile(new_id(), one.kind) for one in media.files]
    return replace(media, files=tuple(sorted(files, key=lambda one: one.kind)))
