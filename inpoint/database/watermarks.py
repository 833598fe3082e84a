"""Watermarks that are kept. One that is deleted stays until nothing that is still to be made asks for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from inpoint.database import rows
from inpoint.database.session import Session
from inpoint.database.tables import media, watermarks
from inpoint.database.whole import FINAL
from inpoint.errors import NoSuchWatermark
from inpoint.model.watermark import Watermark


class SqlWatermarks:
    """``ports.WatermarkRows``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add_watermark(self, watermark: Watermark) -> None:
        async with self._session.writing() as db:
            await db.execute(insert(watermarks).values(**rows.watermark_row(watermark)))

    async def watermark(self, workspace_id: str, watermark_id: str) -> Watermark:
        where = _own(workspace_id, watermark_id)
        async with self._session.reading() as db:
            row = (await db.execute(select(watermarks).where(*where))).first()
        if row is None:
            raise NoSuchWatermark
        return rows.to_watermark(row)

    async def watermark_kept(self, watermark_id: str) -> Watermark:
        async with self._session.reading() as db:
            row = (await db.execute(select(watermarks).where(watermarks.c.id == watermark_id))).first()
        if row is None:
            raise NoSuchWatermark
        return rows.to_watermark(row)

    async def watermarks_of(self, workspace_id: str) -> list[Watermark]:
        where = (watermarks.c.workspace_id == workspace_id, watermarks.c.deleted_at.is_(None))
        query = select(watermarks).where(*where).order_by(watermarks.c.created_at.desc(), watermarks.c.id)
        async with self._session.reading() as db:
            return [rows.to_watermark(row) for row in await db.execute(query)]

    async def remove_watermark(self, workspace_id: str, watermark_id: str) -> None:
        where = _own(workspace_id, watermark_id)
        async with self._session.writing() as db:
            if not (
                await db.execute(update(watermarks).where(*where).values(deleted_at=self._session.now()))
            ).rowcount:
                raise NoSuchWatermark

    async def forget_watermarks(self, before: datetime) -> list[str]:
        async with self._session.writing() as db:
            removed = select(watermarks.c.id).where(watermarks.c.deleted_at < rows.to_micros(before))
            gone = set((await db.execute(removed)).scalars())
            if gone:
                unmade = select(media.c.treatment).where(media.c.status.not_in(FINAL))
                for treatment in (await db.execute(unmade)).scalars():
                    gone -= {overlay.get("kept") for overlay in treatment.get("overlays", ())}
                await db.execute(delete(watermarks).where(watermarks.c.id.in_(gone)))
        return sorted(gone)


def _own(workspace_id: str, watermark_id: str) -> tuple[ColumnElement[bool], ...]:
    known = (watermarks.c.id == watermark_id, watermarks.c.workspace_id == workspace_id)
    return (*known, watermarks.c.deleted_at.is_(None))
