"""As time passes: deletions that were scheduled, uploads that nobody ends, watermarks that nothing needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from inpoint.clips.cut import Cutting
from inpoint.clips.retain import Sweeping
from inpoint.database.catalog import SqlCatalog
from inpoint.database.connect import migrate, open_database, sqlite_url
from inpoint.encodings.watermarking import Watermarking
from inpoint.errors import AlreadyUsed, NoSuchWatermark
from inpoint.ingest.accept import Accepting
from inpoint.ingest.staging import Staging
from inpoint.ingest.upload import Uploading
from inpoint.jobs.upkeep import Upkeep
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.model.treatment import Treatment
from inpoint.model.upload import Upload
from inpoint.model.watermark import Watermark
from inpoint.model.workspace import Workspace
from inpoint.ports import Page
from inpoint.storage import keys
from inpoint.storage.files import LocalFiles
from inpoint.testing import MemoryStore, SettableClock

NOW = datetime(2030, 1, 1, tzinfo=UTC)
DAY = 86_400.0
SPACE = Workspace(new_id(), "space")


class NoJobs:
    async def start(self, kind: str, subject_id: str) -> None:
        return

    async def take_over(self) -> None:
        return


@dataclass
class World:
    catalog: SqlCatalog
    clock: SettableClock
    staging: Staging
    store: MemoryStore
    uploading: Uploading
    watermarking: Watermarking
    upkeep: Upkeep


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    engine = open_database(sqlite_url(tmp_path / "rows.db"))
    await migrate(engine)
    clock, staging, store = SettableClock(NOW), Staging(tmp_path / "arriving"), MemoryStore()
    files, jobs = LocalFiles(), NoJobs()
    catalog = SqlCatalog(engine, clock)
    await catalog.add_workspace(SPACE)
    accepting = Accepting(catalog, jobs, staging, files, clock, timedelta(0), 1000)
    uploading = Uploading(catalog, jobs, staging, files, clock, 1000)
    none = cast("Any", None)
    watermarking = Watermarking(catalog, none, none, staging, files, store, keys)
    cutting, sweeping = Cutting(catalog, jobs), cast("Sweeping", None)
    upkeep = Upkeep(catalog, jobs, accepting, cutting, uploading, watermarking, staging, sweeping, clock)
    yield World(catalog, clock, staging, store, uploading, watermarking, upkeep)
    await engine.dispose()


def media(**facts: Any) -> Media:
    return Media(new_id(), SPACE.id, NOW, NOW, **facts)


async def test_a_scheduled_deletion_is_carried_out(world: World) -> None:
    due, later, never = media(delete_at=NOW + timedelta(days=30)), media(delete_at=NOW + timedelta(days=31)), media()
    for one in (due, later, never):
        await world.catalog.add_media(one)
    await world.upkeep.delete_due()
    assert await world.catalog.media(due.id) is not None
    world.clock.advance(30 * DAY)
    await world.upkeep.delete_due()
    assert await world.catalog.media(due.id) is None
    assert await world.catalog.media(later.id) is not None
    await world.catalog.edit_media(SPACE.id, later.id, lambda one: replace(one, delete_at=None))
    world.clock.advance(365 * DAY)
    await world.upkeep.delete_due()
    assert await world.catalog.media(later.id) is not None
    assert await world.catalog.media(never.id) is not None


async def blocks(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_an_upload_that_nobody_ends_is_given_up(world: World) -> None:
    pending = media(status="pending")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, total=10, has_media=True)
    await world.uploading.begin(upload)
    await world.uploading.part(upload, 0, 5, 10, blocks(b"hello"))
    world.clock.advance(24 * 3600)
    await world.upkeep.forget()
    kept = await world.catalog.media(pending.id)
    assert kept is not None
    assert kept.status == "pending"  # begun in time, it may take a day more
    world.clock.advance(3601)
    await world.upkeep.forget()
    failed = await world.catalog.media(pending.id)
    assert failed is not None
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == ("failed", "expired")
    assert not world.staging.arriving(pending.id).exists()
    known = await world.uploading.known(upload.id)
    with pytest.raises(AlreadyUsed):
        await world.uploading.part(known, 5, 5, 10, blocks(b"world"))


async def test_a_whole_upload_whose_end_a_crash_swallowed_becomes_its_media(world: World) -> None:
    pending = media(status="pending")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, total=5, has_media=True)
    await world.uploading.begin(upload)
    world.staging.arriving(pending.id).write_bytes(b"whole")
    await world.upkeep.reconcile()
    found = await world.catalog.media(pending.id)
    assert found is not None
    assert found.status == "waiting"
    assert world.staging.admit(pending.id)


async def test_the_bytes_of_a_used_upload_are_never_removed(world: World) -> None:
    pending = media(status="pending")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, has_media=True)
    await world.uploading.begin(upload)
    await world.uploading.whole(upload, blocks(b"first"), None)
    with pytest.raises(AlreadyUsed):  # it read the row before the first had ended it
        await world.uploading.whole(upload, blocks(b"second"), None)
    assert world.staging.arriving(pending.id).read_bytes() == b"first"


async def test_what_arrived_for_nobody_goes_after_a_while(world: World) -> None:
    world.staging.source(new_id()).write_bytes(b"nobody's")
    needed = media()
    await world.catalog.add_media(needed)
    world.staging.source(needed.id).write_bytes(b"somebody's")
    now = datetime.now(UTC)
    world.staging.keep_only(await world.catalog.arrivals(), untouched_since=now - timedelta(hours=1))
    assert len(list(world.staging.source("x").parent.iterdir())) == 2
    world.staging.keep_only(await world.catalog.arrivals(), untouched_since=now + timedelta(hours=1))
    assert [path.name for path in world.staging.source("x").parent.iterdir()] == [f"{needed.id}.source"]


async def test_an_upload_becomes_the_media_that_is_there(world: World) -> None:
    pending = media(status="pending", title="before")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, has_media=True)
    await world.uploading.begin(upload)
    assert [one.id for one in await world.catalog.unfinished_media()] == []
    assert (await world.catalog.list_uploads(SPACE.id, Page(0, 10), NOW))[1] == 0
    await world.catalog.edit_media(SPACE.id, pending.id, lambda one: replace(one, title="after"))
    await world.uploading.whole(upload, blocks(b"all of it"), None)
    found = await world.catalog.media(pending.id)
    assert found is not None
    assert (found.status, found.title, found.received_at) == ("waiting", "after", NOW)
    assert [one.id for one in await world.catalog.unfinished_media()] == [pending.id]


async def test_a_removed_watermark_stays_while_something_needs_it(world: World) -> None:
    mark = Watermark(
        new_id(), SPACE.id, NOW, "", Fraction(1), Fraction(1, 20), Fraction(3, 20), "upperRight", 9, 4, 4
    )
    await world.catalog.add_watermark(mark)
    await world.store.put(keys.watermark(mark.id), b"png")
    waiting = media(treatment=Treatment(overlays=(mark.placement,)))
    await world.catalog.add_media(waiting)
    assert (await world.catalog.media(waiting.id)) == waiting
    await world.catalog.remove_watermark(SPACE.id, mark.id)
    world.clock.advance(1)
    with pytest.raises(NoSuchWatermark):
        await world.catalog.watermark(SPACE.id, mark.id)
    await world.watermarking.forget(world.clock.now())
    assert await world.catalog.watermark_kept(mark.id) == mark
    await world.catalog.advance(waiting.id, "indexing")
    await world.catalog.make_ready(waiting.id)
    await world.watermarking.forget(world.clock.now())
    with pytest.raises(NoSuchWatermark):
        await world.catalog.watermark_kept(mark.id)
    assert world.store.blobs == {}
