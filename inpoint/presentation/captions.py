"""Captions of a piece: the cues inside, shifted; a cue across an edge is shortened, not dropped. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from inpoint.model.cues import Cue


def within(cues: Iterable[Cue], start: Fraction, end: Fraction, origin: Fraction) -> Iterator[Cue]:
    """The cues that show between two times (seconds), cut to them, their times counted from ``origin``."""
    for cue in cues:
        first, last = max(Fraction(cue.start, 1000), start), min(Fraction(cue.end, 1000), end)
        shown = replace(cue, start=round((first - origin) * 1000), end=round((last - origin) * 1000))
        if shown.start < shown.end:
            yield shown


def webvtt(cues: Iterable[Cue], head: Sequence[str] = (), first_frame: Fraction | None = None) -> str:
    """A WebVTT file; ``head`` are the blocks before its cues. ``first_frame`` is the media's decode time (seconds) at
    local time zero: HLS wants it said as X-TIMESTAMP-MAP (RFC 8216, 3.5); DASH counts from the Period."""
    first = "WEBVTT"
    if first_frame is not None:
        first += f"\nX-TIMESTAMP-MAP=MPEGTS:{round(first_frame * 90_000)},LOCAL:00:00:00.000"
    blocks = [one for cue in cues for one in (*(f"NOTE\n{note}" for note in cue.notes), _block(cue))]
    return "\n\n".join([first, *head, *blocks]) + "\n"


def _block(cue: Cue) -> str:
    times = f"{_clock(cue.start)} --> {_clock(cue.end)}" + (f" {cue.settings}" if cue.settings else "")
    return "\n".join([*([cue.identifier] if cue.identifier else []), times, cue.text])


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
