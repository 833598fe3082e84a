"""A media's files: made of the segments' own bytes, or of the kept packets, and kept ready.

What is kept of an MP4 is its index: the media data are the segments themselves, read when the file is sent.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import count
from typing import Any

from inpoint.errors import InpointError, NoSound, NotFound
from inpoint.making.encodings import Encodings
from inpoint.making.gather import SourceGathering, source_name
from inpoint.making.segments import Segments
from inpoint.model.cmaf import read_segment
from inpoint.model.codec import codec_of
from inpoint.model.encoding import Encoding, Rendition, SegmentName
from inpoint.model.file import MediaFile
from inpoint.model.pace import Pace
from inpoint.model.timeline import Timeline
from inpoint.ports import FileRows, Priority
from inpoint.presentation.mp4 import Layer, layout
from inpoint.presentation.tracks import Track, present
from inpoint.shelf.encodings import EncodingShelf
from inpoint.shelf.files import FileShelf

_PASS = 4  # segments that one process makes of one decode
_WIDTH = 4
_TELL_EVERY = 0.5  # seconds
#: Of a file of sound alone, which players of video take too.
_SOUND_BRAND = b"avc1"
#: Tables of files that were stored before there was another generation don't say it.
_FIRST_GENERATION = 1


@dataclass(frozen=True, slots=True)
class FilePart:
    """The media data of a segment: so many bytes of the file."""

    name: SegmentName
    size: int


@dataclass(frozen=True, slots=True)
class Packaged:
    """A file: ``head``, then the media data of the parts."""

    head: bytes
    parts: tuple[FilePart, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.head) + sum(part.size for part in self.parts)


class FileMaking:
    """A media's kept files, assembled of its segments or of its source's packets."""

    def __init__(
        self,
        rows: FileRows,
        encodings: Encodings,
        segments: Segments,
        gathering: SourceGathering,
        shelf: EncodingShelf,
        files: FileShelf,
    ) -> None:
        self._rows = rows
        self._encodings = encodings
        self._segments = segments
        self._gathering = gathering
        self._shelf = shelf
        self._files = files

    async def make(self, file_id: str) -> None:
        """The job's step: every segment made, the index stored, then the file is ready."""
        found = await self._rows.file(file_id)
        if found is None:
            return
        file, media = found
        if file.status != "preparing" or media.timeline is None:
            return
        done = replace(file, status="ready", percent=100.0)
        if file.kind == "source":
            await self._gathering.gather(media, file)
        elif file.kind == "video":
            rendition = greatest((await self._encodings.main(media.timeline)).encoding, media.treatment.max_height)
            await self._keep(media.id, file, await self.package(media.timeline, rendition, self._teller(file)))
            if rendition is not None:
                done = replace(done, width=rendition.width, height=rendition.height)
        else:
            await self._keep(media.id, file, await self.package(media.timeline, None, self._teller(file)))
        if not await self._rows.settle_file(done):
            await self._files.discard(media.id, blob_names(file))

    def _teller(self, file: MediaFile) -> Callable[[float], Awaitable[None]]:
        """Writes a file's percent down now and then."""
        pace = Pace(_TELL_EVERY, time.monotonic())

        async def tell(percent: float) -> None:
            if pace.is_due(time.monotonic()):
                await self._rows.set_file_percent(file.id, round(percent, 1))

        return tell

    async def give_up(self, file_id: str, error: InpointError) -> None:
        """It has failed, and says so."""
        del error  # it is logged
        found = await self._rows.file(file_id)
        if found is not None:
            await self._rows.settle_file(replace(found[0], status="failed"))

    async def load(self, media_id: str, file: MediaFile) -> Packaged:
        """A ready file. Raises NotFound."""
        head, table = [await self._files.get(media_id, name) for name in blob_names(file)]
        return Packaged(head, tuple(_part(one) for one in json.loads(table)))

    async def _keep(self, media_id: str, file: MediaFile, packaged: Packaged) -> None:
        table = json.dumps([asdict(part) for part in packaged.parts]).encode()
        await self._files.put(media_id, dict(zip(blob_names(file), (packaged.head, table), strict=True)))

    async def package(
        self, timeline: Timeline, rendition: Rendition | None, told: Callable[[float], Awaitable[None]] | None = None
    ) -> Packaged:
        """An MP4 of a rendition with the sound, or of the sound alone; what it lacks is made first, behind everything
        that somebody watches or cuts. ``told`` hears how much of it is, in percent. Raises Refused if there is
        nothing to put in it."""
        encodings = await self._encodings.played(timeline)
        presentation = present(timeline, encodings, [rendition.name] if rendition else [])
        tracks = [*presentation.video, *(presentation.audio if rendition else presentation.audio[:1])]
        if not tracks:
            raise NoSound("the media has no sound")
        names = [[name for section in track.sections for name in section.names] for track in tracks]
        await self._make(names, told)
        layers = [await self._layer(track, own) for track, own in zip(tracks, names, strict=True)]
        plan = layout(layers, codec_of(rendition.codec).brand if rendition else _SOUND_BRAND)
        ordered = zip(plan.order, plan.sizes, strict=True)
        return Packaged(plan.head, tuple(FilePart(names[layer][number], size) for (layer, number), size in ordered))

    async def _make(self, tracks: list[list[SegmentName]], told: Callable[[float], Awaitable[None]] | None) -> None:
        """Several passes at once."""
        planned = [names[at : at + _PASS] for names in tracks for at in range(0, len(names), _PASS)]
        passes, done = iter(planned), count(1)

        async def work() -> None:
            for one in passes:
                for number, name in enumerate(one):
                    await self._segments.ensure(name, Priority.FOLLOW_UP, one[number + 1 :])
                if told is not None:
                    await told(100 * next(done) / len(planned))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_WIDTH):
                    group.create_task(work())
        except* InpointError as failed:
            raise failed.exceptions[0] from failed

    async def _layer(self, track: Track, names: list[SegmentName]) -> Layer:
        """Sections of one timescale, each with its init segment."""
        inits: list[bytes] = []
        described: list[int] = []
        for section in track.sections:
            init = await self._shelf.init(section.encoding, section.names[0].rendition)
            if init not in inits:
                inits.append(init)
            described += [inits.index(init)] * len(section.names)
        # Sizes are enough for the index: hours of media data must not pile up here.
        segments = [replace(read_segment(await self._segments.data(name, Priority.EDGE)), data=b"") for name in names]
        first = track.sections[0]
        return Layer(inits, first.timescale, segments, described, first.lead)

    async def data(self, part: FilePart) -> bytes:
        """The bytes of a part; made again should they be gone."""
        data = read_segment(await self._segments.data(part.name, Priority.EDGE)).data
        if len(data) != part.size:
            raise NotFound(detail=f"{part.name} has other bytes than its file's index says")
        return data


def _part(told: Mapping[str, Any]) -> FilePart:
    return FilePart(SegmentName(**{"generation": _FIRST_GENERATION, **told["name"]}), told["size"])


def blob_names(file: MediaFile) -> list[str]:
    """What is kept of a file, by the file's own id: one that is made anew never meets the old one's."""
    return [source_name(file)] if file.kind == "source" else [f"{file.id}.head", f"{file.id}.parts"]


def greatest(encoding: Encoding, max_height: int | None = None) -> Rendition | None:
    """The greatest rendition that is no greater; the lowest if all are; None of sound alone."""
    return max(
        (one for one in encoding.renditions if max_height is None or one.rung <= max_height),
        key=lambda one: one.rung,
        default=encoding.lowest,
    )
