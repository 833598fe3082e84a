"""Files that are kept ready."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select, update

from inpoint.database import rows
from inpoint.database.ledger import Ledger
from inpoint.database.session import Session
from inpoint.database.tables import files, media
from inpoint.database.whole import own_media, read_media, touch
from inpoint.model.event import EventKind
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.media import Media


class SqlFiles:
    """``ports.FileRows``."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger

    async def change_files(
        self, workspace_id: str, media_id: str, add: Sequence[MediaFile], remove: Collection[FileKind]
    ) -> Media:
        async with self._session.writing() as db:
            before = await own_media(db, workspace_id, media_id)
            kinds = {file.kind for file in before.files}
            await db.execute(delete(files).where(files.c.media_id == media_id, files.c.kind.in_(remove)))
            for file in add:
                await db.execute(insert(files).values(**rows.file_row(file, media_id)))
            if "source" in kinds & set(remove):
                await self._ledger.tell(db, workspace_id, media_id, "source_deleted")
            await touch(db, media_id, self._session.now())
            await self._ledger.tell(db, workspace_id, media_id, "updated")
            return await own_media(db, workspace_id, media_id)

    async def file(self, file_id: str) -> tuple[MediaFile, Media] | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(files).where(files.c.id == file_id))).first()
            if row is None:
                return None
            found = await read_media(db, select(media).where(media.c.id == row._mapping["media_id"]))
        return (rows.to_file(row._mapping), found[0]) if found else None

    async def settle_file(self, file: MediaFile) -> bool:
        async with self._session.writing() as db:
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
                await self._ledger.tell(db, workspace_id, row[0], kind)
            return True

    async def set_file_percent(self, file_id: str, percent: float) -> None:
        async with self._session.writing() as db:
            await db.execute(update(files).where(files.c.id == file_id).values(percent=percent))

    async def unmade_files(self) -> list[str]:
        async with self._session.reading() as db:
            query = (
                select(files.c.id)
                .join(media, media.c.id == files.c.media_id)
                .where(files.c.status == "preparing", media.c.status == "ready")
            )
            return list((await db.execute(query)).scalars())
