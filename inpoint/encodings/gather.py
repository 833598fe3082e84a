"""The packets that were kept of a source, gathered into one file again: what plays is the source's own quality."""

from __future__ import annotations

from array import array
from fractions import Fraction
from pathlib import Path

from inpoint.encodings.loaded import Library, Loaded
from inpoint.encodings.orders import sound_need, video_chunks
from inpoint.errors import Refused
from inpoint.ingest.staging import Staging
from inpoint.model.file import MediaFile
from inpoint.model.index import frame_times
from inpoint.model.media import Media
from inpoint.model.timeline import Lane, Timeline
from inpoint.ports import BlobStore, Engine, GatheredTrack, Keys


def source_name(file: MediaFile) -> str:
    return f"{file.id}.mkv"


class Gathering:
    def __init__(self, engine: Engine, library: Library, staging: Staging, store: BlobStore, keys: Keys) -> None:
        self._engine = engine
        self._library = library
        self._staging = staging
        self._store = store
        self._keys = keys

    async def gather(self, media: Media, file: MediaFile) -> None:
        """Write the file of a media's kept packets. They begin at the key frame at or before the media's beginning.

        Raises Refused for a media of several sources, MediaErrors.
        """
        assert media.timeline is not None
        timeline = media.timeline
        if any(len(lane.pieces) > 1 for lane in timeline.lanes):
            raise Refused("the media is made of several parts")
        loaded = await self._library.main(timeline)
        work = self._staging.work(file.id)
        work.mkdir(parents=True, exist_ok=True)
        try:
            out = work / source_name(file)
            await self._engine.gather(self._tracks(loaded, timeline), out)
            await self._store.put_files({self._keys.file(media.id, source_name(file)): out})
        finally:
            self._staging.clear(file.id)

    def _tracks(self, loaded: Loaded, timeline: Timeline) -> list[GatheredTrack]:
        piece = timeline.lanes[0].pieces[0]
        numbers = video_chunks(loaded, piece.start, piece.end)
        rate = loaded.encoding.grid.rate
        chunk, rank, times = frame_times(loaded.index.video, rate)
        zero = next((time for number, time in zip(chunk, times, strict=True) if number >= numbers[0]), 0)
        first = Fraction(zero, 1000)
        paths = [self._path(self._keys.video_chunk(loaded.encoding.mezzanine, number)) for number in numbers]
        shown = array("q", (time - zero for time in times))
        video = GatheredTrack(paths, array("q", numbers), chunk, rank, shown, "und")
        own = [lane for lane in timeline.of("audio") if lane.pieces[0].encoding == loaded.encoding.mezzanine]
        return [video, *(self._sound(loaded, lane, first) for lane in own)]

    def _sound(self, loaded: Loaded, lane: Lane, zero: Fraction) -> GatheredTrack:
        piece = lane.pieces[0]
        index, rate = loaded.index.audio[piece.track], loaded.encoding.grid.rate
        window = (int(zero * index.rate), int(piece.end / rate * index.rate))
        numbers = sound_need(index, window).chunks
        mezzanine = loaded.encoding.mezzanine
        paths = [self._path(self._keys.audio_chunk(mezzanine, piece.track, number)) for number in numbers]
        chunk, rank, times = array("q"), array("q"), array("q")
        ends = [*index.first[1:], len(index.start)]
        for number in numbers:
            for packet in range(index.first[number], ends[number]):
                chunk.append(number)
                rank.append(packet - index.first[number])
                times.append(round((Fraction(index.start[packet], index.rate) - zero) * 1000))
        return GatheredTrack(paths, array("q", numbers), chunk, rank, times, lane.language)

    def _path(self, key: str) -> Path:
        path = self._store.path(key)
        if path is None:
            raise Refused("source access needs chunks that are kept as local files")
        return path
