"""The catalog: transactions, states that never go back, pages, migrations that match the tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from inpoint.database.catalog import SqlCatalog
from inpoint.database.connect import migrate, open_database, sqlite_url
from inpoint.database.tables import metadata
from inpoint.errors import NotFound
from inpoint.model.fill import FillProgress
from inpoint.model.ids import new_id
from inpoint.model.media import Failure, Media
from inpoint.model.playback import Playback
from inpoint.model.range import Range
from inpoint.model.workspace import Workspace
from inpoint.ports import Page
from inpoint.testing import SettableClock
from tests.unit.test_timeline import encoding, whole

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SPACE = Workspace(new_id(), "space")


@pytest.fixture
async def catalog(tmp_path: Path) -> AsyncIterator[SqlCatalog]:
    engine = open_database(sqlite_url(tmp_path / "rows.db"))
    await migrate(engine)
    made = SqlCatalog(engine, SettableClock(NOW))
    await made.add_workspace(SPACE)
    yield made
    await engine.dispose()


def media(**changes: object) -> Media:
    media_id = new_id()
    facts: dict[str, object] = {
        "id": media_id, "workspace_id": SPACE.id, "created_at": NOW, "updated_at": NOW,
        "playbacks": (Playback(new_id(), media_id, "public"),), "request": {"inputs": []},
    }  # fmt: skip
    return Media(**(facts | changes))  # type: ignore[arg-type]


async def test_what_is_written_is_read(catalog: SqlCatalog) -> None:
    timeline = whole(encoding(Fraction(30000, 1001), 300)).slice(7, 90)
    written = media(timeline=timeline, title="title", metadata={"a": "b"}, source_url="http://x/")
    await catalog.add_media(written)
    assert await catalog.media(written.id) == written
    found = await catalog.playback(written.playbacks[0].id)
    assert found == (written.playbacks[0], written)
    clip = media(parent_id=written.id, range=Range(Fraction("1.5"), None))
    await catalog.add_media(clip)
    assert await catalog.media(clip.id) == clip
    assert await catalog.timelines_of("e") == [timeline]


async def test_states_never_go_back(catalog: SqlCatalog) -> None:
    one = media()
    await catalog.add_media(one)
    assert await catalog.advance(one.id, "indexing", 40.0)
    assert not await catalog.advance(one.id, "fetching", 1.0)
    assert await catalog.make_ready(one.id)
    await catalog.fail(one.id, Failure("x", "y"))
    assert not await catalog.advance(one.id, "indexing")
    found = await catalog.media(one.id)
    assert found is not None
    assert (found.status, found.percent, found.failure) == ("ready", 100.0, None)
    assert not await catalog.make_ready(new_id())


async def test_another_workspace_sees_nothing(catalog: SqlCatalog) -> None:
    one = media()
    await catalog.add_media(one)
    for ask in (catalog.media_of(new_id(), one.id), catalog.delete_media(new_id(), one.id, NOW)):
        with pytest.raises(NotFound):
            await ask
    assert await catalog.list_media(new_id(), Page(0, 10)) == ([], 0)


async def test_pages_in_both_orders(catalog: SqlCatalog) -> None:
    made = [media(created_at=NOW + timedelta(seconds=n)) for n in range(7)]
    for one in made:
        await catalog.add_media(one)
    ids = [one.id for one in made]
    found, total = await catalog.list_media(SPACE.id, Page(2, 3, newest_first=False))
    assert ([one.id for one in found], total) == (ids[2:5], 7)
    found, _ = await catalog.list_media(SPACE.id, Page(0, 3))
    assert [one.id for one in found] == ids[:3:-1]


async def test_a_clip_needs_its_source_in_the_same_transaction(catalog: SqlCatalog) -> None:
    clip = media(parent_id=new_id(), range=Range(None, None))
    with pytest.raises(NotFound):
        await catalog.add_media(clip)
    assert await catalog.media(clip.id) is None


async def test_deleting_leaves_a_sweep(catalog: SqlCatalog) -> None:
    one = media()
    made = replace(encoding(Fraction(30), 300), id=one.id, workspace_id=SPACE.id)
    await catalog.add_media(one)
    assert await catalog.add_encodings([made], one.id, whole(made), 1)
    assert not await catalog.delete_encoding(one.id)
    await catalog.delete_media(SPACE.id, one.id, NOW + timedelta(seconds=5))
    assert await catalog.due_sweeps(NOW) == []
    (sweep,) = await catalog.due_sweeps(NOW + timedelta(seconds=5))
    assert sweep.encoding_id == one.id
    assert await catalog.delete_encoding(one.id)
    await catalog.finish_sweep(sweep)
    assert await catalog.due_sweeps(NOW + timedelta(days=1)) == []


async def test_many_writers_at_once(catalog: SqlCatalog) -> None:
    await asyncio.gather(*(catalog.add_media(media()) for _ in range(60)))
    assert (await catalog.list_media(SPACE.id, Page(0, 1)))[1] == 60


async def test_migrations_make_the_tables(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "rows.db"))
    await migrate(engine)
    await migrate(engine)
    async with engine.connect() as connection:
        difference = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    await engine.dispose()
    assert difference == []


async def test_a_source_deleted_half_made_is_swept_too(catalog: SqlCatalog) -> None:
    one = media()
    await catalog.add_media(one)
    await catalog.delete_media(SPACE.id, one.id, NOW)
    assert [sweep.encoding_id for sweep in await catalog.due_sweeps(NOW)] == [one.id]
    made = replace(encoding(Fraction(30), 300), id=one.id, workspace_id=SPACE.id)
    assert not await catalog.add_encodings([made], one.id, whole(made), 1)


async def test_how_far_a_fill_is_is_kept(catalog: SqlCatalog) -> None:
    made = encoding(Fraction(30), 300)
    source = media()
    await catalog.add_media(source)
    await catalog.add_encodings([replace(made, workspace_id=SPACE.id)], source.id, whole(made), 1)
    assert await catalog.fill_progress(made.id) is None
    await catalog.set_fill_progress(made.id, FillProgress(3, 20, 1.5))
    told = await catalog.fill_progress(made.id)
    assert told == FillProgress(3, 20, 1.5)
    assert (told.percent, told.remaining_seconds) == (15.0, 17 / 1.5)


async def test_what_is_leased_is_needed_until_the_lease_ends(catalog: SqlCatalog) -> None:
    made = encoding(Fraction(30), 300)
    source = media()
    await catalog.add_media(source)
    await catalog.add_encodings([replace(made, workspace_id=SPACE.id)], source.id, whole(made), 1)
    part = whole(made).slice(20, 77)
    until = NOW + timedelta(hours=1)
    for end in (until, until + timedelta(minutes=30)):  # taken again, it lasts longer
        assert await catalog.lease(source.id, part, end)
    assert await catalog.timelines_of(made.id) == [whole(made), part]
    await catalog.delete_media(SPACE.id, source.id, NOW)
    assert await catalog.timelines_of(made.id) == [part]
    assert not await catalog.delete_encoding(made.id)
    assert not await catalog.lease(source.id, part, until)
    dues = [sweep.due for sweep in await catalog.due_sweeps(NOW + timedelta(days=1)) if sweep.encoding_id == made.id]
    assert dues == [NOW, until, until + timedelta(minutes=30)]
    cast(SettableClock, catalog._clock).advance(5400)
    assert await catalog.timelines_of(made.id) == []
    assert await catalog.delete_encoding(made.id)
