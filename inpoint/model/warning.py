"""Warnings: where a media is not quite what its maker recorded, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Literal, get_args

from inpoint.model import aac
from inpoint.model.grid import Grid
from inpoint.model.timeline import Timeline

#: The recording ends before it should; can't be decoded here; was not taken in; is not said, or can't be true; comes
#: too often to be shown; is shown for longer than it was recorded.
WarningCode = Literal["cut_off", "damaged", "left_out", "guessed", "dropped", "held"]
WARNING_CODES: tuple[WarningCode, ...] = get_args(WarningCode)

_MOST = 40  # of an encoding: whatever is broken, what is told of it stays short


@dataclass(frozen=True, slots=True)
class MediaWarning:
    """A sentence for people, and the frames ``[start, end)`` that it is about: of an encoding's grid, or of a media's
    timeline; None where all of it is meant."""

    code: WarningCode
    message: str
    start: int | None = None
    end: int | None = None

    def seconds(self, rate: Fraction) -> tuple[float, float] | None:
        """Where it begins and ends, its frames being so many a second; None where all is meant."""
        if self.start is None or self.end is None:
            return None
        return round(float(self.start / rate), 3), round(float(self.end / rate), 3)


def warnings_of(timeline: Timeline, told: Mapping[str, Sequence[MediaWarning]]) -> tuple[MediaWarning, ...]:
    """What of its encodings' warnings, ``told`` by their ids, a timeline plays, in its own frames."""
    found: dict[MediaWarning, None] = {}
    for lane in timeline.lanes:
        at = 0
        for piece in lane.pieces:
            for one in told.get(piece.encoding or "", ()):
                if one.start is None or one.end is None:
                    found[one] = None
                elif max(one.start, piece.start) < min(one.end, piece.end):
                    moved = at - piece.start
                    start, end = max(one.start, piece.start) + moved, min(one.end, piece.end) + moved
                    found[replace(one, start=start, end=end)] = None
            at += piece.frames
    return merged(found)


def merged(found: Iterable[MediaWarning]) -> tuple[MediaWarning, ...]:
    """In order of time. Those that say the same of frames that touch are one; of too many, the nearest are joined."""
    every = list(dict.fromkeys(found))
    whole = [one for one in every if one.start is None]
    placed: dict[tuple[WarningCode, str], list[tuple[int, int]]] = {}
    for one in every:
        if one.start is not None and one.end is not None:
            placed.setdefault((one.code, one.message), []).append((one.start, one.end))
    most = max(1, _MOST // max(1, len(placed)))
    parts = [MediaWarning(*said, start, end) for said, spans in placed.items() for start, end in _joined(spans, most)]
    return (*whole, *sorted(parts, key=lambda one: (one.start or 0, one.end or 0)))


def damage(lost: Iterable[tuple[int, int]], grid: Grid, *, is_sound: bool) -> list[MediaWarning]:
    """What is told of frames that can't be decoded, or of AAC frames."""
    if not is_sound:
        said = "The source is damaged: the last picture that is whole is held."
        return [MediaWarning("damaged", said, start, end) for start, end in lost]
    each = aac.FRAME * grid.rate / aac.RATE
    inside = ((floor(start * each), min(ceil(end * each), grid.frames)) for start, end in lost)
    return [silence(start, end) for start, end in inside if start < end]


def silence(start: int, end: int) -> MediaWarning:
    """What is told of frames whose sound can't be decoded."""
    return MediaWarning("damaged", "The source is damaged: there is no sound.", start, end)


def spans(frames: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Stretches of frames that follow one another, of frames in ascending order."""
    found: list[tuple[int, int]] = []
    for frame in frames:
        if found and found[-1][1] == frame:
            found[-1] = (found[-1][0], frame + 1)
        else:
            found.append((frame, frame + 1))
    return tuple(found)


def _joined(spans: Iterable[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """At most so many spans that hold all of them."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    gaps = sorted(range(1, len(found)), key=lambda number: found[number][0] - found[number - 1][1])
    close = set(gaps[: max(0, len(found) - most)])
    kept: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(found):
        if number in close:
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
    return kept
