"""A media's files: made of the segments' own bytes, or of the kept packets, and kept ready.

What is kept of an MP4 is its index: the media data are the segments themselves, read when the file is sent.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count

from inpoint.encodings.gather import Gathering, source_name
from inpoint.encodings.loaded import Library
from inpoint.encodings.segments import Segments
from inpoint.errors import InpointError, NotFound, Refused
from inpoint.model.cmaf import read_segment
from inpoint.model.encoding import Encoding, Rendition, SegmentName
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.media import Media
from inpoint.model.timeline import Timeline
from inpoint.playback.mp4 import Layer, layout
from inpoint.playback.tracks import Track, present
from inpoint.ports import BlobStore, Catalog, Jobs, Keys, Priority

_PASS = 4  # segments that one process makes of one decode
_WIDTH = 4
_TELL_EVERY = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Part:
    """The media data of a segment: so many bytes of the file."""

    name: SegmentName
    size: int


@dataclass(frozen=True, slots=True)
class Packaged:
    """A file: ``head``, then the media data of the parts."""

    head: bytes
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        return len(self.head) + sum(part.size for part in self.parts)


class Packaging:
    def __init__(
        self,
        catalog: Catalog,
        jobs: Jobs,
        library: Library,
        segments: Segments,
        gathering: Gathering,
        store: BlobStore,
        keys: Keys,
    ) -> None:
        self._gathering = gathering
        self._catalog = catalog
        self._jobs = jobs
        self._library = library
        self._segments = segments
        self._store = store
        self._keys = keys

    async def change(
        self, workspace_id: str, media_id: str, add: Sequence[MediaFile], remove: Collection[FileKind]
    ) -> Media:
        """Make some files and keep others no more. Raises NotFound."""
        before = await self._catalog.media_of(workspace_id, media_id)
        if add and before.status == "failed":
            raise Refused("the media failed, so no files can be made of it")
        media = await self._catalog.change_files(workspace_id, media_id, add, remove)
        await self.begin(media_id)
        return media

    async def begin(self, media_id: str) -> None:
        """Start to make what a ready media's files lack, and delete what is kept of none."""
        media = await self._catalog.media(media_id)
        if media is not None and media.status == "ready":
            kept = {key for file in media.files for key in self._blobs(media_id, file)}
            listed = await self._store.list(self._keys.files(media_id))
            await self._store.delete([key for key in listed if key not in kept])
            for file in media.files:
                if file.status == "preparing":
                    await self._jobs.start("file", file.id)

    async def make(self, file_id: str) -> None:
        """The job's step: every segment made, the index stored, then the file is ready."""
        found = await self._catalog.file(file_id)
        if found is None:
            return
        file, media = found
        if file.status != "preparing" or media.timeline is None:
            return
        done = replace(file, status="ready", percent=100.0)
        if file.kind == "source":
            await self._gathering.gather(media, file)
        elif file.kind == "video":
            rendition = greatest((await self._library.main(media.timeline)).encoding, media.treatment.max_height)
            await self._keep(media.id, file, await self.package(media.timeline, rendition, self._teller(file)))
            done = replace(done, width=rendition.width, height=rendition.height)
        else:
            await self._keep(media.id, file, await self.package(media.timeline, None, self._teller(file)))
        if not await self._catalog.settle_file(done):
            await self._store.delete(self._blobs(media.id, file))

    def _teller(self, file: MediaFile) -> Callable[[float], Awaitable[None]]:
        """Writes a file's percent down now and then."""
        last = time.monotonic()

        async def tell(percent: float) -> None:
            nonlocal last
            if time.monotonic() - last > _TELL_EVERY:
                last = time.monotonic()
                await self._catalog.set_file_percent(file.id, round(percent, 1))

        return tell

    async def give_up(self, file_id: str, error: InpointError) -> None:
        del error  # it is logged
        found = await self._catalog.file(file_id)
        if found is not None:
            await self._catalog.settle_file(replace(found[0], status="failed"))

    async def load(self, media_id: str, file: MediaFile) -> Packaged:
        """A ready file. Raises NotFound."""
        head, table = [await self._store.get(key) for key in self._blobs(media_id, file)]
        parts = json.loads(table)
        return Packaged(head, tuple(Part(SegmentName(**part["name"]), part["size"]) for part in parts))

    async def _keep(self, media_id: str, file: MediaFile, packaged: Packaged) -> None:
        head, table = self._blobs(media_id, file)
        await self._store.delete([head, table])
        await self._store.put(head, packaged.head)
        await self._store.put(table, json.dumps([asdict(part) for part in packaged.parts]).encode())

    def _blobs(self, media_id: str, file: MediaFile) -> list[str]:
        """By the file's own id: one that is made anew never meets the old one's."""
        if file.kind == "source":
            return [self._keys.file(media_id, source_name(file))]
        return [self._keys.file(media_id, f"{file.id}.head"), self._keys.file(media_id, f"{file.id}.parts")]

    async def package(
        self, timeline: Timeline, rendition: Rendition | None, told: Callable[[float], Awaitable[None]] | None = None
    ) -> Packaged:
        """An MP4 of a rendition with the sound, or of the sound alone; what it lacks is made first, behind everything
        that somebody watches or cuts. ``told`` hears how much of it is, in percent. Raises Refused if there is
        nothing to put in it."""
        encodings = {one: (await self._library.load(one)).encoding for one in timeline.encodings}
        presentation = present(timeline, encodings, [rendition.name] if rendition else [])
        tracks = [*presentation.video, *(presentation.audio if rendition else presentation.audio[:1])]
        if not tracks:
            raise Refused("the media has no sound")
        names = [[name for section in track.sections for name in section.names] for track in tracks]
        await self._make(names, told)
        plan = layout([await self._layer(track, own) for track, own in zip(tracks, names, strict=True)])
        ordered = zip(plan.order, plan.sizes, strict=True)
        return Packaged(plan.head, tuple(Part(names[layer][number], size) for (layer, number), size in ordered))

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
            init = await self._store.get(self._keys.init(section.encoding.id, section.names[0].rendition))
            if init not in inits:
                inits.append(init)
            described += [inits.index(init)] * len(section.names)
        # Sizes are enough for the index: hours of media data must not pile up here.
        segments = [replace(read_segment(await self._segments.data(name, Priority.EDGE)), data=b"") for name in names]
        first = track.sections[0]
        return Layer(inits, first.timescale, segments, described, first.lead)

    async def data(self, part: Part) -> bytes:
        """The bytes of a part; made again should they be gone."""
        data = read_segment(await self._segments.data(part.name, Priority.EDGE)).data
        if len(data) != part.size:
            raise NotFound(detail=f"{part.name} has other bytes than its file's index says")
        return data


def greatest(encoding: Encoding, max_height: int) -> Rendition:
    """The greatest rendition that is no greater; the lowest if all are."""
    return max(
        (one for one in encoding.renditions if one.rung <= max_height),
        key=lambda one: one.rung,
        default=encoding.lowest,
    )
