"""Model → wire: media as our own API shows them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from inpoint.model.encoding import Encoding
from inpoint.model.event import Delivery, Event
from inpoint.model.fill import FillProgress
from inpoint.model.media import Media
from inpoint.model.playback import Playback
from inpoint.model.timeline import Lane
from inpoint.model.warning import MediaWarning
from inpoint.web.moments import moment


def media(one: Media, encoding: Encoding | None, view: str, base: str) -> dict[str, Any]:
    """``encoding`` is what the picture is made of, ``view`` where whoever asks may watch it, ``base`` what playback
    addresses begin with."""
    body: dict[str, Any] = {
        "id": one.id,
        "status": one.status,
        "percent": one.percent,
        "title": one.title,
        "source": one.parent_id,
        "createdAt": moment(one.created_at),
        "updatedAt": moment(one.updated_at),
        "size": one.size,
        "playbacks": [playback(way, base) for way in one.playbacks],
        "warnings": [] if one.timeline is None else [_warning(each, one.timeline.rate) for each in one.warnings],
    }
    if one.timeline is not None:
        body |= {
            "duration": float(one.timeline.duration),
            "frames": one.timeline.frames,
            "rate": str(one.timeline.rate),
            "view": view,
        }
        if encoding is not None:
            body |= {"width": encoding.width, "height": encoding.height, "audioOnly": encoding.is_sound_alone}
    if one.range is not None and one.parent_id is not None:
        body["range"] = [[_seconds(start), _seconds(end)] for start, end in one.range.kept]
    if one.status_reason:
        body["reason"] = one.status_reason
    if one.failure:
        body["error"] = {"code": one.failure.code, "message": one.failure.message}
    return body


def _warning(one: MediaWarning, rate: Fraction) -> dict[str, Any]:
    start, end = one.seconds(rate) or (None, None)
    return {"code": one.code, "message": one.message, "start": start, "end": end}


def playback(one: Playback, base: str) -> dict[str, Any]:
    """A way of watching, with its addresses."""
    return {
        "id": one.id,
        "policy": one.policy,
        "hls": f"{base}/{one.id}.m3u8",
        "dash": f"{base}/{one.id}.mpd",
        "watch": f"{base}/{one.id}/watch",
    }


def details(one: Media, encoding: Encoding | None, filled: Collection[str]) -> dict[str, Any]:
    """What is told of one media alone. ``filled`` are the renditions that have been made whole."""
    body: dict[str, Any] = {
        "metadata": dict(one.metadata),
        "creator": one.creator,
        "sourceUrl": one.source_url,
        "files": [{"kind": file.kind, "status": file.status, "percent": file.percent} for file in one.files],
    }
    if encoding is not None:
        body["renditions"] = [
            {"name": rung.name, "width": rung.width, "height": rung.height, "whole": rung.name in filled}
            for rung in encoding.renditions
        ]
    if one.timeline is not None:
        body["tracks"] = [_track(lane) for lane in one.timeline.lanes if lane.kind != "video"]
    return body


def _track(lane: Lane) -> dict[str, Any]:
    return {"kind": lane.kind, "language": lane.language, "name": lane.title or lane.name}


def fill(whole: Collection[str], told: Collection[FillProgress], encodings: int) -> dict[str, Any]:
    """How far the background encoding of all that a media is made of has come: ``encodings`` in number, of which some
    have ``told``."""
    body: dict[str, Any] = {"whole": sorted(whole)}
    if told:
        total = FillProgress(
            sum(one.made for one in told),
            sum(one.total for one in told),
            max(one.rate for one in told),
            all(one.ended for one in told) and len(told) == encodings,
        )
        left = total.remaining_seconds
        body |= {
            "made": total.made,
            "total": total.total,
            "percent": round(total.percent, 1),
            "segmentsPerSecond": round(total.rate, 2),
            "remainingSeconds": None if left is None else round(left, 1),
            "ended": total.ended,
        }
    return body


def event(one: Event) -> dict[str, Any]:
    """Something that happened."""
    about = one.media.id if one.media else None
    return {"id": one.id, "kind": one.kind, "media": about, "createdAt": one.created_at.isoformat()}


def delivery(one: Delivery) -> dict[str, Any]:
    """One telling, with every attempt."""
    return {
        "id": one.id,
        "webhook": one.webhook_id,
        "event": event(one.event),
        "status": one.status,
        "nextTry": one.due.isoformat() if one.due and one.status == "pending" else None,
        "attempts": [dict(attempt) for attempt in one.attempts],
    }


def _seconds(time: Fraction | None) -> float | None:
    return None if time is None else float(time)
