"""Timelines ↔ the rows of their pieces, and of leases on them, pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import groupby
from math import ceil
from typing import Any

from sqlalchemy import Row

from inpoint.model.timeline import Lane, Piece, Timeline

Values = Mapping[Any, Any]


def piece_rows(media_id: str, timeline: Timeline) -> list[dict[str, Any]]:
    """One for each piece of each lane, in their order."""
    return [row for number, lane in enumerate(timeline.lanes) for row in lane_rows(media_id, lane, number)]


def lane_rows(media_id: str, lane: Lane, lane_number: int) -> list[dict[str, Any]]:
    """One for each piece; the lane's own facts stand in each."""
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


def lease_rows(timeline: Timeline, until: int) -> list[dict[str, Any]]:
    """One for each encoding that the timeline plays; what it is names it."""
    flat = piece_rows("", timeline)
    name = hashlib.sha256(json.dumps([str(timeline.rate), flat], sort_keys=True).encode()).hexdigest()
    return [
        {"id": name, "encoding_id": encoding, "rate": str(timeline.rate), "pieces": flat, "until": until}
        for encoding in sorted(timeline.encodings)
    ]


def to_leased(row: Row[Any]) -> Timeline:
    """The timeline of a lease."""
    timeline = to_timeline(row._mapping["rate"], row._mapping["pieces"])
    assert timeline is not None
    return timeline


def timeline_values(timeline: Timeline | None) -> dict[str, Any]:
    """Of a media's row, what follows from its timeline."""
    if timeline is None:
        return {"rate": None, "seconds": 0}
    return {"rate": str(timeline.rate), "seconds": ceil(timeline.duration)}
