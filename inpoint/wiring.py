"""The one place that builds everything and imports everyone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from inpoint.clips.cover import Covering
from inpoint.clips.cut import Cutting
from inpoint.clips.render import Rendering
from inpoint.clips.retain import Sweeping
from inpoint.clips.weigh import Weighing
from inpoint.clock import SystemClock
from inpoint.dashboard.pages import dashboard_routes
from inpoint.database.catalog import SqlCatalog
from inpoint.database.connect import migrate, open_database, sqlite_url
from inpoint.delivery.answers import Delivery
from inpoint.delivery.captions import Captions
from inpoint.delivery.files import Files
from inpoint.delivery.images import Images
from inpoint.delivery.pages import Pages
from inpoint.delivery.previews import Previews
from inpoint.dialects.cloudflare import webhook as cloudflare_webhook
from inpoint.dialects.cloudflare.api import Api as CloudflareApi
from inpoint.dialects.cloudflare.delivery import Served
from inpoint.dialects.cloudflare.dialect import cloudflare
from inpoint.dialects.cloudflare.viewings import Watching
from inpoint.dialects.fastpix import routes as fastpix_routes
from inpoint.dialects.fastpix.dialect import fastpix
from inpoint.dialects.fastpix.notices import Notices
from inpoint.dialects.fastpix.shapes import Words
from inpoint.dialects.own import routes as own_routes
from inpoint.dialects.own.dialect import own
from inpoint.dialects.own.session import SessionApi
from inpoint.dialects.own.shapes import Words as OwnWords
from inpoint.dialects.own.viewings import ViewApi
from inpoint.dialects.own.webhooks import WebhookApi
from inpoint.encodings.adding import Adding
from inpoint.encodings.fill import Fill
from inpoint.encodings.gather import Gathering
from inpoint.encodings.importing import Importing
from inpoint.encodings.index import Indexing
from inpoint.encodings.loaded import Library
from inpoint.encodings.segments import Segments
from inpoint.encodings.stills import Stills
from inpoint.encodings.survey import Surveying
from inpoint.encodings.watermarking import Watermarking
from inpoint.engine.engine import ConfinedEngine
from inpoint.ingest.accept import Accepting
from inpoint.ingest.pull import Pulling
from inpoint.ingest.staging import Staging
from inpoint.ingest.upload import Uploading
from inpoint.jobs.dbos_jobs import DbosJobs
from inpoint.jobs.upkeep import Upkeep
from inpoint.jobs.workflows import workflows
from inpoint.model.ids import new_id
from inpoint.model.workspace import Credential, Scope, Workspace
from inpoint.playback.files import Packaging
from inpoint.ports import Catalog, JobKind
from inpoint.settings import Settings
from inpoint.storage import keys
from inpoint.storage.blobs import Blobs
from inpoint.storage.files import LocalFiles
from inpoint.web import auth
from inpoint.web.app import build_app
from inpoint.web.auth import hash_secret
from inpoint.web.client import Clients
from inpoint.web.countries import Countries
from inpoint.web.outgoing import GuardedClient
from inpoint.web.sealing import Sealing, kept_secret
from inpoint.web.webhooks import Dispatching, Telling

_log = structlog.get_logger()


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
        assert self.jobs is not None
        await self.jobs.start(kind, subject_id)

    async def take_over(self) -> None:
        assert self.jobs is not None
        await self.jobs.take_over()


class Server:
    """Everything that ``serve`` and ``work`` run."""

    def __init__(self, settings: Settings) -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.clock = SystemClock()
        self.database: AsyncEngine = open_database(database_url(settings))
        self.catalog = SqlCatalog(self.database, self.clock)
        self.store = Blobs.in_folder(settings.data.resolve() / "blobs")
        self.engine = ConfinedEngine(settings.workers, settings.max_bytes)
        self.outgoing = GuardedClient(settings.pull_allow)
        self.library = Library(self.catalog, self.store, keys)
        self.segments = Segments(self.store, self.catalog, self.engine, self.library, keys)
        self._late = _LateJobs()
        self.cutting = Cutting(self.catalog, self._late)
        self._staging = staging = Staging(settings.data.resolve() / "staging")
        self.accepting = Accepting(
            self.catalog, self._late, staging, LocalFiles(), self.clock,
            timedelta(seconds=settings.sweep_after), settings.max_bytes,
        )  # fmt: skip
        self.uploading = Uploading(self.catalog, self._late, staging, LocalFiles(), self.clock, settings.max_bytes)
        self.fill = Fill(self.segments, self.library, self.catalog, self.store, keys, settings.fill, settings.workers)
        self._importing = Importing(
            self.catalog,
            staging,
            Pulling(self.catalog, self.outgoing, settings.max_bytes),
            Indexing(self.engine, staging, self.store, self.catalog, keys, self.segments, self.library),
            self.store,
            keys,
            settings.max_seconds,
            settings.workers,
        )
        previews = Previews(self.catalog, self.clock)
        self.delivery = Delivery(self.catalog, self.store, keys, self.library, self.segments, previews)
        self.adding = Adding(
            self.catalog, self._late, self.outgoing, self.engine, self.library, staging, LocalFiles(), self.store,
            keys, settings.max_bytes, settings.max_seconds,
        )  # fmt: skip
        self.packaging = Packaging(
            self.catalog, self._late, self.library, self.segments,
            Gathering(self.engine, self.library, staging, self.store, keys), self.store, keys,
        )  # fmt: skip
        self.watermarking = Watermarking(
            self.catalog, self.engine, self.outgoing, staging, LocalFiles(), self.store, keys
        )
        self.sweeping = Sweeping(self.catalog, self.store, keys, self.engine, self.library)
        self.captions = Captions(self.library, self.store, keys)
        self.pages = Pages()
        self.clients = Clients(settings.trusted_proxies)
        self.countries = Countries(settings.geoip)
        self.files = Files(self.delivery, self.library, self.packaging, self.store, keys)
        stills = Stills(self.store, self.engine, self.library, keys)
        self.images = Images(self.delivery, self.library, stills, self.clock)
        self.surveying = Surveying(self.store, self.engine, self.library, keys, self._late)
        self.sealing = Sealing(settings.secret or kept_secret(settings.data.resolve() / "secret"))
        self.words = Words(settings.fastpix_duration_format, settings.images_base)
        bare = cloudflare_webhook.Notices(self.library, self.clock, settings.base_url)
        tellings = {
            "fastpix": Telling(Notices(self.catalog, self.library, self.words).spell),
            cloudflare_webhook.DIALECT: Telling(bare.spell, cloudflare_webhook.KINDS, is_single=True),
        }
        self.dispatching = Dispatching(self.catalog, self.outgoing, self.clock, self.sealing, tellings)
        many = {name: telling for name, telling in tellings.items() if not telling.is_single}
        self.webhook_api = WebhookApi(self.catalog, self.clock, self.sealing, many)
        self._ready = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything started, and what a crash left taken up."""
        await migrate(self.database)
        await self.engine.start()
        jobs = self._jobs()
        self._late.jobs = jobs
        if jobs.alone:
            self._staging.keep_only(await self.catalog.arrivals())
        await jobs.launch()
        upkeep = Upkeep(
            self.catalog, self._late, self.accepting, self.cutting, self.uploading, self.watermarking, self._staging,
            self.sweeping, self.clock,
        )  # fmt: skip
        tasks = [asyncio.create_task(work) for work in (upkeep.run(), self.dispatching.run(), self._measure())]
        self._ready = True
        try:
            yield
        finally:
            self._ready = False
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.engine.stop()
            await jobs.stop()
            await self.outgoing.close()
            await self.database.dispose()

    def _jobs(self) -> DbosJobs:
        covering = Covering(self.catalog, self.store, keys, self.library)
        rendering = Rendering(self.catalog, self.library, self.segments, self.cutting, covering)
        plan = workflows(
            self._late, self.catalog, self._importing, self.cutting, rendering, self.fill, self.packaging,
            self.adding, self.surveying,
        )  # fmt: skip
        return DbosJobs(database_url(self.settings), self.settings.data, plan)

    async def _measure(self) -> None:
        """How many pixels a second this machine encodes while somebody watches: decoding and scaling take a part."""
        with contextlib.suppress(Exception):
            self.delivery.pixel_budget = await self.engine.pixel_rate() * 0.75
            _log.info("machine.measured", megapixels_per_second=round(self.delivery.pixel_budget / 1e6, 1))

    def app(self) -> FastAPI:
        base = self.settings.base_url
        fastpix_api = fastpix_routes.Api(
            self.catalog, self.library, self.accepting, self.cutting, self.uploading, self.packaging,
            self.adding, self.clock, self.sealing, base, self.words,
        )  # fmt: skip
        weighing = Weighing(self.catalog, self.store, keys, self.engine, self.library, self.clock)
        view_api = ViewApi(self.delivery, self.images, self.files, self.sealing, self.clock)
        own_api = own_routes.Api(
            self.catalog, self.library, self.accepting, self.cutting, self.sweeping, weighing, self.files, self.clock,
            self.surveying, self.sealing, view_api, OwnWords(self.settings.stream_base),
        )  # fmt: skip
        session_api = SessionApi(self.catalog, self.clock, self.clients, base.startswith("https://"))
        cloudflare_api = CloudflareApi(
            self.catalog, self.library, self.accepting, self.cutting, self.uploading, self.packaging, self.adding,
            self.watermarking, self.captions, self.clock, self.sealing, self.countries, base,
        )  # fmt: skip
        watching = Watching(self.catalog, self.clock, self.clients, self.countries, self.sealing)
        served = Served(watching, self.delivery, self.images, self.files, self.pages)
        dialects = [
            cloudflare(cloudflare_api, served),
            own(own_api, self.webhook_api, session_api),
            fastpix(fastpix_api, self.delivery, self.images, self.files, self.pages, self.clients),
        ]
        return build_app(dialects, self.running, self._healthy, self.pages.script, dashboard_routes())

    async def _healthy(self) -> bool:
        return self._ready


def database_url(settings: Settings) -> str:
    return sqlite_url(settings.data.resolve() / "inpoint.db")


async def first_credential(catalog: Catalog, settings: Settings) -> NewCredential | None:
    """The credential that a new installation begins with; None if there is one already.

    One named by settings is always there and never shown.
    """
    if settings.token_id and settings.token_secret:
        workspace_id = str(UUID(settings.workspace_id)) if settings.workspace_id else _named_workspace(settings)
        await catalog.add_workspace(Workspace(workspace_id, "default"))
        hashed = hash_secret(settings.token_secret)
        await catalog.add_credential(Credential(settings.token_id, workspace_id, hashed, "write"))
        return None
    if await catalog.credentials():
        return None
    workspace = Workspace(str(UUID(settings.workspace_id)) if settings.workspace_id else new_id(), "default")
    return await new_credential(catalog, workspace, "write", None)


def _named_workspace(settings: Settings) -> str:
    """A workspace that a credential from settings always finds again."""
    return str(UUID(hash_secret(f"workspace of {settings.token_id}")[:32]))


async def new_credential(catalog: Catalog, workspace: Workspace, scope: Scope, email: str | None) -> NewCredential:
    await catalog.add_workspace(workspace)
    credential, secret = auth.new_credential(workspace.id, scope, email)
    await catalog.add_credential(credential)
    return NewCredential(credential.id, secret, workspace)
