"""A timeline as tracks of named segments: what every manifest is written from. Pure.

Each track is known by a key ("video-720p", "audio-0", "text-0") and holds a section for each stretch of the
timeline that plays one piece; a new section is a discontinuity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inpoint.model import aac
from inpoint.model.encoding import AAC_SECONDS, Encoding, Rendition, SegmentName
from inpoint.model.names import audio_names, sound_span, video_names
from inpoint.model.recipe import Recipe
from inpoint.model.timeline import Kind, Lane, Piece, Timeline

#: Captions come in segments of as many grid segments: about half a minute.
TEXT_RUN = 15


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of one piece. ``names`` are its segments, ``seconds`` how long each is.

    ``offset`` is the decode time, in ticks of ``timescale``, that plays at the section's beginning.
    """

    encoding: Encoding
    piece: Piece
    names: tuple[SegmentName, ...]
    seconds: tuple[Fraction, ...]
    timescale: int
    ticks: tuple[int, ...]
    first_tick: int
    offset: int

    @property
    def lead(self) -> Fraction:
        """Seconds by which the first sample lies after the section's beginning: sound keeps whole AAC frames."""
        return Fraction(self.first_tick, self.timescale) - self.piece.start / self.encoding.grid.rate


@dataclass(frozen=True, slots=True)
class Track:
    """One line of a manifest: a rendition or soundtrack or captions, with its segments in order."""

    key: str
    kind: Kind
    lane: Lane
    rendition: Rendition | None
    sections: tuple[Section, ...]

    def segment(self, number: int) -> SegmentName | None:
        """The track's segment by its number, counted over all sections."""
        for section in self.sections:
            if 0 <= number < len(section.names):
                return section.names[number]
            number -= len(section.names)
        return None


@dataclass(frozen=True, slots=True)
class Presentation:
    """Everything that a media plays. ``durations`` are the sections' lengths in seconds; ``lowest`` is what players
    start with, listed or not, None of sound alone; ``recipe`` that of what the picture begins with."""

    rate: Fraction
    duration: Fraction
    durations: tuple[Fraction, ...]
    recipe: Recipe
    lowest: Rendition | None
    video: tuple[Track, ...]
    audio: tuple[Track, ...]
    text: tuple[Track, ...]

    def track(self, key: str) -> Track | None:
        """By its key in addresses; None where there is none."""
        return next((track for track in (*self.video, *self.audio, *self.text) if track.key == key), None)


def present(
    timeline: Timeline, encodings: Mapping[str, Encoding], renditions: Sequence[str] | None = None
) -> Presentation:
    """``renditions`` are the rungs to list, in their order; all unless given, the lowest first."""
    sections = timeline.sections
    joined = timeline.sectioned
    main = encodings[next(iter(timeline.lanes[0].pieces)).encoding or ""]
    names = [one.name for one in main.renditions] if renditions is None else renditions
    listed = [one for name in names if (one := main.rendition(name)) is not None]
    video = [
        Track(f"video-{one.name}", "video", timeline.lanes[0], one, _video(sections, encodings, one))
        for one in listed
    ]
    audio = [
        Track(_key(lane, main), "audio", lane, None, _audio(joined.lanes[lane_number], encodings))
        for lane_number, lane in _lanes(timeline, "audio")
    ]
    text = [
        Track(_key(lane, main), "text", lane, None, _text(sections, encodings, lane_number))
        for lane_number, lane in _lanes(timeline, "text")
    ]
    durations = tuple(section.duration for section in sections)
    return Presentation(
        timeline.rate,
        timeline.duration,
        durations,
        main.recipe,
        main.lowest,
        tuple(video),
        tuple(audio),
        tuple(text),
    )


def _lanes(timeline: Timeline, kind: Kind) -> Iterator[tuple[int, Lane]]:
    return ((number, lane) for number, lane in enumerate(timeline.lanes) if lane.kind == kind)


def _key(lane: Lane, main: Encoding) -> str:
    """Stays the same when other lanes come and go, for what it names is cached: the picture's encoding's own tracks
    by their number, an added one by its encoding."""
    first = next((piece for piece in lane.pieces if piece.encoding is not None), None)
    if first is None or first.encoding in (None, main.mezzanine):
        return f"{lane.kind}-{first.track if first else 0}"
    return f"{lane.kind}-{first.encoding[:8]}"


def _video(
    sections: Sequence[Timeline], encodings: Mapping[str, Encoding], rendition: Rendition
) -> tuple[Section, ...]:
    built = []
    for section in sections:
        piece = section.lanes[0].pieces[0]
        encoding = encodings[piece.encoding or ""]
        grid = encoding.grid
        names = tuple(video_names(piece, encoding, rendition.name))
        lengths = [name.end - name.start for name in names]
        built.append(
            Section(
                encoding, piece, names,
                seconds=tuple(length / grid.rate for length in lengths),
                timescale=grid.timescale,
                ticks=tuple(length * grid.frame_ticks for length in lengths),
                first_tick=piece.start * grid.frame_ticks,
                offset=piece.start * grid.frame_ticks,
            )
        )  # fmt: skip
    return tuple(built)


def _audio(lane: Lane, encodings: Mapping[str, Encoding]) -> tuple[Section, ...]:
    built = []
    for number, piece in enumerate(lane.pieces):
        encoding = encodings[piece.encoding or ""]
        names = tuple(audio_names(lane, number, encoding))
        late = sound_span(lane, number, encoding.grid).late
        lengths = [name.end - name.start for name in names]
        built.append(
            Section(
                encoding, piece, names,
                seconds=tuple(length * AAC_SECONDS for length in lengths),
                timescale=aac.RATE,
                ticks=tuple(length * aac.FRAME for length in lengths),
                first_tick=names[0].start * aac.FRAME,
                offset=round(piece.start / encoding.grid.rate * aac.RATE - late * aac.FRAME),
            )
        )  # fmt: skip
    return tuple(built)


def _text(sections: Sequence[Timeline], encodings: Mapping[str, Encoding], lane_number: int) -> tuple[Section, ...]:
    built = []
    for section in sections:
        piece = section.lanes[lane_number].pieces[0]
        encoding = encodings[piece.encoding or ""]
        grid = encoding.grid
        spans = list(encoding.runs.times(TEXT_RUN).spans(piece.start, piece.end))
        built.append(
            Section(
                encoding, piece,
                tuple(encoding.segment(f"text-{piece.track}", start, end) for start, end in spans),
                seconds=tuple((end - start) / grid.rate for start, end in spans),
                timescale=grid.timescale,
                ticks=tuple((end - start) * grid.frame_ticks for start, end in spans),
                first_tick=piece.start * grid.frame_ticks,
                offset=piece.start * grid.frame_ticks,
            )
        )  # fmt: skip
    return tuple(built)
