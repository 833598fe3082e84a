"""Captions of a whole timeline as one file."""

from __future__ import annotations

from fractions import Fraction

from inpoint.making.encodings import Encodings
from inpoint.model.cues import Cue
from inpoint.model.timeline import Lane
from inpoint.presentation import captions
from inpoint.shelf.encodings import EncodingShelf


class CaptionFiles:
    """A media's captions as WebVTT, whole or a segment's."""

    def __init__(self, encodings: Encodings, shelf: EncodingShelf) -> None:
        self._encodings = encodings
        self._shelf = shelf

    async def whole(self, lane: Lane) -> str:
        """A lane of text as WebVTT, timed from its beginning. Raises NotFound if what it plays is gone."""
        found: list[Cue] = []
        head: dict[str, None] = {}
        at = Fraction(0)
        for piece in lane.pieces:
            encoding = (await self._encodings.load(piece.encoding or "")).encoding
            start, end = (frame / encoding.grid.rate for frame in (piece.start, piece.end))
            kept = await self._shelf.captions(encoding.mezzanine, piece.track)
            head.update(dict.fromkeys(kept.head))
            found += captions.within(kept.cues, start, end, start - at)
            at += end - start
        return captions.webvtt(found, list(head))
