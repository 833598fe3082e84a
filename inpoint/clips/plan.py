"""What a clip costs, piece by piece, before anything of it is made. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inpoint.model.cuts import Cut, Shared, cut_of
from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.names import audio_names, video_names
from inpoint.model.timeline import Timeline


@dataclass(frozen=True, slots=True)
class PlannedTrack:
    """One piece in one rendition, or of one soundtrack. ``starts`` says whether players start with it."""

    rendition: str
    starts: bool
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a timeline plays; only what isn't shared is made for it."""

    tracks: tuple[PlannedTrack, ...]

    @property
    def first(self) -> list[SegmentName]:
        """Boundary segments that are there when the clip is ready: of what players start with, sound included."""
        return [name for track in self.tracks if track.starts for name in _edges(track)]

    @property
    def others(self) -> list[SegmentName]:
        """The other renditions' boundary segments."""
        return [name for track in self.tracks if not track.starts for name in _edges(track)]

    def __str__(self) -> str:
        """A line for each cut, as a log or a shell shows it."""
        return "\n".join(
            f"{track.rendition:10} {cut.name.start:>7}-{cut.name.end:<7} {type(cut).__name__.lower()}"
            for track in self.tracks
            for cut in track.cuts
        )


def _edges(track: PlannedTrack) -> Iterator[SegmentName]:
    return (cut.name for cut in track.cuts if not isinstance(cut, Shared))


def plan(timeline: Timeline, encodings: Mapping[str, Encoding]) -> Plan:
    """An edge on a segment's boundary cuts nothing."""
    tracks = []
    for kind, encoding, names in _spans(timeline, encodings):
        if names:
            rendition = names[0].rendition
            starts = kind == "audio" or rendition == encoding.renditions[0].name
            tracks.append(PlannedTrack(rendition, starts, tuple(cut_of(name, encoding) for name in names)))
    return Plan(tuple(tracks))


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
