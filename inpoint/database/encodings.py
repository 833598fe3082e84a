"""Encodings, who needs them, and what is due to be swept of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.tables import encodings, leases, media, pieces, sweeps
from inpoint.database.watermarks import SqlWatermarks
from inpoint.database.whole import plan_sweep, read_media, with_mezzanines
from inpoint.model.encoding import Encoding
from inpoint.model.fill import FillProgress
from inpoint.model.timeline import Timeline
from inpoint.ports import Sweep


class SqlEncodings(SqlWatermarks):
    async def add_encodings(self, made: Sequence[Encoding], media_id: str, timeline: Timeline, size: int) -> bool:
        async with self._engine.begin() as db:
            if (await db.execute(select(media.c.id).where(media.c.id == media_id))).first() is None:
                return False
            for encoding in made:
                known = await db.execute(select(encodings.c.id).where(encodings.c.id == encoding.id))
                if known.first() is None:
                    await db.execute(insert(encodings).values(**rows.encoding_row(encoding)))
                if _played(timeline, encoding.id) < encoding.grid.frames:  # trimmed: the rest is needed by nothing
                    await plan_sweep(db, encoding.id, self._now())
            await self._lay(db, media_id, timeline, size)
            return True

    async def needing(self, encoding_id: str, without: str | None = None) -> tuple[set[str], list[Timeline]]:
        async with self._reading() as db:
            others = select(encodings.c.id).where(encodings.c.mezzanine_id == encoding_id)
            sharing = set((await db.execute(others)).scalars())
            return sharing, await self._timelines(db, {encoding_id, *sharing}, without)

    async def encoding(self, encoding_id: str) -> Encoding | None:
        async with self._reading() as db:
            row = (await db.execute(select(encodings).where(encodings.c.id == encoding_id))).first()
            return rows.to_encoding(row) if row else None

    async def encodings(self, encoding_ids: Collection[str]) -> dict[str, Encoding]:
        async with self._reading() as db:
            found = await db.execute(select(encodings).where(encodings.c.id.in_(encoding_ids)))
            return {row._mapping["id"]: rows.to_encoding(row) for row in found}

    async def encodings_of(self, workspace_id: str) -> list[str]:
        async with self._reading() as db:
            query = select(encodings.c.id).where(encodings.c.workspace_id == workspace_id)
            return list((await db.execute(query)).scalars())

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
        async with self._reading() as db:
            return await self._timelines(db, {encoding_id})

    async def _timelines(
        self, db: AsyncConnection, encoding_ids: Collection[str], without: str | None = None
    ) -> list[Timeline]:
        playing = select(pieces.c.media_id).where(pieces.c.encoding_id.in_(encoding_ids))
        leased = select(leases).where(leases.c.encoding_id.in_(encoding_ids), leases.c.until > self._now())
        found = await read_media(db, select(media).where(media.c.id.in_(playing)))
        lent = (await db.execute(leased)).all() if without is None else []
        owned = [one.timeline for one in found if one.timeline is not None and one.id != without]
        return [*owned, *(rows.to_leased(row) for row in lent)]

    async def delete_encoding(self, encoding_id: str) -> bool:
        needed = exists().where(pieces.c.encoding_id == encoding_id)
        leased = exists().where(leases.c.encoding_id == encoding_id, leases.c.until > self._now())
        other = encodings.alias()
        shared = exists().where(other.c.mezzanine_id == encoding_id)
        async with self._engine.begin() as db:
            unneeded = (encodings.c.id == encoding_id, ~needed, ~leased, ~shared)
            base = (await db.execute(select(encodings.c.mezzanine_id).where(*unneeded))).scalar_one_or_none()
            gone = await db.execute(delete(encodings).where(*unneeded))
            if base is not None:
                await plan_sweep(db, base, self._now())
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
            for encoding_id in await with_mezzanines(db, {row["encoding_id"] for row in lent}):
                await plan_sweep(db, encoding_id, moment)
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

    async def _lay(self, db: AsyncConnection, media_id: str, timeline: Timeline, size: int) -> None:
        values = rows.timeline_values(timeline) | {"size": size}
        before = select(pieces.c.encoding_id).where(pieces.c.media_id == media_id)
        played = set((await db.execute(before)).scalars()) - timeline.encodings
        for encoding_id in await with_mezzanines(db, {one for one in played if one is not None}):
            await plan_sweep(db, encoding_id, self._now())
        await db.execute(delete(pieces).where(pieces.c.media_id == media_id))
        await db.execute(update(media).where(media.c.id == media_id).values(**values))
        await db.execute(insert(pieces), rows.piece_rows(media_id, timeline))


def _played(timeline: Timeline, encoding_id: str) -> int:
    """How many frames of an encoding's picture, or of its sound, a timeline plays."""
    lanes = (sum(piece.frames for piece in lane.pieces if piece.encoding == encoding_id) for lane in timeline.lanes)
    return max(lanes)
