"""What addresses of our own API may ask for: a form each."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Annotated, Literal, cast, get_args

from inpoint.errors import Invalid
from inpoint.model.finding import Place, Sorting, SortKey, WantedMedia
from inpoint.model.ids import is_id
from inpoint.model.media import Status
from inpoint.model.playback import Policy
from inpoint.web.forms import Fault, May, one_of, text
from inpoint.web.query import ANY, SWITCH, Query, amount, count, means, several

_STATUSES: tuple[str, ...] = get_args(Status)
_SORTS: tuple[str, ...] = get_args(SortKey)
_MOST_IDS = 100
_LARGEST = 1 << 62
_LONGEST_PLACE = 4000
_MOST_FRAMES = 1 << 31


def _id(told: str) -> str:
    if not is_id(told):
        raise ValueError("must be the id of a media")
    return told


def _ids(told: str) -> list[str]:
    found = told.split(",")
    if len(found) > _MOST_IDS or not all(map(is_id, found)):
        raise ValueError(f"must be at most {_MOST_IDS} ids of media")
    return found


def _sorting(told: str) -> Sorting:
    by = told.removeprefix("-")
    if by not in _SORTS:
        raise ValueError("must be one of " + ", ".join(_SORTS) + ", a minus before it or not")
    return Sorting(cast("SortKey", by), descending=told.startswith("-"))


_SORT = May(_sorting, {"type": "string", "examples": ["-created"]})


class SendingQuery(Query):
    """A file that is sent, and how it is kept."""

    title: Annotated[str | None, text(), means("What it is called, in 255 characters")] = None
    policy: Annotated[Policy, one_of("public", "signed"), means("public, or signed: played with a token alone")] = (
        "public"
    )
    max_height: Annotated[
        int, count(360, 4320), means("The greatest rendition to make, in lines", name="max_height")
    ] = 1080


class LibraryQuery(Query):
    """What of a library is wanted, and where a page of it begins."""

    limit: Annotated[int, count(1, 100), means("How many to a page")] = 25
    counted: Annotated[bool, SWITCH, means("Whether to tell the `total`")] = True
    kind: Annotated[
        Literal["clip", "source"] | None, one_of("clip", "source"), means("Clips of other media, or the others")
    ] = None
    search: Annotated[str | None, text(), means("A part of the title, in any case")] = None
    source: Annotated[str | None, May(_id, {"type": "string", "format": "uuid"}), means("Clips of this media")] = None
    status: Annotated[Sequence[Status] | None, several(_STATUSES), means("One or more states, with commas")] = None
    ids: Annotated[list[str] | None, May(_ids, {"type": "string"}), means("These media, with commas")] = None
    sort: Annotated[
        Sorting | None, _SORT, means("created, title or duration; a minus before it: the last first (-created)")
    ] = None
    after: Annotated[str | None, ANY, means("The `next` of the page before")] = None

    @property
    def wanted(self) -> WantedMedia:
        """Which media."""
        return WantedMedia(
            parent_id=self.source,
            ids=self.ids,
            states=None if self.status is None else [(one, None) for one in self.status],
            search=self.search or None,
            is_clip=None if self.kind is None else self.kind == "clip",
        )

    @property
    def sorting(self) -> Sorting:
        """In which order: the newest first unless told."""
        return self.sort or Sorting("created", descending=True)

    @property
    def place(self) -> Place | None:
        """What the page begins after. Raises Invalid."""
        return None if self.after is None else _place(self.after, self.sorting)


class RenditionQuery(Query):
    """Which rendition a file has."""

    rendition: Annotated[str | None, ANY, means("Which one, as `720p`; the highest unless told")] = None


class PartsQuery(Query):
    """What of a media to play."""

    parts: Annotated[str | None, ANY, means("Stretches of seconds to play alone, as `1.5-2,7-9`")] = None


class SaveQuery(Query):
    """What a file is saved as."""

    download: Annotated[str | None, ANY, means("Save it under this name")] = None


class FrameQuery(Query):
    """How a frame is shown, and how near it must be."""

    height: Annotated[int, count(16, 2160), means("In pixels")] = 360
    within: Annotated[int, count(0, _MOST_FRAMES), means("How many of the frames that follow will do as well")] = 0


class LevelsQuery(Query):
    """A stretch of a media, and how finely it is told."""

    first: Annotated[float, amount(0, _MOST_FRAMES), means("The first frame")] = 0
    frames: Annotated[float | None, amount(0, _MOST_FRAMES), means("How many frames; all unless told")] = None
    points: Annotated[int, count(1, 4000), means("How many levels to tell")] = 500

    def require(self) -> None:
        """There is something to tell of."""
        if self.frames == 0:
            raise Fault("frames", "must be more than 0")


class EventsQuery(Query):
    """How many of the newest."""

    limit: Annotated[int, count(1, 100), means("How many")] = 50


class DeliveriesQuery(Query):
    """A page of deliveries."""

    start: Annotated[int, count(0, 1 << 31), means("How many to leave out")] = 0
    limit: Annotated[int, count(1, 100), means("How many to a page")] = 20


class CredentialQuery(Query):
    """One of a browser's credentials."""

    credential: Annotated[str | None, ANY, means("Which one to give up; all, unless told")] = None


def cursor(place: Place | None) -> str | None:
    """The place that the next page begins after, as text."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(told: str, sorting: Sorting) -> Place:
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
