"""Rows ↔ nouns, pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Row

from inpoint.database import older
from inpoint.database.timeline_rows import Values, piece_rows, timeline_values, to_timeline
from inpoint.database.treatment_rows import to_treatment, treatment_facts
from inpoint.database.warning_rows import to_warnings, warning_facts
from inpoint.model.event import Webhook
from inpoint.model.file import MediaFile
from inpoint.model.ids import uid_of
from inpoint.model.media import Failure, Media
from inpoint.model.playback import Playback, Rule
from inpoint.model.range import Range
from inpoint.model.signing import SigningKey
from inpoint.model.track import PendingTrack
from inpoint.model.upload import Upload
from inpoint.model.warning import MediaWarning, warnings_of
from inpoint.model.watermark import Watermark
from inpoint.model.workspace import Credential

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """A moment in microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """A moment, in UTC."""
    return _EPOCH + value * _MICROSECOND


def media_row(media: Media) -> dict[str, Any]:
    """All of a media but what stands in rows of its own: pieces, playbacks, files, pending tracks."""
    return {
        "id": media.id,
        "workspace_id": media.workspace_id,
        "created_at": to_micros(media.created_at),
        "updated_at": to_micros(media.updated_at),
        "status": media.status,
        "percent": media.percent,
        "status_reason": media.status_reason,
        "failure_code": media.failure.code if media.failure else None,
        "failure_message": media.failure.message if media.failure else None,
        "parent_id": media.parent_id,
        "range_start": _text(media.range.start if media.range else None),
        "range_end": _text(media.range.end if media.range else None),
        "range_without": _stretches(media.range.without) if media.range and media.range.without else None,
        "range_joined": _stretches(media.range.joined) if media.range and media.range.joined else None,
        "is_ranged": media.range is not None,
        "source_url": media.source_url,
        "treatment": treatment_facts(media.treatment),
        "title": media.title,
        "folded_title": (media.title or "").casefold(),
        "metadata": dict(media.metadata),
        "request": dict(media.request),
        "creator": media.creator,
        "max_seconds": media.max_seconds,
        "delete_at": _micros(media.delete_at),
        "received_at": _micros(media.received_at),
        "ready_at": _micros(media.ready_at),
        "size": media.size,
        **timeline_values(media.timeline),
    }


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


_Stretches = tuple[tuple[Fraction, Fraction], ...]


def _stretches(told: _Stretches) -> list[list[str]]:
    return [[str(start), str(end)] for start, end in told]


def _to_stretches(told: Sequence[Sequence[str]] | None) -> _Stretches:
    return tuple((Fraction(start), Fraction(end)) for start, end in told or ())


def _to_range(r: Values) -> Range:
    without, joined = _to_stretches(r["range_without"]), _to_stretches(r.get("range_joined"))
    return Range(_fraction(r["range_start"]), _fraction(r["range_end"]), without, joined)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def to_media(
    r: Values,
    pieces: Sequence[Values],
    playbacks: Iterable[Values],
    files: Iterable[Values],
    pending: Iterable[Values],
) -> Media:
    """A media from its row and those of what belongs to it."""
    ways = {playback.id: playback for playback in map(to_playback, playbacks)}
    timeline = to_timeline(r["rate"], pieces)
    own = ways.pop(uid_of(r["id"]), None)
    return Media(
        id=r["id"],
        workspace_id=r["workspace_id"],
        created_at=from_micros(r["created_at"]),
        updated_at=from_micros(r["updated_at"]),
        status=r["status"],
        parent_id=r["parent_id"],
        range=_to_range(r) if r["is_ranged"] else None,
        source_url=r["source_url"],
        treatment=to_treatment(r["treatment"]),
        title=r["title"],
        metadata=r["metadata"],
        request=r["request"],
        creator=older.creator(r),
        max_seconds=r.get("max_seconds"),
        delete_at=_moment(r.get("delete_at")),
        received_at=_moment(r.get("received_at")),
        ready_at=_moment(r.get("ready_at")),
        size=r.get("size") or 0,
        playbacks=tuple(ways.values()),
        own=own,
        files=tuple(to_file(file) for file in files),
        pending=tuple(to_track(track) for track in pending),
        percent=r["percent"],
        status_reason=r["status_reason"],
        failure=Failure(r["failure_code"], r["failure_message"]) if r["failure_code"] else None,
        timeline=timeline,
        warnings=warnings_of(timeline, _told(pieces)) if timeline else (),
    )


def _told(pieces: Iterable[Values]) -> dict[str, tuple[MediaWarning, ...]]:
    """The warnings of the encodings that pieces play, whose rows hold them."""
    return {one["encoding_id"]: to_warnings(one["warnings"]) for one in pieces if one.get("warnings")}


def file_row(file: MediaFile, media_id: str) -> dict[str, Any]:
    """A kept file's."""
    return asdict(file) | {"media_id": media_id}


def to_file(r: Values) -> MediaFile:
    """From a row."""
    return MediaFile(r["id"], r["kind"], r["status"], r["width"], r["height"], r.get("percent") or 0.0)


def track_row(track: PendingTrack, media_id: str) -> dict[str, Any]:
    """A pending track's."""
    return asdict(track) | {"media_id": media_id}


def to_track(r: Values) -> PendingTrack:
    """From a row."""
    return PendingTrack(**{name: r[name] for name in PendingTrack.__slots__ if name in r})


def playback_row(playback: Playback) -> dict[str, Any]:
    """A playback's; a rule that keeps nobody out is null."""
    return {
        "id": playback.id,
        "media_id": playback.media_id,
        "policy": playback.policy,
        "domains": None if playback.domains == Rule() else asdict(playback.domains),
        "agents": None if playback.agents == Rule() else asdict(playback.agents),
        "max_height": playback.max_height,
    }


def to_playback(r: Values) -> Playback:
    """From a row."""
    return Playback(r["id"], r["media_id"], r["policy"], _rule(r["domains"]), _rule(r["agents"]), r["max_height"])


def _rule(told: Mapping[str, Any] | None) -> Rule:
    return Rule(told["default"], tuple(told["allow"]), tuple(told["deny"])) if told else Rule()


def to_credential(row: Row[Any]) -> Credential:
    """From a row."""
    r = row._mapping
    return Credential(**{**r, "created_at": _moment(r["created_at"])})


def to_signing_key(row: Row[Any]) -> SigningKey:
    """From a row."""
    r = row._mapping
    return SigningKey(r["id"], r["workspace_id"], r["public_key"], from_micros(r["created_at"]), r["sealed"])


def watermark_row(watermark: Watermark) -> dict[str, Any]:
    """A kept image's: exact fractions as text."""
    parts = {name: str(getattr(watermark, name)) for name in ("opacity", "padding", "scale")}
    told = {"created_at": to_micros(watermark.created_at), "position": " ".join(watermark.position)}
    return asdict(watermark) | parts | told


def to_watermark(row: Row[Any]) -> Watermark:
    """From a row."""
    r = row._mapping
    parts = {name: Fraction(r[name]) for name in ("opacity", "padding", "scale")}
    told = {name: r[name] for name in Watermark.__slots__}
    told |= {"created_at": from_micros(r["created_at"]), "position": older.position(r["position"])}
    return Watermark(**{**told, **parts})


def snapshot(media: Media) -> dict[str, Any]:
    """A media as JSON, to be read again when its row has changed or is gone."""
    return {
        "media": media_row(media),
        "pieces": piece_rows(media.id, media.timeline) if media.timeline else [],
        "playbacks": [playback_row(one) for one in (*media.playbacks, *([media.own] if media.own else []))],
        "files": [file_row(one, media.id) for one in media.files],
        "pending": [track_row(one, media.id) for one in media.pending],
        "warnings": warning_facts(media.warnings),
    }


def from_snapshot(told: Mapping[str, Any]) -> Media:
    """A media as it was when the snapshot was made."""
    parts = (told[part] for part in ("media", "pieces", "playbacks", "files", "pending"))
    return replace(to_media(*parts), warnings=to_warnings(told.get("warnings")))


def upload_row(upload: Upload) -> dict[str, Any]:
    """An upload's, with its media as a snapshot."""
    return {
        "id": upload.id,
        "workspace_id": upload.workspace_id,
        "created_at": to_micros(upload.created_at),
        "expires_at": to_micros(upload.expires_at),
        "status": upload.status,
        "origin": upload.origin,
        "total": upload.total,
        "media": snapshot(upload.media),
        "has_media": upload.has_media,
    }


def to_upload(r: Values) -> Upload:
    """From a row."""
    return Upload(
        id=r["id"],
        workspace_id=r["workspace_id"],
        created_at=from_micros(r["created_at"]),
        expires_at=from_micros(r["expires_at"]),
        origin=r["origin"],
        media=from_snapshot(r["media"]),
        status=r["status"],
        total=r["total"],
        has_media=r["has_media"],
    )


def webhook_row(webhook: Webhook) -> dict[str, Any]:
    """A webhook's."""
    return asdict(webhook) | {"created_at": to_micros(webhook.created_at)}


def to_webhook(r: Values) -> Webhook:
    """From a row."""
    kinds = None if r["kinds"] is None else tuple(r["kinds"])
    return Webhook(**{**r, "created_at": from_micros(r["created_at"]), "kinds": kinds})
