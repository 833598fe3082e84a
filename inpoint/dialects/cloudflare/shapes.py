"""Model → wire: videos, envelopes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any

from inpoint.dialects.cloudflare.states import state_of
from inpoint.model.encoding import Encoding
from inpoint.model.file import MediaFile
from inpoint.model.ids import uid_of
from inpoint.model.media import Media
from inpoint.model.signing import SigningKey
from inpoint.model.warning import MediaWarning, WarningCode
from inpoint.model.watermark import Position, Watermark
from inpoint.web.moments import moment

_REASONS: Mapping[str, str] = {
    "unreachable": "ERR_FETCH_ORIGIN_ERROR",
    "too_long": "ERR_DURATION_EXCEED_CONSTRAINT",
    "unsupported": "ERR_NON_VIDEO",
    "damaged": "ERR_MALFORMED_VIDEO",
    "empty_range": "ERR_DURATION_TOO_SHORT",
}
#: Codes of an envelope's messages.
_WARNINGS: Mapping[WarningCode, int] = {
    "cut_off": 10201, "damaged": 10202, "left_out": 10203, "guessed": 10204, "dropped": 10205, "held": 10206
}  # fmt: skip

#: Where a watermark goes, in their words and in ours.
POSITIONS: Mapping[str, Position] = {
    "upperRight": ("right", "top"),
    "upperLeft": ("left", "top"),
    "lowerLeft": ("left", "bottom"),
    "lowerRight": ("right", "bottom"),
    "center": ("center", "middle"),
}
_POSITION_WORDS = {ours: theirs for theirs, ours in POSITIONS.items()}


def envelope(result: Any, **more: Any) -> dict[str, Any]:
    """What every reply is wrapped in."""
    return {"result": result, "success": True, "errors": [], "messages": [], **more}


def status(media: Media) -> dict[str, Any]:
    """How far a video is, and why it failed."""
    state = state_of(media)
    told: dict[str, Any] = {"state": state}
    if state in ("inprogress", "error"):
        told["step"] = "encoding"
    if state in ("inprogress", "ready"):
        told["pctComplete"] = f"{media.percent:.6f}"
    failure = media.failure
    told["errorReasonCode"] = _REASONS.get(failure.code, "ERR_UNKNOWN") if failure else ""
    told["errorReasonText"] = failure.message if failure else ""
    if media.warnings:
        told["warnings"] = [{"code": one.code, "message": text} for one, text in _warnings(media)]
    return told


def told_of(media: Media, result: Any) -> dict[str, Any]:
    """The reply about one video, whose warnings are its envelope's messages too."""
    said = [{"code": _WARNINGS[one.code], "message": text} for one, text in _warnings(media)]
    return envelope(result) | {"messages": said}


def _warnings(media: Media) -> Iterator[tuple[MediaWarning, str]]:
    for one in media.warnings:
        span = one.seconds(media.timeline.rate) if media.timeline else None
        yield one, one.message if span is None else f"{one.message} ({span[0]:g} s to {span[1]:g} s)"


def video(media: Media, encoding: Encoding | None, base: str) -> dict[str, Any]:
    """``base`` is what delivery addresses begin with; ``encoding`` the picture's, None before there is one."""
    uid = uid_of(media.id)
    own, request = media.own_playback, media.request
    here = f"{base}/{uid}"
    is_ready = media.status == "ready" and media.timeline is not None
    pictured = encoding if is_ready and encoding and not encoding.is_sound_alone else None
    return {
        "uid": uid,
        "creator": media.creator,
        "thumbnail": f"{here}/thumbnails/thumbnail.jpg",
        "thumbnailTimestampPct": request.get("thumbnailTimestampPct", 0),
        "readyToStream": is_ready,
        "readyToStreamAt": _moment(media.ready_at),
        "status": status(media),
        "meta": meta(media),
        "created": moment(media.created_at),
        "modified": moment(media.updated_at),
        "scheduledDeletion": _moment(media.delete_at),
        "size": media.size,
        "preview": f"{here}/watch",
        "allowedOrigins": list(own.domains.allow),
        "requireSignedURLs": own.policy == "signed",
        "uploaded": _moment(media.received_at),
        "uploadExpiry": request.get("uploadExpiry"),
        "maxSizeBytes": None,
        "maxDurationSeconds": media.max_seconds,
        "duration": float(media.timeline.duration) if is_ready and media.timeline else -1,
        "input": {
            "width": pictured.width if pictured else -1,
            "height": pictured.height if pictured else -1,
        },
        "playback": {"hls": f"{here}/manifest/video.m3u8", "dash": f"{here}/manifest/video.mpd"},
        "watermark": request.get("watermark"),
        "clippedFrom": uid_of(media.parent_id) if media.parent_id else None,
        "publicDetails": request.get("publicDetails"),
    }


def clip(media: Media, encoding: Encoding | None, base: str) -> dict[str, Any]:
    """The reply to a clip's making: what the published reference calls a Clip, and a video."""
    assert media.parent_id is not None
    assert media.range is not None
    return video(media, encoding, base) | {
        "clippedFromVideoUID": uid_of(media.parent_id),
        "startTimeSeconds": float(media.range.start or 0),
        "endTimeSeconds": float(media.range.end or 0),
    }


def meta(media: Media) -> dict[str, Any]:
    """Its `meta`, with the name in it."""
    return dict(media.metadata) | ({"name": media.title} if media.title is not None else {})


def embed(media: Media, base: str) -> str:
    """A fragment to paste into a page."""
    uid = uid_of(media.id)
    title = escape(media.title or "Video", quote=True)
    return (
        f'<iframe src="{base}/{uid}/iframe" title="{title}" style="border: none" width="720" height="405" '
        'allow="accelerometer; gyroscope; autoplay; encrypted-media; picture-in-picture;" '
        'allowfullscreen="true"></iframe>\n'
    )


_KINDS = {"video": ("default", "default.mp4"), "audio": ("audio", "audio.m4a")}
_FILES = {"preparing": "inprogress", "ready": "ready", "failed": "error"}


def downloads(media: Media, base: str) -> dict[str, Any]:
    """The files that are kept of it, by their names."""
    return {_KINDS[file.kind][0]: _download(media, file, base) for file in media.files if file.kind in _KINDS}


def _download(media: Media, file: MediaFile, base: str) -> dict[str, Any]:
    return {
        "status": _FILES[file.status],
        "url": f"{base}/{uid_of(media.id)}/downloads/{_KINDS[file.kind][1]}",
        "percentComplete": file.percent,
    }


def watermark(mark: Watermark) -> dict[str, Any]:
    """A kept image."""
    return {
        "uid": uid_of(mark.id),
        "size": mark.size,
        "height": mark.height,
        "width": mark.width,
        "created": moment(mark.created_at),
        "downloadedFrom": mark.url,
        "name": mark.name,
        "opacity": float(mark.opacity),
        "padding": float(mark.padding),
        "scale": float(mark.scale),
        "position": _POSITION_WORDS[mark.position],
    }


def signing_key(key: SigningKey) -> dict[str, Any]:
    """A signing key, without its private half."""
    return {"id": uid_of(key.id), "key_id": uid_of(key.id), "created": moment(key.created_at)}


def _moment(when: datetime | None) -> str | None:
    return None if when is None else moment(when)
