"""What a media plays: lanes of pieces, each a run of frames of some encoding. The heart of the product, pure.

Positions are frames of the timeline's rate in every lane, sound and text included, so that a slice of a slice
is exactly the slice that could have been made at once. What a lane's frames mean (AAC frames, cues) is derived
from them where segments are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Literal

from inpoint.errors import EmptyRange, MixedTimelines
from inpoint.model.grid import SLACK
from inpoint.model.range import Range

Kind = Literal["video", "audio", "text"]


@dataclass(frozen=True, slots=True)
class Piece:
    """The frames ``[start, end)`` of a track of an encoding; an encoding of None is silence."""

    encoding: str | None
    track: int
    start: int
    end: int

    @property
    def frames(self) -> int:
        """How many."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class LaneId:
    """What a lane stays, however it is named and sliced: the first thing that it plays."""

    kind: Kind
    encoding: str | None
    track: int

    def __str__(self) -> str:
        """As events and ids that are made of it keep it."""
        return f"{self.kind} {self.encoding} {self.track}"


@dataclass(frozen=True, slots=True)
class Lane:
    """Pieces in order. ``language`` is a BCP 47 tag, "und" if unknown; ``name`` is the language's, ``title`` the
    lane's own."""

    kind: Kind
    pieces: tuple[Piece, ...]
    language: str = "und"
    name: str = "default"
    title: str = ""

    @property
    def identity(self) -> LaneId:
        """What it stays."""
        first = next((piece for piece in self.pieces if piece.encoding is not None), self.pieces[0])
        return LaneId(self.kind, first.encoding, first.track)

    @property
    def frames(self) -> int:
        """How many, over all pieces."""
        return sum(piece.frames for piece in self.pieces)

    def slice(self, start: int, end: int) -> Lane:
        """The lane's frames ``[start, end)``, counted from the lane's own beginning."""
        kept, at = [], 0
        for piece in self.pieces:
            first, last = max(start, at), min(end, at + piece.frames)
            if first < last:
                kept.append(replace(piece, start=piece.start + first - at, end=piece.start + last - at))
            at += piece.frames
        return replace(self, pieces=tuple(kept))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes of equal length at one rate."""

    rate: Fraction
    lanes: tuple[Lane, ...]

    @property
    def frames(self) -> int:
        """How many of the picture, over all pieces."""
        return self.lanes[0].frames

    @property
    def duration(self) -> Fraction:
        """Seconds: the number of frames times a frame's duration."""
        return self.frames / self.rate

    @property
    def sections(self) -> list[Timeline]:
        """The timeline in parts of one piece a lane, in order."""
        edges = {0}
        for lane in self.lanes:
            edges.update(accumulate(piece.frames for piece in lane.pieces))
        return [self.slice(start, end) for start, end in pairwise(sorted(edges))]

    @property
    def sectioned(self) -> Timeline:
        """The same, every lane's pieces split where any lane's are: what is played and kept is named by these."""
        sections = self.sections
        lanes = tuple(
            replace(lane, pieces=tuple(section.lanes[number].pieces[0] for section in sections))
            for number, lane in enumerate(self.lanes)
        )
        return Timeline(self.rate, lanes)

    def of(self, kind: Kind) -> tuple[Lane, ...]:
        """The lanes of a kind, in their order."""
        return tuple(lane for lane in self.lanes if lane.kind == kind)

    @property
    def encodings(self) -> frozenset[str]:
        """Every encoding that the timeline plays any frame of."""
        return frozenset(piece.encoding for lane in self.lanes for piece in lane.pieces if piece.encoding is not None)

    @property
    def pictured(self) -> frozenset[str]:
        """The encodings that the picture is made of: at least one."""
        return frozenset(piece.encoding for piece in self.lanes[0].pieces if piece.encoding is not None)

    def playing(self, encoding_id: str) -> Iterator[tuple[Lane, int]]:
        """Where an encoding is played: lanes as they are sectioned, and the number of the piece in each."""
        for lane in self.sectioned.lanes:
            for number, piece in enumerate(lane.pieces):
                if piece.encoding == encoding_id:
                    yield lane, number

    def range_of(self, start: Fraction | None, end: Fraction | None) -> tuple[int, int]:
        """The frames of a range of seconds, clamped to the timeline; None is its beginning or its end.

        Raises EmptyRange if no frame belongs to it.
        """
        first = 0 if start is None else self._frame_at(start)
        last = self.frames if end is None else self._frame_at(end)
        if first >= last:
            raise EmptyRange
        return first, last

    def at(self, frame: int) -> Piece:
        """What the picture's frame is: a piece of that one frame."""
        (piece,) = self.lanes[0].slice(frame, frame + 1).pieces
        return piece

    def within(self, wanted: Range) -> Timeline:
        """The part that a range of seconds names, what it leaves out cut away. Raises EmptyRange."""
        first, last = self.range_of(wanted.start, wanted.end)
        parts = []
        for start, end in wanted.kept:
            begin = first if start is None else max(first, self._frame_at(start))
            stop = last if end is None else min(last, self._frame_at(end))
            if begin < stop:
                parts.append(self.slice(begin, stop))
        if not parts:
            raise EmptyRange
        return concatenate(parts)

    def _frame_at(self, time: Fraction) -> int:
        """The first frame at or after a time, less the slack; clamped."""
        return min(max(_at_or_after(time, self.rate), 0), self.frames)

    def slice(self, start: int, end: int) -> Timeline:
        """The frames ``[start, end)`` of every lane. Raises EmptyRange unless 0 <= start < end <= frames."""
        if not 0 <= start < end <= self.frames:
            raise EmptyRange
        return Timeline(self.rate, tuple(lane.slice(start, end) for lane in self.lanes))


def concatenate(timelines: Iterable[Timeline]) -> Timeline:
    """Timelines of one rate and the same lanes, one after another; what continues seamlessly is one piece."""
    parts = list(timelines)
    first = parts[0]
    for part in parts[1:]:
        if part.rate != first.rate or [lane.kind for lane in part.lanes] != [lane.kind for lane in first.lanes]:
            raise MixedTimelines
    lanes = tuple(
        replace(lane, pieces=tuple(_joined(piece for part in parts for piece in part.lanes[number].pieces)))
        for number, lane in enumerate(first.lanes)
    )
    return Timeline(first.rate, lanes)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if last is None:
            last = piece
        elif (last.encoding, last.track, last.end) == (piece.encoding, piece.track, piece.start):
            last = replace(last, end=piece.end)
        else:
            yield last
            last = piece
    if last is not None:
        yield last


def _at_or_after(time: Fraction, rate: Fraction) -> int:
    """The first frame whose time is at least ``time`` less the slack."""
    at = (time - SLACK) * rate
    return -(-at.numerator // at.denominator)
