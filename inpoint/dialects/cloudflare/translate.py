"""Wire → model: what is asked for, checked field by field. Each raises Invalid, naming the field. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inpoint.dialects.cloudflare.states import state_of
from inpoint.errors import Invalid, SourceNotReady
from inpoint.model.ids import from_uid, new_id, uid_of
from inpoint.model.media import Media
from inpoint.model.playback import Playback, Rule
from inpoint.model.range import Range
from inpoint.model.treatment import AS_SOURCE
from inpoint.model.upload import Upload
from inpoint.web.body import plain
from inpoint.web.fields import flag, is_http, names, seconds
from inpoint.web.moments import moment, parsed_moment

LONGEST = 36_000  # seconds: maxDurationSeconds
_LEAST = Fraction(1, 10)  # seconds of a clip
_SOONEST, _LATEST = timedelta(days=30), timedelta(days=1096)  # of a scheduled deletion
_MOST_META = 16 << 10  # bytes of JSON
_ORIGIN = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:\d{1,5})?|\*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """What a video may be told at its making. None is as it is without."""

    creator: str | None = None
    meta: Mapping[str, Any] | None = None
    name: str | None = None
    origins: tuple[str, ...] | None = None
    is_signed: bool | None = None
    thumbnail: float | None = None
    delete_at: datetime | None = None
    max_seconds: int | None = None
    watermark_id: str | None = None

    def media(self, workspace_id: str, now: datetime) -> Media:
        """A media that is made so."""
        media_id = new_id()
        meta = dict(self.meta or {})
        if self.name is not None:
            meta.setdefault("name", self.name)
        media = Media(
            id=media_id,
            workspace_id=workspace_id,
            created_at=now,
            updated_at=now,
            creator=self.creator,
            max_seconds=self.max_seconds,
            delete_at=self.delete_at,
            own=Playback(
                uid_of(media_id), media_id, "signed" if self.is_signed else "public", origin_rule(self.origins or ())
            ),
            request={"thumbnailTimestampPct": self.thumbnail or 0},
        )
        return with_meta(media, meta)


def pending(media: Media, expires_at: datetime) -> Upload:
    """The upload of a video that is in the library from now on."""
    shown = replace(media, status="pending", request={**media.request, "uploadExpiry": moment(expires_at)})
    return Upload(media.id, media.workspace_id, media.created_at, expires_at, "*", shown, has_media=True)


def with_meta(media: Media, meta: Mapping[str, Any]) -> Media:
    """Its name is the media's title."""
    name = meta.get("name")
    if not isinstance(name, str):
        return replace(media, title=None, metadata=dict(meta))
    return replace(media, title=name, metadata={key: one for key, one in meta.items() if key != "name"})


def origin_rule(origins: tuple[str, ...]) -> Rule:
    """Who may show a video: those that are named, or everybody."""
    return Rule("deny", origins) if origins else Rule()


def settings(body: Mapping[str, Any], now: datetime, creator: str | None = None) -> VideoSettings:
    """``creator`` is what a header says."""
    return VideoSettings(
        creator=limited(body, "creator", 64) or creator,
        meta=meta_of(body),
        name=limited(body, "name", 2048),
        origins=origins(body),
        is_signed=flagged(body, "requireSignedURLs"),
        thumbnail=part(body, "thumbnailTimestampPct"),
        delete_at=scheduled(body, now),
        max_seconds=longest(body),
        watermark_id=_watermark(body),
    )


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """A clip as it was asked for, checked: whose, from where to where in seconds, told what."""

    source_id: str
    range: Range
    settings: VideoSettings


def clip_request(body: Mapping[str, Any], now: datetime) -> ClipRequest:
    """Raises Invalid, naming the field."""
    told = limited(body, "clippedFromVideoUID", 32)
    if not told:
        raise Invalid("clippedFromVideoUID", "is required")
    source_id = from_uid(told)
    if source_id is None:
        raise Invalid("clippedFromVideoUID", "must be a video's uid: 32 hexadecimal characters")
    start, end = (_time(body, name) for name in ("startTimeSeconds", "endTimeSeconds"))
    if end - start < _LEAST:
        raise Invalid("endTimeSeconds", "must lie after startTimeSeconds, by 0.1 seconds at least")
    return ClipRequest(source_id, Range(start, end), settings(body, now))


def clip_of(source: Media, wanted: ClipRequest, new: Media) -> Media:
    """The clip ``new`` of its source, as private as that unless it is said to be public or not. Raises Refused for a
    source that isn't ready, Invalid for a range that begins after its end, or too short before it."""
    if source.status != "ready" or source.timeline is None:
        raise SourceNotReady(f"the video to clip is not ready: its state is {state_of(source)}")
    duration, start = source.timeline.duration, wanted.range.start or Fraction(0)
    if start >= duration:
        raise Invalid("startTimeSeconds", f"must lie before the source's end at {float(duration):g} seconds")
    if min(wanted.range.end or duration, duration) - start < _LEAST:
        raise Invalid("endTimeSeconds", "must lie 0.1 seconds after startTimeSeconds at least, within the video")
    own = new.own_playback
    if wanted.settings.is_signed is None:
        own = replace(own, policy=source.own_playback.policy)
    return replace(new, range=wanted.range, own=own, treatment=replace(new.treatment, max_height=AS_SOURCE))


def _time(body: Mapping[str, Any], name: str) -> Fraction:
    found = seconds(body, name, name)
    if found is None:
        raise Invalid(name, "is required")
    if found < 0:
        raise Invalid(name, "must not be negative")
    return found


def limited(body: Mapping[str, Any], name: str, most: int) -> str | None:
    """A text of at most so many characters. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > most:
        raise Invalid(name, f"must be a text of at most {most} characters")
    return value


def address(body: Mapping[str, Any], *fields: str) -> str:
    """An http or https URL, in the first of the fields that was sent."""
    name = next((one for one in fields if body.get(one) is not None), None)
    if name is None:
        raise Invalid(fields[0], "is required")
    url = body[name]
    if not isinstance(url, str) or len(url) > 8192 or not is_http(url):
        raise Invalid(name, "must be an http or https URL")
    return url


def expiry(body: Mapping[str, Any], name: str, now: datetime) -> datetime | None:
    """When an upload's address ends."""
    when = _moment(body, name)
    if when is not None and not now < when <= now + timedelta(days=7):
        raise Invalid(name, "must lie within the next seven days")
    return when


def whole(body: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    """A whole number within limits. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(name, f"must be a whole number from {least} to {most}")
    return value


def longest(body: Mapping[str, Any]) -> int | None:
    """The longest that a video may be, in seconds. Raises Invalid."""
    return whole(body, "maxDurationSeconds", 1, LONGEST)


def flagged(body: Mapping[str, Any], name: str) -> bool | None:
    """True or false. Raises Invalid."""
    return None if body.get(name) is None else flag(body, name)


def part(body: Mapping[str, Any], name: str) -> float | None:
    """A number from 0 to 1. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1:
        raise Invalid(name, "must be a number from 0 to 1")
    return float(value)


def origins(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Sites that may show a video. Raises Invalid."""
    if body.get("allowedOrigins") is None:
        return None
    found = names(body, "allowedOrigins", "")
    for one in found:
        if not _ORIGIN.fullmatch(one):
            raise Invalid("allowedOrigins", "must hold names such as example.com, *.example.com or localhost:8080")
    return tuple(one.lower() for one in found)


def meta_of(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What `meta` holds. Raises Invalid."""
    value = body.get("meta")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Invalid("meta", "must be an object")
    found: dict[str, Any] = plain(value)
    if len(json.dumps(found)) > _MOST_META:
        raise Invalid("meta", "is too large")
    return found


def scheduled(body: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a video is to be deleted. Raises Invalid."""
    when = _moment(body, "scheduledDeletion")
    if when is not None and not now + _SOONEST <= when <= now + _LATEST:
        raise Invalid("scheduledDeletion", f"must lie {_SOONEST.days} to {_LATEST.days} days from now")
    return when


def _moment(body: Mapping[str, Any], name: str) -> datetime | None:
    value = body.get(name)
    if value is None:
        return None
    found = parsed_moment(value) if isinstance(value, str) else None
    if found is None:
        raise Invalid(name, "must be a time such as 2030-01-31T12:00:00Z")
    return found


def _watermark(body: Mapping[str, Any]) -> str | None:
    value = body.get("watermark")
    if value is None:
        return None
    told = value.get("uid") if isinstance(value, dict) else None
    found = from_uid(told) if isinstance(told, str) else None
    if found is None:
        raise Invalid("watermark.uid", "must be a watermark's uid: 32 hexadecimal characters")
    return found
