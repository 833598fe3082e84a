"""Media and the states that they pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import case, delete, func, insert, select, update

from inpoint.database import rows
from inpoint.database.finding import SORT_KEYS, behind, conditions, order
from inpoint.database.ledger import Ledger
from inpoint.database.replies import SqlReplies
from inpoint.database.session import Session
from inpoint.database.tables import files, media, pieces, playbacks, tracks, uploads
from inpoint.database.whole import (
    FINAL,
    add_media,
    fail_media,
    lay,
    own_media,
    plan_sweep,
    read_media,
    with_mezzanines,
)
from inpoint.errors import NotFound
from inpoint.model.finding import EVERYTHING, Page, Place, Sorting, Usage, WantedMedia
from inpoint.model.ids import covered_id
from inpoint.model.media import ORDER, Failure, Media, Status
from inpoint.model.once import Once
from inpoint.model.timeline import Timeline

_EDITED = ("title", "folded_title", "metadata", "request", "creator", "max_seconds", "delete_at", "updated_at")


class SqlMedia:
    """``ports.MediaRows``."""

    def __init__(self, session: Session, replies: SqlReplies, ledger: Ledger) -> None:
        self._session = session
        self._replies = replies
        self._ledger = ledger

    async def add_media(self, new: Media, once: Once | None = None) -> None:
        async with self._session.writing() as db:
            await self._replies.remember(db, new.workspace_id, once)
            if new.parent_id is not None:
                parent = select(media.c.id).where(
                    media.c.id == new.parent_id, media.c.workspace_id == new.workspace_id
                )
                if (await db.execute(parent)).first() is None:
                    raise NotFound
            await add_media(db, new)
            await self._ledger.tell(db, new.workspace_id, new.id, "created", new)

    async def media(self, media_id: str) -> Media | None:
        async with self._session.reading() as db:
            found = await read_media(db, select(media).where(media.c.id == media_id))
        return found[0] if found else None

    async def media_of(self, workspace_id: str, media_id: str) -> Media:
        found = await self.media(media_id)
        if found is None or found.workspace_id != workspace_id:
            raise NotFound
        return found

    async def list_media(
        self, workspace_id: str, page: Page, wanted: WantedMedia = EVERYTHING
    ) -> tuple[list[Media], int]:
        where = [media.c.workspace_id == workspace_id, *conditions(wanted)]
        query = (
            select(media)
            .where(*where)
            .order_by(*order(Sorting(descending=page.newest_first)))
            .limit(page.limit)
            .offset(page.start)
        )
        async with self._session.reading() as db:
            total = (await db.execute(select(func.count()).select_from(media).where(*where))).scalar_one()
            return await read_media(db, query), total

    async def find_media(
        self, workspace_id: str, wanted: WantedMedia, sorting: Sorting, after: Place | None, limit: int
    ) -> tuple[list[Media], Place | None]:
        where = [media.c.workspace_id == workspace_id, *conditions(wanted)]
        if after is not None:
            where.append(behind(sorting, after))
        query = select(media.c.id, SORT_KEYS[sorting.by].label("place")).where(*where)
        async with self._session.reading() as db:
            ids = (await db.execute(query.order_by(*order(sorting)).limit(limit + 1))).all()
            kept = ids[:limit]
            whole = await read_media(db, select(media).where(media.c.id.in_([row.id for row in kept])))
        found = {one.id: one for one in whole}
        last = kept[-1] if len(ids) > limit else None
        return [found[row.id] for row in kept if row.id in found], (last.place, last.id) if last else None

    async def count_media(self, workspace_id: str, wanted: WantedMedia) -> int:
        where = (media.c.workspace_id == workspace_id, *conditions(wanted))
        async with self._session.reading() as db:
            return (await db.execute(select(func.count()).select_from(media).where(*where))).scalar_one()

    async def usage(self, workspace_id: str, creator: str | None) -> Usage:
        where = [media.c.workspace_id == workspace_id, media.c.status != "failed"]
        if creator is not None:
            where.append(media.c.creator == creator)
        query = select(func.coalesce(func.sum(media.c.seconds), 0), func.count()).where(*where)
        async with self._session.reading() as db:
            seconds, count = (await db.execute(query)).one()
        return Usage(seconds, count)

    async def due_deletions(self, now: datetime) -> list[Media]:
        async with self._session.reading() as db:
            return await read_media(db, select(media).where(media.c.delete_at <= rows.to_micros(now)))

    async def unfinished_media(self) -> list[Media]:
        async with self._session.reading() as db:
            return await read_media(db, select(media).where(media.c.status.not_in(("pending", *FINAL))))

    async def arrivals(self) -> set[str]:
        queries = (
            select(uploads.c.id).where(uploads.c.status == "waiting"),
            select(media.c.id).where(media.c.status.not_in(FINAL)),
            select(tracks.c.id).where(tracks.c.status == "preparing"),
        )
        async with self._session.reading() as db:
            return {one for query in queries for one in (await db.execute(query)).scalars()}

    async def waiting_clips(self, parent_id: str) -> list[Media]:
        async with self._session.reading() as db:
            query = select(media).where(media.c.parent_id == parent_id, media.c.status.not_in(FINAL))
            return await read_media(db, query)

    async def advance(self, media_id: str, status: Status, percent: float = 0.0, reason: str | None = None) -> bool:
        earlier = [name for name, order in ORDER.items() if order <= ORDER[status] and name not in FINAL]
        came = (
            {"received_at": func.coalesce(media.c.received_at, self._session.now())} if status == "indexing" else {}
        )
        again = (media.c.status == status) & (media.c.percent > percent)  # a step that is done once more
        async with self._session.writing() as db:
            moved = await db.execute(
                update(media)
                .where(media.c.id == media_id, media.c.status.in_(earlier))
                .values(
                    status=status,
                    percent=case((again, media.c.percent), else_=percent),
                    status_reason=reason,
                    updated_at=self._session.now(),
                    **came,
                )
            )
            return bool(moved.rowcount)

    async def fail(self, media_id: str, failure: Failure) -> bool:
        async with self._session.writing() as db:
            workspace_id = await fail_media(db, media_id, failure, self._session.now())
            if workspace_id is None:
                return False
            await self._ledger.tell(db, workspace_id, media_id, "failed")
            return True

    async def set_timeline(self, media_id: str, timeline: Timeline, size: int) -> bool:
        async with self._session.writing() as db:
            row = (await db.execute(select(media).where(media.c.id == media_id))).first()
            if row is None:
                return False
            parent_id = row._mapping["parent_id"]
            if parent_id and row._mapping["rate"] is None:
                parent = await db.execute(select(media.c.id).where(media.c.id == parent_id))
                if parent.first() is None:
                    return False
            await lay(db, media_id, timeline, size, self._session.now())
            return True

    async def make_ready(self, media_id: str) -> bool:
        async with self._session.writing() as db:
            row = (await db.execute(select(media).where(media.c.id == media_id))).first()
            if row is None:
                return False
            if row._mapping["status"] in FINAL:
                return bool(row._mapping["status"] == "ready")
            await db.execute(
                update(media)
                .where(media.c.id == media_id)
                .values(
                    status="ready",
                    percent=100.0,
                    status_reason=None,
                    updated_at=self._session.now(),
                    ready_at=self._session.now(),
                )
            )
            await self._ledger.tell(db, row._mapping["workspace_id"], media_id, "ready")
            return True

    async def edit_media(
        self,
        workspace_id: str,
        media_id: str,
        change: Callable[[Media], Media],
        upload_expires_at: datetime | None = None,
    ) -> Media:
        async with self._session.writing() as db:
            edited = replace(
                change(await own_media(db, workspace_id, media_id)), updated_at=self._session.clock.now()
            )
            row = rows.media_row(edited)
            values = {name: row[name] for name in _EDITED}
            await db.execute(update(media).where(media.c.id == media_id).values(values))
            if edited.own is not None:
                await db.execute(delete(playbacks).where(playbacks.c.id == edited.own.id))
                await db.execute(insert(playbacks).values(**rows.playback_row(edited.own), number=-1))
            if upload_expires_at is not None:
                until = {"expires_at": rows.to_micros(upload_expires_at)}
                await db.execute(update(uploads).where(uploads.c.id == media_id).values(**until))
            await self._ledger.tell(db, workspace_id, media_id, "updated")
            return edited

    async def delete_media(self, workspace_id: str, media_id: str, sweep_at: datetime) -> Media:
        async with self._session.writing() as db:
            gone = await own_media(db, workspace_id, media_id)
            due = rows.to_micros(sweep_at)
            # A source's encoding has its id: half made when the source is deleted, it is swept as well. So are files.
            own = {media_id, *gone.own_encodings, *(track.id for track in gone.pending)}
            played = await with_mezzanines(db, own | (gone.timeline.encodings if gone.timeline else set()))
            covers = {covered_id(media_id, one) for one in played} if gone.treatment.overlays else set()
            for encoding_id in sorted({*played, *covers}):
                await plan_sweep(db, encoding_id, due)
            for table in (pieces, playbacks, files, tracks):
                await db.execute(delete(table).where(table.c.media_id == media_id))
            await db.execute(delete(media).where(media.c.id == media_id))
            coming = (uploads.c.id == media_id, uploads.c.status == "waiting")
            await db.execute(update(uploads).where(*coming).values(status="cancelled"))
            await self._ledger.tell(db, workspace_id, media_id, "deleted", gone)
            return gone
