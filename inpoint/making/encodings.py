"""Encodings with their indexes, kept at hand: both never change once written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cachetools import LRUCache

from inpoint.errors import NotFound
from inpoint.model.encoding import Encoding
from inpoint.model.index import Index
from inpoint.model.media import Media
from inpoint.model.timeline import Timeline
from inpoint.ports import EncodingRows
from inpoint.shelf.encodings import EncodingShelf

_KEPT = 64


@dataclass(frozen=True, slots=True)
class Loaded:
    """``images`` are the overlays', as PNG."""

    encoding: Encoding
    index: Index
    images: tuple[bytes, ...] = ()


class Encodings:
    """Encodings with their indexes, the last few read kept in memory."""

    def __init__(self, rows: EncodingRows, shelf: EncodingShelf) -> None:
        self._rows = rows
        self._shelf = shelf
        self._kept: LRUCache[str, Loaded] = LRUCache(_KEPT)
        self._indexes: LRUCache[str, Index] = LRUCache(_KEPT)  # by mezzanine: one for all encodings of it

    async def load(self, encoding_id: str) -> Loaded:
        """Raises NotFound if the encoding is gone."""
        kept = self._kept.get(encoding_id)
        if kept is None:
            encoding = await self._rows.encoding(encoding_id)
            if encoding is None:
                raise NotFound(detail=f"encoding {encoding_id}")
            index = await self._index(encoding.mezzanine)
            images = [await self._shelf.image(encoding_id, one.number) for one in encoding.overlays]
            kept = self._kept[encoding_id] = Loaded(encoding, index, tuple(images))
        return kept

    async def _index(self, mezzanine_id: str) -> Index:
        index = self._indexes.get(mezzanine_id)
        if index is None:
            index = self._indexes[mezzanine_id] = await self._shelf.index(mezzanine_id)
        return index

    async def played(self, timeline: Timeline) -> dict[str, Encoding]:
        """All that a timeline plays, by id. Raises NotFound."""
        return {encoding_id: (await self.load(encoding_id)).encoding for encoding_id in timeline.encodings}

    async def main(self, timeline: Timeline) -> Loaded:
        """What a timeline's picture begins with: all its parts are on one canvas and ladder. Raises NotFound."""
        return await self.load(timeline.lanes[0].pieces[0].encoding or "")

    async def pictured(self, media: Media) -> Encoding | None:
        """The encoding that a media's picture is made of; None if it has none yet, or none any more."""
        return (await self.all_pictured([media])).get(media.id)

    async def all_pictured(self, found: Iterable[Media]) -> dict[str, Encoding]:
        """The same of many, by their ids: one question, and no index is loaded."""
        firsts = {one.id: one.timeline.lanes[0].pieces[0].encoding for one in found if one.timeline is not None}
        known = await self._rows.encodings({first for first in firsts.values() if first is not None})
        return {media_id: known[first] for media_id, first in firsts.items() if first in known}

    def forget(self, encoding_id: str) -> None:
        """Read it anew when it is asked for next."""
        self._kept.pop(encoding_id, None)
