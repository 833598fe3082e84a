"""A clip with images over its picture: encodings of its own, of the same mezzanines. Nothing of them is made yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from inpoint.encodings.loaded import Library, Loaded
from inpoint.model.encoding import Encoding
from inpoint.model.ids import covered_id
from inpoint.model.media import Media
from inpoint.model.overlay import Overlay, Placement, place
from inpoint.model.timeline import Timeline
from inpoint.ports import BlobStore, Catalog, Keys


def repictured(timeline: Timeline, encodings: Mapping[str, str]) -> Timeline:
    """The timeline with its picture played from other encodings of the same frames."""
    picture, *others = timeline.lanes
    pieces = tuple(replace(one, encoding=encodings.get(one.encoding or "", one.encoding)) for one in picture.pieces)
    return Timeline(timeline.rate, (replace(picture, pieces=pieces), *others))


class Covering:
    def __init__(self, catalog: Catalog, store: BlobStore, keys: Keys, library: Library) -> None:
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._library = library

    async def cover(self, clip: Media) -> Media | None:
        """The clip with its treatment's overlays over its picture, if there are any. None if it is gone.

        An encoding's id follows from the clip's, so that the same step done again makes the same one.
        """
        assert clip.timeline is not None
        marks = [one for one in clip.treatment.overlays if one.kept is not None]
        if not marks:
            return clip
        pictured = [await self._library.load(one) for one in sorted(clip.timeline.pictured)]
        bare = [one for one in pictured if one.encoding.id != covered_id(clip.id, one.encoding.mezzanine)]
        if not bare:
            return clip
        made = {one.encoding.id: await self._covered(clip, marks, one) for one in bare}
        timeline = repictured(clip.timeline, {base: encoding.id for base, encoding in made.items()})
        if not await self._catalog.add_encodings(list(made.values()), clip.id, timeline, clip.size):
            for encoding in made.values():
                await self._store.delete(list(await self._store.list(self._keys.encoding(encoding.id))))
            return None
        return replace(clip, timeline=timeline)

    async def _covered(self, clip: Media, marks: Sequence[Placement], base: Loaded) -> Encoding:
        """An encoding whose images and init segments are stored."""
        encoding = base.encoding
        own_id = covered_id(clip.id, encoding.mezzanine)
        images = [*base.images]
        overlays: list[Overlay] = [*encoding.overlays]
        for number, wanted in enumerate(marks, len(overlays)):
            mark = await self._catalog.watermark_kept(wanted.kept or "")
            images.append(await self._store.get(self._keys.watermark(mark.id)))
            overlays.append(place(number, wanted, (mark.width, mark.height), (encoding.width, encoding.height)))
        blobs = {self._keys.image(own_id, one.number): data for one, data in zip(overlays, images, strict=True)}
        for rendition in encoding.renditions:
            init = await self._store.get(self._keys.init(encoding.id, rendition.name))
            blobs[self._keys.init(own_id, rendition.name)] = init
        for key, data in blobs.items():
            await self._store.put(key, data)
        return replace(
            encoding, id=own_id, audio=(), text=(), overlays=tuple(overlays), mezzanine_id=encoding.mezzanine
        )
