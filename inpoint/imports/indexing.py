"""From what arrived to a mezzanine: rewrap into chunks, index, lay the grid and the ladder."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import structlog

from inpoint.errors import TooLong
from inpoint.imports.join import fitted, joined, silence, whole, with_sound
from inpoint.imports.ladder import ladder
from inpoint.imports.loudness import measured_gain
from inpoint.imports.staging import StagingFolder
from inpoint.making.encodings import Encodings, Loaded
from inpoint.making.orders import picture
from inpoint.making.segments import Segments
from inpoint.model import index as indexes
from inpoint.model.chunk import text_file
from inpoint.model.cues import Captions, dump_captions
from inpoint.model.encoding import AudioTrack, Encoding, SegmentName, TextTrack, track_of
from inpoint.model.grid import Grid
from inpoint.model.ids import part_id, sound_id
from inpoint.model.media import Media
from inpoint.model.names import audio_names, video_names
from inpoint.model.overlay import place
from inpoint.model.range import Range
from inpoint.model.recipe import Recipe
from inpoint.model.source import SourceFacts
from inpoint.model.timeline import Lane, Piece, Timeline
from inpoint.ports import EncodingRows, Engine, Priority
from inpoint.ports.orders import (
    ImageOrder,
    InitOrder,
    LaidSound,
    MixOrder,
    RewrapOrder,
    Rewrapped,
    SoundRewrapOrder,
)
from inpoint.shelf.encodings import EncodingShelf

_log = structlog.get_logger()


class SourceIndexing:
    """Rewraps a source into chunks on disk, with the index of its frames and packets."""

    def __init__(
        self,
        engine: Engine,
        staging: StagingFolder,
        shelf: EncodingShelf,
        rows: EncodingRows,
        segments: Segments,
        encodings: Encodings,
        recipe: Recipe,
    ) -> None:
        """``recipe`` is the one by which what is new is made."""
        self._staging = staging
        self._engine = engine
        self._shelf = shelf
        self._rows = rows
        self._segments = segments
        self._encodings = encodings
        self._recipe = recipe

    async def index(self, media: Media, max_seconds: int, progress: Callable[[float], None]) -> bool:
        """Rewrap what arrived, and give the media its encodings and its timeline.

        An encoding's id follows from the media's, so that the same step done again makes the same one. False if the
        media is gone. Raises MediaErrors.
        """
        main, zero = await self._main(media, max_seconds, progress)
        timeline = source_timeline(main)
        encodings = [main]
        if not media.treatment.has_own_sound:
            encodings.append(await self._sound(media, main, zero, max_seconds))
            language = main.audio[0].language if main.audio else "und"
            timeline = with_sound(timeline, encodings[-1], language)
        elif not main.audio and media.treatment.inserts:  # those may have sound
            encodings.append(await self._silent(media, main))
            timeline = with_sound(timeline, encodings[-1], "und")
        parts = []
        for number, insert in enumerate(media.treatment.inserts):
            encodings.append(await self._part(media, main, timeline, number, max_seconds))
            parts.append((insert.at, whole(timeline, encodings[-1])))
        timeline = joined(timeline, media.range or Range(None, None), parts)
        for encoding in encodings:
            self._encodings.forget(encoding.id)
        if await self._rows.add_encodings(encodings, media.id, timeline, self._size(media)):
            return True
        for encoding in encodings:
            await self._shelf.drop(encoding.id)
        return False

    def _size(self, media: Media) -> int:
        """Bytes of all the videos that it is made of."""
        parts = [self._staging.joined(media.id, number) for number in range(len(media.treatment.inserts))]
        return sum(path.stat().st_size for path in (self._staging.source(media.id), *parts))

    async def _main(
        self, media: Media, max_seconds: int, progress: Callable[[float], None]
    ) -> tuple[Encoding, Fraction]:
        """The source's own encoding, stored, and the time in the source at which it begins."""
        async with self._work(media.id) as work:
            began = time.monotonic()
            order = RewrapOrder(self._staging.source(media.id), work, max_seconds)
            rewrapped = await self._engine.rewrap(order, progress)
            _require_short(rewrapped, max_seconds)
            encoding = await self._covered(media, _encoding(media, rewrapped.facts, self._recipe))
            read = time.monotonic()
            await self._keep(encoding, work, rewrapped.index)
            _log.info(
                "import.indexed",
                media=media.id,
                frames=encoding.grid.frames,
                rewrapping_seconds=round(read - began, 2),
                storing_seconds=round(time.monotonic() - read, 2),
            )
        return await self._evened(media, encoding, rewrapped.index), rewrapped.facts.zero

    async def _part(
        self, media: Media, main: Encoding, timeline: Timeline, number: int, max_seconds: int
    ) -> Encoding:
        """Another source's encoding, stored, fitted to the main one's."""
        async with self._work(media.id) as work:
            order = RewrapOrder(self._staging.joined(media.id, number), work, max_seconds, main.grid.rate)
            rewrapped = await self._engine.rewrap(order, lambda _: None)
            _require_short(rewrapped, max_seconds)
            sounds, texts = len(timeline.of("audio")), len(timeline.of("text"))
            part = fitted(
                _encoding(media, rewrapped.facts, self._recipe), main, part_id(media.id, number), sounds, texts
            )
            index = indexes.load(rewrapped.index)
            index.audio.extend(silence(sounds - len(index.audio)))
            for text in range(texts):
                if not (work / text_file(text)).exists():
                    (work / text_file(text)).write_bytes(dump_captions(Captions()))
            await self._keep(part, work, indexes.dump(index))
        return await self._evened(media, part, indexes.dump(index))

    async def _sound(self, media: Media, main: Encoding, zero: Fraction, max_seconds: int) -> Encoding:
        """The encoding, stored, of the sound that is played instead of the source's own."""
        sound = self._staging.sound(media.id)
        if media.treatment.impositions:
            sound = await self._mixed(media, main, zero)
        async with self._work(media.id) as work:
            rewrapped = await self._engine.rewrap_sound(SoundRewrapOrder(sound, work, Fraction(0), max_seconds))
            track = track_of(0, rewrapped.facts)
            made = replace(main, id=sound_id(media.id), renditions=(), audio=(track,), text=(), overlays=())
            await self._keep(made, work, rewrapped.index)
        return await self._evened(media, made, rewrapped.index)

    async def _silent(self, media: Media, main: Encoding) -> Encoding:
        """The encoding, stored, of a soundtrack that never sounds."""
        async with self._work(media.id) as work:
            track = AudioTrack(0, "silence", 48_000, 2)
            made = replace(main, id=sound_id(media.id), renditions=(), audio=(track,), text=(), overlays=())
            await self._keep(made, work, indexes.dump(indexes.Index(indexes.VideoIndex(), silence(1))))
        return made

    async def _mixed(self, media: Media, main: Encoding, zero: Fraction) -> Path:
        """A file of the source's sound, or of what replaces it, with others laid over it."""
        folder = self._staging.mixed(media.id)
        await asyncio.to_thread(_fresh, folder)
        replaced = media.treatment.sound_url is not None
        base = self._staging.sound(media.id) if replaced else self._staging.source(media.id)
        laid = [
            LaidSound(self._staging.laid(media.id, number), one)
            for number, one in enumerate(media.treatment.impositions)
        ]
        out = folder / "mixed.flac"
        await self._engine.mix(MixOrder(base, None if replaced else zero, laid, main.grid.duration, out))
        return out

    @asynccontextmanager
    async def _work(self, media_id: str) -> AsyncIterator[Path]:
        """An empty folder for a rewrap to fill, removed in the end."""
        work = self._staging.work(media_id)
        await asyncio.to_thread(_fresh, work)
        try:
            yield work
        finally:
            await asyncio.to_thread(shutil.rmtree, work, True)

    async def _keep(self, encoding: Encoding, work: Path, index: bytes) -> None:
        order = InitOrder(encoding.id, picture(encoding), encoding.renditions)
        inits = await self._engine.inits(order) if encoding.renditions else {}
        await self._shelf.keep(encoding, work, index, inits)

    async def _covered(self, media: Media, encoding: Encoding) -> Encoding:
        """The encoding with the images over it, stored as this server reads them."""
        overlays = []
        for number, wanted in enumerate(media.treatment.overlays):
            read = await self._engine.read_image(ImageOrder(self._staging.image(media.id, number)))
            await self._shelf.put_image(encoding.id, number, read.data)
            overlays.append(place(number, wanted, (read.width, read.height), (encoding.width, encoding.height)))
        return replace(encoding, overlays=tuple(overlays))

    async def _evened(self, media: Media, encoding: Encoding, index: bytes) -> Encoding:
        """The encoding with every soundtrack at the usual loudness, where that is asked for."""
        if not media.treatment.loudness:
            return encoding
        loaded = Loaded(encoding, indexes.load(index))
        tracks = [
            replace(track, gain=await measured_gain(loaded, track.number, self._engine, self._shelf))
            for track in encoding.audio
        ]
        return replace(encoding, audio=tuple(tracks))

    async def first_segments(self, media: Media) -> None:
        """Make what a player asks for first, so that a media is known to play before it is ready."""
        if media.timeline is None:
            return
        for lane in media.timeline.lanes[:2]:
            piece = lane.pieces[0]
            if piece.encoding is None:
                continue
            encoding = (await self._encodings.load(piece.encoding)).encoding
            names: Iterable[SegmentName] = ()
            if lane.kind == "audio":
                names = audio_names(lane, 0, encoding)
            elif lane.kind == "video" and encoding.lowest:
                names = video_names(piece, encoding, encoding.lowest.name)
            for name in islice(names, 1):
                await self._segments.ensure(name, Priority.EDGE)


def _require_short(rewrapped: Rewrapped, max_seconds: int) -> None:
    if rewrapped.facts.frames > max_seconds * rewrapped.facts.rate + 1:
        raise TooLong


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _encoding(media: Media, facts: SourceFacts, recipe: Recipe) -> Encoding:
    return Encoding(
        id=media.id,
        workspace_id=media.workspace_id,
        recipe=recipe,
        grid=Grid(facts.rate, facts.frames),
        runs=recipe.picture.runs(facts.rate),
        width=facts.video.width,
        height=facts.video.height,
        appearance=facts.video.appearance,
        shapes=facts.video.shapes,
        renditions=() if facts.is_sound_alone else ladder(facts.video, facts.rate, media.treatment, recipe.picture),
        audio=tuple(track_of(number, track) for number, track in enumerate(facts.audio)),
        text=tuple(TextTrack(number, track.language, track.name) for number, track in enumerate(facts.text)),
        poster=facts.poster,
        warnings=facts.warnings,
    )


def source_timeline(encoding: Encoding) -> Timeline:
    """What a source plays: one piece a lane, the whole grid."""

    def whole(track: int) -> tuple[Piece, ...]:
        return (Piece(encoding.id, track, 0, encoding.grid.frames),)

    return Timeline(
        encoding.grid.rate,
        (
            Lane("video", whole(0)),
            *(Lane("audio", whole(track.number), track.language, track.name) for track in encoding.audio),
            *(Lane("text", whole(track.number), track.language, track.name) for track in encoding.text),
        ),
    )
