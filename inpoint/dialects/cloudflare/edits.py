"""A change of a video → what it does to the media. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inpoint.dialects.cloudflare.requests import VideoEdit
from inpoint.dialects.cloudflare.translate import deletion, expiry, origin_rule, with_meta
from inpoint.errors import Invalid
from inpoint.model.media import Media
from inpoint.web.forms import read
from inpoint.web.moments import moment, parsed_moment

#: What null clears.
_CLEARED = ("creator", "scheduledDeletion", "publicDetails", "maxDurationSeconds")


@dataclass(frozen=True, slots=True)
class Edit:
    """``told`` holds what was sent, and ``cleared`` the names of what was sent as null."""

    told: VideoEdit
    cleared: frozenset[str]

    def __call__(self, media: Media) -> Media:
        told, own, request = self.told, media.own_playback, dict(media.request)
        if told.require_signed_urls is not None:
            own = replace(own, policy="signed" if told.require_signed_urls else "public")
        if told.allowed_origins is not None:
            own = replace(own, domains=origin_rule(told.allowed_origins))
        if told.thumbnail_timestamp_pct is not None:
            request["thumbnailTimestampPct"] = float(told.thumbnail_timestamp_pct)
        if told.upload_expiry is not None:
            request["uploadExpiry"] = moment(told.upload_expiry)
        if told.public_details is not None or "publicDetails" in self.cleared:
            request["publicDetails"] = told.public_details and told.public_details.shown
        edited = replace(
            media,
            creator=self._kept("creator", told.creator, media.creator),
            max_seconds=self._kept("maxDurationSeconds", told.max_duration_seconds, media.max_seconds),
            delete_at=self._kept("scheduledDeletion", told.scheduled_deletion, media.delete_at),
            own=own,
            request=request,
        )
        return edited if told.meta is None else with_meta(edited, told.meta)

    def _kept(self, name: str, told: Any, before: Any) -> Any:
        return None if name in self.cleared else before if told is None else told


def edit(sent: Mapping[str, Any], media: Media, now: datetime) -> Edit:
    """What isn't sent stays; times that are sent back as they are, too. Raises Invalid, naming the field."""
    known = {"uploadExpiry": media.request.get("uploadExpiry"), "scheduledDeletion": media.delete_at}
    body = {name: value for name, value in sent.items() if not (value and _is_moment(value, known.get(name)))}
    if media.status != "pending":
        body.pop("uploadExpiry", None)  # there is nothing left to be sent
    told = read(VideoEdit, body)
    if told.uid not in (None, media.id):
        raise Invalid("uid", "must be the video's own")
    deletion(told.scheduled_deletion, now)
    expiry(told.upload_expiry, "uploadExpiry", now)
    return Edit(told, frozenset(name for name in _CLEARED if name in body and body[name] is None))


def _is_moment(told: Any, known: str | datetime | None) -> bool:
    if not isinstance(told, str) or known is None:
        return False
    return parsed_moment(told) == (parsed_moment(known) if isinstance(known, str) else known)
