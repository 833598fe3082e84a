"""Encodings, and how far their fills are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import insert, select, update

from inpoint.database import encoding_rows
from inpoint.database.session import Session
from inpoint.database.tables import encodings, media
from inpoint.database.warning_rows import to_warnings, warning_facts
from inpoint.database.whole import lay, plan_sweep
from inpoint.model.encoding import Encoding
from inpoint.model.fill import FillProgress
from inpoint.model.timeline import Timeline
from inpoint.model.warning import MediaWarning, merged


class SqlEncodings:
    """``ports.EncodingRows``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add_encodings(self, made: Sequence[Encoding], media_id: str, timeline: Timeline, size: int) -> bool:
        async with self._session.writing() as db:
            if (await db.execute(select(media.c.id).where(media.c.id == media_id))).first() is None:
                return False
            for encoding in made:
                known = await db.execute(select(encodings.c.id).where(encodings.c.id == encoding.id))
                if known.first() is None:
                    await db.execute(insert(encodings).values(**encoding_rows.encoding_row(encoding)))
                if _played(timeline, encoding.id) < encoding.grid.frames:  # trimmed: the rest is needed by nothing
                    await plan_sweep(db, encoding.id, self._session.now())
            await lay(db, media_id, timeline, size, self._session.now())
            return True

    async def encoding(self, encoding_id: str) -> Encoding | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(encodings).where(encodings.c.id == encoding_id))).first()
            return encoding_rows.to_encoding(row, self._session.recipes) if row else None

    async def encodings(self, encoding_ids: Collection[str]) -> dict[str, Encoding]:
        where = encodings.c.id.in_(encoding_ids)
        async with self._session.reading() as db:
            found, recipes = await db.execute(select(encodings).where(where)), self._session.recipes
            told = [
                encoding_rows.to_encoding(row, recipes) for row in found if recipes.has(row._mapping["generation"])
            ]
            return {one.id: one for one in told}

    async def encodings_of(self, workspace_id: str) -> list[str]:
        async with self._session.reading() as db:
            query = select(encodings.c.id).where(encodings.c.workspace_id == workspace_id)
            return list((await db.execute(query)).scalars())

    async def filled(self, encoding_id: str) -> frozenset[str]:
        async with self._session.reading() as db:
            query = select(encodings.c.filled).where(encodings.c.id == encoding_id)
            return frozenset((await db.execute(query)).scalar_one_or_none() or ())

    async def set_filled(self, encoding_id: str, renditions: Collection[str]) -> None:
        async with self._session.writing() as db:
            await db.execute(update(encodings).where(encodings.c.id == encoding_id).values(filled=sorted(renditions)))

    async def fill_progress(self, encoding_id: str) -> FillProgress | None:
        async with self._session.reading() as db:
            query = select(encodings.c.fill_progress).where(encodings.c.id == encoding_id)
            told = (await db.execute(query)).scalar_one_or_none()
        return FillProgress(**told) if told else None

    async def warn(self, encoding_id: str, found: Sequence[MediaWarning]) -> None:
        async with self._session.writing() as db:
            query = select(encodings.c.id, encodings.c.warnings).where(encodings.c.id == encoding_id)
            row = (await db.execute(query)).first()
            known = to_warnings(row.warnings) if row else ()
            if row is not None and (now := merged([*known, *found])) != known:
                await db.execute(
                    update(encodings).where(encodings.c.id == row.id).values(warnings=warning_facts(now))
                )

    async def set_fill_progress(self, encoding_id: str, progress: FillProgress) -> None:
        change = update(encodings).where(encodings.c.id == encoding_id).values(fill_progress=asdict(progress))
        async with self._session.writing() as db:
            await db.execute(change)


def _played(timeline: Timeline, encoding_id: str) -> int:
    """How many frames of an encoding's picture, or of its sound, a timeline plays."""
    lanes = (sum(piece.frames for piece in lane.pieces if piece.encoding == encoding_id) for lane in timeline.lanes)
    return max(lanes)
