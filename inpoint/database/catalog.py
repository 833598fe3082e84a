"""``ports.Catalog`` over SQLAlchemy: SQLite or PostgreSQL, one method one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.finding import conditions
from inpoint.database.tables import encodings, files, leases, media, pieces, playbacks, sweeps, tracks, uploads
from inpoint.database.watermarks import SqlWatermarks
from inpoint.database.whole import add_media, own_media, read_media
from inpoint.errors import NoSuchPlayback, NotFound
from inpoint.model.encoding import Encoding
from inpoint.model.event import EventKind
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.fill import FillProgress
from inpoint.model.ids import from_uid
from inpoint.model.media import ORDER, Failure, Media, Status
from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.model.timeline import Timeline
from inpoint.ports import EVERYTHING, Page, Sweep, Usage, Wanted

_FINAL = ("ready", "failed")
_EDITED = ("title", "metadata", "request", "creator", "max_seconds", "delete_at", "updated_at")


class SqlCatalog(SqlWatermarks):
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
        order = [media.c.created_at, media.c.id]
        if page.newest_first:
            order = [column.desc() for column in order]  # type: ignore[misc]
        query = select(media).where(*where).order_by(*order).limit(page.limit).offset(page.start)
        async with self._reading() as db:
            total = (await db.execute(select(func.count()).select_from(media).where(*where))).scalar_one()
            return await read_media(db, query), total

    async def unfinished_media(self) -> list[Media]:
        return [one for one in await self.undone_media() if one.status != "pending"]

    async def undone_media(self) -> list[Media]:
        async with self._reading() as db:
            return await read_media(db, select(media).where(media.c.status.not_in(_FINAL)))

    async def waiting_clips(self, parent_id: str) -> list[Media]:
        async with self._reading() as db:
            query = select(media).where(media.c.parent_id == parent_id, media.c.status.not_in(_FINAL))
            return await read_media(db, query)

    async def advance(self, media_id: str, status: Status, percent: float = 0.0, reason: str | None = None) -> bool:
        earlier = [name for name, order in ORDER.items() if order <= ORDER[status] and name not in _FINAL]
        came = {"received_at": func.coalesce(media.c.received_at, self._now())} if status == "indexing" else {}
        async with self._engine.begin() as db:
            moved = await db.execute(
                update(media)
                .where(media.c.id == media_id, media.c.status.in_(earlier))
                .values(status=status, percent=percent, status_reason=reason, updated_at=self._now(), **came)
            )
            return bool(moved.rowcount)

    async def fail(self, media_id: str, failure: Failure) -> bool:
        async with self._engine.begin() as db:
            row = (await db.execute(select(media).where(media.c.id == media_id))).first()
            if row is None or row._mapping["status"] in _FINAL:
                return False
            await db.execute(
                update(media)
                .where(media.c.id == media_id)
                .values(
                    status="failed",
                    status_reason=None,
                    failure_code=failure.code,
                    failure_message=failure.message,
                    updated_at=self._now(),
                )
            )
            for table in (files, tracks):  # what waited for it will never be made
                where = (table.c.media_id == media_id, table.c.status == "preparing")
                await db.execute(update(table).where(*where).values(status="failed"))
            await self._tell(db, row._mapping["workspace_id"], media_id, "failed")
            return True

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

    async def _lay(self, db: AsyncConnection, media_id: str, timeline: Timeline, size: int) -> None:
        values = rows.timeline_values(timeline) | {"size": size}
        await db.execute(delete(pieces).where(pieces.c.media_id == media_id))
        await db.execute(update(media).where(media.c.id == media_id).values(**values))
        await db.execute(insert(pieces), rows.piece_rows(media_id, timeline))

    async def make_ready(self, media_id: str) -> bool:
        async with self._engine.begin() as db:
            row = (await db.execute(select(media).where(media.c.id == media_id))).first()
            if row is None:
                return False
            if row._mapping["status"] in _FINAL:
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
            played = own | (gone.timeline.encodings if gone.timeline else set())
            theirs = select(encodings.c.mezzanine_id).where(
                encodings.c.id.in_(played), encodings.c.mezzanine_id.is_not(None)
            )
            for encoding_id in sorted(played | set((await db.execute(theirs)).scalars())):
                await db.execute(insert(sweeps).values(encoding_id=encoding_id, due=due))
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

    # Encodings

    async def add_encodings(self, made: Sequence[Encoding], media_id: str, timeline: Timeline, size: int) -> bool:
        async with self._engine.begin() as db:
            if (await db.execute(select(media.c.id).where(media.c.id == media_id))).first() is None:
                return False
            for encoding in made:
                known = await db.execute(select(encodings.c.id).where(encodings.c.id == encoding.id))
                if known.first() is None:
                    await db.execute(insert(encodings).values(**rows.encoding_row(encoding)))
                if _played(timeline, encoding.id) < encoding.grid.frames:  # trimmed: the rest is needed by nothing
                    await db.execute(insert(sweeps).values(encoding_id=encoding.id, due=self._now()))
            await self._lay(db, media_id, timeline, size)
            return True

    async def sharing(self, mezzanine_id: str) -> list[str]:
        where = (encodings.c.id == mezzanine_id) | (encodings.c.mezzanine_id == mezzanine_id)
        async with self._reading() as db:
            return list((await db.execute(select(encodings.c.id).where(where))).scalars())

    async def encoding(self, encoding_id: str) -> Encoding | None:
        async with self._reading() as db:
            row = (await db.execute(select(encodings).where(encodings.c.id == encoding_id))).first()
            return rows.to_encoding(row) if row else None

    async def filled(self, encoding_id: str) -> frozenset[str]:
        async with self._reading() as db:
            query = select(encodings.c.filled).where(encodings.c.id == encoding_id)
            return frozenset((await db.execute(query)).scalar_one_or_none() or ())

    async def set_filled(self, encoding_id: str, renditions: Collection[str]) -> None:
        async with self._engine.begin() as db:
            await db.execute(update(encodings).where(encodings.c.id == encoding_id).values(filled=sorted(renditions)))

    async def fill_progress(self, encoding_id: str) -> FillProgress | None:
        async with self._reading() as db:
            query = select(encodings.c.fill_progress).where(encodings.c.id == encoding_id)
            told = (await db.execute(query)).scalar_one_or_none()
        return FillProgress(**told) if told else None

    async def set_fill_progress(self, encoding_id: str, progress: FillProgress) -> None:
        change = update(encodings).where(encodings.c.id == encoding_id).values(fill_progress=asdict(progress))
        async with self._engine.begin() as db:
            await db.execute(change)

    async def timelines_of(self, encoding_id: str) -> list[Timeline]:
        playing = select(pieces.c.media_id).where(pieces.c.encoding_id == encoding_id)
        leased = select(leases).where(leases.c.encoding_id == encoding_id, leases.c.until > self._now())
        async with self._reading() as db:
            found = await read_media(db, select(media).where(media.c.id.in_(playing)))
            lent = (await db.execute(leased)).all()
        owned = [one.timeline for one in found if one.timeline is not None]
        return [*owned, *(rows.to_leased(row) for row in lent)]

    async def delete_encoding(self, encoding_id: str) -> bool:
        needed = exists().where(pieces.c.encoding_id == encoding_id)
        leased = exists().where(leases.c.encoding_id == encoding_id, leases.c.until > self._now())
        other = encodings.alias()
        shared = exists().where(other.c.mezzanine_id == encoding_id)
        async with self._engine.begin() as db:
            unneeded = (encodings.c.id == encoding_id, ~needed, ~leased, ~shared)
            gone = await db.execute(delete(encodings).where(*unneeded))
            return bool(gone.rowcount)

    async def lease(self, media_id: str, timeline: Timeline, until: datetime) -> bool:
        moment = rows.to_micros(until)
        lent = rows.lease_rows(timeline, moment)
        ours = (leases.c.id == lent[0]["id"]) | (leases.c.until <= self._now())
        async with self._engine.begin() as db:
            if (await db.execute(select(media.c.id).where(media.c.id == media_id))).first() is None:
                return False
            await db.execute(delete(leases).where(ours))
            await db.execute(insert(leases), lent)
            for row in lent:
                due = {"encoding_id": row["encoding_id"], "due": moment}
                known = select(sweeps).where(*(sweeps.c[name] == value for name, value in due.items()))
                if (await db.execute(known)).first() is None:
                    await db.execute(insert(sweeps).values(**due))
            return True

    async def due_sweeps(self, now: datetime) -> list[Sweep]:
        async with self._reading() as db:
            query = select(sweeps).where(sweeps.c.due <= rows.to_micros(now)).order_by(sweeps.c.due)
            found = (await db.execute(query)).all()
        return [Sweep(row._mapping["encoding_id"], rows.from_micros(row._mapping["due"])) for row in found]

    async def finish_sweep(self, sweep: Sweep) -> None:
        due = rows.to_micros(sweep.due)
        async with self._engine.begin() as db:
            await db.execute(delete(sweeps).where(sweeps.c.encoding_id == sweep.encoding_id, sweeps.c.due <= due))


def _played(timeline: Timeline, encoding_id: str) -> int:
    """How many frames of an encoding's picture, or of its sound, a timeline plays."""
    lanes = (sum(piece.frames for piece in lane.pieces if piece.encoding == encoding_id) for lane in timeline.lanes)
    return max(lanes)


def _playback_of(owner: Media, playback_id: str) -> Playback:
    found = owner.playback(playback_id)
    if found is None:
        raise NoSuchPlayback
    return found
