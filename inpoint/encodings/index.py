"""An import's steps: rewrap into chunks, index, lay the grid and the ladder; then the media is ready."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import structlog

from inpoint.encodings.keep import keep
from inpoint.encodings.ladder import ladder
from inpoint.encodings.loaded import Library, Loaded
from inpoint.encodings.loudness import measured_gain
from inpoint.encodings.segments import Segments
from inpoint.errors import TooLong
from inpoint.model import index as indexes
from inpoint.model.encoding import GENERATION, AudioTrack, Encoding, TextTrack
from inpoint.model.grid import Grid, segment_frames
from inpoint.model.media import Media
from inpoint.model.names import audio_names, video_names
from inpoint.model.overlay import place
from inpoint.model.timeline import Lane, Piece, Timeline
from inpoint.ports import BlobStore, Catalog, Engine, Keys, Picture, Priority

_log = structlog.get_logger()
_MOST_FRAMES = 60  # a second, of any grid


class Indexing:
    def __init__(
        self, engine: Engine, store: BlobStore, catalog: Catalog, keys: Keys, segments: Segments, library: Library
    ) -> None:
        self._engine = engine
        self._store = store
        self._catalog = catalog
        self._keys = keys
        self._segments = segments
        self._library = library

    async def index(
        self,
        media: Media,
        source: Path,
        work: Path,
        images: Sequence[Path],
        max_seconds: int,
        progress: Callable[[float], None],
    ) -> bool:
        """Rewrap ``source`` and give the media its encoding and timeline; ``work`` is a folder to make and remove,
        ``images`` are those of the treatment's overlays.

        The encoding has the media's own id, so that the same step done again makes the same one. False if the
        media is gone. Raises MediaErrors.
        """
        await asyncio.to_thread(_fresh, work)
        began = time.monotonic()
        try:
            rewrapped = await self._engine.rewrap(source, work, max_seconds, progress)
            if rewrapped.facts["frames"] > max_seconds * _MOST_FRAMES:
                raise TooLong
            encoding = await self._covered(media, images, _encoding(media, rewrapped.facts))
            inits = await self._engine.inits(
                encoding.id,
                Picture(encoding.grid.rate, encoding.rotation, encoding.color),
                encoding.renditions,
            )
            read = time.monotonic()
            await keep(self._store, self._keys, encoding, work, rewrapped.index, inits)
            if media.treatment.loudness:
                encoding = await self._evened(Loaded(encoding, indexes.load(rewrapped.index)))
            _log.info(
                "import.indexed",
                media=media.id,
                frames=encoding.grid.frames,
                rewrapping_seconds=round(read - began, 2),
                storing_seconds=round(time.monotonic() - read, 2),
            )
        finally:
            await asyncio.to_thread(shutil.rmtree, work, True)
        self._library.forget(encoding.id)
        timeline = source_timeline(encoding)
        if media.range is not None:
            timeline = timeline.within(media.range)
        if await self._catalog.add_encoding(encoding, media.id, timeline):
            return True
        await self._store.delete(list(await self._store.list(self._keys.encoding(encoding.id))))
        return False

    async def _covered(self, media: Media, images: Sequence[Path], encoding: Encoding) -> Encoding:
        """The encoding with its images, stored as this server reads them."""
        overlays = []
        for number, (path, wanted) in enumerate(zip(images, media.treatment.overlays, strict=True)):
            data, width, height = await self._engine.read_image(path)
            key = self._keys.image(encoding.id, number)
            await self._store.delete([key])
            await self._store.put(key, data)
            overlays.append(place(number, wanted, (width, height), (encoding.width, encoding.height)))
        return replace(encoding, overlays=tuple(overlays))

    async def _evened(self, loaded: Loaded) -> Encoding:
        """The encoding with every soundtrack at the usual loudness."""
        tracks = [
            replace(track, gain=await measured_gain(loaded, track.number, self._engine, self._store, self._keys))
            for track in loaded.encoding.audio
        ]
        return replace(loaded.encoding, audio=tuple(tracks))

    async def first_segments(self, media: Media) -> None:
        """Make what a player asks for first, so that a media is known to play before it is ready."""
        if media.timeline is None:
            return
        for lane in media.timeline.lanes[:2]:
            piece = lane.pieces[0]
            if piece.encoding is None or lane.kind == "text":
                continue
            encoding = (await self._library.load(piece.encoding)).encoding
            names = (
                video_names(piece, encoding, encoding.lowest.name)
                if lane.kind == "video"
                else audio_names(lane, 0, encoding)
            )
            await self._segments.ensure(next(iter(names)), Priority.EDGE)


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _encoding(media: Media, facts: Mapping[str, Any]) -> Encoding:
    video = facts["video"]
    rate = Fraction(facts["rate"])
    return Encoding(
        id=media.id,
        workspace_id=media.workspace_id,
        generation=GENERATION,
        grid=Grid(rate, facts["frames"], segment_frames(rate)),
        width=video["width"],
        height=video["height"],
        rotation=video["rotation"],
        color=video["color"],
        renditions=ladder(video["width"], video["height"], rate, media.treatment, video["bit_rate"], video["codec"]),
        audio=tuple(AudioTrack(number, **track) for number, track in enumerate(facts["audio"])),
        text=tuple(TextTrack(number, **track) for number, track in enumerate(facts["text"])),
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
