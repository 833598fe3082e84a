"""Ways to watch a media."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, func, insert, select, update

from inpoint.database import rows
from inpoint.database.ledger import Ledger
from inpoint.database.replies import SqlReplies
from inpoint.database.session import Session
from inpoint.database.tables import media, playbacks
from inpoint.database.whole import own_media, read_media, touch
from inpoint.errors import NoSuchPlayback
from inpoint.model.ids import from_uid
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.model.playback import Playback


class SqlPlaybacks:
    """``ports.PlaybackRows``."""

    def __init__(self, session: Session, replies: SqlReplies, ledger: Ledger) -> None:
        self._session = session
        self._replies = replies
        self._ledger = ledger

    async def playback(self, playback_id: str) -> tuple[Playback, Media] | None:
        async with self._session.reading() as db:
            own = from_uid(playback_id)
            if own is not None:
                found = await read_media(db, select(media).where(media.c.id == own))
                return (found[0].own_playback, found[0]) if found else None
            row = (await db.execute(select(playbacks).where(playbacks.c.id == playback_id))).first()
            if row is None:
                return None
            found = await read_media(db, select(media).where(media.c.id == row._mapping["media_id"]))
        return (rows.to_playback(row._mapping), found[0]) if found else None

    async def add_playback(self, workspace_id: str, playback: Playback, once: Once | None = None) -> None:
        async with self._session.writing() as db:
            await self._replies.remember(db, workspace_id, once)
            await own_media(db, workspace_id, playback.media_id)
            last = select(func.coalesce(func.max(playbacks.c.number), -1) + 1)
            number = (await db.execute(last.where(playbacks.c.media_id == playback.media_id))).scalar_one()
            await db.execute(insert(playbacks).values(**rows.playback_row(playback), number=number))
            await touch(db, playback.media_id, self._session.now())
            await self._ledger.tell(db, workspace_id, playback.media_id, "updated")

    async def edit_playback(
        self, workspace_id: str, media_id: str, playback_id: str, change: Callable[[Playback], Playback]
    ) -> Playback:
        async with self._session.writing() as db:
            owner = await own_media(db, workspace_id, media_id)
            edited = change(_playback_of(owner, playback_id))
            where = playbacks.c.id == playback_id
            await db.execute(update(playbacks).where(where).values(**rows.playback_row(edited)))
            await touch(db, media_id, self._session.now())
            await self._ledger.tell(db, workspace_id, media_id, "updated")
            return edited

    async def remove_playback(self, workspace_id: str, media_id: str, playback_id: str) -> None:
        async with self._session.writing() as db:
            _playback_of(await own_media(db, workspace_id, media_id), playback_id)
            await db.execute(delete(playbacks).where(playbacks.c.id == playback_id))
            await touch(db, media_id, self._session.now())
            await self._ledger.tell(db, workspace_id, media_id, "updated")


def _playback_of(owner: Media, playback_id: str) -> Playback:
    found = owner.playback(playback_id)
    if found is None:
        raise NoSuchPlayback
    return found
