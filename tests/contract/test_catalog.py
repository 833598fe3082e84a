"""The catalog: transactions, states that never go back, pages, migrations that match the tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from inpoint.clips.cover import repictured
from inpoint.database.catalog import SqlCatalog
from inpoint.database.connect import migrate, open_database, sqlite_url
from inpoint.database.tables import metadata
from inpoint.errors import NotFound
from inpoint.model.event import Webhook
from inpoint.model.fill import FillProgress
from inpoint.model.ids import new_id, uid_of
from inpoint.model.media import Failure, Media
from inpoint.model.playback import Playback, Rule
from inpoint.model.range import Range
from inpoint.model.workspace import Workspace
from inpoint.ports import Page, Usage, Wanted
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


async def test_a_mezzanine_lives_as_long_as_any_encoding_of_it(catalog: SqlCatalog) -> None:
    source, clip = media(), media()
    made = replace(encoding(Fraction(30), 300), id=source.id, workspace_id=SPACE.id)
    covered = replace(made, id=new_id(), mezzanine_id=made.id)
    for one in (source, clip):
        await catalog.add_media(one)
    await catalog.add_encodings([made], source.id, whole(made), 1)
    part = repictured(whole(made).slice(10, 20), {made.id: covered.id})
    await catalog.add_encodings([covered], clip.id, part, 1)
    assert await catalog.encodings([made.id, covered.id, new_id()]) == {made.id: made, covered.id: covered}
    others, timelines = await catalog.needing(made.id)
    assert (others, set(timelines)) == ({covered.id}, {whole(made), part})
    assert await catalog.needing(covered.id) == (set(), [part])
    await catalog.delete_media(SPACE.id, source.id, NOW)
    for lane in ("audio", "text"):  # nothing plays the source's encoding itself any more
        part = replace(part, lanes=tuple(one for one in part.lanes if one.kind != lane))
    await catalog.set_timeline(clip.id, part, 1)
    assert await catalog.timelines_of(made.id) == []
    assert not await catalog.delete_encoding(made.id)
    await catalog.delete_media(SPACE.id, clip.id, NOW)
    assert {covered.id, made.id} <= {sweep.encoding_id for sweep in await catalog.due_sweeps(NOW)}
    for sweep in await catalog.due_sweeps(NOW):
        await catalog.finish_sweep(sweep)
    assert await catalog.delete_encoding(covered.id)
    assert [sweep.encoding_id for sweep in await catalog.due_sweeps(NOW)] == [made.id]
    assert await catalog.delete_encoding(made.id)


async def test_the_playback_under_a_medias_own_id(catalog: SqlCatalog) -> None:
    one = media()
    await catalog.add_media(one)
    found = await catalog.playback(uid_of(one.id))
    assert found == (Playback(uid_of(one.id), one.id, "signed"), one)
    opened = Playback(uid_of(one.id), one.id, "public", Rule("deny", ("example.com",)))
    for own in (opened, one.own_playback, opened):
        edited = await catalog.edit_media(SPACE.id, one.id, partial(replace, own=own))
        assert edited.own_playback == own
    now = await catalog.media(one.id)
    assert now is not None
    assert (now.own, now.playbacks) == (opened, one.playbacks)
    assert await catalog.playback(uid_of(new_id())) is None


async def test_a_webhook_is_told_of_its_kinds_and_stays_one(catalog: SqlCatalog) -> None:
    first = Webhook(new_id(), SPACE.id, "http://x/", "words", "sealed", NOW, ("ready",))
    await catalog.put_webhook(first)
    one = media()
    await catalog.add_media(one)
    await catalog.make_ready(one.id)
    (due,) = await catalog.due_deliveries(NOW, 10)
    assert due.event.kind == "ready"
    await catalog.put_webhook(replace(first, id=new_id(), url="http://y/"))
    (webhook,) = await catalog.webhooks_of(SPACE.id)
    assert (webhook.id, webhook.url) == (first.id, "http://y/")  # what is on its way goes on
    assert await catalog.due_deliveries(NOW, 10) == [due]


async def test_media_are_wanted_by_many_things(catalog: SqlCatalog) -> None:
    timeline = whole(encoding(Fraction(30), 100))
    sent = media(title="Größe 100%", creator="a", status="waiting", timeline=timeline)
    before = NOW - timedelta(days=1)
    fetched = media(title="size_1", creator="b", status="waiting", source_url="http://x/", created_at=before)
    failed = media(status="failed", timeline=timeline)
    for one in (sent, fetched, failed):
        await catalog.add_media(one)

    async def ids(**wanted: object) -> set[str]:
        found, total = await catalog.list_media(SPACE.id, Page(0, 10), Wanted(**wanted))  # type: ignore[arg-type]
        assert total == len(found)
        return {one.id for one in found}

    assert await ids() == {sent.id, fetched.id, failed.id}
    assert await ids(states=[("waiting", True)]) == await ids(creator="b") == await ids(before=NOW) == {fetched.id}
    assert await ids(states=[("waiting", False)]) == await ids(since=NOW, creator="a") == {sent.id}
    assert await ids(states=[]) == await ids(search="nothing") == await ids(ids=[]) == set()
    assert await ids(search="größe") == await ids(search="100%") == await ids(title="Größe 100%") == {sent.id}
    assert await ids(search="SIZE_") == await ids(named=([], ["size_1"])) == {fetched.id}
    assert await ids(search="%") == {sent.id}
    assert await ids(named=([failed.id], ["size_1"])) == {fetched.id, failed.id}
    assert await catalog.usage(SPACE.id, None) == Usage(4, 2)  # seconds rounded up; what failed doesn't count
    assert await catalog.usage(SPACE.id, "a") == Usage(4, 1)
    assert await catalog.usage(SPACE.id, "nobody") == Usage(0, 0)
