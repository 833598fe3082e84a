"""Direct uploads that have not become a media yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.ledger import Ledger
from inpoint.database.replies import SqlReplies
from inpoint.database.session import Session
from inpoint.database.tables import media, uploads
from inpoint.database.whole import add_media, fail_media
from inpoint.errors import AlreadyUsed, NoSuchUpload
from inpoint.model.finding import Page
from inpoint.model.media import Failure, Media
from inpoint.model.once import Once
from inpoint.model.upload import Upload


class SqlUploads:
    """``ports.UploadRows``."""

    def __init__(self, session: Session, replies: SqlReplies, ledger: Ledger) -> None:
        self._session = session
        self._replies = replies
        self._ledger = ledger

    async def add_upload(self, upload: Upload, once: Once | None = None) -> None:
        async with self._session.writing() as db:
            await self._replies.remember(db, upload.workspace_id, once)
            await db.execute(insert(uploads).values(**rows.upload_row(upload)))
            if upload.has_media:
                await add_media(db, upload.media)
            await self._ledger.tell(db, upload.workspace_id, upload.id, "upload_waiting", upload.media)

    async def upload(self, upload_id: str) -> Upload | None:
        async with self._session.reading() as db:
            row = (await db.execute(select(uploads).where(uploads.c.id == upload_id))).first()
            return rows.to_upload(row._mapping) if row else None

    async def list_uploads(self, workspace_id: str, page: Page, now: datetime) -> tuple[list[Upload], int]:
        where = (
            uploads.c.workspace_id == workspace_id,
            uploads.c.status == "waiting",
            ~uploads.c.has_media,
            uploads.c.expires_at > rows.to_micros(now),
        )
        order = [uploads.c.created_at, uploads.c.id]
        ordered = [column.desc() for column in order] if page.newest_first else order
        query = select(uploads).where(*where).order_by(*ordered).limit(page.limit).offset(page.start)
        async with self._session.reading() as db:
            total = (await db.execute(select(func.count()).select_from(uploads).where(*where))).scalar_one()
            return [rows.to_upload(row._mapping) for row in await db.execute(query)], total

    async def set_upload_total(self, upload_id: str, total: int) -> None:
        async with self._session.writing() as db:
            await db.execute(update(uploads).where(uploads.c.id == upload_id).values(total=total))

    async def use_upload(self, upload_id: str, new: Media) -> None:
        async with self._session.writing() as db:
            await self._end_upload(db, upload_id, "used")
            known = media.c.id == new.id
            values = {"status": "waiting", "received_at": self._session.now(), "updated_at": self._session.now()}
            if not (await db.execute(update(media).where(known).values(**values))).rowcount:
                await add_media(db, replace(new, received_at=self._session.clock.now()))
            await self._ledger.tell(db, new.workspace_id, new.id, "upload_used")

    async def cancel_upload(self, workspace_id: str, upload_id: str) -> Upload:
        async with self._session.writing() as db:
            where = (uploads.c.id == upload_id, uploads.c.workspace_id == workspace_id, ~uploads.c.has_media)
            row = (await db.execute(select(uploads).where(*where))).first()
            if row is None:
                raise NoSuchUpload
            await self._end_upload(db, upload_id, "cancelled")
            found = rows.to_upload(row._mapping)
            await self._ledger.tell(db, workspace_id, upload_id, "upload_cancelled", found.media)
            return found

    async def open_uploads(self) -> list[str]:
        async with self._session.reading() as db:
            return list((await db.execute(select(uploads.c.id).where(uploads.c.status == "waiting"))).scalars())

    async def expire_uploads(self, before: datetime, why: Failure) -> list[str]:
        where = (uploads.c.status == "waiting", uploads.c.expires_at < rows.to_micros(before))
        async with self._session.writing() as db:
            gone = list((await db.execute(select(uploads.c.id).where(*where))).scalars())
            await db.execute(update(uploads).where(*where).values(status="expired"))
            for upload_id in gone:
                await self._failed(db, upload_id, why)
        return gone

    async def _end_upload(self, db: AsyncConnection, upload_id: str, status: str) -> None:
        """Raises Refused for one that has ended already."""
        where = (uploads.c.id == upload_id, uploads.c.status == "waiting")
        if not (await db.execute(update(uploads).where(*where).values(status=status))).rowcount:
            raise AlreadyUsed

    async def _failed(self, db: AsyncConnection, media_id: str, why: Failure) -> None:
        workspace_id = await fail_media(db, media_id, why, self._session.now())
        if workspace_id is not None:
            await self._ledger.tell(db, workspace_id, media_id, "failed")
