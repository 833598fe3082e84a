"""Who needs what of encodings, and what is due to be swept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows, timeline_rows
from inpoint.database.session import Session
from inpoint.database.tables import encodings, leases, media, pieces, sweeps
from inpoint.database.whole import plan_sweep, read_media, with_mezzanines
from inpoint.model.sweep import Sweep
from inpoint.model.timeline import Timeline


class SqlRetention:
    """``ports.RetentionRows``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def needing(self, encoding_id: str, without: str | None = None) -> tuple[set[str], list[Timeline]]:
        async with self._session.reading() as db:
            others = select(encodings.c.id).where(encodings.c.mezzanine_id == encoding_id)
            sharing = set((await db.execute(others)).scalars())
            return sharing, await self._timelines(db, {encoding_id, *sharing}, without)

    async def timelines_of(self, encoding_id: str) -> list[Timeline]:
        async with self._session.reading() as db:
            return await self._timelines(db, {encoding_id})

    async def lease(self, media_id: str, timeline: Timeline, until: datetime) -> bool:
        moment = rows.to_micros(until)
        lent = timeline_rows.lease_rows(timeline, moment)
        ours = (leases.c.id == lent[0]["id"]) | (leases.c.until <= self._session.now())
        async with self._session.writing() as db:
            if (await db.execute(select(media.c.id).where(media.c.id == media_id))).first() is None:
                return False
            await db.execute(delete(leases).where(ours))
            await db.execute(insert(leases), lent)
            for encoding_id in await with_mezzanines(db, {row["encoding_id"] for row in lent}):
                await plan_sweep(db, encoding_id, moment)
            return True

    async def delete_encoding(self, encoding_id: str) -> bool:
        needed = exists().where(pieces.c.encoding_id == encoding_id)
        leased = exists().where(leases.c.encoding_id == encoding_id, leases.c.until > self._session.now())
        other = encodings.alias()
        shared = exists().where(other.c.mezzanine_id == encoding_id)
        async with self._session.writing() as db:
            unneeded = (encodings.c.id == encoding_id, ~needed, ~leased, ~shared)
            base = (await db.execute(select(encodings.c.mezzanine_id).where(*unneeded))).scalar_one_or_none()
            gone = await db.execute(delete(encodings).where(*unneeded))
            if base is not None:
                await plan_sweep(db, base, self._session.now())
            return bool(gone.rowcount)

    async def due_sweeps(self, now: datetime) -> list[Sweep]:
        async with self._session.reading() as db:
            query = select(sweeps).where(sweeps.c.due <= rows.to_micros(now)).order_by(sweeps.c.due)
            found = (await db.execute(query)).all()
        return [Sweep(row._mapping["encoding_id"], rows.from_micros(row._mapping["due"])) for row in found]

    async def finish_sweep(self, sweep: Sweep) -> None:
        due = rows.to_micros(sweep.due)
        async with self._session.writing() as db:
            await db.execute(delete(sweeps).where(sweeps.c.encoding_id == sweep.encoding_id, sweeps.c.due <= due))

    async def _timelines(
        self, db: AsyncConnection, encoding_ids: Collection[str], without: str | None = None
    ) -> list[Timeline]:
        playing = select(pieces.c.media_id).where(pieces.c.encoding_id.in_(encoding_ids))
        leased = select(leases).where(leases.c.encoding_id.in_(encoding_ids), leases.c.until > self._session.now())
        found = await read_media(db, select(media).where(media.c.id.in_(playing)))
        lent = (await db.execute(leased)).all() if without is None else []
        owned = [one.timeline for one in found if one.timeline is not None and one.id != without]
        return [*owned, *(timeline_rows.to_leased(row) for row in lent)]
