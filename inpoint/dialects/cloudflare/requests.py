"""What requests of the Cloudflare Stream API may say: a form each (Cloudflare API, "Stream")."""

from __future__ import annotations

import json
import re
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from inpoint.dialects.cloudflare.shapes import POSITIONS
from inpoint.model.ids import from_uid
from inpoint.web.body import plain
from inpoint.web.forms import (
    FLAG,
    LOOSE_PART,
    MOMENT,
    NAMES,
    PART,
    SECONDS,
    Fault,
    Form,
    May,
    one_of,
    text,
    url,
    whole,
)

LONGEST = 36_000  # seconds: maxDurationSeconds
LEAST = Fraction(1, 10)  # seconds of a clip
_MOST_META = 16 << 10  # bytes of JSON
_LATEST = 1 << 40  # seconds since 1970
_ORIGIN = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:\d{1,5})?|\*", re.ASCII | re.IGNORECASE)
_UID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}


def _origins(value: Any) -> tuple[str, ...]:
    found: tuple[str, ...] = NAMES.check(value)
    if not all(map(_ORIGIN.fullmatch, found)):
        raise ValueError("must hold names such as example.com, *.example.com or localhost:8080")
    return tuple(one.lower() for one in found)


def _meta(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be an object")
    found: dict[str, Any] = plain(value)
    if len(json.dumps(found)) > _MOST_META:
        raise ValueError("is too large")
    return found


def _watermark(value: Any) -> str:
    told = value.get("uid") if isinstance(value, dict) else None
    found = from_uid(told) if isinstance(told, str) else None
    if found is None:
        raise Fault("uid", "must be a watermark's uid: 32 hexadecimal characters")
    return found


def _video(value: Any) -> str:
    found = from_uid(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a video's uid: 32 hexadecimal characters")
    return found


def _time(value: Any) -> Fraction:
    found: Fraction = SECONDS.check(value)
    if found < 0:
        raise ValueError("must not be negative")
    return found


_TIME = May(_time, {"type": "number", "minimum": 0})
_META = May(_meta, {"type": "object"})
_ORIGINS = May(_origins, NAMES.schema)
_RULES = May(
    plain,
    {
        "type": "array",
        "maxItems": 5,
        "items": {
            "type": "object",
            "required": ["type", "action"],
            "properties": {
                "type": {"type": "string", "enum": ["any", "ip.src", "ip.geoip.country"]},
                "action": {"type": "string", "enum": ["allow", "block"]},
                "ip": {"type": "array", "items": {"type": "string"}},
                "country": {"type": "array", "items": {"type": "string"}},
            },
        },
    },
)

Flag = Annotated[bool | None, FLAG]
Moment = Annotated[datetime | None, MOMENT]
Seconds = Annotated[int, whole(1, LONGEST)]
Line = Annotated[str | None, text(2048)]
Label = Annotated[str, text(255, least=1)]
Url = Annotated[str, url(8192)]
Time = Annotated[Fraction, _TIME]
Loose = Annotated[Fraction, LOOSE_PART]


class VideoSettings(Form):
    """What a video is told at its making, or after: what isn't sent is as it is without. ``watermark`` is an id."""

    creator: Annotated[str | None, text(64)] = None
    meta: Annotated[dict[str, Any] | None, _META] = None
    name: Line = None
    allowed_origins: Annotated[tuple[str, ...] | None, _ORIGINS] = None
    require_signed_urls: Flag = Field(None, alias="requireSignedURLs")
    thumbnail_timestamp_pct: Annotated[Fraction | None, PART] = None
    scheduled_deletion: Moment = None
    max_duration_seconds: Seconds | None = None
    watermark: Annotated[
        str | None, May(_watermark, {"type": "object", "required": ["uid"], "properties": {"uid": _UID}})
    ] = None


class NewClip(VideoSettings):
    """A clip of a video, from a second to a second."""

    clipped_from: Annotated[str, May(_video, _UID)] = Field(alias="clippedFromVideoUID")
    start_time_seconds: Time
    end_time_seconds: Time

    def require(self) -> None:
        """It has a length."""
        if self.end_time_seconds - self.start_time_seconds < LEAST:
            raise Fault("endTimeSeconds", "must lie after startTimeSeconds, by 0.1 seconds at least")


class NewCopy(VideoSettings):
    """A video to import from an address."""

    input: Url | None = None
    url: Url | None = None

    def require(self) -> None:
        """There is an address."""
        if self.input is None and self.url is None:
            raise Fault("input", "is required")

    @property
    def address(self) -> str:
        """Where the video is."""
        return self.input or self.url or ""


class SentVideo(VideoSettings):
    """A video whose bytes are to come, until ``expiry``."""

    expiry: Moment = None


class NewDirectUpload(SentVideo):
    """An address that a browser may send a video to."""

    max_duration_seconds: Seconds


class PublicDetails(Form):
    """What a player may show beside a video."""

    title: Line = None
    share_link: Line = Field(None, alias="share_link")
    channel_link: Line = Field(None, alias="channel_link")
    logo: Line = None
    media_id: Annotated[int | None, whole(0, 1 << 53)] = Field(None, alias="media_id")

    @property
    def shown(self) -> dict[str, Any]:
        """As replies show them."""
        told: dict[str, Any] = self.model_dump(by_alias=True, exclude={"media_id"})
        return told | ({} if self.media_id is None else {"media_id": self.media_id})


class VideoEdit(VideoSettings):
    """A change of a video: what isn't sent stays."""

    uid: Annotated[str | None, May(_video, _UID)] = None
    public_details: PublicDetails | None = None
    upload_expiry: Moment = None


class TokenFlags(Form):
    """What else a token allows."""

    original: Annotated[bool, FLAG] = False


class NewToken(Form):
    """A token that opens a video: in which time (seconds since 1970), where, for what."""

    id: Annotated[str | None, text(64)] = None
    pem: Annotated[str | None, text(8192)] = None
    exp: Annotated[int | None, whole(0, _LATEST)] = None
    nbf: Annotated[int | None, whole(0, _LATEST)] = None
    downloadable: Annotated[bool, FLAG] = False
    flags: TokenFlags | None = None
    access_rules: Annotated[list[Any] | None, _RULES] = None

    def require(self) -> None:
        """A key's two halves come together."""
        if (self.id is None) != (self.pem is None):
            raise Fault("pem" if self.pem is None else "id", "is required beside the other")


class NewWebhook(Form):
    """The address that is told of videos, under either of its names."""

    told: Url | None = Field(None, alias="notificationUrl")
    otherwise: Url | None = Field(None, alias="notification_url")

    def require(self) -> None:
        """There is an address."""
        if self.told is None and self.otherwise is None:
            raise Fault("notificationUrl", "is required")

    @property
    def address(self) -> str:
        """Who is told."""
        return self.told or self.otherwise or ""


class NewWatermark(Form):
    """An image that may lie over videos, and where it then does, in parts of the picture."""

    url: Url | None = None
    name: Annotated[str, text()] = ""
    opacity: Loose = Fraction(1)
    padding: Loose = Fraction(1, 20)
    scale: Loose = Fraction(3, 20)
    position: Annotated[str, one_of(*POSITIONS)] = "upperRight"


class Labelled(Form):
    """What a soundtrack is called."""

    label: Label


class AudioCopy(Labelled):
    """A soundtrack at an address."""

    url: Url


class AudioEdit(Form):
    """A change of a soundtrack: what isn't sent stays."""

    label: Label | None = None
    default: Flag = None
