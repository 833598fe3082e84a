"""What addresses of the Cloudflare Stream API may ask for: a form each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal

from inpoint.delivery.images import Size
from inpoint.delivery.pages import Look
from inpoint.model.finding import Page, WantedMedia
from inpoint.model.ids import from_uid
from inpoint.model.media import Status
from inpoint.model.playback import Filters
from inpoint.model.range import Range
from inpoint.model.still import Fit
from inpoint.web.forms import MOMENT, Fault, May, one_of
from inpoint.web.query import ANY, SWITCH, Query, count, means

_MOST = 1000
_LARGEST, _USUAL = 3840, 640
_MOST_CLIP, _MOST_MOVING = 60, 10  # seconds
_SPAN = re.compile(r"(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,12})?)s?)?", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,120}", re.ASCII)
_COLOR = re.compile(r"#?[0-9a-fA-F]{3,8}|[a-zA-Z]{3,30}|(?:rgb|hsl)a?\([0-9.,%/ deg]{1,60}\)", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]{3,8}", re.ASCII)
_FITS: Mapping[str, Fit] = {"crop": "crop", "clip": "preserve", "scale": "stretch", "fill": "pad"}

State = tuple[Status, bool | None]
_STATES: Mapping[str, tuple[State, ...]] = {
    "pendingupload": (("pending", None),),
    "downloading": (("fetching", None), ("waiting", True)),
    "queued": (("waiting", False),),
    "inprogress": (("indexing", None),),
    "ready": (("ready", None),),
    "error": (("failed", None),),
    "live-inprogress": (),
}


def span(told: str) -> Fraction:
    """``90``, ``90s``, ``1.5s``, ``5m2s``, ``1h12m27s``: in seconds. Raises ValueError with what it must be."""
    match = _SPAN.fullmatch(told.strip()) if told.strip() else None
    if match is None:
        raise ValueError("must be a time such as 90s, 5m2s or 1h12m27s")
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + Fraction(seconds or 0)


def _uids(told: str) -> list[str]:
    return [found for one in told.split(",")[:_MOST] if (found := from_uid(one.strip())) is not None]


def _names(told: str) -> tuple[list[str], list[str]]:
    """As uids and as names."""
    return _uids(told), [*(one.strip() for one in told.split(",")[:_MOST]), told]


def _states(told: str) -> list[State]:
    names = {one.strip() for one in told.split(",")}
    if not names <= set(_STATES):
        raise ValueError("must be one of " + ", ".join(_STATES))
    return [state for name in sorted(names) for state in _STATES[name]]


def _saved_as(told: str) -> str:
    name = told.removesuffix(".mp4").removesuffix(".m4a")
    if not _NAME.fullmatch(name):
        raise ValueError("must be of at most 120 letters, digits, hyphens and underscores")
    return name


def _megabits(told: str) -> float | None:
    """Megabits a second, as bits; what makes no sense is no hint."""
    try:
        hint = float(told)
    except ValueError:
        return None
    return hint * 1e6 if 0 < hint < 1e6 else None


def _color(told: str) -> str:
    if not _COLOR.fullmatch(told):
        return ""
    return f"#{told}" if _HEX.fullmatch(told) else told


def _link(told: str) -> str:
    return told if told.startswith(("https://", "http://")) and len(told) <= 2048 else ""


def _start(told: str) -> float:
    try:
        return float(span(told))
    except ValueError:
        return 0.0


_TEXT = {"type": "string"}
_SPAN_TEXT = May(span, {"type": "string", "examples": ["90s", "5m2s", "1h12m27s"]})
#: In a page's address what makes no sense is as if nothing was sent; ``?muted`` alone is on.
_PRELOAD = May(
    lambda told: told if told in ("none", "metadata") else "auto", one_of("none", "metadata", "auto").schema
)
_ON = May(lambda told: told.lower() not in ("false", "0"), {"type": "boolean"})


class ListQuery(Query):
    """Which videos are listed, in which order, how many."""

    id: Annotated[list[str] | None, May(_uids, _TEXT), means("A uid, or several with commas")] = None
    type: Annotated[Literal["vod", "live"] | None, one_of("vod", "live"), means("Videos; nothing here is live")] = (
        None
    )
    live_input_id: Annotated[str | None, ANY, means("Nothing here was live", name="live_input_id")] = None
    status: Annotated[list[State] | None, May(_states, _TEXT), means("A state, or several with commas")] = None
    creator: Annotated[str | None, ANY, means("Who made it, as the video says")] = None
    name: Annotated[
        tuple[list[str], list[str]] | None, May(_names, _TEXT), means("A name or uid, or several with commas")
    ] = None
    video_name: Annotated[str | None, ANY, means("The name, exactly", name="video_name")] = None
    search: Annotated[str | None, ANY, means("A part of the name")] = None
    start: Annotated[datetime | None, MOMENT, means("Made at or after")] = None
    after: Annotated[datetime | None, MOMENT, means("The same")] = None
    end: Annotated[datetime | None, MOMENT, means("Made before")] = None
    before: Annotated[datetime | None, MOMENT, means("The same")] = None
    limit: Annotated[int, count(1, _MOST), means("How many, 1000 unless told")] = _MOST
    asc: Annotated[bool, SWITCH, means("The oldest first")] = False
    include_counts: Annotated[bool, SWITCH, means("Tells `total` and `range`", name="include_counts")] = False

    @property
    def page(self) -> Page:
        """How many, from which end."""
        return Page(0, self.limit, newest_first=not self.asc)

    @property
    def wanted(self) -> WantedMedia:
        """Which of them: nothing here is or was live."""
        is_live = self.type == "live" or self.live_input_id is not None
        return WantedMedia(
            ids=self.id,
            states=[] if is_live else self.status,
            creator=self.creator,
            title=self.video_name,
            named=self.name,
            search=self.search,
            since=max(filter(None, (self.start, self.after)), default=None),
            before=min(filter(None, (self.end, self.before)), default=None),
        )


class CreatorQuery(Query):
    """Whose videos are counted."""

    creator: Annotated[str | None, ANY, means("Of this creator alone")] = None


class TusQuery(Query):
    """How a resumable upload's address is made."""

    direct_user: Annotated[
        bool, May(lambda told: told.lower() in ("true", "1"), {"type": "boolean"}),
        means("Of a resumable upload: its address carries its own right", name="direct_user"),
    ] = False  # fmt: skip


class SignatureQuery(Query):
    """What an upload's address was signed with."""

    signature: Annotated[str | None, ANY, means("Of the address")] = None


class HintQuery(Query):
    """What a player's connection carries."""

    client_bandwidth_hint: Annotated[
        float | None, May(_megabits, _TEXT), means("Mbit/s: the nearest rendition alone")
    ] = None

    @property
    def filters(self) -> Filters:
        """As viewings know them."""
        return Filters(bandwidth=self.client_bandwidth_hint)


class InstantQuery(Query):
    """The part of a video to play."""

    time: Annotated[Fraction | None, _SPAN_TEXT, means("From there on; such as 90s, 5m2s or 1h12m27s")] = None
    duration: Annotated[Fraction | None, _SPAN_TEXT, means(f"Likewise, at most {_MOST_CLIP} seconds")] = None

    def require(self) -> None:
        """It has a length."""
        _require_length(self.duration, _MOST_CLIP)

    @property
    def range(self) -> Range | None:
        """None if neither is told."""
        if self.time is None and self.duration is None:
            return None
        start = self.time or Fraction(0)
        return Range(start, start + (_MOST_CLIP if self.duration is None else self.duration))


class TimeQuery(Query):
    """Which frame a thumbnail is."""

    time: Annotated[Fraction | None, _SPAN_TEXT, means("Such as 90s, 5m2s or 1h12m27s")] = None


class GifQuery(Query):
    """What a moving picture shows."""

    time: Annotated[Fraction, _SPAN_TEXT, means("From there on; such as 90s, 5m2s or 1h12m27s")] = Fraction(0)
    duration: Annotated[Fraction, _SPAN_TEXT, means(f"Likewise, at most {_MOST_MOVING} seconds")] = Fraction(5)
    fps: Annotated[int, count(1, 15), means("Pictures a second")] = 8

    def require(self) -> None:
        """It has a length."""
        _require_length(self.duration, _MOST_MOVING)


class FitQuery(Query):
    """How large a picture is."""

    width: Annotated[int | None, count(1, _LARGEST), means("Pixels")] = None
    height: Annotated[int | None, count(1, _LARGEST), means("Pixels")] = None
    fit: Annotated[str, one_of(*_FITS), means("How the picture is brought to that size")] = "crop"

    @property
    def size(self) -> Size:
        """One of the two alone keeps the video's shape; none is its shape in 640 by 640."""
        if self.width is None and self.height is None:
            return Size(_USUAL, _USUAL, "preserve")
        return Size(self.width, self.height, _FITS[self.fit], enlarge=True)


class FilenameQuery(Query):
    """What a file is saved as."""

    filename: Annotated[str | None, May(_saved_as, _TEXT), means("Save it under this name")] = None


class PlayerQuery(Query):
    """How a player's page looks and begins."""

    autoplay: Annotated[bool, _ON, means("Play at once")] = False
    muted: Annotated[bool, _ON, means("Without sound")] = False
    loop: Annotated[bool, _ON, means("Again and again")] = False
    controls: Annotated[bool, _ON, means("Show the controls")] = True
    preload: Annotated[str, _PRELOAD, means("What to load before")] = "auto"
    poster: Annotated[str, May(_link, _TEXT), means("The address of a picture to begin with")] = ""
    primary_color: Annotated[str, May(_color, _TEXT), means("Of the controls, in CSS")] = ""
    letterbox_color: Annotated[str, May(_color, _TEXT), means("Of the bars around the picture, in CSS")] = ""
    start_time: Annotated[float, May(_start, _TEXT), means("Where to begin: such as 90s or 5m2s")] = 0.0
    default_text_track: Annotated[str, ANY, means("The language of the captions to show")] = ""

    @property
    def look(self) -> Look:
        """As pages know it."""
        return Look(
            autoplay=self.autoplay,
            muted=self.muted,
            loop=self.loop,
            controls=self.controls,
            preload=self.preload,
            poster=self.poster,
            color=self.primary_color,
            letterbox=self.letterbox_color,
            start=self.start_time,
            track=self.default_text_track[:35],
        )


def _require_length(duration: Fraction | None, most: int) -> None:
    if duration is not None and not 0 < duration <= most:
        raise Fault("duration", f"must be more than nothing, and at most {most} seconds")
