"""What is found in encodings while nobody waits for it, and what of it a timeline has."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import structlog
from cachetools import LRUCache

from inpoint.errors import InpointError, MediaError, NotFound
from inpoint.making.encodings import Encodings, Loaded
from inpoint.making.orders import sound_need, sound_order, still_chunks
from inpoint.model import survey
from inpoint.model.encoding import audio_rendition
from inpoint.model.index import places
from inpoint.model.timeline import Lane, Timeline
from inpoint.ports import Engine, Jobs
from inpoint.ports.orders import ShotOrder
from inpoint.shelf.encodings import EncodingShelf
from inpoint.shelf.findings import FindingShelf

_log = structlog.get_logger()
T = TypeVar("T")
_WHOLE = 64  # timelines


@dataclass(frozen=True, slots=True)
class Found:
    """Of a timeline, in its frames. ``known`` is how much of it has been looked at, 0 to 1; ``levels`` are of its
    first soundtrack, None if it has none."""

    known: float
    shots: Sequence[int]
    silences: Sequence[tuple[int, int]]
    levels: bytes | None


class Survey:
    """Finds where shots begin and how loud it is, once for each encoding, and keeps what it found."""

    def __init__(
        self, shelf: EncodingShelf, findings: FindingShelf, engine: Engine, encodings: Encodings, jobs: Jobs
    ) -> None:
        self._shelf = shelf
        self._findings = findings
        self._engine = engine
        self._encodings = encodings
        self._jobs = jobs
        #: Of timelines that have been looked at wholly: nothing of it changes any more.
        self._whole: LRUCache[Timeline, Found] = LRUCache(_WHOLE)
        self._started: set[str] = set()

    # Finding

    async def survey(self, encoding_id: str) -> None:
        """Find what hasn't been found yet: the sound first, for that is quick."""
        try:
            loaded = await self._encodings.load(encoding_id)
        except NotFound:
            return
        mezzanine = loaded.encoding.mezzanine  # whatever is laid over its pictures, its shots are the same
        for track in range(len(loaded.index.audio)):
            for run in survey.level_runs(loaded.encoding):
                if await self._findings.levels(mezzanine, track, run) is None:
                    await self._findings.put_levels(mezzanine, track, run, await self._levels(loaded, track, run))
        for run in survey.shot_runs(loaded.encoding) if loaded.index.video.grid else ():
            if await self._findings.shots(mezzanine, run) is None:
                await self._findings.put_shots(mezzanine, run, await self._shots(loaded, run))

    async def give_up(self, encoding_id: str, error: InpointError) -> None:
        """What can't be looked at, after all tries, has nothing in it: nobody is to wait for it."""
        _log.warning("survey.given_up", encoding=encoding_id, detail=error.detail)
        try:
            loaded = await self._encodings.load(encoding_id)
        except NotFound:
            return
        mezzanine = loaded.encoding.mezzanine
        for track in range(len(loaded.index.audio)):
            for run in survey.level_runs(loaded.encoding):
                await self._findings.put_levels(mezzanine, track, run, b"")
        for run in survey.shot_runs(loaded.encoding) if loaded.index.video.grid else ():
            await self._findings.put_shots(mezzanine, run, [])

    async def _levels(self, loaded: Loaded, track: int, run: int) -> bytes:
        """Of a run; none where the chunks are no longer there, or can't be decoded."""
        encoding, index = loaded.encoding, loaded.index.audio[track]
        start, end = survey.level_span(encoding, run)
        name = encoding.segment(audio_rendition(track), start, end)
        need = sound_need(index, encoding.recipe.sound, start, end)
        try:
            chunks = await self._shelf.chunks(encoding.mezzanine, need.chunks, track)
            return await self._engine.levels(sound_order(loaded, track, need, name, chunks))
        except (NotFound, MediaError) as error:
            return _nothing(error, b"")

    async def _shots(self, loaded: Loaded, run: int) -> list[int]:
        encoding = loaded.encoding
        if encoding.is_sound_alone:
            return []
        start, end = survey.shot_span(encoding, run)
        lead = min(start, survey.SHOT_LEAD)
        wanted = places(loaded.index.video, start - lead, end)
        try:
            chunks = await self._shelf.chunks(encoding.mezzanine, still_chunks(loaded, wanted))
            found = await self._engine.shots(ShotOrder(encoding.mezzanine, chunks, wanted, lead))
        except (NotFound, MediaError) as error:
            return _nothing(error, [])
        return [start + one for one in found]

    # What a timeline has of it

    async def found(self, timeline: Timeline) -> Found:
        """What is known by now; what is not is being looked for from now on, if it wasn't."""
        found = self._whole.get(timeline)
        if found is None:
            found = await self._put_together(timeline)
            if found.known == 1:
                self._whole[timeline] = found
        return found

    async def _put_together(self, timeline: Timeline) -> Found:
        sound = next(iter(timeline.of("audio")), None)
        shots, done, total = await self._shots_of(timeline)
        if sound is None:
            levels = None
        else:
            levels, heard, of = await self._levels_of(sound, timeline.rate)
            done, total = done + heard, total + of
        if done < total:
            for encoding_id in timeline.encodings - self._started:
                self._started.add(encoding_id)
                await self._jobs.start("survey", encoding_id)
        quiet: list[tuple[int, int]] = []
        if levels is not None and sound is not None:
            quiet = await asyncio.to_thread(survey.silences, levels, sound, timeline)
        return Found(done / total if total else 1.0, survey.shots(timeline, shots), quiet, levels)

    async def _shots_of(self, timeline: Timeline) -> tuple[list[list[int]], int, int]:
        """Those of each piece; how many runs are known, and of how many."""
        found: list[list[int]] = []
        done = total = 0
        for piece in timeline.lanes[0].pieces:
            loaded = await self._encodings.load(piece.encoding or "")
            inside: list[int] = []
            for run in survey.shot_runs(loaded.encoding, piece.start, piece.end):
                told = await self._findings.shots(loaded.encoding.mezzanine, run)
                total += 1
                if told is not None:
                    done += 1
                    inside += told
            found.append(inside)
        return found, done, total

    async def _levels_of(self, lane: Lane, rate: Fraction) -> tuple[bytes, int, int]:
        found = bytearray()
        known: dict[tuple[str, int], bytearray] = {}
        done = total = at = 0
        for piece in lane.pieces:
            at += piece.frames
            if piece.encoding is None:
                found += survey.piece_levels(piece, at - piece.frames, rate, None)
                continue
            encoding = (await self._encodings.load(piece.encoding)).encoding
            name = (piece.encoding, piece.track)
            if name not in known:
                known[name] = bytearray([survey.UNKNOWN]) * survey.level_frames(encoding)
            levels = known[name]
            for run in survey.level_runs(encoding, piece.start, piece.end):
                told = await self._findings.levels(encoding.mezzanine, piece.track, run)
                total += 1
                if told is not None:
                    done += 1
                    start, _ = survey.level_span(encoding, run)
                    levels[start : start + len(told)] = told
            found += survey.piece_levels(piece, at - piece.frames, rate, levels)
        return bytes(found), done, total


def _nothing(error: Exception, found: T) -> T:
    """What can't be looked at has nothing in it."""
    if isinstance(error, MediaError) and error.retryable:
        raise error
    _log.info("survey.skipped", detail=str(error))
    return found
