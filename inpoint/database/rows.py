"""Rows ↔ nouns, pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from math import ceil
from typing import Any

from sqlalchemy import Row

from inpoint.model.encoding import AudioTrack, Encoding, Rendition, TextTrack
from inpoint.model.event import Webhook
from inpoint.model.file import MediaFile
from inpoint.model.grid import Grid
from inpoint.model.ids import uid_of
from inpoint.model.media import Failure, Media
from inpoint.model.overlay import overlay_facts, placement_facts, to_overlay, to_placement
from inpoint.model.playback import Playback, Rule
from inpoint.model.range import Range
from inpoint.model.recipe import Recipe, Recipes
from inpoint.model.runs import Runs
from inpoint.model.signing import SigningKey
from inpoint.model.timeline import Lane, Piece, Timeline
from inpoint.model.track import PendingTrack
from inpoint.model.treatment import Imposition, Insert, Treatment
from inpoint.model.upload import Upload
from inpoint.model.watermark import Watermark
from inpoint.model.workspace import Credential

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    return _EPOCH + value * _MICROSECOND


def media_row(media: Media) -> dict[str, Any]:
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
        "treatment": _treatment_facts(media.treatment),
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


def timeline_values(timeline: Timeline | None) -> dict[str, Any]:
    """Of a media's row, what follows from its timeline."""
    if timeline is None:
        return {"rate": None, "seconds": 0}
    return {"rate": str(timeline.rate), "seconds": ceil(timeline.duration)}


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


def _treatment_facts(treatment: Treatment) -> dict[str, Any]:
    facts = {name: getattr(treatment, name) for name in ("max_height", "quality", "loudness", "sound_url")}
    inserts = [{"url": one.url, "at": _text(one.at)} for one in treatment.inserts]
    laid = [
        {"url": one.url, "start": str(one.start), "end": _text(one.end), "fade_in": str(one.fade_in),
         "fade_out": str(one.fade_out)}
        for one in treatment.impositions
    ]  # fmt: skip
    overlays = [placement_facts(one) for one in treatment.overlays]
    return facts | {"overlays": overlays, "inserts": inserts, "impositions": laid}


def _to_treatment(told: Mapping[str, Any]) -> Treatment:
    overlays = tuple(to_placement(one) for one in told.get("overlays", ()))
    inserts = tuple(Insert(one["url"], _fraction(one["at"])) for one in told.get("inserts", ()))
    laid = tuple(
        Imposition(
            one["url"],
            Fraction(one["start"]),
            _fraction(one["end"]),
            Fraction(one["fade_in"]),
            Fraction(one["fade_out"]),
        )
        for one in told.get("impositions", ())
    )
    return Treatment(**{**told, "overlays": overlays, "inserts": inserts, "impositions": laid})


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


Values = Mapping[Any, Any]


def to_media(
    r: Values,
    pieces: Iterable[Values],
    playbacks: Iterable[Values],
    files: Iterable[Values],
    pending: Iterable[Values],
) -> Media:
    ways = {playback.id: playback for playback in map(to_playback, playbacks)}
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
        treatment=_to_treatment(r["treatment"]),
        title=r["title"],
        metadata=r["metadata"],
        request=r["request"],
        creator=r.get("creator") or r["request"].get("creatorId"),  # as older snapshots say
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
        timeline=to_timeline(r["rate"], pieces),
    )


def file_row(file: MediaFile, media_id: str) -> dict[str, Any]:
    return asdict(file) | {"media_id": media_id}


def to_file(r: Values) -> MediaFile:
    return MediaFile(r["id"], r["kind"], r["status"], r["width"], r["height"], r.get("percent") or 0.0)


def track_row(track: PendingTrack, media_id: str) -> dict[str, Any]:
    return asdict(track) | {"media_id": media_id}


def to_track(r: Values) -> PendingTrack:
    return PendingTrack(**{name: r[name] for name in PendingTrack.__slots__ if name in r})


def playback_row(playback: Playback) -> dict[str, Any]:
    return {
        "id": playback.id,
        "media_id": playback.media_id,
        "policy": playback.policy,
        "domains": None if playback.domains == Rule() else asdict(playback.domains),
        "agents": None if playback.agents == Rule() else asdict(playback.agents),
        "max_height": playback.max_height,
    }


def to_playback(r: Values) -> Playback:
    return Playback(r["id"], r["media_id"], r["policy"], _rule(r["domains"]), _rule(r["agents"]), r["max_height"])


def _rule(told: Mapping[str, Any] | None) -> Rule:
    return Rule(told["default"], tuple(told["allow"]), tuple(told["deny"])) if told else Rule()


def to_credential(row: Row[Any]) -> Credential:
    r = row._mapping
    return Credential(**{**r, "created_at": _moment(r["created_at"])})


def to_signing_key(row: Row[Any]) -> SigningKey:
    r = row._mapping
    return SigningKey(r["id"], r["workspace_id"], r["public_key"], from_micros(r["created_at"]), r["sealed"])


def watermark_row(watermark: Watermark) -> dict[str, Any]:
    parts = {name: str(getattr(watermark, name)) for name in ("opacity", "padding", "scale")}
    return asdict(watermark) | parts | {"created_at": to_micros(watermark.created_at)}


def to_watermark(row: Row[Any]) -> Watermark:
    r = row._mapping
    parts = {name: Fraction(r[name]) for name in ("opacity", "padding", "scale")}
    told = {name: r[name] for name in Watermark.__slots__}
    return Watermark(**{**told, **parts, "created_at": from_micros(r["created_at"])})


def piece_rows(media_id: str, timeline: Timeline) -> list[dict[str, Any]]:
    return [row for number, lane in enumerate(timeline.lanes) for row in lane_rows(media_id, lane, number)]


def lane_rows(media_id: str, lane: Lane, lane_number: int) -> list[dict[str, Any]]:
    return [
        {
            "media_id": media_id,
            "lane": lane_number,
            "number": number,
            "kind": lane.kind,
            "language": lane.language,
            "name": lane.name,
            "title": lane.title,
            "encoding_id": piece.encoding,
            "track": piece.track,
            "start": piece.start,
            "end": piece.end,
        }
        for number, piece in enumerate(lane.pieces)
    ]


def to_timeline(rate: str | None, rows: Iterable[Values]) -> Timeline | None:
    """``rows`` in order of lane and number."""
    if rate is None:
        return None
    lanes = []
    for _, group in groupby(rows, key=lambda row: row["lane"]):
        members = list(group)
        first = members[0]
        pieces = tuple(Piece(m["encoding_id"], m["track"], m["start"], m["end"]) for m in members)
        lanes.append(Lane(first["kind"], pieces, first["language"], first["name"], first.get("title") or ""))
    return Timeline(Fraction(rate), tuple(lanes)) if lanes else None


def snapshot(media: Media) -> dict[str, Any]:
    """A media as JSON, to be read again when its row has changed or is gone."""
    return {
        "media": media_row(media),
        "pieces": piece_rows(media.id, media.timeline) if media.timeline else [],
        "playbacks": [playback_row(one) for one in (*media.playbacks, *([media.own] if media.own else []))],
        "files": [file_row(one, media.id) for one in media.files],
        "pending": [track_row(one, media.id) for one in media.pending],
    }


def from_snapshot(told: Mapping[str, Any]) -> Media:
    return to_media(told["media"], told["pieces"], told["playbacks"], told["files"], told["pending"])


def upload_row(upload: Upload) -> dict[str, Any]:
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
    return asdict(webhook) | {"created_at": to_micros(webhook.created_at)}


def to_webhook(r: Values) -> Webhook:
    kinds = None if r["kinds"] is None else tuple(r["kinds"])
    return Webhook(**{**r, "created_at": from_micros(r["created_at"]), "kinds": kinds})


def lease_rows(timeline: Timeline, until: int) -> list[dict[str, Any]]:
    """One for each encoding that the timeline plays; what it is names it."""
    flat = piece_rows("", timeline)
    name = hashlib.sha256(json.dumps([str(timeline.rate), flat], sort_keys=True).encode()).hexdigest()
    return [
        {"id": name, "encoding_id": encoding, "rate": str(timeline.rate), "pieces": flat, "until": until}
        for encoding in sorted(timeline.encodings)
    ]


def to_leased(row: Row[Any]) -> Timeline:
    timeline = to_timeline(row._mapping["rate"], row._mapping["pieces"])
    assert timeline is not None
    return timeline


def encoding_row(encoding: Encoding) -> dict[str, Any]:
    return {
        "id": encoding.id,
        "workspace_id": encoding.workspace_id,
        "generation": encoding.recipe.number,
        "mezzanine_id": encoding.mezzanine_id,
        "facts": _encoding_facts(encoding),
        "filled": [],
    }


def _encoding_facts(encoding: Encoding) -> dict[str, Any]:
    return {
        "rate": str(encoding.grid.rate),
        "frames": encoding.grid.frames,
        "segment_frames": encoding.runs.length,
        "width": encoding.width,
        "height": encoding.height,
        "rotation": encoding.rotation,
        "color": dict(encoding.color),
        "renditions": [asdict(one) | {"runs": one.runs.length} for one in encoding.renditions],
        "audio": [asdict(one) for one in encoding.audio],
        "text": [asdict(one) for one in encoding.text],
        "overlays": [overlay_facts(one) for one in encoding.overlays],
        "shape": encoding.shape,
    }


def to_encoding(row: Row[Any], recipes: Recipes) -> Encoding:
    """Raises LaterRelease for one that a later release made."""
    r = row._mapping
    facts: Mapping[str, Any] = r["facts"]
    recipe = recipes.of(r["generation"])
    return Encoding(
        id=r["id"],
        workspace_id=r["workspace_id"],
        recipe=recipe,
        grid=Grid(Fraction(facts["rate"]), facts["frames"]),
        runs=Runs(facts["segment_frames"]),
        width=facts["width"],
        height=facts["height"],
        rotation=facts["rotation"],
        color=facts["color"],
        renditions=tuple(_to_rendition(one, recipe, facts["segment_frames"]) for one in facts["renditions"]),
        audio=tuple(AudioTrack(**one) for one in facts["audio"]),
        text=tuple(TextTrack(**one) for one in facts["text"]),
        overlays=tuple(to_overlay(one) for one in facts.get("overlays", ())),
        shape=tuple(facts["shape"]) if facts.get("shape") else None,
        mezzanine_id=r["mezzanine_id"],
    )


def _to_rendition(told: Mapping[str, Any], recipe: Recipe, segment_frames: int) -> Rendition:
    """The first release's rows tell neither codec nor rung, which the name said, nor where segments begin."""
    since = {"rung": int(told["name"].removesuffix("p")) if "rung" not in told else told["rung"]}
    runs = Runs(told.get("runs", segment_frames))
    return Rendition(**{"codec": recipe.picture.codec, **told, **since, "runs": runs})
