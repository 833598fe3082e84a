"""Encodings and their indexes, kept at hand: both never change once written."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from inpoint.errors import NotFound
from inpoint.model import index as indexes
from inpoint.model.encoding import Encoding
from inpoint.model.index import Index
from inpoint.model.media import Media
from inpoint.model.timeline import Timeline
from inpoint.ports import BlobStore, Catalog, Keys

_KEPT = 64


@dataclass(frozen=True, slots=True)
class Loaded:
    """``images`` are the overlays', as PNG."""

    encoding: Encoding
    index: Index
    images: tuple[bytes, ...] = ()


class Library:
    def __init__(self, catalog: Catalog, store: BlobStore, keys: Keys) -> None:
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._kept: OrderedDict[str, Loaded] = OrderedDict()

    async def load(self, encoding_id: str) -> Loaded:
        """Raises NotFound if the encoding is gone."""
        kept = self._kept.get(encoding_id)
        if kept is None:
            encoding = await self._catalog.encoding(encoding_id)
            if encoding is None:
                raise NotFound(detail=f"encoding {encoding_id}")
            blob = await self._store.get(self._keys.index(encoding.mezzanine))
            images = [await self._store.get(self._keys.image(encoding_id, one.number)) for one in encoding.overlays]
            kept = Loaded(encoding, await asyncio.to_thread(indexes.load, blob), tuple(images))
            self._kept[encoding_id] = kept
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(encoding_id)
        return kept

    async def main(self, timeline: Timeline) -> Loaded:
        """What a timeline's picture begins with: all its parts are on one canvas and ladder. Raises NotFound."""
        return await self.load(timeline.lanes[0].pieces[0].encoding or "")

    async def pictured(self, media: Media) -> Encoding | None:
        """The encoding that a media's picture is made of; None if it has none yet, or none any more."""
        try:
            return (await self.main(media.timeline)).encoding if media.timeline else None
        except NotFound:
            return None

    def forget(self, encoding_id: str) -> None:
        self._kept.pop(encoding_id, None)
