"""Lanes that come, change and go after a media is ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import encoding_rows, rows, timeline_rows
from inpoint.database.ledger import Ledger
from inpoint.database.replies import SqlReplies
from inpoint.database.session import Session
from inpoint.database.tables import encodings, files, media, pieces, tracks
from inpoint.database.whole import own_media, plan_sweep, read_media, touch
from inpoint.errors import NoSuchTrack, NothingToAddTo, PictureStays, TrackUnready
from inpoint.model.encoding import Encoding
from inpoint.model.event import EventKind
from inpoint.model.file import MediaFile
from inpoint.model.ids import new_id
from inpoint.model.lanes import all_lanes, coming, require_other
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.model.timeline import Lane, LaneId
from inpoint.model.track import PendingTrack


class SqlTracks:
    """``ports.TrackRows``."""

    def __init__(self, session: Session, replies: SqlReplies, ledger: Ledger) -> None:
        self._session = session
        self._replies = replies
        self._ledger = ledger

    async def add_track(
        self, workspace_id: str, media_id: str, track: PendingTrack, once: Once | None = None
    ) -> None:
        async with self._session.writing() as db:
            await self._replies.remember(db, workspace_id, once)
            before = await own_media(db, workspace_id, media_id)
            if before.status == "failed":
                raise NothingToAddTo("the media failed, so it can have no tracks")
            if track.replaces:
                coming = (tracks.c.media_id == media_id, tracks.c.kind == track.kind)
                await db.execute(delete(tracks).where(*coming, tracks.c.language == track.language))
            else:
                require_other(track, all_lanes(before))
            await db.execute(insert(tracks).values(**rows.track_row(track, media_id)))
            await self._changed(db, workspace_id, media_id, "track_created", track.identity)

    async def track(self, track_id: str) -> tuple[PendingTrack, Media] | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(tracks).where(tracks.c.id == track_id))).first()
            if row is None:
                return None
            found = await read_media(db, select(media).where(media.c.id == row._mapping["media_id"]))
        return (rows.to_track(row._mapping), found[0]) if found else None

    async def finish_track(self, track_id: str, encoding: Encoding, lane: Lane) -> bool:
        async with self._session.writing() as db:
            row = (await db.execute(select(tracks).where(tracks.c.id == track_id))).first()
            if row is None:
                return False
            kept, media_id = rows.to_track(row._mapping), row._mapping["media_id"]
            if kept.replaces:
                await self._make_room(db, media_id, kept)
            await db.execute(insert(encodings).values(**encoding_rows.encoding_row(encoding)))
            last = select(func.coalesce(func.max(pieces.c.lane), -1) + 1).where(pieces.c.media_id == media_id)
            number = (await db.execute(last)).scalar_one()
            named = replace(lane, language=kept.language, name=kept.name, title=kept.title)  # as it is called by now
            await db.execute(insert(pieces), timeline_rows.lane_rows(media_id, named, number))
            await db.execute(delete(tracks).where(tracks.c.id == track_id))
            if lane.kind == "audio":
                await self._remake_files(db, media_id)
            await self._changed(db, encoding.workspace_id, media_id, "track_ready", kept.identity)
            return True

    async def fail_track(self, track_id: str, why: str) -> None:
        async with self._session.writing() as db:
            row = (await db.execute(select(tracks).where(tracks.c.id == track_id))).first()
            if row is None:
                return
            values = {"status": "failed", "failure": why}
            await db.execute(update(tracks).where(tracks.c.id == track_id).values(**values))
            query = select(media.c.workspace_id).where(media.c.id == row._mapping["media_id"])
            workspace_id = (await db.execute(query)).scalar_one()
            identity = rows.to_track(row._mapping).identity
            await self._changed(db, workspace_id, row._mapping["media_id"], "track_failed", identity)

    async def unmade_tracks(self) -> list[str]:
        query = (
            select(tracks.c.id)
            .join(media, media.c.id == tracks.c.media_id)
            .where(tracks.c.status == "preparing", media.c.status == "ready")
        )
        async with self._session.reading() as db:
            return list((await db.execute(query)).scalars())

    async def rename_track(
        self, workspace_id: str, media_id: str, identity: LaneId, change: Callable[[Lane], Lane]
    ) -> Media:
        async with self._session.writing() as db:
            before = await own_media(db, workspace_id, media_id)
            lane = _lane(before, identity)
            changed = change(lane)
            require_other(changed, [one for one in all_lanes(before) if one is not lane])
            values = {"language": changed.language, "name": changed.name, "title": changed.title}
            await db.execute(update(tracks).where(*_pending(media_id, lane)).values(**values))
            await db.execute(update(pieces).where(*_stored(before, lane)).values(**values))
            await self._changed(db, workspace_id, media_id, "track_updated", identity)
            return await own_media(db, workspace_id, media_id)

    async def lead_with(self, workspace_id: str, media_id: str, identity: LaneId) -> Media:
        async with self._session.writing() as db:
            before = await own_media(db, workspace_id, media_id)
            lane = _lane(before, identity)
            if before.timeline is None or lane not in before.timeline.lanes:
                raise TrackUnready("the track is not ready yet")
            picture, *others = before.timeline.lanes
            ordered = [picture, lane, *(one for one in others if one is not lane)]
            await db.execute(delete(pieces).where(pieces.c.media_id == media_id))
            for number, one in enumerate(ordered):
                await db.execute(insert(pieces), timeline_rows.lane_rows(media_id, one, number))
            await self._remake_files(db, media_id)
            await self._changed(db, workspace_id, media_id, "track_updated", identity)
            return await own_media(db, workspace_id, media_id)

    async def remove_track(self, workspace_id: str, media_id: str, identity: LaneId) -> None:
        async with self._session.writing() as db:
            before = await own_media(db, workspace_id, media_id)
            lane = _lane(before, identity)
            if lane.kind == "video":
                raise PictureStays("a media's picture can't be deleted")
            await db.execute(delete(tracks).where(*_pending(media_id, lane)))
            await db.execute(delete(pieces).where(*_stored(before, lane)))
            for encoding_id in sorted({piece.encoding for piece in lane.pieces if piece.encoding}):
                await plan_sweep(db, encoding_id, self._session.now())
            if lane.kind == "audio":
                await self._remake_files(db, media_id)
            await self._changed(db, workspace_id, media_id, "track_deleted", identity)

    async def _make_room(self, db: AsyncConnection, media_id: str, track: PendingTrack) -> None:
        """Lanes of the track's kind and language go, and what only they need."""
        own = (pieces.c.media_id == media_id, pieces.c.kind == track.kind, pieces.c.language == track.language)
        for encoding_id in set((await db.execute(select(pieces.c.encoding_id).where(*own))).scalars()) - {None}:
            await plan_sweep(db, encoding_id, self._session.now())
        await db.execute(delete(pieces).where(*own))

    async def _remake_files(self, db: AsyncConnection, media_id: str) -> None:
        """MP4s have the sound as it was: they are made anew, under other ids."""
        query = select(files.c.kind).where(files.c.media_id == media_id, files.c.kind != "source")
        kinds = list((await db.execute(query)).scalars())
        await db.execute(delete(files).where(files.c.media_id == media_id, files.c.kind != "source"))
        for kind in kinds:
            await db.execute(insert(files).values(**rows.file_row(MediaFile(new_id(), kind), media_id)))

    async def _changed(
        self, db: AsyncConnection, workspace_id: str, media_id: str, kind: EventKind, identity: LaneId
    ) -> None:
        await touch(db, media_id, self._session.now())
        await self._ledger.tell(db, workspace_id, media_id, kind, detail={"track": str(identity)})


def _lane(owner: Media, identity: LaneId) -> Lane:
    """Also a track that failed."""
    known = [*all_lanes(owner), *coming(owner, failed=True)]
    found = next((lane for lane in known if lane.identity == identity), None)
    if found is None:
        raise NoSuchTrack
    return found


def _pending(media_id: str, lane: Lane) -> tuple[ColumnElement[bool], ...]:
    return tracks.c.media_id == media_id, tracks.c.id == lane.pieces[0].encoding


def _stored(owner: Media, lane: Lane) -> tuple[ColumnElement[bool], ...]:
    """The rows of a lane: its pieces lie in no other lane of its kind."""
    first = next(piece for piece in lane.pieces if piece.encoding is not None)
    own = pieces.alias()
    number = (
        select(own.c.lane)
        .where(
            own.c.media_id == owner.id, own.c.kind == lane.kind, own.c.encoding_id == first.encoding,
            own.c.track == first.track,
        )
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    return pieces.c.media_id == owner.id, pieces.c.lane == number
