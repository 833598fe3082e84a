"""What addresses of the FastPix API may ask for: a form each."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from inpoint.model.finding import Page
from inpoint.model.playback import Filters
from inpoint.model.range import Range
from inpoint.model.still import Fit
from inpoint.web.forms import Fault, May, one_of
from inpoint.web.query import ANY, TIME, Query, count, means

_HEIGHTS = {f"{height}p": height for height in (270, 360, 480, 540, 720, 1080, 1440, 2160)}
_ORDERS = ("asc", "desc")
_LARGEST, _FASTEST = 3840, 30

Order = Literal["asc", "desc"]


def _height(told: str) -> int:
    if told not in _HEIGHTS:
        raise ValueError("must be one of " + ", ".join(_HEIGHTS))
    return _HEIGHTS[told]


_HEIGHT = May(_height, {"type": "string", "enum": list(_HEIGHTS)})


class PagingQuery(Query):
    """A page of a list."""

    limit: Annotated[int, count(1, 50), means("How many to a page")] = 10
    offset: Annotated[int, count(1, 1 << 31), means("The page's number")] = 1
    order_by: Annotated[Order, one_of(*_ORDERS), means("By creation")] = "desc"

    @property
    def page(self) -> Page:
        """Where it begins, and how long it is."""
        return Page((self.offset - 1) * self.limit, self.limit, newest_first=self.order_by == "desc")


class TokenQuery(Query):
    """Who watches, and how much."""

    token: Annotated[str | None, ANY, means("A private playback's token")] = None


class PartQuery(Query):
    """The part to play."""

    start: Annotated[Fraction | None, TIME, means("Seconds: play from there on")] = None
    end: Annotated[Fraction | None, TIME, means("Seconds: play until there")] = None

    @property
    def range(self) -> Range:
        """As viewings know it."""
        return Range(self.start, self.end)


class RenditionsQuery(Query):
    """The renditions to play."""

    resolution: Annotated[int | None, _HEIGHT, means("That one only")] = None
    min_resolution: Annotated[int | None, _HEIGHT, means("None below")] = None
    max_resolution: Annotated[int | None, _HEIGHT, means("None above")] = None
    rendition_order: Annotated[str, May(str, one_of(*_ORDERS).schema), means("The order of renditions")] = "asc"

    def require(self) -> None:
        """Limits have an order. The order's fault is called as FastPix calls it."""
        if self.rendition_order not in _ORDERS:
            raise Fault("order", "renditionOrder must be asc or desc")
        if self.min_resolution and self.max_resolution and self.min_resolution > self.max_resolution:
            raise Fault("minResolution", "must not be greater than maxResolution")

    @property
    def filters(self) -> Filters:
        """As viewings know them."""
        only = self.resolution
        return Filters(only or self.min_resolution, only or self.max_resolution, self.rendition_order == "desc")


class FitModeQuery(Query):
    """How large a picture is."""

    width: Annotated[int | None, count(1, _LARGEST), means("Pixels")] = None
    height: Annotated[int | None, count(1, _LARGEST), means("Pixels")] = None
    fit: Annotated[Fit, one_of("preserve", "stretch", "crop", "pad"), means("How both are met", name="fit_mode")] = (
        "preserve"
    )


class StillQuery(Query):
    """Which frame a thumbnail is."""

    time: Annotated[Fraction | None, TIME, means("Seconds; its cover by default, or the middle")] = None


class AnimationQuery(Query):
    """What a moving picture shows: five seconds from the beginning unless told."""

    start: Annotated[Fraction | None, TIME, means("Seconds: show from there on")] = None
    start_time: Annotated[Fraction | None, TIME, means("The same")] = None
    end: Annotated[Fraction | None, TIME, means("Seconds: show until there, ten at most")] = None
    end_time: Annotated[Fraction | None, TIME, means("The same")] = None
    fps: Annotated[int, count(1, _FASTEST), means("Pictures a second")] = 15


class SheetQuery(Query):
    """How dense a sheet of tiles is."""

    interval: Annotated[int, count(1, 10), means("Seconds from tile to tile")] = 10


class DownloadQuery(Query):
    """What a file is saved as."""

    download: Annotated[str | None, ANY, means("Save it under this name")] = None


class UploadQuery(Query):
    """What an upload's address was signed with."""

    expires: Annotated[str, ANY, means("As signed")] = ""
    signature: Annotated[str, ANY, means("As signed")] = ""
    upload_id: Annotated[str | None, ANY, means("The upload's id", name="upload_id")] = None


class PlaybackQuery(Query):
    """A playback of a media."""

    playback_id: Annotated[str, ANY, means("The one to delete")] = ""
