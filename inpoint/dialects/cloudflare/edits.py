"""Wire → model: a change of a video, checked field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inpoint.dialects.cloudflare.translate import (
    expiry,
    flagged,
    limited,
    longest,
    meta_of,
    origin_rule,
    origins,
    part,
    scheduled,
    whole,
    with_meta,
)
from inpoint.errors import Invalid
from inpoint.model.ids import uid_of
from inpoint.model.media import Media
from inpoint.web.moments import moment, parsed_moment

_DETAILS = ("title", "share_link", "channel_link", "logo")


@dataclass(frozen=True, slots=True)
class VideoEdit:
    """A change of a video; ``told`` holds what was sent, checked."""

    told: Mapping[str, Any]

    def __call__(self, media: Media) -> Media:
        told, request, own = self.told, dict(media.request), media.own_playback
        if "requireSignedURLs" in told:
            own = replace(own, policy="signed" if told["requireSignedURLs"] else "public")
        if "allowedOrigins" in told:
            own = replace(own, domains=origin_rule(told["allowedOrigins"]))
        request |= {name: told[name] for name in ("thumbnailTimestampPct", "publicDetails") if name in told}
        if "uploadExpiry" in told:
            request["uploadExpiry"] = moment(told["uploadExpiry"])
        edited = replace(
            media,
            creator=told.get("creator", media.creator),
            max_seconds=told.get("maxDurationSeconds", media.max_seconds),
            delete_at=told.get("scheduledDeletion", media.delete_at),
            own=own,
            request=request,
        )
        return with_meta(edited, told["meta"]) if "meta" in told else edited


def edit(sent: Mapping[str, Any], media: Media, now: datetime) -> VideoEdit:
    """What isn't sent stays; times that are sent back as they are, too."""
    known = {"uploadExpiry": media.request.get("uploadExpiry"), "scheduledDeletion": media.delete_at}
    body = {name: value for name, value in sent.items() if not (value and _moments_equal(value, known.get(name)))}
    if media.status != "pending":
        body.pop("uploadExpiry", None)  # there is nothing left to be sent
    if body.get("uid") is not None and body["uid"] != uid_of(media.id):
        raise Invalid("uid", "must be the video's own")
    readers: Mapping[str, Any] = {
        "creator": limited(body, "creator", 64),
        "meta": meta_of(body),
        "allowedOrigins": origins(body),
        "requireSignedURLs": flagged(body, "requireSignedURLs"),
        "thumbnailTimestampPct": part(body, "thumbnailTimestampPct"),
        "scheduledDeletion": scheduled(body, now),
        "maxDurationSeconds": longest(body),
        "publicDetails": _details(body),
        "uploadExpiry": expiry(body, "uploadExpiry", now),
    }
    nullable = {"creator", "scheduledDeletion", "publicDetails", "maxDurationSeconds"}
    return VideoEdit(
        {name: one for name, one in readers.items() if one is not None or (name in body and name in nullable)}
    )


def _moments_equal(told: Any, known: str | datetime | None) -> bool:
    if not isinstance(told, str) or known is None:
        return False
    return parsed_moment(told) == (parsed_moment(known) if isinstance(known, str) else known)


def _details(body: Mapping[str, Any]) -> dict[str, Any] | None:
    value = body.get("publicDetails")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Invalid("publicDetails", "must be an object")
    for name in _DETAILS:
        if value.get(name) is not None and (not isinstance(value[name], str) or len(value[name]) > 2048):
            raise Invalid(f"publicDetails.{name}", "must be a text of at most 2048 characters")
    details: dict[str, Any] = {name: value.get(name) for name in _DETAILS}
    if (number := whole(value, "media_id", 0, 1 << 53)) is not None:
        details["media_id"] = number
    return details
