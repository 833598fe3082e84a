"""Soundtracks and captions that are added to a media, named, put first, removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction

from inpoint.desk.files import KeptFiles
from inpoint.errors import SoundStays, TrackUnreadable
from inpoint.imports.staging import StagingFolder
from inpoint.imports.tracks import most_bytes
from inpoint.model.media import Media
from inpoint.model.once import Once
from inpoint.model.timeline import Lane, LaneId
from inpoint.model.track import PendingTrack, TrackKind
from inpoint.ports import ArrivingFiles, EncodingRows, Engine, Jobs, MediaRows, TrackRows
from inpoint.ports.orders import CaptionsOrder
from inpoint.ports.storage import Blocks

_POLL, _POLLS = 0.02, 250  # seconds, and how often


class Tracks:
    """Sound and captions that are added to a media, changed, chosen and removed."""

    def __init__(
        self,
        rows: TrackRows,
        media: MediaRows,
        encodings: EncodingRows,
        jobs: Jobs,
        engine: Engine,
        staging: StagingFolder,
        arriving: ArrivingFiles,
        files: KeptFiles,
        max_bytes: int,
    ) -> None:
        self._rows = rows
        self._media = media
        self._encodings = encodings
        self._jobs = jobs
        self._engine = engine
        self._staging = staging
        self._arriving = arriving
        self._files = files
        self._max_bytes = max_bytes

    async def add(self, workspace_id: str, media_id: str, track: PendingTrack, once: Once | None = None) -> None:
        """Add a track whose bytes are at its address. Raises NotFound, Refused, Repeated."""
        await self._rows.add_track(workspace_id, media_id, track, once)
        await self.begin(media_id)

    async def stage(self, track_id: str, kind: TrackKind, blocks: Blocks) -> None:
        """Take a track's bytes, to be added. Raises TooLarge, or MediaErrors for captions that can't be read."""
        source = self._staging.source(track_id)
        try:
            async with self._arriving.arriving(source) as file:
                await file.append(None, None, blocks, most_bytes(kind, self._max_bytes))
            if kind == "text":
                await self._engine.captions(CaptionsOrder(source, Fraction(0)))
        except BaseException:
            self._staging.clear(track_id)
            raise

    async def add_staged(self, workspace_id: str, media_id: str, track: PendingTrack) -> None:
        """Add a track whose bytes are here; captions are waited for, if their media is ready. Raises NotFound,
        Refused."""
        try:
            await self._rows.add_track(workspace_id, media_id, track)
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
            found = await self._rows.track(track_id)
            if found is None or found[1].status != "ready":
                return
            track, media = found
            if track.status == "failed":
                await self._rows.remove_track(media.workspace_id, media.id, track.identity)
                raise TrackUnreadable(track.failure or "the captions could not be added")
            await asyncio.sleep(_POLL)

    def drop(self, track_id: str) -> None:
        """Remove the bytes of a track that is not added after all."""
        self._staging.clear(track_id)

    async def begin(self, media_id: str) -> None:
        """Start to make the tracks that a ready media waits for."""
        media = await self._media.media(media_id)
        if media is not None and media.status == "ready":
            for track in media.pending:
                if track.status == "preparing":
                    await self._jobs.start("track", track.id)

    async def rename(self, workspace_id: str, media_id: str, lane: LaneId, change: Callable[[Lane], Lane]) -> Media:
        """Language, name and title. Raises NotFound, NoSuchTrack, or Refused for a language that is taken."""
        return await self._rows.rename_track(workspace_id, media_id, lane, change)

    async def lead_with(self, workspace_id: str, media_id: str, lane: LaneId) -> Media:
        """Put a soundtrack first. Raises NotFound, NoSuchTrack, or Refused for one that isn't ready."""
        media = await self._rows.lead_with(workspace_id, media_id, lane)
        await self._files.begin(media_id)
        return media

    async def remove(self, workspace_id: str, media_id: str, lane: LaneId) -> None:
        """Raises NotFound, NoSuchTrack, or Refused for the picture, and for the last of what is sound alone."""
        await self._require_other_sound(workspace_id, media_id, lane)
        await self._rows.remove_track(workspace_id, media_id, lane)
        await self._files.begin(media_id)

    async def _require_other_sound(self, workspace_id: str, media_id: str, lane: LaneId) -> None:
        media = await self._media.media(media_id)
        if media is None or media.workspace_id != workspace_id or media.timeline is None:
            return  # whose it isn't is told that there is none
        if [one.identity for one in media.timeline.of("audio")] != [lane]:
            return
        main = await self._encodings.encoding(media.timeline.lanes[0].pieces[0].encoding or "")
        if main is not None and main.is_sound_alone:
            raise SoundStays("it is sound alone, and keeps its last soundtrack")

    async def go_on(self) -> None:
        """Start what a crash kept from being started."""
        for track_id in await self._rows.unmade_tracks():
            await self._jobs.start("track", track_id)
