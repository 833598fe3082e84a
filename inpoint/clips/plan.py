"""What a clip costs, pure: which of its segments are shared, and which its edges cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.names import audio_names, is_whole, video_names, whole_audio
from inpoint.model.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Plan:
    """Boundary segments: those in the rendition that players start with, sound included, and the others'."""

    first: tuple[SegmentName, ...]
    others: tuple[SegmentName, ...]


def plan(timeline: Timeline, encodings: Mapping[str, Encoding]) -> Plan:
    """The segments that a timeline's edges fall into; an edge on a segment's boundary cuts nothing."""
    first: list[SegmentName] = []
    others: list[SegmentName] = []
    for kind, encoding, names in _spans(timeline, encodings):
        if kind == "audio":
            first += [name for name in names if name != whole_audio(name, encoding)]
        else:
            cut = [name for name in names if not is_whole(name, encoding.grid)]
            (first if names and names[0].rendition == encoding.lowest.name else others).extend(cut)
    return Plan(tuple(first), tuple(others))


def _spans(
    timeline: Timeline, encodings: Mapping[str, Encoding]
) -> Iterator[tuple[str, Encoding, list[SegmentName]]]:
    for lane in timeline.sectioned.lanes:
        for number, piece in enumerate(lane.pieces):
            encoding = encodings.get(piece.encoding or "")
            if encoding is None:
                continue
            if lane.kind == "audio":
                yield "audio", encoding, audio_names(lane, number, encoding)
            elif lane.kind == "video":
                for rendition in encoding.renditions:
                    yield "video", encoding, list(video_names(piece, encoding, rendition.name))


def played(timelines: Iterable[Timeline], encoding: Encoding) -> set[SegmentName]:
    """Every segment of an encoding that any of the timelines plays, in any rendition."""
    return {
        name for timeline in timelines for _, _, names in _spans(timeline, {encoding.id: encoding}) for name in names
    }
