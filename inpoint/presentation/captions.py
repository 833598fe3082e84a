"""Captions of a piece: the cues inside, shifted; a cue across an edge is shortened, not dropped. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from inpoint.model.index import Cue


def within(cues: Iterable[Cue], start: Fraction, end: Fraction, origin: Fraction) -> Iterator[Cue]:
    """The cues that show between two times (seconds), cut to them, their times counted from ``origin``."""
    for cue in cues:
        first, last = max(Fraction(cue.start, 1000), start), min(Fraction(cue.end, 1000), end)
        shown = Cue(round((first - origin) * 1000), round((last - origin) * 1000), cue.text)
        if shown.start < shown.end:
            yield shown


def webvtt(cues: Iterable[Cue], first_frame: Fraction | None = None) -> str:
    """A WebVTT file. ``first_frame`` is the media's decode time (seconds) at local time zero: HLS wants it said
    as X-TIMESTAMP-MAP (RFC 8216, 3.5); DASH counts from the Period."""
    head = "WEBVTT"
    if first_frame is not None:
        head += f"\nX-TIMESTAMP-MAP=MPEGTS:{round(first_frame * 90_000)},LOCAL:00:00:00.000"
    blocks = [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}" for cue in cues]
    return "\n\n".join([head, *blocks]) + "\n"


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
