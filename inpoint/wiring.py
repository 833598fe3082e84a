"""The one place that builds everything and imports everyone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from inpoint.background.fill import Fill
from inpoint.background.survey import Survey
from inpoint.background.sweep import Sweeper
from inpoint.background.weigh import StorageMeter
from inpoint.clips.cover import ClipCovers
from inpoint.clips.render import ClipRendering
from inpoint.clips.waiting import WaitingClips
from inpoint.clock import SystemClock
from inpoint.dashboard.pages import dashboard_routes
from inpoint.database.connect import migrate, open_database, sqlite_url
from inpoint.database.every import sql_rows
from inpoint.database.session import Session
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
from inpoint.dialects.cloudflare.dialect import cloudflare
from inpoint.dialects.fastpix.dialect import fastpix
from inpoint.dialects.house import House
from inpoint.dialects.own.dialect import own
from inpoint.engine.engine import ConfinedEngine
from inpoint.imports.indexing import SourceIndexing
from inpoint.imports.pull import SourcePull
from inpoint.imports.source import SourceImport
from inpoint.imports.staging import StagingFolder
from inpoint.imports.tracks import TrackImport
from inpoint.imports.watermarks import WatermarkIntake
from inpoint.jobs.dbos_jobs import DbosJobs
from inpoint.jobs.workflows import Stages, workflows
from inpoint.making.encodings import Encodings
from inpoint.making.files import FileMaking
from inpoint.making.gather import SourceGathering
from inpoint.making.segments import Segments
from inpoint.making.stills import Stills
from inpoint.model.ids import new_id
from inpoint.model.recipe import RECIPES, Recipes
from inpoint.model.workspace import Credential, Scope, Workspace
from inpoint.ports import JobKind
from inpoint.ports.orders import RateOrder
from inpoint.settings import Settings
from inpoint.shelf.encodings import EncodingShelf
from inpoint.shelf.files import FileShelf, WatermarkShelf
from inpoint.shelf.findings import FindingShelf
from inpoint.storage.blobs import FolderBlobs
from inpoint.storage.files import LocalFiles
from inpoint.web import auth
from inpoint.web.app import build_app
from inpoint.web.auth import hash_secret
from inpoint.web.client import Clients
from inpoint.web.countries import Countries
from inpoint.web.dialect import Dialect
from inpoint.web.outgoing import GuardedClient
from inpoint.web.sealing import Sealing, kept_secret
from inpoint.web.webhooks import Telling, WebhookDispatch

_log = structlog.get_logger()

#: A dialect is made of what the house has.
DialectMaker = Callable[[House], Dialect]


def known_dialects(settings: Settings) -> list[DialectMaker]:
    """All of them; a further one is a line here. Their order doesn't matter: no path is two dialects'."""
    return [
        cloudflare,
        own,
        partial(fastpix, durations=settings.fastpix_duration_format),
    ]


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A credential with its secret, which is shown once."""

    id: str
    secret: str
    workspace: Workspace


class _LateJobs:
    """Stages start jobs whose steps are stages: this stands in until both are built."""

    def __init__(self) -> None:
        self.jobs: DbosJobs | None = None

    async def start(self, kind: JobKind, subject_id: str) -> None:
        """As soon as there are jobs."""
        assert self.jobs is not None
        await self.jobs.start(kind, subject_id)

    async def take_over(self) -> None:
        """What others left."""
        assert self.jobs is not None
        await self.jobs.take_over()


class Server:
    """Everything that ``serve`` and ``work`` run."""

    def __init__(
        self, settings: Settings, recipes: Recipes = RECIPES, dialects: Sequence[DialectMaker] | None = None
    ) -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.clock = SystemClock()
        self.database: AsyncEngine = open_database(database_url(settings))
        rows = sql_rows(Session(self.database, self.clock, recipes))
        store, recipe = FolderBlobs(settings.data.resolve() / "blobs"), recipes.newest
        shelf, file_shelf, watermark_shelf = EncodingShelf(store), FileShelf(store), WatermarkShelf(store)
        self._recipe, self._late = recipe, _LateJobs()
        self._engine = engine = ConfinedEngine(settings.workers, settings.max_bytes)
        self._outgoing = outgoing = GuardedClient(settings.pull_allow)
        self._staging = staging = StagingFolder(settings.data.resolve() / "staging")
        self._media = rows.media
        encodings = Encodings(rows.encodings, shelf)
        segments = Segments(shelf, rows.encodings, engine, encodings)
        arriving = LocalFiles()
        waiting = WaitingClips(rows.media, self._late)
        sweeper = Sweeper(rows.media, rows.encodings, rows.retention, shelf, file_shelf, engine, encodings)
        survey = Survey(shelf, FindingShelf(store), engine, encodings, self._late)
        making = FileMaking(
            rows.files, encodings, segments, SourceGathering(engine, encodings, staging, shelf, file_shelf), shelf,
            file_shelf,
        )  # fmt: skip
        files = KeptFiles(rows.files, rows.media, self._late, file_shelf)
        tracks = Tracks(
            rows.tracks, rows.media, rows.encodings, self._late, engine, staging, arriving, files, settings.max_bytes
        )
        self.desk = Desk(
            videos=Videos(
                rows.media, rows.encodings, self._late, staging, arriving, waiting, encodings, sweeper,
                StorageMeter(rows.encodings, rows.retention, shelf, encodings, self.clock), self.clock,
                timedelta(seconds=settings.sweep_after), settings.max_bytes,
            ),
            clips=Clips(rows.media, waiting),
            tracks=tracks,
            files=files,
            uploads=Uploads(rows.uploads, self._late, staging, arriving, waiting, self.clock, settings.max_bytes),
            watching=Playbacks(rows.playbacks),
            watermarks=Watermarks(
                rows.watermarks, WatermarkIntake(engine, outgoing, staging, arriving, watermark_shelf),
                watermark_shelf, self.clock,
            ),
            access=Access(rows.credentials, rows.sessions, rows.keys, rows.replies, self.clock),
            webhooks=Webhooks(rows.webhooks, rows.deliveries, self.clock),
            survey=survey,
            clock=self.clock,
        )  # fmt: skip
        self._stages = Stages(
            jobs=self._late,
            media=rows.media,
            made=rows.encodings,
            imports=SourceImport(
                rows.media, staging, SourcePull(outgoing, settings.max_bytes),
                SourceIndexing(engine, staging, shelf, rows.encodings, segments, encodings, recipe),
                watermark_shelf, settings.max_seconds, settings.workers,
            ),
            waiting=waiting,
            clips=ClipRendering(
                rows.media, encodings, segments, waiting,
                ClipCovers(rows.encodings, rows.watermarks, shelf, watermark_shelf, encodings),
            ),
            fill=Fill(
                segments, encodings, rows.encodings, rows.retention, shelf, settings.fill, settings.workers
            ),
            file_making=making,
            track_import=TrackImport(
                rows.tracks, rows.encodings, rows.files, self._late, outgoing, engine, encodings, staging, shelf,
                recipe, settings.max_bytes, settings.max_seconds,
            ),
            survey=survey,
            files=files,
            tracks=tracks,
        )  # fmt: skip
        self._answers = answers = Answers(
            rows.playbacks, rows.encodings, shelf, encodings, segments, PreviewLeases(rows.retention, self.clock)
        )
        tellings: dict[str, Telling] = {}
        self.house = House(
            desk=self.desk,
            answers=answers,
            images=ImageAnswers(answers, encodings, Stills(shelf, engine, encodings), self.clock),
            files=FileAnswers(answers, encodings, making, file_shelf),
            captions=CaptionFiles(encodings, shelf),
            pages=PlayerPages(),
            clients=Clients(settings.trusted_proxies),
            countries=Countries(settings.geoip),
            sealing=Sealing(settings.secret or kept_secret(settings.data.resolve() / "secret")),
            base_url=settings.base_url,
            stream_base=settings.stream_base,
            images_base=settings.images_base,
            tellings=tellings,
        )
        self._dialects = [make(self.house) for make in dialects or known_dialects(settings)]
        tellings.update((one.name, one.telling) for one in self._dialects if one.telling is not None)
        self._dispatch = WebhookDispatch(
            rows.webhooks, rows.deliveries, outgoing, self.clock, self.house.sealing, tellings
        )
        self._upkeep = Upkeep(self.desk, self._late, rows.media, rows.retention, staging, sweeper, self.clock)
        self._ready = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything started, and what a crash left taken up."""
        await migrate(self.database)
        await self._engine.start()
        jobs = DbosJobs(database_url(self.settings), self.settings.data, workflows(self._stages))
        self._late.jobs = jobs
        if jobs.alone:
            self._staging.keep_only(await self._media.arrivals())
        await jobs.launch()
        tasks = [asyncio.create_task(work) for work in (self._upkeep.run(), self._dispatch.run(), self._measure())]
        self._ready = True
        try:
            yield
        finally:
            self._ready = False
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await jobs.stop()
            await self._engine.stop()
            await self._outgoing.close()
            await self.database.dispose()

    async def _measure(self) -> None:
        """How many pixels a second this machine encodes while somebody watches: decoding and scaling take a part."""
        if self.settings.megapixels is not None:
            self._answers.pixel_budget = self.settings.megapixels * 1e6
            return
        with contextlib.suppress(Exception):
            order = RateOrder(self._recipe.picture, self._recipe.boxes)
            self._answers.pixel_budget = await self._engine.pixel_rate(order) * 0.75
            _log.info("machine.measured", megapixels_per_second=round(self._answers.pixel_budget / 1e6, 1))

    def app(self) -> FastAPI:
        """The HTTP application."""
        return build_app(self._dialects, self.running, self._healthy, self.house.pages.script, dashboard_routes())

    async def _healthy(self) -> bool:
        return self._ready


def database_url(settings: Settings) -> str:
    """Of the embedded database, in the data folder."""
    return sqlite_url(settings.data.resolve() / "inpoint.db")


async def first_credential(access: Access, settings: Settings) -> NewCredential | None:
    """The credential that a new installation begins with; None if there is one already.

    One named by settings is always there and never shown.
    """
    if settings.token_id and settings.token_secret:
        workspace_id = str(UUID(settings.workspace_id)) if settings.workspace_id else _named_workspace(settings)
        named = Credential(settings.token_id, workspace_id, hash_secret(settings.token_secret), "write")
        await access.admit(Workspace(workspace_id, "default"), named)
        return None
    if await access.credentials():
        return None
    workspace = Workspace(str(UUID(settings.workspace_id)) if settings.workspace_id else new_id(), "default")
    return await new_credential(access, workspace, "write", None)


def _named_workspace(settings: Settings) -> str:
    """A workspace that a credential from settings always finds again."""
    return str(UUID(hash_secret(f"workspace of {settings.token_id}")[:32]))


async def new_credential(access: Access, workspace: Workspace, scope: Scope, email: str | None) -> NewCredential:
    """A credential that is kept, with its secret."""
    credential, secret = auth.new_credential(workspace.id, scope, email)
    await access.admit(workspace, credential)
    return NewCredential(credential.id, secret, workspace)
