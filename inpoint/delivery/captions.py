"""Captions of a whole timeline as one file."""

from __future__ import annotations

from fractions import Fraction

from inpoint.encodings.loaded import Library
from inpoint.model.index import Cue, load_cues
from inpoint.model.timeline import Lane
from inpoint.playback import captions
from inpoint.ports import BlobStore, Keys


class Captions:
    def __init__(self, library: Library, store: BlobStore, keys: Keys) -> None:
        self._library = library
        self._store = store
        self._keys = keys

    async def whole(self, lane: Lane) -> str:
        """A lane of text as WebVTT, timed from its beginning. Raises NotFound if what it plays is gone."""
        found: list[Cue] = []
        at = Fraction(0)
        for piece in lane.pieces:
            encoding = (await self._library.load(piece.encoding or "")).encoding
            start, end = (frame / encoding.grid.rate for frame in (piece.start, piece.end))
            cues = load_cues(await self._store.get(self._keys.text(encoding.mezzanine, piece.track)))
            found += captions.within(cues, start, end, start - at)
            at += end - start
        return captions.webvtt(found)
