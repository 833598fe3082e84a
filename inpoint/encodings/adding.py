"""An added track's job: fetch it, make it an encoding on its media's own grid, give the media its lane."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from fractions import Fraction

from inpoint.encodings.keep import keep
from inpoint.encodings.loaded import Library
from inpoint.errors import InpointError, Refused
from inpoint.ingest.staging import Staging
from inpoint.model.encoding import GENERATION, AudioTrack, Encoding, TextTrack
from inpoint.model.index import Index, VideoIndex, dump
from inpoint.model.media import Media
from inpoint.model.timeline import Lane, Piece
from inpoint.model.track import PendingTrack, TrackKind
from inpoint.ports import BlobStore, Catalog, Engine, Files, Jobs, Keys, Outgoing
from inpoint.ports.storage import Blocks

_CAPTIONS_BYTES = 10 << 20
_POLL, _POLLS = 0.02, 250  # seconds, and how often


class Adding:
    def __init__(
        self,
        catalog: Catalog,
        jobs: Jobs,
        outgoing: Outgoing,
        engine: Engine,
        library: Library,
        staging: Staging,
        files: Files,
        store: BlobStore,
        keys: Keys,
        max_bytes: int,
        max_seconds: int,
    ) -> None:
        self._catalog = catalog
        self._jobs = jobs
        self._outgoing = outgoing
        self._engine = engine
        self._library = library
        self._staging = staging
        self._files = files
        self._store = store
        self._keys = keys
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds

    async def begin(self, media_id: str) -> None:
        """Start to make the tracks that a ready media waits for."""
        media = await self._catalog.media(media_id)
        if media is not None and media.status == "ready":
            for track in media.pending:
                if track.status == "preparing":
                    await self._jobs.start("track", track.id)

    async def stage(self, track_id: str, kind: TrackKind, blocks: Blocks) -> None:
        """Take a track's bytes, to be added. Raises TooLarge, or MediaErrors for captions that can't be read."""
        source = self._staging.source(track_id)
        try:
            async with self._files.arriving(source) as file:
                await file.append(None, None, blocks, self._most(kind))
            if kind == "text":
                await self._engine.captions(source, Fraction(0))
        except BaseException:
            self._staging.clear(track_id)
            raise

    async def add_staged(self, workspace_id: str, media_id: str, track: PendingTrack) -> None:
        """Add a track whose bytes are here; captions are waited for, if their media is ready. Raises NotFound,
        Refused."""
        try:
            await self._catalog.add_track(workspace_id, media_id, track)
        except BaseException:
            self.drop(track.id)
            raise
        await self.begin(media_id)
        if track.kind == "text":
            await self._wait(track.id)

    async def _wait(self, track_id: str) -> None:
        """Until a track is a lane, a few seconds at most. Raises Refused if it has failed: then it is as if it had
        never been added."""
        for _ in range(_POLLS):
            found = await self._catalog.track(track_id)
            if found is None or found[1].status != "ready":
                return
            track, media = found
            if track.status == "failed":
                await self._catalog.remove_track(media.workspace_id, media.id, track.identity)
                raise Refused(track.failure or "the captions could not be added")
            await asyncio.sleep(_POLL)

    def drop(self, track_id: str) -> None:
        """Remove the bytes of a track that is not added after all."""
        self._staging.clear(track_id)

    def _most(self, kind: TrackKind) -> int:
        """Bytes."""
        return self._max_bytes if kind == "audio" else min(self._max_bytes, _CAPTIONS_BYTES)

    async def fetch(self, track_id: str) -> None:
        found = await self._pending(track_id)
        if found is not None:
            track, _ = found
            if not track.url:
                return
            await self._outgoing.fetch(track.url, self._staging.source(track_id), self._most(track.kind))

    async def lay(self, track_id: str) -> None:
        """Make the encoding and the lane, and show them. Raises MediaErrors."""
        found = await self._pending(track_id)
        if found is not None:
            await self._lay(*found)
        elif await self._catalog.track(track_id) is not None:
            return  # its media is not ready yet
        if await self._catalog.encoding(track_id) is not None:
            await self._jobs.start("fill", track_id)
            for file_id in await self._catalog.unmade_files():  # those that hold the sound are made anew
                await self._jobs.start("file", file_id)
        self._staging.clear(track_id)

    async def give_up(self, track_id: str, error: InpointError) -> None:
        await self._catalog.fail_track(track_id, error.message)
        self._staging.clear(track_id)

    async def _pending(self, track_id: str) -> tuple[PendingTrack, Media] | None:
        found = await self._catalog.track(track_id)
        waits = found is None or found[0].status != "preparing" or found[1].status != "ready"
        return None if waits else found

    async def _lay(self, track: PendingTrack, media: Media) -> None:
        assert media.timeline is not None
        pieces = media.timeline.lanes[0].pieces
        if len(pieces) > 1 or pieces[0].encoding is None:
            raise Refused("the media is made of several parts: tracks are added to the parts")
        main = (await self._library.load(pieces[0].encoding)).encoding
        encoding = await self._encoded(track, main, pieces[0].start / main.grid.rate)
        piece = Piece(encoding.id, 0, pieces[0].start, pieces[0].end)
        lane = Lane(track.kind, (piece,), track.language, track.name, track.title)
        wanted = await self._catalog.finish_track(track.id, encoding, lane)
        if not wanted and await self._catalog.encoding(encoding.id) is None:  # nor made by somebody else meanwhile
            await self._store.delete(list(await self._store.list(self._keys.encoding(encoding.id))))

    async def _encoded(self, track: PendingTrack, main: Encoding, shift: Fraction) -> Encoding:
        """The track, stored, on its media's grid: what is heard or said at the media's beginning lies ``shift``
        seconds in."""
        source, work = self._staging.source(track.id), self._staging.work(track.id)
        await asyncio.to_thread(shutil.rmtree, work, True)
        work.mkdir(parents=True)
        bare = replace(main, renditions=(), audio=(), text=(), overlays=(), mezzanine_id=None)
        made = replace(bare, id=track.id, generation=GENERATION)
        if track.kind == "text":
            (work / "t0.json").write_bytes(await self._engine.captions(source, shift))
            index = dump(Index(VideoIndex(), []))
            made = replace(made, text=(TextTrack(0, track.language, track.name),))
        else:
            rewrapped = await self._engine.rewrap_sound(source, work, shift, self._max_seconds)
            index = rewrapped.index
            told = {**rewrapped.facts, "language": track.language, "name": track.name}
            made = replace(made, audio=(AudioTrack(0, **told),))
        await keep(self._store, self._keys, made, work, index, {})
        return made
