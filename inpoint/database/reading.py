"""Media read whole: their row, their pieces and their playbacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from inpoint.database import rows
from inpoint.database.tables import files, media, pieces, playbacks, tracks
from inpoint.errors import NotFound
from inpoint.model.media import Media


async def read_media(db: AsyncConnection, query: Select[Any]) -> list[Media]:
    """The media of a query, in five statements however many they are."""
    found = [row._mapping for row in (await db.execute(query)).all()]
    ids = [row["id"] for row in found]
    order = (pieces.c.media_id, pieces.c.lane, pieces.c.number)
    theirs = await db.execute(select(pieces).where(pieces.c.media_id.in_(ids)).order_by(*order))
    lanes = _by_media(theirs.all())
    watched = await db.execute(select(playbacks).where(playbacks.c.media_id.in_(ids)).order_by(playbacks.c.number))
    ways = _by_media(watched.all())
    ready = await db.execute(select(files).where(files.c.media_id.in_(ids)).order_by(files.c.kind))
    added = await db.execute(select(tracks).where(tracks.c.media_id.in_(ids)).order_by(tracks.c.id))
    parts = (lanes, ways, _by_media(ready.all()), _by_media(added.all()))
    return [rows.to_media(row, *(part.get(row["id"], ()) for part in parts)) for row in found]


async def own_media(db: AsyncConnection, workspace_id: str, media_id: str) -> Media:
    """Raises NotFound, also for another workspace's."""
    found = await read_media(db, select(media).where(media.c.id == media_id, media.c.workspace_id == workspace_id))
    if not found:
        raise NotFound
    return found[0]


def _by_media(found: Iterable[Row[Any]]) -> dict[str, list[rows.Values]]:
    grouped: dict[str, list[rows.Values]] = {}
    for row in found:
        grouped.setdefault(row._mapping["media_id"], []).append(row._mapping)
    return grouped
