"""What no living timeline needs any more, and its deletion."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import structlog

from inpoint.clips.plan import played
from inpoint.encodings.loaded import Library, Loaded
from inpoint.encodings.orders import sound_need, video_chunks
from inpoint.model.encoding import SegmentName
from inpoint.model.media import Media
from inpoint.model.names import audio_names, whole_audio
from inpoint.model.timeline import Timeline
from inpoint.ports import BlobStore, Catalog, Engine, Keys, Sweep

_log = structlog.get_logger()


@dataclass(slots=True)
class Needed:
    """What living timelines need of an encoding: chunks by number (sound by track too) and segments."""

    video: set[int] = field(default_factory=set)
    audio: set[tuple[int, int]] = field(default_factory=set)
    segments: set[SegmentName] = field(default_factory=set)

    def keys(self, encoding_id: str, keys: Keys) -> set[str]:
        """Where it lies."""
        found = {keys.video_chunk(encoding_id, number) for number in self.video}
        found |= {keys.audio_chunk(encoding_id, track, number) for track, number in self.audio}
        return found | {keys.segment(name) for name in self.segments}


def needed(timelines: Collection[Timeline], loaded: Loaded, engine: Engine, sharing: Collection[str] = ()) -> Needed:
    """Pure: frames, and what decoding and encoding them takes. ``sharing`` are the other encodings of the mezzanine:
    their pictures are made of its chunks too."""
    encoding = loaded.encoding
    found = Needed(segments=played(timelines, encoding))
    for timeline in timelines:
        for piece in timeline.lanes[0].pieces:
            if piece.encoding in sharing:
                found.video.update(video_chunks(loaded, piece.start, piece.end))
        for lane, number in timeline.playing(encoding.id):
            piece = lane.pieces[number]
            if lane.kind == "video":
                found.video.update(video_chunks(loaded, piece.start, piece.end))
                found.segments.update(
                    SegmentName(encoding.id, encoding.lowest.name, start, start + 1)
                    for start, _ in piece.spans(encoding.grid.segment_frames)
                )
            elif lane.kind == "audio":
                chunks = _sound_chunks(piece.track, audio_names(lane, number, encoding), loaded, engine)
                found.audio |= {(piece.track, chunk) for chunk in chunks}
    return found


def _sound_chunks(number: int, names: Sequence[SegmentName], loaded: Loaded, engine: Engine) -> set[int]:
    """A part of an audio segment is cut from the whole one, so it takes what the whole one takes."""
    track = loaded.index.audio[number]
    first, last = (whole_audio(name, loaded.encoding) for name in (names[0], names[-1]))
    return set(sound_need(track, engine.sound_window(first.start, last.end, track.rate)).chunks)


class Sweeping:
    def __init__(self, catalog: Catalog, store: BlobStore, keys: Keys, engine: Engine, library: Library) -> None:
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._engine = engine
        self._library = library

    async def sweep(self, due: Sweep) -> None:
        """Delete of an encoding what nothing needs. Done again after a crash, it ends the same way.

        A timeline made meanwhile is a slice of a living one, so whatever it needs is needed already.
        """
        encoding_id = due.encoding_id
        if await self._catalog.media(encoding_id) is None:
            await self._store.delete(list(await self._store.list(self._keys.files(encoding_id))))
        sharing, timelines = await self._catalog.needing(encoding_id)
        if not timelines and await self._gone(encoding_id):
            await self._delete_all(encoding_id)
        else:
            await self._delete_unneeded(encoding_id, timelines, sharing)
        await self._catalog.finish_sweep(due)

    async def _gone(self, encoding_id: str) -> bool:
        """Whether the encoding's row is deleted, by us or before."""
        deleted = await self._catalog.delete_encoding(encoding_id)
        return deleted or await self._catalog.encoding(encoding_id) is None

    async def _delete_all(self, encoding_id: str) -> None:
        self._library.forget(encoding_id)
        self._engine.forget(encoding_id)
        keys = await self._store.list(self._keys.encoding(encoding_id))
        await self._store.delete(list(keys))
        _log.info("sweep.encoding", encoding=encoding_id, blobs=len(keys), bytes=sum(keys.values()))

    async def _delete_unneeded(
        self, encoding_id: str, timelines: Collection[Timeline], sharing: Collection[str]
    ) -> None:
        doomed, _ = await self._unneeded(encoding_id, timelines, sharing)
        await self._store.delete(list(doomed))
        _log.info("sweep.unneeded", encoding=encoding_id, blobs=len(doomed), bytes=sum(doomed.values()))

    async def _unneeded(
        self, encoding_id: str, timelines: Collection[Timeline], sharing: Collection[str]
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Of an encoding's chunks and segments those that these timelines don't need, and those that they do: sizes
        by key."""
        loaded = await self._library.load(encoding_id)
        need = await asyncio.to_thread(needed, timelines, loaded, self._engine, sharing)
        kept = need.keys(encoding_id, self._keys)
        listed = {
            **await self._store.list(self._keys.chunks(encoding_id)),
            **await self._store.list(self._keys.segments(encoding_id)),
        }
        doomed = {key: size for key, size in listed.items() if key not in kept}
        return doomed, {key: size for key, size in listed.items() if key in kept}

    async def foresee(self, media: Media) -> tuple[int, int]:
        """Bytes that deleting a media would free, and bytes of what it plays that others need."""
        frees, keeps = sum((await self._store.list(self._keys.files(media.id))).values()), 0
        for encoding_id in sorted(media.timeline.encodings if media.timeline else ()):
            sharing, timelines = await self._catalog.needing(encoding_id, without=media.id)
            if not timelines:
                frees += sum((await self._store.list(self._keys.encoding(encoding_id))).values())
                continue
            doomed, kept = await self._unneeded(encoding_id, timelines, sharing)
            frees, keeps = frees + sum(doomed.values()), keeps + sum(kept.values())
        return frees, keeps
