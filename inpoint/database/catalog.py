"""``ports.Catalog`` over SQLAlchemy: SQLite or PostgreSQL, one method one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.encodings import SqlEncodings
from inpoint.database.finding import SORT_KEYS, behind, conditions, order
from inpoint.database.tables import files, media, pieces, playbacks, tracks, uploads
from inpoint.database.uploads import FINAL
from inpoint.database.whole import add_media, own_media, plan_sweep, read_media, with_mezzanines
from inpoint.errors import NoSuchPlayback, NotFound
from inpoint.model.event import EventKind
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.ids import covered_id, from_uid
from inpoint.model.media import ORDER, Failure, Media, Status
from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.model.timeline import Timeline
from inpoint.ports import EVERYTHING, Page, Place, Sorting, Usage, Wanted

_EDITED = ("title", "folded_title", "metadata", "request", "creator", "max_seconds", "delete_at", "updated_at")


class SqlCatalog(SqlEncodings):
    # Media

    async def add_media(self, new: Media, once: Once | None = None) -> None:
        async with self._engine.begin() as db:
            await self._remember(db, new.workspace_id, once)
            if new.parent_id is not None:
                parent = select(media.c.id).where(
                    media.c.id == new.parent_id, media.c.workspace_id == new.workspace_id
                )
                if (await db.execute(parent)).first() is None:
                    raise NotFound
            await add_media(db, new)
            await self._tell(db, new.workspace_id, new.id, "created", new)

    async def media(self, media_id: str) -> Media | None:
        async with self._reading() as db:
            found = await read_media(db, select(media).where(media.c.id == media_id))
        return found[0] if found else None

    async def media_of(self, workspace_id: str, media_id: str) -> Media:
        found = await self.media(media_id)
        if found is None or found.workspace_id != workspace_id:
            raise NotFound
        return found

    async def list_media(self, workspace_id: str, page: Page, wanted: Wanted = EVERYTHING) -> tuple[list[Media], int]:
        where = [media.c.workspace_id == workspace_id, *conditions(wanted)]
        query = (
            select(media)
            .where(*where)
            .order_by(*order(Sorting(descending=page.newest_first)))
            .limit(page.limit)
            .offset(page.start)
        )
        async with self._reading() as db:
            total = (await db.execute(select(func.count()).select_from(media).where(*where))).scalar_one()
            return await read_media(db, query), total

    async def find_media(
        self, workspace_id: str, wanted: Wanted, sorting: Sorting, after: Place | None, limit: int
    ) -> tuple[list[Media], Place | None]:
        where = [media.c.workspace_id == workspace_id, *conditions(wanted)]
        if after is not None:
            where.append(behind(sorting, after))
        query = select(media.c.id, SORT_KEYS[sorting.by].label("place")).where(*where)
        async with self._reading() as db:
            ids = (await db.execute(query.order_by(*order(sorting)).limit(limit + 1))).all()
            kept = ids[:limit]
            whole = await read_media(db, select(media).where(media.c.id.in_([row.id for row in kept])))
        found = {one.id: one for one in whole}
        last = kept[-1] if len(ids) > limit else None
        return [found[row.id] for row in kept if row.id in found], (last.place, last.id) if last else None

    async def count_media(self, workspace_id: str, wanted: Wanted) -> int:
        where = (media.c.workspace_id == workspace_id, *conditions(wanted))
        async with self._reading() as db:
            return (await db.execute(select(func.count()).select_from(media).where(*where))).scalar_one()

    async def unfinished_media(self) -> list[Media]:
        async with self._reading() as db:
            return await read_media(db, select(media).where(media.c.status.not_in(("pending", *FINAL))))

    async def arrivals(self) -> set[str]:
        queries = (
            select(uploads.c.id).where(uploads.c.status == "waiting"),
            select(media.c.id).where(media.c.status.not_in(FINAL)),
            select(tracks.c.id).where(tracks.c.status == "preparing"),
        )
        async with self._reading() as db:
            return {one for query in queries for one in (await db.execute(query)).scalars()}

    async def waiting_clips(self, parent_id: str) -> list[Media]:
        async with self._reading() as db:
            query = select(media).where(media.c.parent_id == parent_id, media.c.status.not_in(FINAL))
            return await read_media(db, query)

    async def advance(self, media_id: str, status: Status, percent: float = 0.0, reason: str | None = None) -> bool:
        earlier = [name for name, order in ORDER.items() if order <= ORDER[status] and name not in FINAL]
        came = {"received_at": func.coalesce(media.c.received_at, self._now())} if status == "indexing" else {}
        again = (media.c.status == status) & (media.c.percent > percent)  # a step that is done once more
        async with self._engine.begin() as db:
            moved = await db.execute(
                update(media)
                .where(media.c.id == media_id, media.c.status.in_(earlier))
                .values(
                    status=status,
                    percent=case((again, media.c.percent), else_=percent),
                    status_reason=reason,
                    updated_at=self._now(),
                    **came,
                )
            )
            return bool(moved.rowcount)

    async def fail(self, media_id: str, failure: Failure) -> bool:
        async with self._engine.begin() as db:
            return await self._fail(db, media_id, failure)

    async def set_timeline(self, media_id: str, timeline: Timeline, size: int) -> bool:
        async with self._engine.begin() as db:
            row = (await db.execute(select(media).where(media.c.id == media_id))).first()
            if row is None:
                return False
            parent_id = row._mapping["parent_id"]
            if parent_id and row._mapping["rate"] is None:
                parent = await db.execute(select(media.c.id).where(media.c.id == parent_id))
                if parent.first() is None:
                    return False
            await self._lay(db, media_id, timeline, size)
            return True

    async def make_ready(self, media_id: str) -> bool:
        async with self._engine.begin() as db:
            row = (await db.execute(select(media).where(media.c.id == media_id))).first()
            if row is None:
                return False
            if row._mapping["status"] in FINAL:
                return bool(row._mapping["status"] == "ready")
            await db.execute(
                update(media)
                .where(media.c.id == media_id)
                .values(
                    status="ready", percent=100.0, status_reason=None, updated_at=self._now(), ready_at=self._now()
                )
            )
            await self._tell(db, row._mapping["workspace_id"], media_id, "ready")
            return True

    async def edit_media(self, workspace_id: str, media_id: str, change: Callable[[Media], Media]) -> Media:
        async with self._engine.begin() as db:
            edited = replace(change(await own_media(db, workspace_id, media_id)), updated_at=self._clock.now())
            row = rows.media_row(edited)
            values = {name: row[name] for name in _EDITED}
            await db.execute(update(media).where(media.c.id == media_id).values(values))
            if edited.own is not None:
                await db.execute(delete(playbacks).where(playbacks.c.id == edited.own.id))
                await db.execute(insert(playbacks).values(**rows.playback_row(edited.own), number=-1))
            await self._tell(db, workspace_id, media_id, "updated")
            return edited

    async def delete_media(self, workspace_id: str, media_id: str, sweep_at: datetime) -> Media:
        async with self._engine.begin() as db:
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
            await self._tell(db, workspace_id, media_id, "deleted", gone)
            return gone

    async def due_deletions(self, now: datetime) -> list[Media]:
        async with self._reading() as db:
            return await read_media(db, select(media).where(media.c.delete_at <= rows.to_micros(now)))

    async def usage(self, workspace_id: str, creator: str | None) -> Usage:
        where = [media.c.workspace_id == workspace_id, media.c.status != "failed"]
        if creator is not None:
            where.append(media.c.creator == creator)
        query = select(func.coalesce(func.sum(media.c.seconds), 0), func.count()).where(*where)
        async with self._reading() as db:
            seconds, count = (await db.execute(query)).one()
        return Usage(seconds, count)

    # Playbacks

    async def add_playback(self, workspace_id: str, playback: Playback, once: Once | None = None) -> None:
        async with self._engine.begin() as db:
            await self._remember(db, workspace_id, once)
            await own_media(db, workspace_id, playback.media_id)
            last = select(func.coalesce(func.max(playbacks.c.number), -1) + 1)
            number = (await db.execute(last.where(playbacks.c.media_id == playback.media_id))).scalar_one()
            await db.execute(insert(playbacks).values(**rows.playback_row(playback), number=number))
            await self._touch(db, workspace_id, playback.media_id)

    async def edit_playback(
        self, workspace_id: str, media_id: str, playback_id: str, change: Callable[[Playback], Playback]
    ) -> Playback:
        async with self._engine.begin() as db:
            owner = await own_media(db, workspace_id, media_id)
            edited = change(_playback_of(owner, playback_id))
            where = playbacks.c.id == playback_id
            await db.execute(update(playbacks).where(where).values(**rows.playback_row(edited)))
            await self._touch(db, workspace_id, media_id)
            return edited

    async def remove_playback(self, workspace_id: str, media_id: str, playback_id: str) -> None:
        async with self._engine.begin() as db:
            _playback_of(await own_media(db, workspace_id, media_id), playback_id)
            await db.execute(delete(playbacks).where(playbacks.c.id == playback_id))
            await self._touch(db, workspace_id, media_id)

    async def _touch(self, db: AsyncConnection, workspace_id: str, media_id: str) -> None:
        await db.execute(update(media).where(media.c.id == media_id).values(updated_at=self._now()))
        await self._tell(db, workspace_id, media_id, "updated")

    async def playback(self, playback_id: str) -> tuple[Playback, Media] | None:
        async with self._reading() as db:
            own = from_uid(playback_id)
            if own is not None:
                found = await read_media(db, select(media).where(media.c.id == own))
                return (found[0].own_playback, found[0]) if found else None
            row = (await db.execute(select(playbacks).where(playbacks.c.id == playback_id))).first()
            if row is None:
                return None
            found = await read_media(db, select(media).where(media.c.id == row._mapping["media_id"]))
        return (rows.to_playback(row._mapping), found[0]) if found else None

    # Files

    async def change_files(
        self, workspace_id: str, media_id: str, add: Sequence[MediaFile], remove: Collection[FileKind]
    ) -> Media:
        async with self._engine.begin() as db:
            before = await own_media(db, workspace_id, media_id)
            kinds = {file.kind for file in before.files}
            await db.execute(delete(files).where(files.c.media_id == media_id, files.c.kind.in_(remove)))
            for file in add:
                await db.execute(insert(files).values(**rows.file_row(file, media_id)))
            if "source" in kinds & set(remove):
                await self._tell(db, workspace_id, media_id, "source_deleted")
            await self._touch(db, workspace_id, media_id)
            return await own_media(db, workspace_id, media_id)

    async def file(self, file_id: str) -> tuple[MediaFile, Media] | None:
        async with self._reading() as db:
            row = (await db.execute(select(files).where(files.c.id == file_id))).first()
            if row is None:
                return None
            found = await read_media(db, select(media).where(media.c.id == row._mapping["media_id"]))
        return (rows.to_file(row._mapping), found[0]) if found else None

    async def settle_file(self, file: MediaFile) -> bool:
        async with self._engine.begin() as db:
            where = files.c.id == file.id
            row = (await db.execute(select(files.c.media_id).where(where))).first()
            if row is None:
                return False
            values = rows.file_row(file, row[0])
            await db.execute(update(files).where(where).values(**values))
            query = select(media.c.workspace_id).where(media.c.id == row[0])
            workspace_id = (await db.execute(query)).scalar_one()
            if file.status == "ready":
                kind: EventKind = "source_ready" if file.kind == "source" else "file_ready"
                await self._tell(db, workspace_id, row[0], kind)
            return True

    async def set_file_percent(self, file_id: str, percent: float) -> None:
        async with self._engine.begin() as db:
            await db.execute(update(files).where(files.c.id == file_id).values(percent=percent))

    async def unmade_files(self) -> list[str]:
        async with self._reading() as db:
            query = (
                select(files.c.id)
                .join(media, media.c.id == files.c.media_id)
                .where(files.c.status == "preparing", media.c.status == "ready")
            )
            return list((await db.execute(query)).scalars())


def _playback_of(owner: Media, playback_id: str) -> Playback:
    found = owner.playback(playback_id)
    if found is None:
        raise NoSuchPlayback
    return found
