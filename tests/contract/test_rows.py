"""One suite for all rows, in SQL and in memory: transactions, states that never go back, pages, who needs what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from inpoint.clips.cover import repictured
from inpoint.database.connect import migrate, open_database, sqlite_url
from inpoint.database.every import SqlRows, sql_rows
from inpoint.database.session import Session
from inpoint.database.tables import metadata
from inpoint.errors import (
    AlreadyUsed,
    Invalid,
    LaterRelease,
    NoSuchDelivery,
    NoSuchPlayback,
    NoSuchTrack,
    NoSuchUpload,
    NoSuchWatermark,
    NoSuchWebhook,
    NotFound,
    Refused,
    Repeated,
)
from inpoint.model.event import Webhook
from inpoint.model.file import MediaFile
from inpoint.model.fill import FillProgress
from inpoint.model.finding import Page, Sorting, Usage, WantedMedia
from inpoint.model.ids import new_id, uid_of
from inpoint.model.media import Failure, Media
from inpoint.model.once import Once
from inpoint.model.playback import Playback, Rule
from inpoint.model.range import Range
from inpoint.model.recipe import RECIPES
from inpoint.model.signing import SigningKey
from inpoint.model.timeline import Lane, LaneId, Piece
from inpoint.model.track import PendingTrack
from inpoint.model.treatment import Treatment
from inpoint.model.upload import Upload
from inpoint.model.watermark import Watermark
from inpoint.model.workspace import Credential, Workspace
from inpoint.testing.clock import SettableClock
from inpoint.testing.rows import MemoryRows, memory_rows
from tests.recipes import LATER, LATEST
from tests.unit.test_timeline import encoding, whole

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SPACE = Workspace(new_id(), "space")

Rows = SqlRows | MemoryRows


@dataclass
class Kept:
    """Rows, and the clock that they go by."""

    rows: Rows
    clock: SettableClock


@pytest.fixture(params=["sql", "memory"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    clock = SettableClock(NOW)
    if request.param == "memory":
        yield Kept(memory_rows(clock), clock)
        return
    engine = open_database(sqlite_url(tmp_path / "rows.db"))
    await migrate(engine)
    yield Kept(sql_rows(Session(engine, clock, LATER)), clock)
    await engine.dispose()


@pytest.fixture
async def rows(kept: Kept) -> Rows:
    await kept.rows.credentials.add_workspace(SPACE)
    return kept.rows


def media(**changes: object) -> Media:
    media_id = new_id()
    facts: dict[str, object] = {
        "id": media_id, "workspace_id": SPACE.id, "created_at": NOW, "updated_at": NOW,
        "playbacks": (Playback(new_id(), media_id, "public"),), "request": {"inputs": []},
    }  # fmt: skip
    return Media(**(facts | changes))  # type: ignore[arg-type]


async def test_what_is_written_is_read(rows: Rows) -> None:
    timeline = whole(encoding(Fraction(30000, 1001), 300)).slice(7, 90)
    written = media(timeline=timeline, title="title", metadata={"a": "b"}, source_url="http://x/")
    await rows.media.add_media(written)
    assert await rows.media.media(written.id) == written
    found = await rows.playbacks.playback(written.playbacks[0].id)
    assert found == (written.playbacks[0], written)
    clip = media(parent_id=written.id, range=Range(Fraction("1.5"), None))
    await rows.media.add_media(clip)
    assert await rows.media.media(clip.id) == clip
    assert await rows.retention.timelines_of("e") == [timeline]


async def test_states_never_go_back(rows: Rows) -> None:
    one = media()
    await rows.media.add_media(one)
    assert await rows.media.advance(one.id, "indexing", 40.0)
    assert not await rows.media.advance(one.id, "fetching", 1.0)
    assert await rows.media.make_ready(one.id)
    await rows.media.fail(one.id, Failure("x", "y"))
    assert not await rows.media.advance(one.id, "indexing")
    found = await rows.media.media(one.id)
    assert found is not None
    assert (found.status, found.percent, found.failure) == ("ready", 100.0, None)
    assert not await rows.media.make_ready(new_id())


async def test_another_workspace_sees_nothing(rows: Rows) -> None:
    one = media()
    await rows.media.add_media(one)
    for ask in (rows.media.media_of(new_id(), one.id), rows.media.delete_media(new_id(), one.id, NOW)):
        with pytest.raises(NotFound):
            await ask
    assert await rows.media.list_media(new_id(), Page(0, 10)) == ([], 0)


async def test_pages_in_both_orders(rows: Rows) -> None:
    made = [media(created_at=NOW + timedelta(seconds=n)) for n in range(7)]
    for one in made:
        await rows.media.add_media(one)
    ids = [one.id for one in made]
    found, total = await rows.media.list_media(SPACE.id, Page(2, 3, newest_first=False))
    assert ([one.id for one in found], total) == (ids[2:5], 7)
    found, _ = await rows.media.list_media(SPACE.id, Page(0, 3))
    assert [one.id for one in found] == ids[:3:-1]


async def test_a_clip_needs_its_source_in_the_same_transaction(rows: Rows) -> None:
    clip = media(parent_id=new_id(), range=Range(None, None))
    with pytest.raises(NotFound):
        await rows.media.add_media(clip)
    assert await rows.media.media(clip.id) is None


async def test_deleting_leaves_a_sweep(rows: Rows) -> None:
    one = media()
    made = replace(encoding(Fraction(30), 300), id=one.id, workspace_id=SPACE.id)
    await rows.media.add_media(one)
    assert await rows.encodings.add_encodings([made], one.id, whole(made), 1)
    assert not await rows.retention.delete_encoding(one.id)
    await rows.media.delete_media(SPACE.id, one.id, NOW + timedelta(seconds=5))
    assert await rows.retention.due_sweeps(NOW) == []
    (sweep,) = await rows.retention.due_sweeps(NOW + timedelta(seconds=5))
    assert sweep.encoding_id == one.id
    assert await rows.retention.delete_encoding(one.id)
    await rows.retention.finish_sweep(sweep)
    assert await rows.retention.due_sweeps(NOW + timedelta(days=1)) == []


async def test_many_writers_at_once(rows: Rows) -> None:
    await asyncio.gather(*(rows.media.add_media(media()) for _ in range(60)))
    assert (await rows.media.list_media(SPACE.id, Page(0, 1)))[1] == 60


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


async def test_a_source_deleted_half_made_is_swept_too(rows: Rows) -> None:
    one = media()
    await rows.media.add_media(one)
    await rows.media.delete_media(SPACE.id, one.id, NOW)
    assert [sweep.encoding_id for sweep in await rows.retention.due_sweeps(NOW)] == [one.id]
    made = replace(encoding(Fraction(30), 300), id=one.id, workspace_id=SPACE.id)
    assert not await rows.encodings.add_encodings([made], one.id, whole(made), 1)


async def test_how_far_a_fill_is_is_kept(rows: Rows) -> None:
    made = encoding(Fraction(30), 300)
    source = media()
    await rows.media.add_media(source)
    await rows.encodings.add_encodings([replace(made, workspace_id=SPACE.id)], source.id, whole(made), 1)
    assert await rows.encodings.fill_progress(made.id) is None
    await rows.encodings.set_fill_progress(made.id, FillProgress(3, 20, 1.5))
    told = await rows.encodings.fill_progress(made.id)
    assert told == FillProgress(3, 20, 1.5)
    assert (told.percent, told.remaining_seconds) == (15.0, 17 / 1.5)


async def test_what_is_leased_is_needed_until_the_lease_ends(rows: Rows, kept: Kept) -> None:
    made = encoding(Fraction(30), 300)
    source = media()
    await rows.media.add_media(source)
    await rows.encodings.add_encodings([replace(made, workspace_id=SPACE.id)], source.id, whole(made), 1)
    part = whole(made).slice(20, 77)
    until = NOW + timedelta(hours=1)
    for end in (until, until + timedelta(minutes=30)):  # taken again, it lasts longer
        assert await rows.retention.lease(source.id, part, end)
    assert await rows.retention.timelines_of(made.id) == [whole(made), part]
    await rows.media.delete_media(SPACE.id, source.id, NOW)
    assert await rows.retention.timelines_of(made.id) == [part]
    assert not await rows.retention.delete_encoding(made.id)
    assert not await rows.retention.lease(source.id, part, until)
    dues = [
        sweep.due
        for sweep in await rows.retention.due_sweeps(NOW + timedelta(days=1))
        if sweep.encoding_id == made.id
    ]
    assert dues == [NOW, until, until + timedelta(minutes=30)]
    kept.clock.advance(5400)
    assert await rows.retention.timelines_of(made.id) == []
    assert await rows.retention.delete_encoding(made.id)


async def test_a_mezzanine_lives_as_long_as_any_encoding_of_it(rows: Rows) -> None:
    source, clip = media(), media()
    made = replace(encoding(Fraction(30), 300), id=source.id, workspace_id=SPACE.id)
    covered = replace(made, id=new_id(), mezzanine_id=made.id)
    for one in (source, clip):
        await rows.media.add_media(one)
    await rows.encodings.add_encodings([made], source.id, whole(made), 1)
    part = repictured(whole(made).slice(10, 20), {made.id: covered.id})
    await rows.encodings.add_encodings([covered], clip.id, part, 1)
    assert await rows.encodings.encodings([made.id, covered.id, new_id()]) == {made.id: made, covered.id: covered}
    others, timelines = await rows.retention.needing(made.id)
    assert (others, set(timelines)) == ({covered.id}, {whole(made), part})
    assert await rows.retention.needing(covered.id) == (set(), [part])
    await rows.media.delete_media(SPACE.id, source.id, NOW)
    for lane in ("audio", "text"):  # nothing plays the source's encoding itself any more
        part = replace(part, lanes=tuple(one for one in part.lanes if one.kind != lane))
    await rows.media.set_timeline(clip.id, part, 1)
    assert await rows.retention.timelines_of(made.id) == []
    assert not await rows.retention.delete_encoding(made.id)
    await rows.media.delete_media(SPACE.id, clip.id, NOW)
    assert {covered.id, made.id} <= {sweep.encoding_id for sweep in await rows.retention.due_sweeps(NOW)}
    for sweep in await rows.retention.due_sweeps(NOW):
        await rows.retention.finish_sweep(sweep)
    assert await rows.retention.delete_encoding(covered.id)
    assert [sweep.encoding_id for sweep in await rows.retention.due_sweeps(NOW)] == [made.id]
    assert await rows.retention.delete_encoding(made.id)


async def test_the_playback_under_a_medias_own_id(rows: Rows) -> None:
    one = media()
    await rows.media.add_media(one)
    found = await rows.playbacks.playback(uid_of(one.id))
    assert found == (Playback(uid_of(one.id), one.id, "signed"), one)
    opened = Playback(uid_of(one.id), one.id, "public", Rule("deny", ("example.com",)))
    for own in (opened, one.own_playback, opened):
        edited = await rows.media.edit_media(SPACE.id, one.id, partial(replace, own=own))
        assert edited.own_playback == own
    now = await rows.media.media(one.id)
    assert now is not None
    assert (now.own, now.playbacks) == (opened, one.playbacks)
    assert await rows.playbacks.playback(uid_of(new_id())) is None


async def test_a_webhook_is_told_of_its_kinds_and_stays_one(rows: Rows) -> None:
    first = Webhook(new_id(), SPACE.id, "http://x/", "words", "sealed", NOW, ("ready",))
    await rows.webhooks.put_webhook(first)
    one = media()
    await rows.media.add_media(one)
    await rows.media.make_ready(one.id)
    (due,) = await rows.deliveries.due_deliveries(NOW, 10)
    assert due.event.kind == "ready"
    await rows.webhooks.put_webhook(replace(first, id=new_id(), url="http://y/"))
    (webhook,) = await rows.webhooks.webhooks_of(SPACE.id)
    assert (webhook.id, webhook.url) == (first.id, "http://y/")  # what is on its way goes on
    assert await rows.deliveries.due_deliveries(NOW, 10) == [due]


async def test_media_are_wanted_by_many_things(rows: Rows) -> None:
    timeline = whole(encoding(Fraction(30), 100))
    sent = media(title="Größe 100%", creator="a", status="waiting", timeline=timeline)
    before = NOW - timedelta(days=1)
    fetched = media(title="size_1", creator="b", status="waiting", source_url="http://x/", created_at=before)
    failed = media(status="failed", timeline=timeline)
    for one in (sent, fetched, failed):
        await rows.media.add_media(one)

    async def ids(**wanted: object) -> set[str]:
        found, total = await rows.media.list_media(SPACE.id, Page(0, 10), WantedMedia(**wanted))  # type: ignore[arg-type]
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
    assert await rows.media.usage(SPACE.id, None) == Usage(4, 2)  # seconds rounded up; what failed doesn't count
    assert await rows.media.usage(SPACE.id, "a") == Usage(4, 1)
    assert await rows.media.usage(SPACE.id, "nobody") == Usage(0, 0)


def credential(**facts: object) -> Credential:
    told: dict[str, object] = {"id": new_id(), "workspace_id": SPACE.id, "secret_hash": new_id(), "scope": "write"}
    return Credential(**(told | facts))  # type: ignore[arg-type]


async def test_credentials(rows: Rows, kept: Kept) -> None:
    first = credential(email="a@example.com")
    await rows.credentials.add_credential(first)
    kept.clock.advance(5)
    second = credential(scope="read")
    await rows.credentials.add_credential(second)
    known = replace(first, created_at=NOW)
    assert await rows.credentials.credential(first.id) == known
    assert await rows.credentials.credential_of(first.secret_hash) == known
    assert [one.id for one in await rows.credentials.credentials(SPACE.id)] == [first.id, second.id]
    assert await rows.credentials.credentials(new_id()) == []
    renewed = replace(first, secret_hash="another")
    await rows.credentials.add_credential(renewed)
    assert await rows.credentials.credential(first.id) == replace(renewed, created_at=NOW)
    assert await rows.credentials.workspaces() == [SPACE]
    await rows.credentials.add_workspace(replace(SPACE, name="again"))
    assert await rows.credentials.workspaces() == [SPACE]
    assert await rows.credentials.revoke_credential(first.id)
    assert not await rows.credentials.revoke_credential(first.id)
    assert await rows.credentials.credential(first.id) is None


async def test_browsers_are_signed_in_until_a_secret_changes(rows: Rows, kept: Kept) -> None:
    one, other = credential(), credential()
    for each in (one, other):
        await rows.credentials.add_credential(each)
    await rows.sessions.add_sign_in("link", one.id, NOW + timedelta(hours=1))
    await rows.sessions.add_sign_in("late", one.id, NOW + timedelta(seconds=1))
    found = await rows.sessions.use_sign_in("link")
    assert found is not None
    assert found.id == one.id
    kept.clock.advance(2)
    for used in ("link", "late", "never"):
        assert await rows.sessions.use_sign_in(used) is None
    await rows.sessions.put_session("browser", [one.id, other.id], NOW + timedelta(days=1))
    assert await rows.sessions.session("browser") == (one.id, other.id)
    await rows.credentials.add_credential(replace(one, secret_hash="another"))
    assert await rows.sessions.session("browser") == (other.id,)
    await rows.sessions.put_session("browser", [], NOW + timedelta(days=1))
    assert await rows.sessions.session("browser") == ()
    await rows.sessions.put_session("browser", [other.id], NOW + timedelta(seconds=3))
    kept.clock.advance(2)
    assert await rows.sessions.session("browser") == ()


async def test_signing_keys_are_listed_but_the_servers_own(rows: Rows) -> None:
    made = [SigningKey(new_id(), SPACE.id, "pem", NOW + timedelta(seconds=n)) for n in range(3)]
    own = SigningKey(new_id(), SPACE.id, "pem", NOW, "sealed")
    for key in (*made, own):
        await rows.keys.add_signing_key(key)
    assert await rows.keys.list_signing_keys(SPACE.id, Page(0, 2)) == ([made[2], made[1]], 3)
    assert await rows.keys.own_signing_key(SPACE.id) == own
    assert await rows.keys.own_signing_key(new_id()) is None
    assert await rows.keys.signing_key(made[0].id) == made[0]
    assert not await rows.keys.remove_signing_key(new_id(), made[0].id)
    assert await rows.keys.remove_signing_key(SPACE.id, made[0].id)
    assert await rows.keys.signing_key(made[0].id) is None


async def test_a_creation_is_asked_for_once(rows: Rows, kept: Kept) -> None:
    once, one = Once("key", "request", "reply"), media()
    await rows.media.add_media(one, once)
    with pytest.raises(Repeated) as repeated:
        await rows.media.add_media(media(), once)
    assert repeated.value.reply == "reply"
    with pytest.raises(Invalid):
        await rows.media.add_media(media(), replace(once, request="another"))
    assert (await rows.media.list_media(SPACE.id, Page(0, 10)))[1] == 1, "nothing is made of what is refused"
    await rows.replies.recall(new_id(), once)
    with pytest.raises(Repeated):
        await rows.replies.recall(SPACE.id, once)
    kept.clock.advance(25 * 3600)
    await rows.replies.recall(SPACE.id, once)


async def test_an_upload_is_used_once(rows: Rows, kept: Kept) -> None:
    pending = media(status="pending")
    with_media = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, has_media=True)
    bare_media = media()
    bare = Upload(bare_media.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", bare_media)
    for upload in (with_media, bare):
        await rows.uploads.add_upload(upload)
    assert await rows.uploads.list_uploads(SPACE.id, Page(0, 10), NOW) == ([bare], 1)
    assert (await rows.uploads.list_uploads(SPACE.id, Page(0, 10), NOW + timedelta(hours=2)))[1] == 0
    assert set(await rows.uploads.open_uploads()) == {with_media.id, bare.id}
    await rows.uploads.set_upload_total(bare.id, 9)
    assert await rows.uploads.upload(bare.id) == replace(bare, total=9)
    for upload in (with_media, bare):
        await rows.uploads.use_upload(upload.id, upload.media)
        with pytest.raises(AlreadyUsed):
            await rows.uploads.use_upload(upload.id, upload.media)
        found = await rows.media.media(upload.id)
        assert found is not None
        assert (found.status, found.received_at) == ("waiting", NOW)
    with pytest.raises(AlreadyUsed):
        await rows.uploads.cancel_upload(SPACE.id, bare.id)
    with pytest.raises(NoSuchUpload):
        await rows.uploads.cancel_upload(SPACE.id, with_media.id)


async def test_uploads_expire_and_their_media_fail(rows: Rows) -> None:
    pending, other = media(status="pending"), media(status="pending")
    for one in (pending, other):
        await rows.uploads.add_upload(
            Upload(one.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", one, has_media=True)
        )
    await rows.media.edit_media(SPACE.id, other.id, lambda one: one, NOW + timedelta(days=2))
    why = Failure("expired", "never completed")
    assert await rows.uploads.expire_uploads(NOW + timedelta(hours=2), why) == [pending.id]
    failed, kept_one = await rows.media.media(pending.id), await rows.media.media(other.id)
    assert failed is not None
    assert (failed.status, failed.failure) == ("failed", why)
    assert kept_one is not None
    assert kept_one.status == "pending"
    await rows.media.delete_media(SPACE.id, other.id, NOW)
    upload = await rows.uploads.upload(other.id)
    assert upload is not None
    assert upload.status == "cancelled"


async def test_playbacks_are_added_edited_and_removed(rows: Rows) -> None:
    one = media()
    await rows.media.add_media(one)
    more = Playback(new_id(), one.id, "signed", max_height=360)
    await rows.playbacks.add_playback(SPACE.id, more)
    edited = await rows.playbacks.edit_playback(
        SPACE.id, one.id, more.id, partial(replace, domains=Rule("deny", ("example.com",)))
    )
    found = await rows.playbacks.playback(more.id)
    assert found is not None
    assert found[0] == edited
    assert found[1].playbacks == (*one.playbacks, edited)
    for ask in (
        rows.playbacks.remove_playback(SPACE.id, one.id, new_id()),
        rows.playbacks.edit_playback(SPACE.id, one.id, new_id(), lambda it: it),
    ):
        with pytest.raises(NoSuchPlayback):
            await ask
    with pytest.raises(NotFound):
        await rows.playbacks.add_playback(new_id(), replace(more, id=new_id()))
    await rows.playbacks.remove_playback(SPACE.id, one.id, more.id)
    assert await rows.playbacks.playback(more.id) is None


async def ready(rows: Rows, **facts: object) -> Media:
    """A ready media of one source, whose encoding has its id."""
    one = media(**facts)
    made = replace(encoding(Fraction(30), 300), id=one.id, workspace_id=SPACE.id)
    await rows.media.add_media(one)
    assert await rows.encodings.add_encodings([made], one.id, whole(made), 1000)
    await rows.media.make_ready(one.id)
    found = await rows.media.media(one.id)
    assert found is not None
    return found


async def test_files_are_made_settled_and_kept_no_more(rows: Rows) -> None:
    one = await ready(rows)
    video, source = MediaFile(new_id(), "video"), MediaFile(new_id(), "source")
    changed = await rows.files.change_files(SPACE.id, one.id, [video, source], [])
    assert {file.id for file in changed.files} == {video.id, source.id}
    assert set(await rows.files.unmade_files()) == {video.id, source.id}
    await rows.files.set_file_percent(video.id, 40.0)
    assert await rows.files.settle_file(replace(video, status="ready", percent=100.0, width=640, height=360))
    found = await rows.files.file(video.id)
    assert found is not None
    assert (found[0].status, found[0].width, found[1].id) == ("ready", 640, one.id)
    assert await rows.files.unmade_files() == [source.id]
    changed = await rows.files.change_files(SPACE.id, one.id, [], ["source", "audio"])
    assert [file.id for file in changed.files] == [video.id]
    assert not await rows.files.settle_file(replace(source, status="ready"))
    assert await rows.files.file(source.id) is None


def soundtrack(language: str = "fr", **facts: object) -> PendingTrack:
    told: dict[str, object] = {"id": new_id(), "kind": "audio", "url": "http://x/", "language": language, "name": "n"}
    return PendingTrack(**(told | facts))  # type: ignore[arg-type]


async def laid(rows: Rows, one: Media, track: PendingTrack) -> bool:
    """A track, made."""
    made = replace(encoding(Fraction(30), 300), id=track.id, workspace_id=SPACE.id)
    return await rows.tracks.finish_track(track.id, made, Lane(track.kind, (Piece(track.id, 0, 0, 300),)))


async def test_a_track_becomes_a_lane_and_files_are_made_anew(rows: Rows) -> None:
    one = await ready(rows)
    file = MediaFile(new_id(), "video", "ready", percent=100.0)
    await rows.files.change_files(SPACE.id, one.id, [file], [])
    track = soundtrack()
    await rows.tracks.add_track(SPACE.id, one.id, track)
    with pytest.raises(Refused):
        await rows.tracks.add_track(SPACE.id, one.id, soundtrack())
    assert await rows.tracks.unmade_tracks() == [track.id]
    found = await rows.tracks.track(track.id)
    assert found is not None
    assert (found[0], found[1].id) == (track, one.id)
    assert await laid(rows, one, track)
    assert not await laid(rows, one, replace(track, id=new_id()))
    now = await rows.media.media(one.id)
    assert now is not None
    assert now.timeline is not None
    assert now.timeline.lanes[-1].identity == track.identity == LaneId("audio", track.id, 0)
    assert (now.timeline.lanes[-1].language, now.pending) == ("fr", ())
    assert [(each.kind, each.status) for each in now.files] == [("video", "preparing")]
    assert now.files[0].id != file.id
    led = await rows.tracks.lead_with(SPACE.id, one.id, track.identity)
    assert led.timeline is not None
    assert next(lane.identity for lane in led.timeline.of("audio")) == track.identity
    await rows.tracks.remove_track(SPACE.id, one.id, track.identity)
    assert track.id in {sweep.encoding_id for sweep in await rows.retention.due_sweeps(NOW)}
    with pytest.raises(NoSuchTrack):
        await rows.tracks.remove_track(SPACE.id, one.id, track.identity)
    with pytest.raises(Refused):
        await rows.tracks.remove_track(SPACE.id, one.id, LaneId("video", one.id, 0))


async def test_tracks_are_renamed_replaced_and_fail(rows: Rows) -> None:
    one = await ready(rows)
    first, second = soundtrack("fr"), soundtrack("de")
    for track in (first, second):
        await rows.tracks.add_track(SPACE.id, one.id, track)
    assert await laid(rows, one, first)
    for language in ("de", "fr"):
        with pytest.raises(Refused):
            await rows.tracks.rename_track(
                SPACE.id, one.id, {"de": first, "fr": second}[language].identity, partial(replace, language=language)
            )
    for track, language in ((first, "it"), (second, "es")):
        changed = await rows.tracks.rename_track(
            SPACE.id, one.id, track.identity, partial(replace, language=language, title="t")
        )
    assert changed.timeline is not None
    assert changed.timeline.lanes[-1].language == "it"
    assert [(each.language, each.title) for each in changed.pending] == [("es", "t")]
    with pytest.raises(Refused):
        await rows.tracks.lead_with(SPACE.id, one.id, second.identity)
    await rows.tracks.fail_track(second.id, "why")
    found = await rows.tracks.track(second.id)
    assert found is not None
    assert (found[0].status, found[0].failure) == ("failed", "why")
    assert await rows.tracks.unmade_tracks() == []
    other = replace(soundtrack("it"), replaces=True)
    await rows.tracks.add_track(SPACE.id, one.id, other)
    assert await laid(rows, one, other)
    now = await rows.media.media(one.id)
    assert now is not None
    assert now.timeline is not None
    assert [lane.identity for lane in now.timeline.of("audio") if lane.language == "it"] == [other.identity]
    assert first.id in {sweep.encoding_id for sweep in await rows.retention.due_sweeps(NOW)}
    with pytest.raises(NoSuchTrack):
        await rows.tracks.rename_track(SPACE.id, one.id, LaneId("audio", new_id(), 0), lambda lane: lane)


async def test_a_removed_watermark_stays_while_something_needs_it(rows: Rows, kept: Kept) -> None:
    mark = Watermark(
        new_id(), SPACE.id, NOW, "", Fraction(1), Fraction(1, 20), Fraction(3, 20), ("right", "top"), 9, 4, 4
    )
    await rows.watermarks.add_watermark(mark)
    assert await rows.watermarks.watermarks_of(SPACE.id) == [mark]
    waiting = media(treatment=Treatment(overlays=(mark.placement,)))
    await rows.media.add_media(waiting)
    with pytest.raises(NoSuchWatermark):
        await rows.watermarks.remove_watermark(new_id(), mark.id)
    await rows.watermarks.remove_watermark(SPACE.id, mark.id)
    kept.clock.advance(1)
    with pytest.raises(NoSuchWatermark):
        await rows.watermarks.watermark(SPACE.id, mark.id)
    assert await rows.watermarks.watermarks_of(SPACE.id) == []
    assert await rows.watermarks.forget_watermarks(kept.clock.now()) == []
    assert await rows.watermarks.watermark_kept(mark.id) == mark
    await rows.media.make_ready(waiting.id)
    assert await rows.watermarks.forget_watermarks(kept.clock.now()) == [mark.id]
    with pytest.raises(NoSuchWatermark):
        await rows.watermarks.watermark_kept(mark.id)


async def test_webhooks_and_their_log(rows: Rows, kept: Kept) -> None:
    hook = Webhook(new_id(), SPACE.id, "http://x/", "words", "sealed", NOW)
    await rows.webhooks.add_webhook(hook)
    assert await rows.webhooks.webhook(hook.id) == await rows.webhooks.webhook_of(SPACE.id, hook.id) == hook
    with pytest.raises(NoSuchWebhook):
        await rows.webhooks.webhook_of(new_id(), hook.id)
    one = media()
    await rows.media.add_media(one)
    kept.clock.advance(1)
    await rows.media.make_ready(one.id)
    (event, sent), (created, _) = await rows.deliveries.events_of(SPACE.id, one.id, 10)
    assert (event.kind, created.kind, event.media) == ("ready", "created", None)
    assert [one.webhook_id for one in sent] == [hook.id]
    listed, total = await rows.deliveries.list_deliveries(hook.id, Page(0, 1))
    assert (total, listed[0].event.kind) == (2, "ready")
    assert listed[0].event.media is not None
    assert listed[0].event.media.status == "ready"
    await rows.deliveries.settle_delivery(listed[0].id, {"status": 500}, "failed", None)
    settled = await rows.deliveries.delivery(hook.id, listed[0].id)
    assert (settled.status, settled.due, settled.attempts) == ("failed", None, ({"status": 500},))
    await rows.deliveries.redeliver(hook.id, settled.id)
    assert len(await rows.deliveries.due_deliveries(kept.clock.now(), 1)) == 1
    assert len(await rows.deliveries.due_deliveries(kept.clock.now(), 5)) == 2
    due = (await rows.deliveries.due_deliveries(kept.clock.now(), 5))[0]
    assert await rows.deliveries.claim_delivery(due, NOW + timedelta(minutes=1))
    assert not await rows.deliveries.claim_delivery(due, NOW + timedelta(minutes=1))
    test_id = await rows.webhooks.test_webhook(hook)
    assert (await rows.deliveries.delivery(hook.id, test_id)).event.kind == "test"
    with pytest.raises(NoSuchDelivery):
        await rows.deliveries.delivery(new_id(), test_id)
    await rows.deliveries.forget_events(NOW + timedelta(days=1))
    assert await rows.deliveries.list_deliveries(hook.id, Page(0, 1)) == ([], 0)
    await rows.webhooks.remove_webhook(SPACE.id, hook.id)
    assert await rows.webhooks.webhooks_of(SPACE.id) == []


async def test_a_library_is_sorted_and_paged_by_places(rows: Rows) -> None:
    titles = ["b", "A", "ä", None, "a"]
    made = [media(title=title, created_at=NOW + timedelta(seconds=n)) for n, title in enumerate(titles)]
    for one in made:
        await rows.media.add_media(one)
    for sorting in (Sorting(), Sorting("title", descending=False), Sorting("duration")):
        seen, after = [], None
        while True:
            found, after = await rows.media.find_media(SPACE.id, WantedMedia(), sorting, after, 2)
            seen += [one.id for one in found]
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 5
        if sorting.by == "title":
            assert [next(one.title for one in made if one.id == each) for each in seen][1:4:2] != ["b", "b"]
            assert seen[0] == made[3].id
            assert seen[-1] == made[2].id
    assert await rows.media.count_media(SPACE.id, WantedMedia(search="a")) == 2


async def test_what_waits_is_found(rows: Rows, kept: Kept) -> None:
    source = media()
    await rows.media.add_media(source)
    clip = media(parent_id=source.id, range=Range(None, None), delete_at=NOW + timedelta(days=1))
    await rows.media.add_media(clip)
    assert await rows.media.waiting_clips(source.id) == [clip]
    assert {one.id for one in await rows.media.unfinished_media()} == {source.id, clip.id}
    assert await rows.media.arrivals() == {source.id, clip.id}
    assert await rows.media.due_deletions(NOW) == []
    assert await rows.media.due_deletions(NOW + timedelta(days=1)) == [clip]
    assert await rows.media.fail(clip.id, Failure("c", "m"))
    assert not await rows.media.fail(clip.id, Failure("c", "again"))
    assert await rows.media.waiting_clips(source.id) == []
    late = media(parent_id=source.id, range=Range(None, None))
    await rows.media.add_media(late)
    await rows.media.delete_media(SPACE.id, source.id, NOW)
    assert not await rows.media.set_timeline(late.id, whole(encoding(Fraction(30), 300)), 1)
    del kept


async def test_an_encoding_is_read_with_the_recipe_that_made_it(kept: Kept) -> None:
    await kept.rows.credentials.add_workspace(SPACE)
    for recipe in LATER.known:
        one = media()
        await kept.rows.media.add_media(one)
        made = replace(encoding(Fraction(24000, 1001), 300, recipe), id=one.id, workspace_id=SPACE.id)
        await kept.rows.encodings.add_encodings([made], one.id, whole(made), 1)
        assert await kept.rows.encodings.encoding(one.id) == made
        assert await kept.rows.encodings.encodings_of(SPACE.id) != []


async def test_what_a_later_release_made_is_said(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "rows.db"))
    await migrate(engine)
    later, now = (sql_rows(Session(engine, SettableClock(NOW), known)) for known in (LATER, RECIPES))
    await later.credentials.add_workspace(SPACE)
    one = media()
    await later.media.add_media(one)
    made = replace(encoding(Fraction(30), 300, LATEST), id=one.id, workspace_id=SPACE.id)
    await later.encodings.add_encodings([made], one.id, whole(made), 1)
    with pytest.raises(LaterRelease):
        await now.encodings.encoding(one.id)
    await engine.dispose()
