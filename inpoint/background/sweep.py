"""What no living timeline needs any more, and its deletion."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from inpoint.clips.plan import played
from inpoint.making.encodings import Encodings, Loaded
from inpoint.making.orders import sound_need, video_chunks
from inpoint.model.chunk import ChunkName
from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.media import Media
from inpoint.model.names import audio_names, whole_audio
from inpoint.model.sweep import Sweep
from inpoint.model.timeline import Piece, Timeline
from inpoint.ports import EncodingRows, Engine, MediaRows, RetentionRows
from inpoint.shelf.encodings import EncodingShelf, Part
from inpoint.shelf.files import FileShelf

_log = structlog.get_logger()


@dataclass(slots=True)
class Needed:
    """What living timelines need of an encoding."""

    chunks: set[ChunkName] = field(default_factory=set)
    segments: set[SegmentName] = field(default_factory=set)


def needed(timelines: Collection[Timeline], loaded: Loaded, sharing: Collection[str] = ()) -> Needed:
    """Pure: frames, and what decoding and encoding them takes. ``sharing`` are the other encodings of the mezzanine,
    of the same recipe: their pictures are made of its chunks too."""
    encoding = loaded.encoding
    found = Needed(segments=played(timelines, encoding))
    for timeline in timelines:
        for piece in timeline.lanes[0].pieces:
            if piece.encoding in sharing:
                found.chunks.update(_picture_chunks(loaded, piece.start, piece.end))
        for lane, number in timeline.playing(encoding.id):
            piece = lane.pieces[number]
            if lane.kind == "video":
                found.chunks.update(_picture_chunks(loaded, piece.start, piece.end))
                found.segments.update(_i_frames(encoding, piece))
            elif lane.kind == "audio":
                names = audio_names(lane, number, encoding)
                found.chunks |= {ChunkName(piece.track, one) for one in _sound_chunks(piece.track, names, loaded)}
    return found


def _i_frames(encoding: Encoding, piece: Piece) -> Iterator[SegmentName]:
    """What the I-frame playlist plays."""
    for lowest in encoding.renditions[:1]:
        for start, _ in lowest.runs.spans(piece.start, piece.end):
            yield encoding.segment(lowest.name, start, start + 1)


def _picture_chunks(loaded: Loaded, start: int, end: int) -> Iterator[ChunkName]:
    return (ChunkName(None, number) for number in video_chunks(loaded, start, end))


def _sound_chunks(number: int, names: Sequence[SegmentName], loaded: Loaded) -> list[int]:
    """A part of an audio segment is cut from the whole one, so it takes what the whole one takes."""
    track, sound = loaded.index.audio[number], loaded.encoding.recipe.sound
    first, last = (whole_audio(name, loaded.encoding) for name in (names[0], names[-1]))
    return sound_need(track, sound, first.start, last.end).chunks


class Sweeper:
    """Deletes what no living timeline, lease or file needs any more, and foresees what that will be."""

    def __init__(
        self,
        media: MediaRows,
        rows: EncodingRows,
        retention: RetentionRows,
        shelf: EncodingShelf,
        files: FileShelf,
        engine: Engine,
        encodings: Encodings,
    ) -> None:
        self._media = media
        self._rows = rows
        self._retention = retention
        self._shelf = shelf
        self._files = files
        self._engine = engine
        self._encodings = encodings

    async def sweep(self, due: Sweep) -> None:
        """Delete of an encoding what nothing needs. Done again after a crash, it ends the same way.

        A timeline made meanwhile is a slice of a living one, so whatever it needs is needed already.
        """
        encoding_id = due.encoding_id
        if await self._media.media(encoding_id) is None:
            await self._files.discard(encoding_id, await self._files.sizes(encoding_id))
        sharing, timelines = await self._retention.needing(encoding_id)
        if not timelines and await self._gone(encoding_id):
            await self._delete_all(encoding_id)
        else:
            await self._delete_unneeded(encoding_id, timelines, sharing)
        await self._retention.finish_sweep(due)

    async def _gone(self, encoding_id: str) -> bool:
        """Whether the encoding's row is deleted, by us or before."""
        deleted = await self._retention.delete_encoding(encoding_id)
        return deleted or await self._rows.encoding(encoding_id) is None

    async def _delete_all(self, encoding_id: str) -> None:
        self._encodings.forget(encoding_id)
        self._engine.forget(encoding_id)
        blobs, size = await self._shelf.drop(encoding_id)
        _log.info("sweep.encoding", encoding=encoding_id, blobs=blobs, bytes=size)

    async def _delete_unneeded(
        self, encoding_id: str, timelines: Collection[Timeline], sharing: Collection[str]
    ) -> None:
        doomed, _ = await self._unneeded(encoding_id, timelines, sharing)
        await self._shelf.discard(encoding_id, doomed)
        _log.info("sweep.unneeded", encoding=encoding_id, blobs=len(doomed), bytes=sum(doomed.values()))

    async def _unneeded(
        self, encoding_id: str, timelines: Collection[Timeline], sharing: Collection[str]
    ) -> tuple[dict[Part, int], dict[Part, int]]:
        """Of an encoding's chunks and segments those that these timelines don't need, and those that they do, with
        their sizes."""
        loaded = await self._encodings.load(encoding_id)
        need = await asyncio.to_thread(needed, timelines, loaded, sharing)
        kept: set[Part] = {*need.chunks, *need.segments}
        parts = await self._shelf.parts(encoding_id)
        doomed = {part: size for part, size in parts.items() if part not in kept}
        return doomed, {part: size for part, size in parts.items() if part in kept}

    async def foresee(self, media: Media) -> tuple[int, int]:
        """Bytes that deleting a media would free, and bytes of what it plays that others need."""
        frees, keeps = sum((await self._files.sizes(media.id)).values()), 0
        for encoding_id in sorted(media.timeline.encodings if media.timeline else ()):
            sharing, timelines = await self._retention.needing(encoding_id, without=media.id)
            if not timelines:
                frees += await self._shelf.size(encoding_id)
                continue
            doomed, kept = await self._unneeded(encoding_id, timelines, sharing)
            frees, keeps = frees + sum(doomed.values()), keeps + sum(kept.values())
        return frees, keeps
