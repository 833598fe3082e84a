"""As time passes: deletions that were scheduled, uploads that nobody ends, watermarks that nothing needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from inpoint.errors import AlreadyUsed, NoSuchWatermark
from inpoint.model.finding import Page
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.model.range import Range
from inpoint.model.treatment import Treatment
from inpoint.model.upload import Upload
from inpoint.model.watermark import Watermark
from inpoint.shelf import keys
from tests.unit.house import NOW, SPACE, House

DAY = 86_400.0


@pytest.fixture
def world(tmp_path: Path) -> House:
    return House(tmp_path)


def media(**facts: Any) -> Media:
    return Media(new_id(), SPACE.id, NOW, NOW, **facts)


async def test_a_scheduled_deletion_is_carried_out(world: House) -> None:
    due, later, never = media(delete_at=NOW + timedelta(days=30)), media(delete_at=NOW + timedelta(days=31)), media()
    for one in (due, later, never):
        await world.rows.media.add_media(one)
    await world.desk.videos.delete_due()
    assert await world.rows.media.media(due.id) is not None
    world.clock.advance(30 * DAY)
    await world.desk.videos.delete_due()
    assert await world.rows.media.media(due.id) is None
    assert await world.rows.media.media(later.id) is not None
    await world.rows.media.edit_media(SPACE.id, later.id, lambda one: replace(one, delete_at=None))
    world.clock.advance(365 * DAY)
    await world.desk.videos.delete_due()
    assert await world.rows.media.media(later.id) is not None
    assert await world.rows.media.media(never.id) is not None


async def blocks(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_an_upload_that_nobody_ends_is_given_up(world: House) -> None:
    pending = media(status="pending")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, total=10, has_media=True)
    await world.desk.uploads.begin(upload)
    await world.desk.uploads.part(upload, 0, 5, 10, blocks(b"hello"))
    world.clock.advance(24 * 3600)
    await world.upkeep.forget()
    kept = await world.rows.media.media(pending.id)
    assert kept is not None
    assert kept.status == "pending"  # begun in time, it may take a day more
    world.clock.advance(3601)
    await world.upkeep.forget()
    failed = await world.rows.media.media(pending.id)
    assert failed is not None
    assert failed.failure is not None
    assert (failed.status, failed.failure.code) == ("failed", "expired")
    assert not world.staging.arriving(pending.id).exists()
    known = await world.desk.uploads.known(upload.id)
    with pytest.raises(AlreadyUsed):
        await world.desk.uploads.part(known, 5, 5, 10, blocks(b"world"))


async def test_a_whole_upload_whose_end_a_crash_swallowed_becomes_its_media(world: House) -> None:
    pending = media(status="pending")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, total=5, has_media=True)
    await world.desk.uploads.begin(upload)
    world.staging.arriving(pending.id).write_bytes(b"whole")
    await world.upkeep.reconcile()
    found = await world.rows.media.media(pending.id)
    assert found is not None
    assert found.status == "waiting"
    assert world.staging.admit(pending.id)


async def test_the_bytes_of_a_used_upload_are_never_removed(world: House) -> None:
    pending = media(status="pending")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, has_media=True)
    await world.desk.uploads.begin(upload)
    await world.desk.uploads.whole(upload, blocks(b"first"), None)
    with pytest.raises(AlreadyUsed):  # it read the row before the first had ended it
        await world.desk.uploads.whole(upload, blocks(b"second"), None)
    assert world.staging.arriving(pending.id).read_bytes() == b"first"


async def test_what_arrived_for_nobody_goes_after_a_while(world: House) -> None:
    world.staging.source(new_id()).write_bytes(b"nobody's")
    needed = media()
    await world.rows.media.add_media(needed)
    world.staging.source(needed.id).write_bytes(b"somebody's")
    now = datetime.now(UTC)
    world.staging.keep_only(await world.rows.media.arrivals(), untouched_since=now - timedelta(hours=1))
    assert len(list(world.staging.source("x").parent.iterdir())) == 2
    world.staging.keep_only(await world.rows.media.arrivals(), untouched_since=now + timedelta(hours=1))
    assert [path.name for path in world.staging.source("x").parent.iterdir()] == [f"{needed.id}.source"]


async def test_an_upload_becomes_the_media_that_is_there(world: House) -> None:
    pending = media(status="pending", title="before")
    upload = Upload(pending.id, SPACE.id, NOW, NOW + timedelta(hours=1), "*", pending, has_media=True)
    await world.desk.uploads.begin(upload)
    assert [one.id for one in await world.rows.media.unfinished_media()] == []
    assert (await world.rows.uploads.list_uploads(SPACE.id, Page(0, 10), NOW))[1] == 0
    await world.rows.media.edit_media(SPACE.id, pending.id, lambda one: replace(one, title="after"))
    await world.desk.uploads.whole(upload, blocks(b"all of it"), None)
    found = await world.rows.media.media(pending.id)
    assert found is not None
    assert (found.status, found.title, found.received_at) == ("waiting", "after", NOW)
    assert [one.id for one in await world.rows.media.unfinished_media()] == [pending.id]


async def test_a_removed_watermark_stays_while_something_needs_it(world: House) -> None:
    mark = Watermark(
        new_id(), SPACE.id, NOW, "", Fraction(1), Fraction(1, 20), Fraction(3, 20), ("right", "top"), 9, 4, 4
    )
    await world.rows.watermarks.add_watermark(mark)
    await world.store.put(keys.watermark(mark.id), b"png")
    waiting = media(treatment=Treatment(overlays=(mark.placement,)))
    await world.rows.media.add_media(waiting)
    assert (await world.rows.media.media(waiting.id)) == waiting
    await world.rows.watermarks.remove_watermark(SPACE.id, mark.id)
    world.clock.advance(3601)
    with pytest.raises(NoSuchWatermark):
        await world.rows.watermarks.watermark(SPACE.id, mark.id)
    await world.desk.watermarks.forget()
    assert await world.rows.watermarks.watermark_kept(mark.id) == mark
    await world.rows.media.advance(waiting.id, "indexing")
    await world.rows.media.make_ready(waiting.id)
    await world.desk.watermarks.forget()
    with pytest.raises(NoSuchWatermark):
        await world.rows.watermarks.watermark_kept(mark.id)
    assert world.store.blobs == {}


async def test_a_clip_that_waits_for_an_upload_fails_with_it(world: House) -> None:
    """However it ends without its bytes: given up by time, or deleted."""
    for end in ("expired", "deleted"):
        pending = media(status="pending")
        upload = Upload(pending.id, SPACE.id, world.clock.now(), world.clock.now(), "*", pending, has_media=True)
        await world.desk.uploads.begin(upload)
        asked = media(range=Range(Fraction(1), Fraction(2)))
        clip = await world.desk.clips.draft(SPACE.id, pending.id, lambda _, asked=asked: asked)  # type: ignore[misc]
        await world.desk.clips.cut(clip)
        inner = await world.desk.clips.draft(
            SPACE.id, clip.id, lambda _: media(range=Range(Fraction(0), Fraction(1)))
        )
        await world.desk.clips.cut(inner)
        if end == "expired":
            world.clock.advance(25 * 3600)
            await world.desk.uploads.expire()
        else:
            await world.desk.videos.delete(SPACE.id, pending.id)
        for one in (clip.id, inner.id):
            failed = await world.rows.media.media(one)
            assert failed is not None
            assert failed.failure is not None
            assert (failed.status, failed.failure.code) == ("failed", "source_failed"), end
