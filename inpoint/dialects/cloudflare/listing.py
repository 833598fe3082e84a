"""A list's query → which media are wanted. Pure but for the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from inpoint.errors import Invalid
from inpoint.model.finding import Page, WantedMedia
from inpoint.model.ids import from_uid
from inpoint.model.media import Status
from inpoint.web.moments import parsed_moment
from inpoint.web.query import whole

_MOST = 1000
_STATES: Mapping[str, tuple[tuple[Status, bool | None], ...]] = {
    "pendingupload": (("pending", None),),
    "downloading": (("fetching", None), ("waiting", True)),
    "queued": (("waiting", False),),
    "inprogress": (("indexing", None),),
    "ready": (("ready", None),),
    "error": (("failed", None),),
    "live-inprogress": (),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing is asked for: which videos, in which order, how many."""

    page: Page
    wanted: WantedMedia
    with_counts: bool


def asked(request: Request) -> Listing:
    """Raises Invalid, naming the parameter."""
    query = request.query_params
    wanted = WantedMedia(
        ids=_ids(query.get("id")),
        states=_states(request),
        creator=query.get("creator"),
        title=query.get("video_name"),
        named=_named(query.get("name")),
        search=query.get("search"),
        since=max(_moments(request, "start", "after"), default=None),
        before=min(_moments(request, "end", "before"), default=None),
    )
    limit = whole(request, "limit", _MOST, 1, _MOST) or _MOST
    return Listing(Page(0, limit, newest_first=not _flag(request, "asc")), wanted, _flag(request, "include_counts"))


def _ids(told: str | None) -> list[str] | None:
    if told is None:
        return None
    return [found for one in told.split(",")[:_MOST] if (found := from_uid(one.strip())) is not None]


def _named(told: str | None) -> tuple[list[str], list[str]] | None:
    if told is None:
        return None
    names = [one.strip() for one in told.split(",")[:_MOST]]
    return _ids(told) or [], [*names, told]


def _states(request: Request) -> list[tuple[Status, bool | None]] | None:
    query = request.query_params
    kind = query.get("type")
    if kind not in (None, "vod", "live"):
        raise Invalid("type", "must be vod or live")
    if kind == "live" or query.get("live_input_id") is not None:
        return []  # nothing here was live
    told = query.get("status")
    if told is None:
        return None
    names = {one.strip() for one in told.split(",")}
    if not names <= set(_STATES):
        raise Invalid("status", "must be one of " + ", ".join(_STATES))
    return [state for name in sorted(names) for state in _STATES[name]]


def _moments(request: Request, *names: str) -> Iterator[datetime]:
    for name in names:
        told = request.query_params.get(name)
        if told is not None:
            found = parsed_moment(told)
            if found is None:
                raise Invalid(name, "must be a time such as 2030-01-31T12:00:00Z")
            yield found


def _flag(request: Request, name: str) -> bool:
    told = request.query_params.get(name, "false").lower()
    if told not in ("true", "false", "1", "0"):
        raise Invalid(name, "must be true or false")
    return told in ("true", "1")
