"""The whole house over twins: rows, blobs, engine, jobs, the way out and time, for tests in milliseconds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter

from inpoint.background.fill import Extent, Fill
from inpoint.background.survey import Survey
from inpoint.background.sweep import Sweeper
from inpoint.background.weigh import StorageMeter
from inpoint.clips.cover import ClipCovers
from inpoint.clips.render import ClipRendering
from inpoint.clips.waiting import WaitingClips
from inpoint.delivery.answers import Answers
from inpoint.delivery.captions import CaptionFiles
from inpoint.delivery.files import FileAnswers
from inpoint.delivery.images import ImageAnswers
from inpoint.delivery.pages import PlayerPages
from inpoint.delivery.previews import PreviewLeases
from inpoint.desk.access import Access
from inpoint.desk.clips import Clips
from inpoint.desk.desk import Desk
from inpoint.desk.files import KeptFiles
from inpoint.desk.tracks import Tracks
from inpoint.desk.upkeep import Upkeep
from inpoint.desk.uploads import Uploads
from inpoint.desk.videos import Videos
from inpoint.desk.watching import Playbacks
from inpoint.desk.watermarks import Watermarks
from inpoint.desk.webhooks import Webhooks
from inpoint.dialects.house import House as Front
from inpoint.imports.indexing import SourceIndexing
from inpoint.imports.pull import SourcePull
from inpoint.imports.source import SourceImport
from inpoint.imports.staging import StagingFolder
from inpoint.imports.tracks import TrackImport
from inpoint.imports.watermarks import WatermarkIntake
from inpoint.jobs.workflows import Stages, workflows
from inpoint.making.encodings import Encodings
from inpoint.making.files import FileMaking
from inpoint.making.gather import SourceGathering
from inpoint.making.segments import Segments
from inpoint.making.stills import Stills
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.model.playback import Playback
from inpoint.model.range import Range
from inpoint.model.recipe import RECIPES, Recipe
from inpoint.model.workspace import Workspace
from inpoint.shelf.encodings import EncodingShelf
from inpoint.shelf.files import FileShelf, WatermarkShelf
from inpoint.shelf.findings import FindingShelf
from inpoint.storage.blobs import FolderBlobs
from inpoint.storage.files import LocalFiles
from inpoint.testing.blobs import MemoryStore
from inpoint.testing.clock import SettableClock
from inpoint.testing.engine import ScriptedEngine, ScriptedSource
from inpoint.testing.jobs import MemoryJobs
from inpoint.testing.outgoing import ScriptedOutgoing
from inpoint.testing.rows import MemoryRows, memory_rows
from inpoint.web.app import build_app
from inpoint.web.auth import new_credential
from inpoint.web.client import Clients
from inpoint.web.countries import Countries
from inpoint.web.dialect import Dialect
from inpoint.web.sealing import Sealing
from inpoint.web.webhooks import Telling, WebhookDispatch

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SPACE = Workspace(new_id(), "space")
URL = "http://somewhere/source.mp4"


BASE = "http://test"


class House:
    """Stages and desk as the program wires them; arrivals and, where ``on_disk``, blobs are files in a folder."""

    def __init__(
        self,
        folder: Path,
        recipe: Recipe = RECIPES.newest,
        extent: Extent = "all",
        *,
        on_disk: bool = False,
        most: int = 100_000,
        after: House | None = None,
    ) -> None:
        """``after`` a house that crashed: what is on disk and in rows is as it left it."""
        self._made_of = (folder, recipe, extent)
        self.clock: SettableClock = after.clock if after else SettableClock(NOW)
        self.jobs, self.engine = MemoryJobs(), ScriptedEngine()
        self.outgoing = ScriptedOutgoing({URL: ScriptedSource().written()})
        self.rows: MemoryRows = after.rows if after else memory_rows(self.clock)
        self.store: MemoryStore = after.store if after else MemoryStore()
        rows, store = self.rows, self.store
        blobs = FolderBlobs(folder / "blobs") if on_disk else store
        self.staging = staging = StagingFolder(folder / "staging")
        self.shelf = shelf = EncodingShelf(blobs)
        self.files = files = FileShelf(blobs)
        marks, arriving = WatermarkShelf(blobs), LocalFiles()
        self.encodings = encodings = Encodings(rows.encodings, shelf)
        self.segments = segments = Segments(shelf, rows.encodings, self.engine, encodings)
        self.waiting = waiting = WaitingClips(rows.media, self.jobs)
        self.sweeper = Sweeper(rows.media, rows.encodings, rows.retention, shelf, files, self.engine, encodings)
        self.survey = survey = Survey(shelf, FindingShelf(blobs), self.engine, encodings, self.jobs)
        gathering = SourceGathering(self.engine, encodings, staging, shelf, files)
        making = FileMaking(rows.files, encodings, segments, gathering, shelf, files)
        kept = KeptFiles(rows.files, rows.media, self.jobs, files)
        tracks = Tracks(
            rows.tracks, rows.media, rows.encodings, self.jobs, self.engine, staging, arriving, kept, most
        )
        self.desk = Desk(
            Videos(
                rows.media, rows.encodings, self.jobs, staging, arriving, waiting, encodings, self.sweeper,
                StorageMeter(rows.encodings, rows.retention, shelf, encodings, self.clock), self.clock,
                timedelta(0), most,
            ),
            Clips(rows.media, waiting), tracks, kept,
            Uploads(rows.uploads, self.jobs, staging, arriving, waiting, self.clock, most),
            Playbacks(rows.playbacks),
            Watermarks(
                rows.watermarks, WatermarkIntake(self.engine, self.outgoing, staging, arriving, marks), marks,
                self.clock,
            ),
            Access(rows.credentials, rows.sessions, rows.keys, rows.replies, self.clock),
            Webhooks(rows.webhooks, rows.deliveries, self.clock), survey, self.clock,
        )  # fmt: skip
        self.stages = Stages(
            self.jobs, rows.media, rows.encodings,
            SourceImport(
                rows.media, staging, SourcePull(self.outgoing, most),
                SourceIndexing(self.engine, staging, shelf, rows.encodings, segments, encodings, recipe), marks,
                3600, 1,
            ),
            waiting,
            ClipRendering(
                rows.media, encodings, segments, waiting,
                ClipCovers(rows.encodings, rows.watermarks, shelf, marks, encodings),
            ),
            Fill(segments, encodings, rows.encodings, rows.retention, shelf, extent, 2),
            making,
            TrackImport(
                rows.tracks, rows.encodings, rows.files, self.jobs, self.outgoing, self.engine, encodings, staging,
                shelf, recipe, most, 3600,
            ),
            survey, kept, tracks,
        )  # fmt: skip
        self.jobs.kinds = workflows(self.stages)
        answers = Answers(
            rows.playbacks, rows.encodings, shelf, encodings, segments, PreviewLeases(rows.retention, self.clock)
        )
        self.tellings: dict[str, Telling] = {}
        self.front = Front(
            self.desk, answers, ImageAnswers(answers, encodings, Stills(shelf, self.engine, encodings), self.clock),
            FileAnswers(answers, encodings, making, files), CaptionFiles(encodings, shelf), PlayerPages(),
            Clients([]), Countries(None), Sealing("a secret"), BASE, BASE, BASE, self.tellings,
        )  # fmt: skip
        self.dispatch = WebhookDispatch(
            rows.webhooks, rows.deliveries, self.outgoing, self.clock, self.front.sealing, self.tellings
        )
        self.upkeep = Upkeep(self.desk, self.jobs, rows.media, rows.retention, staging, self.sweeper, self.clock)
        rows.credentials._tables.workspaces[SPACE.id] = SPACE

    async def served(self, *makers: Callable[[Front], Dialect], bearer: bool = False) -> httpx.AsyncClient:
        """A client, with a credential, of an application that speaks these dialects, in their order."""
        dialects = [make(self.front) for make in makers]
        self.tellings.update((one.name, one.telling) for one in dialects if one.telling is not None)
        credential, secret = new_credential(SPACE.id, "write", None)
        await self.desk.access.admit(SPACE, credential)
        app = build_app(dialects, _life, _healthy, self.front.pages.script, APIRouter())
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        if bearer:
            headers = {"Authorization": f"Bearer {secret}"}
            return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)
        return httpx.AsyncClient(transport=transport, base_url=BASE, auth=(credential.id, secret))

    def restarted(self, *, forgotten: bool = False) -> House:
        """A house on what this one left when it was killed; its jobs go on where they were, or are ``forgotten``."""
        folder, recipe, extent = self._made_of
        again = House(folder, recipe, extent, after=self)
        if not forgotten:
            again.jobs.open, again.jobs.ended = self.jobs.open, self.jobs.ended
        return again

    def media(self, **facts: Any) -> Media:
        """One that is not there yet."""
        media_id = new_id()
        told = {"source_url": URL, "playbacks": (Playback(new_id(), media_id, "public"),), **facts}
        return Media(media_id, SPACE.id, self.clock.now(), self.clock.now(), **told)

    async def imported(self, **facts: Any) -> Media:
        """A ready one, all its jobs done."""
        media = self.media(**facts)
        await self.desk.videos.accept(media)
        await self.jobs.run()
        return await self.now(media.id)

    async def clipped(self, source_id: str, start: int, end: int, **facts: Any) -> Media:
        """A clip from one frame to another at 30 a second, all its jobs done."""
        clip = await self.draft(source_id, start, end, **facts)
        await self.desk.clips.cut(clip)
        await self.jobs.run()
        return await self.now(clip.id)

    async def draft(self, source_id: str, start: int, end: int, **facts: Any) -> Media:
        wanted = self.media(source_url=None, range=Range(Fraction(start, 30), Fraction(end, 30)), **facts)
        return await self.desk.clips.draft(SPACE.id, source_id, lambda _: wanted)

    async def now(self, media_id: str) -> Media:
        found = await self.rows.media.media(media_id)
        assert found is not None
        return found

    async def swept(self) -> None:
        """Everything that is due by now."""
        self.clock.advance(1)
        while await self.rows.retention.due_sweeps(self.clock.now()):
            await self.upkeep.sweep()


@asynccontextmanager
async def _life() -> AsyncIterator[None]:
    yield


async def _healthy() -> bool:
    return True
