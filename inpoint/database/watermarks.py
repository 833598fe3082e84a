"""Watermarks that are kept. One that is deleted stays until nothing that is still to be made asks for it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, insert, select, update

from inpoint.database import rows
from inpoint.database.lanes import SqlLanes
from inpoint.database.tables import watermarks
from inpoint.errors import NoSuchWatermark
from inpoint.model.watermark import Watermark


class SqlWatermarks(SqlLanes):
    async def add_watermark(self, watermark: Watermark) -> None:
        async with self._engine.begin() as db:
            await db.execute(insert(watermarks).values(**rows.watermark_row(watermark)))

    async def watermark(self, workspace_id: str, watermark_id: str) -> Watermark:
        where = (watermarks.c.id == watermark_id, watermarks.c.workspace_id == workspace_id, ~watermarks.c.deleted)
        async with self._reading() as db:
            row = (await db.execute(select(watermarks).where(*where))).first()
        if row is None:
            raise NoSuchWatermark
        return rows.to_watermark(row)

    async def watermark_kept(self, watermark_id: str) -> Watermark:
        async with self._reading() as db:
            row = (await db.execute(select(watermarks).where(watermarks.c.id == watermark_id))).first()
        if row is None:
            raise NoSuchWatermark
        return rows.to_watermark(row)

    async def watermarks_of(self, workspace_id: str) -> list[Watermark]:
        where = (watermarks.c.workspace_id == workspace_id, ~watermarks.c.deleted)
        query = select(watermarks).where(*where).order_by(watermarks.c.created_at.desc(), watermarks.c.id)
        async with self._reading() as db:
            return [rows.to_watermark(row) for row in await db.execute(query)]

    async def remove_watermark(self, workspace_id: str, watermark_id: str) -> None:
        where = (watermarks.c.id == watermark_id, watermarks.c.workspace_id == workspace_id, ~watermarks.c.deleted)
        async with self._engine.begin() as db:
            if not (await db.execute(update(watermarks).where(*where).values(deleted=True))).rowcount:
                raise NoSuchWatermark

    async def forget_watermarks(self, needed: Collection[str]) -> list[str]:
        where = (watermarks.c.deleted, watermarks.c.id.not_in(needed))
        async with self._engine.begin() as db:
            gone = list((await db.execute(select(watermarks.c.id).where(*where))).scalars())
            await db.execute(delete(watermarks).where(watermarks.c.id.in_(gone)))
        return gone
