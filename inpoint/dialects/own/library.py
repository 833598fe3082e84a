"""What of a library is asked for, and where a page of it begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import cast, get_args

from starlette.requests import Request

from inpoint.errors import Invalid
from inpoint.model.finding import Place, Sorting, SortKey, WantedMedia
from inpoint.model.ids import is_id
from inpoint.model.media import Status

_STATUSES: tuple[str, ...] = get_args(Status)
_SORTS: tuple[str, ...] = get_args(SortKey)
_MOST_IDS = 100
_LONGEST = 255
_LARGEST = 1 << 62
_LONGEST_PLACE = 4000


def asked_media(request: Request) -> tuple[WantedMedia, Sorting, Place | None]:
    """Raises Invalid, naming the parameter."""
    query = request.query_params
    kind = query.get("kind")
    if kind not in (None, "clip", "source"):
        raise Invalid("kind", "must be clip or source")
    search = query.get("search") or None
    if search is not None and (len(search) > _LONGEST or "\0" in search):
        raise Invalid("search", f"must be a text of at most {_LONGEST} characters")
    source = query.get("source")
    if source is not None and not is_id(source):
        raise Invalid("source", "must be the id of a media")
    states = _list(request, "status", _STATUSES)
    wanted = WantedMedia(
        parent_id=source,
        ids=_ids(request),
        states=None if states is None else [(cast("Status", one), None) for one in states],
        search=search,
        is_clip=None if kind is None else kind == "clip",
    )
    sorting = _sorting(query.get("sort", "-created"))
    return wanted, sorting, _place(query.get("after"), sorting)


def cursor(place: Place | None) -> str | None:
    """The place that the next page begins after, as text."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _sorting(told: str) -> Sorting:
    by = told.removeprefix("-")
    if by not in _SORTS:
        raise Invalid("sort", "must be one of " + ", ".join(_SORTS) + ", a minus before it or not")
    return Sorting(cast("SortKey", by), descending=told.startswith("-"))


def _place(told: str | None, sorting: Sorting) -> Place | None:
    if told is None:
        return None
    try:
        if len(told) > _LONGEST_PLACE:
            raise ValueError
        value, media_id = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
        kind = str if sorting.by == "title" else int
        if type(value) is not kind or not isinstance(media_id, str) or not is_id(media_id):
            raise ValueError
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise ValueError
        str(value).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("after", 'must be the "next" of a page in the same order') from error
    return value, media_id


def _list(request: Request, name: str, allowed: Sequence[str]) -> list[str] | None:
    told = request.query_params.get(name)
    if told is None:
        return None
    found = told.split(",")
    if any(one not in allowed for one in found):
        raise Invalid(name, "must be one or more of " + ", ".join(allowed))
    return found


def _ids(request: Request) -> list[str] | None:
    told = request.query_params.get("ids")
    if told is None:
        return None
    found = told.split(",")
    if len(found) > _MOST_IDS or not all(map(is_id, found)):
        raise Invalid("ids", f"must be at most {_MOST_IDS} ids of media")
    return found
