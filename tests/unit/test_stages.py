"""Every job over twins: the order of its steps, each of them done twice, killed between any two, its media gone
meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from inpoint.errors import Damaged, EngineFailed, TooLarge
from inpoint.model.cmaf import read_segment
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.finding import Page
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.model.recipe import RECIPES
from inpoint.model.track import PendingTrack
from inpoint.model.treatment import Insert, Treatment
from inpoint.model.watermark import Watermark
from inpoint.shelf import keys
from inpoint.testing.engine import ScriptedSource
from tests.recipes import LATEST
from tests.unit.house import NOW, SPACE, URL, House

Begin = Callable[[House], Awaitable[str]]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


# What there is to do: each begins something, and gives the id of the media that it is done for.


async def an_import(house: House) -> str:
    media = house.media(files=(MediaFile(new_id(), "video"),))
    await house.desk.videos.accept(media)
    return media.id


async def a_join(house: House) -> str:
    media = house.media(treatment=Treatment(inserts=(Insert(URL, Fraction(2)),)))
    await house.desk.videos.accept(media)
    return media.id


async def a_clip(house: House) -> str:
    source = await house.imported()
    house.jobs.log.clear()
    clip = await house.draft(source.id, 45, 150)
    await house.desk.clips.cut(clip)
    return clip.id


async def a_marked_clip(house: House) -> str:
    source = await house.imported()
    mark = await a_watermark(house)
    house.jobs.log.clear()
    clip = await house.draft(source.id, 45, 150, treatment=Treatment(overlays=(mark.placement,)))
    await house.desk.clips.cut(clip)
    return clip.id


async def a_track(house: House) -> str:
    source = await house.imported()
    house.jobs.log.clear()
    await house.desk.tracks.add(SPACE.id, source.id, PendingTrack(new_id(), "audio", URL, "fr", "fr"))
    return source.id


async def a_file(house: House) -> str:
    source = await house.imported()
    house.jobs.log.clear()
    await house.desk.files.keep(source, ("video", "audio"), ("video", "audio"))
    return source.id


async def a_watermark(house: House) -> Watermark:
    mark = Watermark(
        new_id(), SPACE.id, NOW, "", Fraction(1), Fraction(1, 20), Fraction(3, 20), ("right", "top"), 9, 40, 20
    )
    await house.rows.watermarks.add_watermark(mark)
    await house.store.put(keys.watermark(mark.id), b"png")
    return mark


BEGUN = [an_import, a_join, a_clip, a_marked_clip, a_track, a_file]
STEPS = {
    "an_import": [
        "import.fetch", "import.index", "import.publish", "import.follow_up", "survey.survey", "fill.fill",
        "file.make",
    ],
    "a_clip": ["clip.edges", "clip.other_edges", "clip.files", "clip.tracks", "clip.fill"],
    "a_track": ["track.fetch", "track.lay", "fill.fill"],
    "a_file": ["file.make", "file.make"],
}  # fmt: skip


def finished(house: House, media: Media) -> None:
    """It is ready, and everything that was asked for is there."""
    assert media.status == "ready", media.failure
    assert not media.pending
    assert all(file.status == "ready" for file in media.files), media.files
    assert not list(house.staging.source("x").parent.iterdir()), "nothing is left of what arrived"


async def everything(house: House, media: Media) -> dict[str, list[bytes]]:
    """Every segment that a media plays, and the frames that are in it."""
    found = {}
    assert media.timeline is not None
    for encoding_id in sorted(media.timeline.encodings):
        for name in sorted(await house.shelf.segments(encoding_id), key=repr):
            key = keys.segment(name).replace(encoding_id, "encoding")
            found[key] = read_segment(await house.shelf.segment(name)).samples
    return found


@pytest.mark.parametrize("begin", BEGUN, ids=lambda one: one.__name__)
async def test_steps_in_their_order(house: House, begin: Begin) -> None:
    media_id = await begin(house)
    await house.jobs.run()
    finished(house, await house.now(media_id))
    done = [f"{kind}.{step}" for kind, step, _ in house.jobs.log]
    assert begin.__name__ not in STEPS or done == STEPS[begin.__name__]
    assert house.store.blobs


@pytest.mark.parametrize("begin", BEGUN, ids=lambda one: one.__name__)
async def test_each_step_may_be_done_twice(tmp_path: Path, begin: Begin) -> None:
    once, twice = House(tmp_path / "once"), House(tmp_path / "twice")
    twice.jobs.twice = True
    made = []
    for house in (once, twice):
        media_id = await begin(house)
        await house.jobs.run()
        media = await house.now(media_id)
        finished(house, media)
        made.append(await everything(house, media))
    assert made[0] == made[1]
    assert len(once.engine.made) == len(twice.engine.made), "nothing is made twice"


@pytest.mark.parametrize("forgotten", [False, True], ids=["jobs go on", "the start was swallowed"])
@pytest.mark.parametrize("begin", BEGUN, ids=lambda one: one.__name__)
async def test_killed_between_any_two_steps_it_goes_on(tmp_path: Path, begin: Begin, forgotten: bool) -> None:
    steps = 0
    while True:
        house = House(tmp_path / str(steps))
        media_id = await begin(house)
        if await house.jobs.run(steps) < steps:
            break
        again = house.restarted(forgotten=forgotten)
        if forgotten:
            await again.upkeep.reconcile()
        await again.jobs.run()
        finished(again, await again.now(media_id))
        steps += 1
    assert steps > 2


@pytest.mark.parametrize("begin", BEGUN, ids=lambda one: one.__name__)
async def test_gone_meanwhile_nothing_is_left(tmp_path: Path, begin: Begin) -> None:
    steps = 0
    while True:
        house = House(tmp_path / str(steps))
        media_id = await begin(house)
        if await house.jobs.run(steps) < steps:
            break
        everybody, _ = await house.desk.videos.page(SPACE.id, Page(0, 100))
        for one in everybody:
            await house.desk.videos.delete(SPACE.id, one.id)
        await house.jobs.run()
        house.clock.advance(3601)
        await house.upkeep.forget()
        await house.swept()
        assert await house.rows.media.media(media_id) is None
        left = [key for key in house.store.blobs if not key.startswith("watermarks/")]
        assert not left, (steps, left)
        steps += 1


async def test_a_half_made_clip_is_never_ready(house: House) -> None:
    source = await house.imported()
    clip = await house.draft(source.id, 45, 150)
    await house.desk.clips.cut(clip)
    house.engine.failures = [EngineFailed(), EngineFailed()]
    assert (await house.now(clip.id)).status == "waiting"
    await house.jobs.run()
    assert (await house.now(clip.id)).status == "ready"
    house.engine.faults = ["it does not decode"] * 20
    other = await house.clipped(source.id, 47, 151)
    assert other.failure is not None
    assert (other.status, other.failure.code) == ("failed", "edge_failed")


async def test_what_can_not_be_read_fails_at_once_and_takes_its_clips_along(house: House) -> None:
    media = house.media()
    house.outgoing.pages[URL] = b"not a video"
    await house.desk.videos.accept(media)
    clip = await house.draft(media.id, 10, 20)
    await house.desk.clips.cut(clip)
    await house.jobs.run()
    for one, code in ((media, "damaged"), (clip, "source_failed")):
        failed = await house.now(one.id)
        assert failed.failure is not None
        assert (failed.status, failed.failure.code) == ("failed", code)
    assert [step for _, step, _ in house.jobs.log] == ["fetch", "index"]


async def test_a_clip_that_waits_begins_with_its_source(house: House) -> None:
    media = house.media()
    await house.desk.videos.accept(media)
    clip = await house.draft(media.id, 45, 150)
    assert clip.status_reason == "waiting for the source media to be ready"
    await house.desk.clips.cut(clip)
    await house.jobs.run()
    ready = await house.now(clip.id)
    assert (ready.status, ready.status_reason) == ("ready", None)
    assert ready.timeline is not None
    assert ready.timeline.frames == 105


async def test_a_range_without_a_frame_fails_when_its_source_is_known(house: House) -> None:
    media = house.media()
    await house.desk.videos.accept(media)
    clip = await house.draft(media.id, 450, 500)
    await house.desk.clips.cut(clip)
    await house.jobs.run()
    failed = await house.now(clip.id)
    assert failed.failure is not None
    assert failed.failure.code == "empty_range"


async def test_a_clip_outlives_its_source_and_keeps_only_its_own(house: House) -> None:
    source = await house.imported()
    clip = await house.clipped(source.id, 70, 100)
    await house.desk.videos.delete(SPACE.id, source.id)
    await house.swept()
    chunks = sorted(key for key in house.store.blobs if "/chunks/v-" in key)
    assert [key.rsplit("/", 1)[1] for key in chunks] == ["v-000001.mkv"]
    again = house.restarted()
    before = set(again.store.blobs)
    for name in [name for name in again.store.blobs if "/segments/" in name]:
        del again.store.blobs[name]
    await again.stages.clips.edges(clip.id)
    await again.stages.clips.other_edges(clip.id)
    await again.stages.fill.fill(source.id)
    assert before <= set(again.store.blobs), "what plays can be made again from what is kept"
    await again.desk.videos.delete(SPACE.id, clip.id)
    await again.swept()
    assert not again.store.blobs


async def test_a_fill_that_ends_tells_which_renditions_are_whole(tmp_path: Path) -> None:
    for extent, whole, made in (("all", ["360p", "480p", "720p"], 20), ("first", ["360p"], 10), ("none", [], 0)):
        house = House(tmp_path / extent, extent=extent)  # type: ignore[arg-type]
        media = await house.imported()
        filled, told = await house.desk.videos.filled(media)
        assert sorted(filled) == whole
        assert [(one.made, one.total, one.ended) for one in told] == [(made, made, True)]


async def test_a_segment_that_can_not_be_made_does_not_stop_the_fill(house: House) -> None:
    media = house.media()
    await house.desk.videos.accept(media)
    await house.jobs.run(5)
    house.engine.failures = [Damaged()]
    await house.jobs.run()
    _, (told,) = await house.desk.videos.filled(media := await house.now(media.id))
    assert told.ended
    assert 0 < told.made < told.total
    await house.stages.fill.fill(media.id)
    _, (told,) = await house.desk.videos.filled(media)
    assert told.made == told.total


async def test_a_survey_finds_once_and_tells_how_far_it_is(house: House) -> None:
    media = house.media()
    await house.desk.videos.accept(media)
    await house.jobs.run(4)
    media = await house.now(media.id)
    assert media.timeline is not None
    assert (await house.survey.found(media.timeline)).known == 0
    await house.jobs.run()
    found = await house.survey.found(media.timeline)
    assert (found.known, list(found.shots)) == (1, [100, 200])
    before = dict(house.store.blobs)
    await house.survey.survey(media.id)
    assert house.store.blobs == before


async def test_tracks_that_can_not_be_read_fail_and_leave_their_media_ready(house: House) -> None:
    source = await house.imported()
    for url, content in (("http://a/", b"no captions"), ("http://b/", b"WEBVTT\n\nhello")):
        house.outgoing.pages[url] = content
        await house.desk.tracks.add(
            SPACE.id, source.id, PendingTrack(new_id(), "text", url, "en" if "a" in url else "fr", "n")
        )
    await house.jobs.run()
    now = await house.now(source.id)
    assert [(one.language, one.status) for one in now.pending] == [("en", "failed")]
    assert now.timeline is not None
    assert [lane.language for lane in now.timeline.of("text")] == ["fr"]


async def test_sound_that_changes_makes_files_anew(house: House) -> None:
    source = await house.imported(files=(MediaFile(new_id(), "video"), MediaFile(new_id(), "audio")))
    before = {file.id for file in source.files}
    await house.desk.tracks.add(SPACE.id, source.id, PendingTrack(new_id(), "audio", URL, "fr", "fr"))
    await house.jobs.run()
    now = await house.now(source.id)
    assert now.timeline is not None
    french = now.timeline.lanes[-1].identity
    for act in (
        lambda: house.desk.tracks.lead_with(SPACE.id, source.id, french),
        lambda: house.desk.tracks.remove(SPACE.id, source.id, french),
    ):
        now = await house.now(source.id)
        assert not before & {file.id for file in now.files}
        assert {file.status for file in now.files} == {"ready"}
        before = {file.id for file in now.files}
        await act()
        await house.jobs.run()
    kept = {name.partition(".")[0] for name in await house.files.sizes(source.id)}
    assert kept == {file.id for file in (await house.now(source.id)).files}


async def test_files_that_are_kept_no_more_are_deleted(house: House) -> None:
    source = await house.imported(files=(MediaFile(new_id(), "video"), MediaFile(new_id(), "audio")))
    audio: list[FileKind] = ["audio"]
    now = await house.desk.files.keep(source, audio, ("video", "audio"))
    assert [file.kind for file in now.files] == ["audio"]
    assert {name.partition(".")[0] for name in await house.files.sizes(source.id)} == {now.files[0].id}
    assert await house.desk.files.keep(now, audio, audio) == now, "what is there stays as it is"


async def test_a_file_of_kept_packets(tmp_path: Path) -> None:
    house = House(tmp_path, on_disk=True)
    source = await house.imported(files=(MediaFile(new_id(), "source"),))
    assert [file.status for file in source.files] == ["ready"]
    (name,) = await house.files.sizes(source.id)
    assert (await house.files.get(source.id, name)).startswith(b"picture 0picture 1")


async def test_too_large_a_source_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, most=10)

    async def blocks() -> Any:
        yield bytes(11)

    with pytest.raises(TooLarge):
        await house.desk.videos.receive(house.media(source_url=None), blocks())
    assert not list((tmp_path / "staging").iterdir())
    media = await house.imported()
    assert media.failure is not None
    assert media.failure.code == "too_large"


async def test_a_deletion_is_foreseen_as_it_comes(house: House) -> None:
    source = await house.imported()
    clip = await house.clipped(source.id, 70, 100)
    frees, keeps, clips = await house.desk.videos.foresee(source)
    assert clips == 1
    before = sum(map(len, house.store.blobs.values()))
    await house.desk.videos.delete(SPACE.id, source.id)
    await house.swept()
    assert before - sum(map(len, house.store.blobs.values())) == frees
    weight = await house.desk.videos.weigh(SPACE.id)
    assert weight.logical == keeps
    assert weight.physical >= weight.logical
    assert (await house.desk.videos.foresee(clip))[0] > 0


async def test_a_later_recipe_makes_what_is_new_and_leaves_what_there_is(tmp_path: Path) -> None:
    house = House(tmp_path)
    source = await house.imported()
    before = dict(house.store.blobs)
    later = House(tmp_path, LATEST, after=house)
    clip = await later.clipped(source.id, 45, 150)
    assert clip.status == "ready"
    assert all(f"/g{RECIPES.newest.number}-" in key for key in later.store.blobs if "/segments/" in key)
    other = await later.imported()
    new = [key for key in later.store.blobs if other.id in key and "/segments/" in key]
    assert new
    assert all(f"/g{LATEST.number}-" in key for key in new)
    assert {key: later.store.blobs[key] for key in before} == before
    await later.desk.tracks.add(SPACE.id, source.id, PendingTrack(new_id(), "audio", URL, "fr", "fr"))
    await later.jobs.run()
    mixed = await later.now(source.id)
    assert mixed.timeline is not None
    numbers = [(await later.encodings.load(one)).encoding.recipe.number for one in mixed.timeline.encodings]
    assert sorted(numbers) == [RECIPES.newest.number, LATEST.number]
    for one in (source, clip, other):
        await later.desk.videos.delete(SPACE.id, one.id)
    await later.swept()
    assert not later.store.blobs


async def test_what_a_source_lasts_is_limited_by_its_media(house: House) -> None:
    house.outgoing.pages[URL] = replace(ScriptedSource(), frames=90).written()
    media = await house.imported(max_seconds=2)
    assert media.failure is not None
    assert (media.failure.code, media.failure.message) == ("too_long", "the video is longer than 2 seconds")
