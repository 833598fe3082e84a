"""Which media are wanted, as SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, or_, tuple_

from inpoint.database import rows
from inpoint.database.tables import media
from inpoint.model.finding import Place, Sorting, WantedMedia


def conditions(wanted: WantedMedia) -> Iterator[ColumnElement[bool]]:
    """What a row must be like, to be one of those that are wanted."""
    if wanted.parent_id is not None:
        yield media.c.parent_id == wanted.parent_id
    if wanted.ids is not None:
        yield media.c.id.in_(wanted.ids)
    if wanted.states is not None:
        yield or_(false(), *(_state(*one) for one in wanted.states))
    if wanted.creator is not None:
        yield media.c.creator == wanted.creator
    if wanted.title is not None:
        yield media.c.title == wanted.title
    if wanted.named is not None:
        ids, titles = wanted.named
        yield or_(media.c.id.in_(ids), media.c.title.in_(titles))
    if wanted.search is not None:
        yield media.c.folded_title.contains(wanted.search.casefold(), autoescape=True)
    if wanted.is_clip is not None:
        yield media.c.parent_id.is_not(None) if wanted.is_clip else media.c.parent_id.is_(None)
    if wanted.since is not None:
        yield media.c.created_at >= rows.to_micros(wanted.since)
    if wanted.before is not None:
        yield media.c.created_at < rows.to_micros(wanted.before)


#: What a sorting compares.
SORT_KEYS: Mapping[str, ColumnElement[Any]] = {
    "created": media.c.created_at,
    "title": media.c.folded_title,
    "duration": media.c.seconds,
}


def behind(sorting: Sorting, after: Place) -> ColumnElement[bool]:
    """What comes after a place."""
    key, (value, media_id) = SORT_KEYS[sorting.by], after
    here = tuple_(key, media.c.id)
    there = tuple_(literal(value), literal(media_id))
    return here < there if sorting.descending else here > there


def order(sorting: Sorting) -> list[ColumnElement[Any]]:
    """How rows are sorted; ids decide between equals, so that pages neither repeat nor skip."""
    columns: list[ColumnElement[Any]] = [SORT_KEYS[sorting.by], media.c.id]
    return [column.desc() for column in columns] if sorting.descending else columns


def _state(status: str, fetched: bool | None) -> ColumnElement[bool]:
    here = media.c.status == status
    if fetched is None:
        return here
    return and_(here, media.c.source_url.is_not(None) if fetched else media.c.source_url.is_(None))
