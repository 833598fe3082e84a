"""A checked request → the model's values. What depends on the time or the source is checked here: that raises
Invalid, naming the field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from inpoint.dialects.cloudflare.requests import LEAST, NewClip, VideoSettings
from inpoint.dialects.cloudflare.states import state_of
from inpoint.errors import Invalid, SourceNotReady
from inpoint.model.ids import new_id, uid_of
from inpoint.model.media import Media
from inpoint.model.playback import Playback, Policy, Rule
from inpoint.model.range import Range
from inpoint.model.treatment import AS_SOURCE
from inpoint.model.upload import Upload
from inpoint.web.moments import moment

_SOONEST, _LATEST = timedelta(days=30), timedelta(days=1096)  # of a scheduled deletion


def new_media(told: VideoSettings, workspace_id: str, now: datetime, creator: str | None = None) -> Media:
    """A media that is made so. ``creator`` is what a header says."""
    media_id = new_id()
    meta = dict(told.meta or {})
    if told.name is not None:
        meta.setdefault("name", told.name)
    policy: Policy = "signed" if told.require_signed_urls else "public"
    media = Media(
        id=media_id,
        workspace_id=workspace_id,
        created_at=now,
        updated_at=now,
        creator=told.creator or creator,
        max_seconds=told.max_duration_seconds,
        delete_at=deletion(told.scheduled_deletion, now),
        own=Playback(uid_of(media_id), media_id, policy, origin_rule(told.allowed_origins or ())),
        request={"thumbnailTimestampPct": float(told.thumbnail_timestamp_pct or 0)},
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


def clip_of(source: Media, wanted: NewClip, new: Media) -> Media:
    """The clip ``new`` of its source, as private as that unless it is said to be public or not. Raises
    SourceNotReady, and Invalid for a range that begins after its end, or too short before it."""
    if source.status != "ready" or source.timeline is None:
        raise SourceNotReady(f"the video to clip is not ready: its state is {state_of(source)}")
    duration, start, end = source.timeline.duration, wanted.start_time_seconds, wanted.end_time_seconds
    if start >= duration:
        raise Invalid("startTimeSeconds", f"must lie before the source's end at {float(duration):g} seconds")
    if min(end, duration) - start < LEAST:
        raise Invalid("endTimeSeconds", "must lie 0.1 seconds after startTimeSeconds at least, within the video")
    own = new.own_playback
    if wanted.require_signed_urls is None:
        own = replace(own, policy=source.own_playback.policy)
    return replace(new, range=Range(start, end), own=own, treatment=replace(new.treatment, max_height=AS_SOURCE))


def expiry(when: datetime | None, name: str, now: datetime) -> datetime | None:
    """When an upload's address ends."""
    if when is not None and not now < when <= now + timedelta(days=7):
        raise Invalid(name, "must lie within the next seven days")
    return when


def deletion(when: datetime | None, now: datetime) -> datetime | None:
    """When a video is to be deleted."""
    if when is not None and not now + _SOONEST <= when <= now + _LATEST:
        raise Invalid("scheduledDeletion", f"must lie {_SOONEST.days} to {_LATEST.days} days from now")
    return when
