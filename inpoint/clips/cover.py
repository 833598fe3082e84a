"""A clip with images over its picture: encodings of its own, of the same mezzanines. Nothing of them is made yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from inpoint.making.encodings import Encodings, Loaded
from inpoint.model.encoding import Encoding
from inpoint.model.ids import covered_id
from inpoint.model.media import Media
from inpoint.model.overlay import Overlay, Placement, place
from inpoint.model.timeline import Timeline
from inpoint.ports import EncodingRows, WatermarkRows
from inpoint.shelf.encodings import EncodingShelf
from inpoint.shelf.files import WatermarkShelf


def repictured(timeline: Timeline, encodings: Mapping[str, str]) -> Timeline:
    """The timeline with its picture played from other encodings of the same frames."""
    picture, *others = timeline.lanes
    pieces = tuple(replace(one, encoding=encodings.get(one.encoding or "", one.encoding)) for one in picture.pieces)
    return Timeline(timeline.rate, (replace(picture, pieces=pieces), *others))


class ClipCovers:
    """Encodings whose picture has an image laid over it, made of another's chunks."""

    def __init__(
        self,
        rows: EncodingRows,
        watermarks: WatermarkRows,
        shelf: EncodingShelf,
        images: WatermarkShelf,
        encodings: Encodings,
    ) -> None:
        self._rows = rows
        self._watermarks = watermarks
        self._shelf = shelf
        self._images = images
        self._encodings = encodings

    async def cover(self, clip: Media) -> Media | None:
        """The clip with its treatment's overlays over its picture, if there are any. None if it is gone.

        An encoding's id follows from the clip's, so that the same step done again makes the same one.
        """
        assert clip.timeline is not None
        marks = [one for one in clip.treatment.overlays if one.kept is not None]
        if not marks:
            return clip
        pictured = [await self._encodings.load(one) for one in sorted(clip.timeline.pictured)]
        bare = [one for one in pictured if one.encoding.id != covered_id(clip.id, one.encoding.mezzanine)]
        if not bare:
            return clip
        made = {one.encoding.id: await self._covered(clip, marks, one) for one in bare}
        timeline = repictured(clip.timeline, {base: encoding.id for base, encoding in made.items()})
        if not await self._rows.add_encodings(list(made.values()), clip.id, timeline, clip.size):
            for encoding in made.values():
                await self._shelf.drop(encoding.id)
            return None
        return replace(clip, timeline=timeline)

    async def _covered(self, clip: Media, marks: Sequence[Placement], base: Loaded) -> Encoding:
        """An encoding whose images and init segments are stored."""
        encoding = base.encoding
        own_id = covered_id(clip.id, encoding.mezzanine)
        images = [*base.images]
        overlays: list[Overlay] = [*encoding.overlays]
        for number, wanted in enumerate(marks, len(overlays)):
            mark = await self._watermarks.watermark_kept(wanted.kept or "")
            images.append(await self._images.get(mark.id))
            overlays.append(place(number, wanted, (mark.width, mark.height), (encoding.width, encoding.height)))
        own = replace(
            encoding, id=own_id, audio=(), text=(), overlays=tuple(overlays), mezzanine_id=encoding.mezzanine
        )
        for overlay, data in zip(overlays, images, strict=True):
            await self._shelf.put_image(own_id, overlay.number, data)
        for rendition in encoding.renditions:
            await self._shelf.put_init(own, rendition.name, await self._shelf.init(encoding, rendition.name))
        return own
