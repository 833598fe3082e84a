"""Model → wire: media objects, clip entries, envelopes. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any, Literal
from uuid import UUID, uuid5

from inpoint.dialects.fastpix.requests import MEDIA_PREFIX
from inpoint.dialects.fastpix.translate import QUALITIES
from inpoint.errors import NoSuchTrack
from inpoint.model.encoding import Encoding
from inpoint.model.file import MediaFile
from inpoint.model.media import Media, Status
from inpoint.model.playback import Playback, Rule
from inpoint.model.signing import SigningKey
from inpoint.model.timeline import Lane
from inpoint.model.track import PendingTrack
from inpoint.model.upload import Upload
from inpoint.model.warning import MediaWarning
from inpoint.web.moments import moment

_QUALITY_WORDS = {ours: theirs for theirs, ours in QUALITIES.items()}
DurationFormat = Literal["auto", "seconds", "hms"]


@dataclass(frozen=True, slots=True)
class FastPixWords:
    """What an operator has chosen: how durations are spelled, and the base of images' addresses."""

    durations: DurationFormat
    images: str


_STATUSES: Mapping[Status, str] = {
    "pending": "Created",
    "waiting": "Created",
    "fetching": "Downloading",
    "indexing": "Processing",
    "ready": "Ready",
    "failed": "Failed",
}
_POLICIES = {"public": "public", "signed": "private"}
_NUMBERED = ("2160", "1440", "1080", "720", "480", "360")
_SDK = re.compile(r"fastpix-sdk/(\w{1,20}) (\d{1,6})\.(\d{1,6})")


def speaks_hms(setting: DurationFormat, user_agent: str, *, seed_path: bool) -> bool:
    """Which clients expect ``HH:MM:SS``: the older SDKs, and the path that the first documentation named."""
    if setting != "auto":
        return setting == "hms"
    if seed_path:
        return True
    match = _SDK.search(user_agent)
    if match is None:
        return False
    language, major, minor = match[1], int(match[2]), int(match[3])
    return language != "python" or (major, minor) < (1, 2)


def envelope(data: Any, **more: Any) -> dict[str, Any]:
    """What every reply is wrapped in."""
    return {"success": True, "data": data, **more}


def pagination(total: int, offset: int, limit: int) -> dict[str, int]:
    """Which page of how many."""
    return {"totalRecords": total, "currentOffset": offset, "offsetCount": -(-total // limit)}


def created(media: Media) -> dict[str, Any]:
    """The reply to a creation."""
    body = {
        "id": media.id,
        "trial": False,
        "status": "Created",
        "createdAt": moment(media.created_at),
        "updatedAt": moment(media.updated_at),
        "playbackIds": [playback_id(one) for one in media.playbacks],
        "mediaQuality": _QUALITY_WORDS[media.treatment.quality],
        "sourceAccess": _has_source(media),
        "maxResolution": media.request["maxResolution"],
        "inputs": media.request["inputs"],
        "optimizeAudio": media.treatment.loudness,
    }
    if media.request.get("metadata") is not None:
        body["metadata"] = dict(media.metadata)
    return body | _optional(media)


def media_object(media: Media, encoding: Encoding | None, images: str, *, hms: bool) -> dict[str, Any]:
    """A media as get and list show it. ``images`` is the base of thumbnails' addresses; ``hms`` spells durations
    ``HH:MM:SS``. Before it is ready it has no tracks and no duration."""
    ready = media.status == "ready" and media.timeline is not None
    body: dict[str, Any] = {
        "id": media.id,
        "workspaceId": media.workspace_id,
        "metadata": {name: one if isinstance(one, str) else json.dumps(one) for name, one in media.metadata.items()},
        "mediaQuality": _QUALITY_WORDS[media.treatment.quality],
        "maxResolution": media.request.get("maxResolution", "1080p"),
        "status": _STATUSES[media.status],
        "sourceAccess": _has_source(media),
        "playbackIds": [playback_id(one) for one in media.playbacks],
        "tracks": tracks(media, encoding, "available") if ready and encoding else [],
        "generatedSubtitles": [],
        "isAudioOnly": bool(ready and encoding and encoding.is_sound_alone),
        "subtitleAvailable": bool(media.timeline and media.timeline.of("text")) and ready,
        "optimizeAudio": media.treatment.loudness,
        "createdAt": moment(media.created_at),
        "updatedAt": moment(media.updated_at),
    }
    if ready and media.timeline is not None:
        body["duration"] = _duration(media, hms=hms)
        if encoding is not None and not encoding.is_sound_alone:
            body["frameRate"] = _rate(media)
            body["aspectRatio"] = _aspect(encoding)
            body["sourceResolution"] = _resolution(encoding)
    elif media.status != "failed":
        body["progress"] = media.percent
    if media.status_reason:
        body["statusReason"] = media.status_reason
    if media.warnings and media.timeline is not None:
        body["warnings"] = [_warning(one, media.timeline.rate) for one in media.warnings]
    if files := [_file(one) for one in media.files if one.kind != "source"]:
        body["mp4Support"] = files
    if media.playbacks:
        body["thumbnail"] = f"{images}/{media.playbacks[0].id}/thumbnail.png"
    if media.failure:
        body["error"] = {"code": media.failure.code, "message": media.failure.message}
    return body | _optional(media)


def _warning(one: MediaWarning, rate: Fraction) -> dict[str, Any]:
    body: dict[str, Any] = {"code": one.code, "message": one.message}
    if (span := one.seconds(rate)) is not None:
        body |= {"startTime": span[0], "endTime": span[1]}
    return body


def _has_source(media: Media) -> bool:
    return any(file.kind == "source" for file in media.files)


def _file(file: MediaFile) -> dict[str, Any]:
    kind, suffix = ("capped_4k", "mp4") if file.kind == "video" else ("audioOnly", "m4a")
    body: dict[str, Any] = {"type": kind, "status": file.status, "ext": suffix}
    if file.width is not None:
        body |= {"width": file.width, "height": file.height}
    return body


def clip_entry(media: Media, encoding: Encoding | None, images: str, *, hms: bool) -> dict[str, Any]:
    """A clip in its source's list, where the SDK's enums are strict."""
    body = media_object(media, encoding, images, hms=hms)
    if body.get("sourceResolution") not in _NUMBERED:
        body.pop("sourceResolution", None)
    for track in body["tracks"]:
        track["status"] = "Ready"
    return body


def _optional(media: Media) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if media.title is not None:
        found["title"] = media.title
    if media.parent_id is not None:
        found["sourceMediaId"] = media.parent_id
    if media.creator is not None:
        found["creatorId"] = media.creator
    return found


def playback_id(playback: Playback) -> dict[str, Any]:
    """A way of watching."""
    return {
        "id": playback.id,
        "accessPolicy": _POLICIES[playback.policy],
        "accessRestrictions": {"domains": rule(playback.domains), "userAgents": rule(playback.agents)},
    }


def playback_with_resolution(playback: Playback) -> dict[str, Any]:
    """As its own endpoints show it."""
    resolution = f"{playback.max_height}p" if playback.max_height else None
    return playback_id(playback) | {"resolution": resolution}


def rule(restriction: Rule) -> dict[str, Any]:
    """Who may, and who may not."""
    return {
        "defaultPolicy": restriction.default,
        "allow": list(restriction.allow),
        "deny": list(restriction.deny),
    }


def signing_key(key: SigningKey) -> dict[str, Any]:
    """A signing key, without its private half."""
    return {"id": key.id, "createdAt": moment(key.created_at)}


def tracks(media: Media, encoding: Encoding, status: str) -> list[dict[str, Any]]:
    """Picture, sound and captions, each with its language."""
    assert media.timeline is not None
    found: list[dict[str, Any]] = []
    for lane in media.timeline.lanes:
        if lane.kind == "video" and encoding.is_sound_alone:
            continue
        track: dict[str, Any] = {"id": track_id(media.id, str(lane.identity)), "type": lane.kind, "status": status}
        if lane.kind == "video":
            track |= {"width": encoding.width, "height": encoding.height, "frameRate": _rate(media)}
        else:
            track |= _named(lane)
        found.append(track)
    return found + [pending_track(media.id, one) | {"status": one.status} for one in media.pending]


def _named(track: Lane | PendingTrack) -> dict[str, Any]:
    body = {
        "type": "audio" if track.kind == "audio" else "subtitle",
        "languageCode": track.language,
        "languageName": track.name,
    }
    return body | ({"title": track.title} if track.title else {})


def added_track(media_id: str, track: PendingTrack) -> dict[str, Any]:
    """As the calls that add and rename tracks show it."""
    return pending_track(media_id, track) | {"url": track.url}


def pending_track(media_id: str, track: PendingTrack) -> dict[str, Any]:
    """A track that isn't part of its media yet."""
    body = {"id": track_id(media_id, str(track.identity)), **_named(track)}
    return body | ({"error": {"message": track.failure}} if track.failure else {})


def named_track(media: Media, identity: str) -> dict[str, Any]:
    """One track of a media, on its way or not. Raises NoSuchTrack."""
    for lane in media.timeline.lanes if media.timeline else ():
        if str(lane.identity) == identity:
            return {"id": track_id(media.id, identity), **_named(lane)}
    for one in media.pending:
        if str(one.identity) == identity:
            return added_track(media.id, one)
    raise NoSuchTrack


def track_id(media_id: str, identity: str) -> str:
    """A UUID like every id: of what the track is, in its media."""
    return str(uuid5(UUID(media_id), identity))


def _duration(media: Media, *, hms: bool) -> Any:
    assert media.timeline is not None
    seconds = media.timeline.duration
    if hms:
        whole = int(seconds)
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return float(seconds)


def _rate(media: Media) -> str:
    assert media.timeline is not None
    return f"{media.timeline.rate.numerator}/{media.timeline.rate.denominator}"


def _aspect(encoding: Encoding) -> str:
    common = gcd(encoding.width, encoding.height)
    width, height = encoding.width // common, encoding.height // common
    return f"{width}:{height}"


def _resolution(encoding: Encoding) -> str:
    return str(min(encoding.width, encoding.height))


def upload(one: Upload, url: str, seconds: int) -> dict[str, Any]:
    """The reply to a direct upload's creation."""
    media = one.media
    settings = {
        "playbackIds": [_ways(way) for way in media.playbacks],
        "metadata": dict(media.metadata),
        "mediaQuality": _QUALITY_WORDS[media.treatment.quality],
        "sourceAccess": _has_source(media),
        "optimizeAudio": media.treatment.loudness,
        "maxResolution": media.request["maxResolution"],
    }
    return _upload(one, url, seconds) | {"pushMediaSettings": settings | _optional(media)}


def upload_entry(one: Upload, url: str, seconds: int) -> dict[str, Any]:
    """In the list of unused uploads."""
    return upload(one, url, seconds) | {"createdAt": moment(one.created_at)}


def cancelled(one: Upload, url: str, seconds: int) -> dict[str, Any]:
    """An upload that was given up."""
    media = one.media
    return _upload(one, url, seconds) | {
        "status": "cancelled",
        "maxResolution": media.request["maxResolution"],
        "accessPolicy": _POLICIES[media.playbacks[0].policy],
        "metadata": dict(media.metadata),
    }


def _upload(one: Upload, url: str, seconds: int) -> dict[str, Any]:
    return {
        "uploadId": one.id,
        "trial": False,
        "status": "waiting",
        "url": url,
        "timeout": seconds,
        "corsOrigin": one.origin,
    }


def _ways(playback: Playback) -> dict[str, Any]:
    """A playback that has no id to tell yet."""
    return {name: value for name, value in playback_id(playback).items() if name != "id"}


def input_info(media: Media, encoding: Encoding | None) -> dict[str, Any]:
    """What a media was made of."""
    url = f"{MEDIA_PREFIX}{media.parent_id}" if media.parent_id else media.source_url
    found = tracks(media, encoding, "available") if encoding and media.timeline else []
    return {"configuration": {"url": url}, "file": {"containerFormat": "mp4", "tracks": found}}


def page(found: Sequence[dict[str, Any]], total: int, offset: int, limit: int) -> dict[str, Any]:
    """A page of a list."""
    return envelope(list(found), pagination=pagination(total, offset, limit))
