"""Other sources in a media's timeline: what they are made into, and where they go. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from inpoint.errors import EmptyRange
from inpoint.model.encoding import AudioTrack, Encoding, TextTrack
from inpoint.model.index import AudioIndex
from inpoint.model.range import Range
from inpoint.model.timeline import Lane, Piece, Timeline, concatenate


def fitted(part: Encoding, main: Encoding, encoding_id: str, sounds: int, texts: int) -> Encoding:
    """A part's encoding on the main one's canvas and ladder, with so many soundtracks and captions: those that it
    lacks are silent."""
    silent = [AudioTrack(number, "silence", 48_000, 2) for number in range(len(part.audio), sounds)]
    return replace(
        part,
        id=encoding_id,
        width=main.width,
        height=main.height,
        renditions=main.renditions,
        audio=(*part.audio[:sounds], *silent),
        text=tuple(TextTrack(number) for number in range(texts)),
        shape=(part.width, part.height),
    )


def silence(tracks: int) -> list[AudioIndex]:
    """Indexes of soundtracks that never sound."""
    return [AudioIndex(48_000) for _ in range(tracks)]


def whole(main: Timeline, part: Encoding) -> Timeline:
    """A part's timeline, with the lanes of the main one."""
    counts = {"video": 0, "audio": 0, "text": 0}
    lanes = []
    for lane in main.lanes:
        lanes.append(replace(lane, pieces=(Piece(part.id, counts[lane.kind], 0, part.grid.frames),)))
        counts[lane.kind] += 1
    return Timeline(main.rate, tuple(lanes))


def with_sound(timeline: Timeline, encoding: Encoding, language: str) -> Timeline:
    """The timeline with one soundtrack, another encoding's, on the same grid."""
    piece = timeline.lanes[0].pieces[0]
    lane = Lane("audio", (Piece(encoding.id, 0, piece.start, piece.end),), language)
    others = [one for one in timeline.lanes if one.kind != "audio"]
    return Timeline(timeline.rate, (others[0], lane, *others[1:]))


def joined(main: Timeline, wanted: Range, inserts: Sequence[tuple[Fraction | None, Timeline]]) -> Timeline:
    """What is wanted of the main timeline, with others at their times in it. Raises EmptyRange."""
    kept = main.within(wanted)
    placed = sorted(
        ((_frames_before(main, wanted, at), number, part) for number, (at, part) in enumerate(inserts)),
        key=lambda one: one[:2],
    )
    parts, reached = [], 0
    for frame, _, part in placed:
        if frame > reached:
            parts.append(kept.slice(reached, frame))
            reached = frame
        parts.append(part)
    if reached < kept.frames:
        parts.append(kept.slice(reached, kept.frames))
    return concatenate(parts)


def _frames_before(main: Timeline, wanted: Range, at: Fraction | None) -> int:
    """How many frames of what is wanted come before a time of the main timeline."""
    if at is None:
        return main.within(wanted).frames
    end = at if wanted.end is None else min(at, wanted.end)
    try:
        return main.within(Range(wanted.start, end, wanted.without)).frames
    except EmptyRange:
        return 0
