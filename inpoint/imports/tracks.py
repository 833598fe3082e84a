"""An added track's job: fetch it, make it an encoding on its media's own grid, give the media its lane."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from fractions import Fraction

from inpoint.errors import InpointError, ManyParts
from inpoint.imports.staging import StagingFolder
from inpoint.making.encodings import Encodings
from inpoint.model.chunk import text_file
from inpoint.model.encoding import Encoding, TextTrack, track_of
from inpoint.model.index import Index, VideoIndex, dump
from inpoint.model.media import Media
from inpoint.model.recipe import Recipe
from inpoint.model.timeline import Lane, Piece
from inpoint.model.track import PendingTrack, TrackKind
from inpoint.ports import EncodingRows, Engine, FileRows, Jobs, Outgoing, TrackRows
from inpoint.ports.orders import CaptionsOrder, SoundRewrapOrder
from inpoint.shelf.encodings import EncodingShelf

_CAPTIONS_BYTES = 10 << 20


def most_bytes(kind: TrackKind, max_bytes: int) -> int:
    """How large a track's file may be."""
    return max_bytes if kind == "audio" else min(max_bytes, _CAPTIONS_BYTES)


class TrackImport:
    """A track's import, step by step: fetch, lay beside the media."""

    def __init__(
        self,
        tracks: TrackRows,
        rows: EncodingRows,
        files: FileRows,
        jobs: Jobs,
        outgoing: Outgoing,
        engine: Engine,
        encodings: Encodings,
        staging: StagingFolder,
        shelf: EncodingShelf,
        recipe: Recipe,
        max_bytes: int,
        max_seconds: int,
    ) -> None:
        """``recipe`` is the one by which what is new is made."""
        self._tracks = tracks
        self._rows = rows
        self._files = files
        self._jobs = jobs
        self._outgoing = outgoing
        self._engine = engine
        self._encodings = encodings
        self._staging = staging
        self._shelf = shelf
        self._recipe = recipe
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds

    async def fetch(self, track_id: str) -> None:
        """Bring the track's bytes here, unless they are."""
        found = await self._pending(track_id)
        if found is not None and found[0].url:
            most = most_bytes(found[0].kind, self._max_bytes)
            await self._outgoing.fetch(found[0].url, self._staging.source(track_id), most)

    async def lay(self, track_id: str) -> None:
        """Make the encoding and the lane, and show them. Raises MediaErrors."""
        found = await self._pending(track_id)
        if found is not None:
            await self._lay(*found)
        elif await self._tracks.track(track_id) is not None:
            return  # its media is not ready yet
        if await self._rows.encoding(track_id) is not None:
            await self._jobs.start("fill", track_id)
            for file_id in await self._files.unmade_files():  # those that hold the sound are made anew
                await self._jobs.start("file", file_id)
        self._staging.clear(track_id)

    async def give_up(self, track_id: str, error: InpointError) -> None:
        """What no further try will mend."""
        await self._tracks.fail_track(track_id, error.message)
        self._staging.clear(track_id)

    async def _pending(self, track_id: str) -> tuple[PendingTrack, Media] | None:
        found = await self._tracks.track(track_id)
        waits = found is None or found[0].status != "preparing" or found[1].status != "ready"
        return None if waits else found

    async def _lay(self, track: PendingTrack, media: Media) -> None:
        assert media.timeline is not None
        pieces = media.timeline.lanes[0].pieces
        if len(pieces) > 1 or pieces[0].encoding is None:
            raise ManyParts("the media is made of several parts: tracks are added to the parts")
        main = (await self._encodings.load(pieces[0].encoding)).encoding
        encoding = await self._encoded(track, main, pieces[0].start / main.grid.rate)
        piece = Piece(encoding.id, 0, pieces[0].start, pieces[0].end)
        lane = Lane(track.kind, (piece,), track.language, track.name, track.title)
        wanted = await self._tracks.finish_track(track.id, encoding, lane)
        if not wanted and await self._rows.encoding(encoding.id) is None:  # nor made by somebody else meanwhile
            await self._shelf.drop(encoding.id)

    async def _encoded(self, track: PendingTrack, main: Encoding, shift: Fraction) -> Encoding:
        """The track, stored, on its media's grid: what is heard or said at the media's beginning lies ``shift``
        seconds in."""
        source, work = self._staging.source(track.id), self._staging.work(track.id)
        await asyncio.to_thread(shutil.rmtree, work, True)
        work.mkdir(parents=True)
        bare = replace(main, renditions=(), audio=(), text=(), overlays=(), mezzanine_id=None)
        runs = self._recipe.picture.runs(main.grid.rate)
        made = replace(bare, id=track.id, recipe=self._recipe, runs=runs)
        if track.kind == "text":
            (work / text_file(0)).write_bytes(await self._engine.captions(CaptionsOrder(source, shift)))
            index = dump(Index(VideoIndex(), []))
            made = replace(made, text=(TextTrack(0, track.language, track.name),))
        else:
            order = SoundRewrapOrder(source, work, shift, self._max_seconds)
            rewrapped = await self._engine.rewrap_sound(order)
            index = rewrapped.index
            heard = replace(track_of(0, rewrapped.facts), language=track.language, name=track.name)
            made = replace(made, audio=(heard,))
        await self._shelf.keep(made, work, index, {})
        return made
