"""Media read and written whole: their row, their pieces, playbacks, files and coming tracks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows, timeline_rows
from inpoint.database.tables import encodings, files, media, pieces, playbacks, sweeps, tracks
from inpoint.errors import NotFound
from inpoint.model.media import Failure, Media
from inpoint.model.timeline import Timeline

#: States that a media stays in.
FINAL = ("ready", "failed")


async def read_media(db: AsyncConnection, query: Select[Any]) -> list[Media]:
    """The media of a query, in five statements however many they are."""
    found = [row._mapping for row in (await db.execute(query)).all()]
    ids = [row["id"] for row in found]
    order = (pieces.c.media_id, pieces.c.lane, pieces.c.number)
    warned = select(pieces, encodings.c.warnings).outerjoin(encodings, encodings.c.id == pieces.c.encoding_id)
    theirs = await db.execute(warned.where(pieces.c.media_id.in_(ids)).order_by(*order))
    lanes = _by_media(theirs.all())
    watched = await db.execute(select(playbacks).where(playbacks.c.media_id.in_(ids)).order_by(playbacks.c.number))
    ways = _by_media(watched.all())
    ready = await db.execute(select(files).where(files.c.media_id.in_(ids)).order_by(files.c.kind))
    added = await db.execute(select(tracks).where(tracks.c.media_id.in_(ids)).order_by(tracks.c.id))
    parts = (lanes, ways, _by_media(ready.all()), _by_media(added.all()))
    return [rows.to_media(row, *(part.get(row["id"], ()) for part in parts)) for row in found]


async def add_media(db: AsyncConnection, new: Media) -> None:
    await db.execute(insert(media).values(**rows.media_row(new)))
    for number, playback in enumerate(new.playbacks):
        await db.execute(insert(playbacks).values(**rows.playback_row(playback), number=number))
    if new.own is not None:
        await db.execute(insert(playbacks).values(**rows.playback_row(new.own), number=-1))
    for track in new.pending:
        await db.execute(insert(tracks).values(**rows.track_row(track, new.id)))
    for file in new.files:
        await db.execute(insert(files).values(**rows.file_row(file, new.id)))
    if new.timeline is not None:
        await db.execute(insert(pieces), timeline_rows.piece_rows(new.id, new.timeline))


async def own_media(db: AsyncConnection, workspace_id: str, media_id: str) -> Media:
    """Raises NotFound, also for another workspace's."""
    found = await read_media(db, select(media).where(media.c.id == media_id, media.c.workspace_id == workspace_id))
    if not found:
        raise NotFound
    return found[0]


async def plan_sweep(db: AsyncConnection, encoding_id: str, due: int) -> None:
    """Something of an encoding may be unneeded from a time on (microseconds)."""
    where = (sweeps.c.encoding_id == encoding_id, sweeps.c.due == due)
    if (await db.execute(select(sweeps).where(*where))).first() is None:
        await db.execute(insert(sweeps).values(encoding_id=encoding_id, due=due))


async def with_mezzanines(db: AsyncConnection, encoding_ids: Collection[str]) -> list[str]:
    """Encodings, and those whose chunks they are made of."""
    where = (encodings.c.id.in_(encoding_ids), encodings.c.mezzanine_id.is_not(None))
    bases = (await db.execute(select(encodings.c.mezzanine_id).where(*where))).scalars()
    return sorted({*encoding_ids, *bases})


async def touch(db: AsyncConnection, media_id: str, now: int) -> None:
    """A media was changed just now (microseconds)."""
    await db.execute(update(media).where(media.c.id == media_id).values(updated_at=now))


async def fail_media(db: AsyncConnection, media_id: str, why: Failure, now: int) -> str | None:
    """Its workspace's id, for the event that tells of it; None for a media that is gone or final."""
    row = (await db.execute(select(media.c.workspace_id, media.c.status).where(media.c.id == media_id))).first()
    if row is None or row.status in FINAL:
        return None
    values = {"status": "failed", "status_reason": None, "updated_at": now}
    told = {"failure_code": why.code, "failure_message": why.message}
    await db.execute(update(media).where(media.c.id == media_id).values(**values, **told))
    for table in (files, tracks):  # what waited for it will never be made
        waiting = (table.c.media_id == media_id, table.c.status == "preparing")
        await db.execute(update(table).where(*waiting).values(status="failed"))
    return str(row.workspace_id)


async def lay(db: AsyncConnection, media_id: str, timeline: Timeline, size: int, now: int) -> None:
    """Give a media its timeline and size (bytes). What it played and plays no more may be swept."""
    values = timeline_rows.timeline_values(timeline) | {"size": size}
    before = select(pieces.c.encoding_id).where(pieces.c.media_id == media_id)
    played = set((await db.execute(before)).scalars()) - timeline.encodings
    for encoding_id in await with_mezzanines(db, {one for one in played if one is not None}):
        await plan_sweep(db, encoding_id, now)
    await db.execute(delete(pieces).where(pieces.c.media_id == media_id))
    await db.execute(update(media).where(media.c.id == media_id).values(**values))
    await db.execute(insert(pieces), timeline_rows.piece_rows(media_id, timeline))


def _by_media(found: Iterable[Row[Any]]) -> dict[str, list[timeline_rows.Values]]:
    grouped: dict[str, list[timeline_rows.Values]] = {}
    for row in found:
        grouped.setdefault(row._mapping["media_id"], []).append(row._mapping)
    return grouped
