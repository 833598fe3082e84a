"""The packets that were kept of a source, gathered into one file again: what plays is the source's own quality."""

from __future__ import annotations

from array import array
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from inpoint.errors import ManyParts, NoSound
from inpoint.making.encodings import Encodings, Loaded
from inpoint.making.orders import kept_sound, video_chunks
from inpoint.model.file import MediaFile
from inpoint.model.index import audio_runs, frame_times
from inpoint.model.media import Media
from inpoint.model.timeline import Lane, Timeline
from inpoint.ports import Engine
from inpoint.ports.orders import GatheredTrack, GatherOrder
from inpoint.shelf.encodings import EncodingShelf
from inpoint.shelf.files import FileShelf


class WorkFolders(Protocol):
    """Where something may be written for a while, by what it is for."""

    def work(self, media_id: str) -> Path:
        """A folder, there or not."""
        ...

    def clear(self, media_id: str) -> None:
        """Remove it."""
        ...


def source_name(file: MediaFile) -> str:
    """How the file is called among its media's."""
    return f"{file.id}.mkv"


class SourceGathering:
    """A source's kept packets as a file, for a media or for a part of it."""

    def __init__(
        self, engine: Engine, encodings: Encodings, folders: WorkFolders, shelf: EncodingShelf, files: FileShelf
    ) -> None:
        self._engine = engine
        self._encodings = encodings
        self._folders = folders
        self._shelf = shelf
        self._files = files

    async def gather(self, media: Media, file: MediaFile) -> None:
        """Write the file of a media's kept packets. They begin at the key frame at or before the media's beginning.

        Raises Refused for a media of several sources, MediaErrors.
        """
        assert media.timeline is not None
        timeline = media.timeline
        if any(len(lane.pieces) > 1 for lane in timeline.lanes):
            raise ManyParts("the media is made of several parts")
        loaded = await self._encodings.main(timeline)
        work = self._folders.work(file.id)
        work.mkdir(parents=True, exist_ok=True)
        try:
            out = work / source_name(file)
            await self._engine.gather(GatherOrder(self._tracks(loaded, timeline), out))
            await self._files.move_in(media.id, source_name(file), out)
        finally:
            self._folders.clear(file.id)

    def _tracks(self, loaded: Loaded, timeline: Timeline) -> list[GatheredTrack]:
        own = [lane for lane in timeline.of("audio") if lane.pieces[0].encoding == loaded.encoding.mezzanine]
        piece, rate = timeline.lanes[0].pieces[0], loaded.encoding.grid.rate
        if loaded.encoding.is_sound_alone:
            if not own:
                raise NoSound("nothing of the source is played")
            return [self._sound(loaded, lane, piece.start / rate) for lane in own]
        numbers = video_chunks(loaded, piece.start, piece.end)
        chunk, rank, times = frame_times(loaded.index.video, rate)
        zero = next((time for number, time in zip(chunk, times, strict=True) if number >= numbers[0]), 0)
        first = Fraction(zero, 1000)
        shown = array("q", (time - zero for time in times))
        video = self._track(loaded, None, numbers, (chunk, rank, shown), "und")
        return [video, *(self._sound(loaded, lane, first) for lane in own)]

    def _sound(self, loaded: Loaded, lane: Lane, zero: Fraction) -> GatheredTrack:
        piece = lane.pieces[0]
        index, rate = loaded.index.audio[piece.track], loaded.encoding.grid.rate
        first = int(zero * index.rate) - int(index.rate * loaded.encoding.recipe.sound.pre_roll)
        numbers = kept_sound(index, audio_runs(index, first, int(piece.end / rate * index.rate))).chunks
        chunk, rank, times = array("q"), array("q"), array("q")
        ends = [*index.first[1:], len(index.start)]
        for number in numbers:
            for packet in range(index.first[number], ends[number]):
                chunk.append(number)
                rank.append(packet - index.first[number])
                times.append(round((Fraction(index.start[packet], index.rate) - zero) * 1000))
        return self._track(loaded, piece.track, numbers, (chunk, rank, times), lane.language)

    def _track(
        self,
        loaded: Loaded,
        track: int | None,
        numbers: list[int],
        times: tuple[array[int], array[int], array[int]],
        language: str,
    ) -> GatheredTrack:
        paths = self._shelf.chunk_files(loaded.encoding.mezzanine, numbers, track)
        chunks, ranks, shown = (one.tobytes() for one in times)
        return GatheredTrack(paths, numbers, chunks, ranks, shown, language)
