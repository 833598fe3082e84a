"""Segments by their name: made once, checked, made another way when a check fails."""

from __future__ import annotations

import asyncio
from array import array
from fractions import Fraction
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpoint.background.sweep import needed
from inpoint.clips.plan import played
from inpoint.errors import MediaError, NotFound
from inpoint.making.encodings import Encodings, Loaded
from inpoint.making.orders import sound_need, video_chunks
from inpoint.making.segments import Segments
from inpoint.model import aac, cmaf, index
from inpoint.model.chunk import ChunkName
from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.names import whole_audio
from inpoint.model.recipe import FIRST, Recipe
from inpoint.ports import EncodingRows, Priority
from inpoint.shelf import keys
from inpoint.shelf.encodings import EncodingShelf
from inpoint.testing.blobs import MemoryStore
from inpoint.testing.engine import ScriptedEngine, init
from tests.recipes import LATER, LATEST
from tests.unit.test_timeline import encoding, whole


class OneEncoding:
    """As many rows as segments ask for."""

    def __init__(self, known: Encoding) -> None:
        self.known: Encoding | None = known

    async def encoding(self, encoding_id: str) -> Encoding | None:
        del encoding_id
        return self.known


class Bench:
    def __init__(self, recipe: Recipe = FIRST) -> None:
        self.encoding = encoding(Fraction(30), 300, recipe)
        self.store, self.engine = MemoryStore(), ScriptedEngine()
        self.rows = OneEncoding(self.encoding)
        frames = range(300)
        video = index.VideoIndex(
            array("I", [n // 60 for n in frames]), array("I", [n % 60 for n in frames]), array("I", frames),
            array("I", [1] * 5),
        )  # fmt: skip
        sound = index.AudioIndex(
            48_000, array("q", range(0, 480_000, 1024)), array("I", [1024] * 469), array("I", [0])
        )
        number = recipe.number
        self.store.blobs = {
            keys.index("e"): index.dump(index.Index(video, [sound])),
            keys.chunk("e", ChunkName(0, 0)): b"chunk",
            keys.init("e", number, "audio-0"): aac.init(recipe.boxes, recipe.sound.bit_rate),
            **{keys.chunk("e", ChunkName(None, n)): b"chunk" for n in range(5)},
            **{keys.init("e", number, one.name): init(one, recipe.boxes) for one in self.encoding.renditions},
        }
        rows, shelf = cast(EncodingRows, self.rows), EncodingShelf(self.store)
        self.segments = Segments(shelf, rows, self.engine, Encodings(rows, shelf))


def name(start: int, end: int, rendition: str = "360p") -> SegmentName:
    return SegmentName("e", 1, rendition, start, end)


async def test_made_once_for_all_who_ask() -> None:
    bench = Bench()
    await asyncio.gather(*(bench.segments.ensure(name(60, 120), Priority.EDGE) for _ in range(20)))
    assert bench.engine.made == [("360p", 60, 120)]
    await bench.segments.ensure(name(60, 120), Priority.VIEWER)
    assert bench.engine.made == [("360p", 60, 120)]


async def test_a_viewers_segment_is_followed_by_the_next_whole_ones() -> None:
    bench = Bench()
    ahead = [name(120, 180), name(180, 200)]
    await bench.segments.ensure(name(60, 120), Priority.VIEWER, ahead)
    await bench.segments.ensure(name(120, 180), Priority.VIEWER)
    await asyncio.sleep(0.01)
    assert [start for _, start, _ in bench.engine.made] == [60, 120], "an edge is made by itself, and checked"


async def test_when_all_who_waited_gave_up_nothing_is_made() -> None:
    bench = Bench()
    asked = [asyncio.create_task(bench.segments.ensure(name(60, 120), Priority.VIEWER)) for _ in range(2)]
    await asyncio.sleep(0)
    for one in asked:
        one.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    await asyncio.sleep(0.01)
    assert bench.engine.made == []
    await bench.segments.ensure(name(60, 120), Priority.EDGE)
    assert bench.engine.made == [("360p", 60, 120)]


async def test_nobody_waits_behind_what_gives_way() -> None:
    bench = Bench()
    filling = asyncio.create_task(bench.segments.ensure(name(60, 120), Priority.FILL))
    await asyncio.sleep(0)
    watching = asyncio.create_task(bench.segments.ensure(name(60, 120), Priority.VIEWER))
    await asyncio.gather(filling, watching)
    assert bench.engine.priorities == [Priority.FILL, Priority.VIEWER]


async def test_an_end_is_cut_from_the_whole_where_that_exists() -> None:
    bench = Bench()
    await bench.segments.ensure(name(60, 120), Priority.EDGE)
    await bench.segments.ensure(name(60, 83), Priority.EDGE)
    assert len(bench.engine.made) == 1
    whole = cmaf.read_segment(bench.store.blobs[keys.segment(name(60, 120))])
    part = cmaf.read_segment(bench.store.blobs[keys.segment(name(60, 83))])
    assert part.samples == whole.samples[:23]
    assert part.time == whole.time


async def test_a_faulty_seam_is_made_again_in_another_way(capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench()
    await bench.segments.ensure(name(60, 120), Priority.EDGE)
    bench.engine.faults = ["it does not decode"]
    await bench.segments.ensure(name(60, 83), Priority.EDGE)
    assert bench.engine.made == [("360p", 60, 120), ("360p", 60, 83)]
    assert bench.engine.forgotten == ["e"]
    assert keys.segment(name(60, 83)) in bench.store.blobs
    assert "seam.fault" in capsys.readouterr().out


async def test_a_seam_that_stays_faulty_is_never_stored() -> None:
    bench = Bench()
    bench.engine.faults = ["bad"] * 9
    with pytest.raises(MediaError):
        await bench.segments.ensure(name(70, 83), Priority.EDGE)
    assert keys.segment(name(70, 83)) not in bench.store.blobs


async def test_other_parameter_sets_are_never_mixed_in() -> None:
    bench = Bench()
    bench.store.blobs[keys.init("e", 1, "360p")] = b"another"
    with pytest.raises(MediaError):
        await bench.segments.ensure(name(60, 120), Priority.EDGE)
    assert keys.segment(name(60, 120)) not in bench.store.blobs


async def test_a_part_of_sound_is_the_wholes_own_frames() -> None:
    bench = Bench()
    await bench.segments.ensure(name(100, 150, "audio-0"), Priority.EDGE)
    ((_, start, end),) = bench.engine.made
    assert start <= 100 < 150 <= end
    part = cmaf.read_segment(bench.store.blobs[keys.segment(name(100, 150, "audio-0"))])
    assert part.samples == [number.to_bytes(4, "big") for number in range(100, 150)]


async def test_what_is_made_after_the_encoding_is_gone_is_not_left_behind() -> None:
    bench = Bench()
    await bench.segments.ensure(name(0, 60), Priority.EDGE)
    bench.rows.known = None
    with pytest.raises(NotFound):
        await bench.segments.ensure(name(60, 120), Priority.EDGE)
    assert keys.segment(name(60, 120)) not in bench.store.blobs


async def test_a_recipe_is_obeyed_by_names_orders_and_keys() -> None:
    bench = Bench(LATEST)
    wanted = bench.encoding.segment("360p", 90, 180)
    await bench.segments.ensure(wanted, Priority.EDGE)
    assert f"encodings/e/segments/g{LATEST.number}-360p/90-180.m4s" in bench.store.blobs
    await bench.segments.ensure(bench.encoding.segment("360p", 90, 101), Priority.EDGE)
    assert bench.engine.made == [("360p", 90, 180)], "the prefix is cut from the whole"
    assert b"msdhcmfs" in bench.store.blobs[f"encodings/e/segments/g{LATEST.number}-360p/90-101.m4s"]
    assert video_chunks(Loaded(bench.encoding, index.load(bench.store.blobs[keys.index("e")])), 0, 43) == [0, 1]


@given(
    st.integers(0, 299), st.integers(1, 300), st.integers(0, 299), st.integers(1, 300), st.sampled_from(LATER.known)
)
def test_retention_keeps_what_making_takes(start: int, length: int, other: int, more: int, recipe: Recipe) -> None:
    """Whatever of a clip nobody has asked for yet can still be made; and what a part needs the whole needs."""
    bench = Bench(recipe)
    blob = index.load(bench.store.blobs[keys.index("e")])
    loaded = Loaded(bench.encoding, blob)
    clips = [
        whole(bench.encoding).slice(first, min(300, first + count))
        for first, count in ((start, length), (other, more))
    ]
    keep = needed(clips, loaded)
    everything = needed([whole(bench.encoding)], loaded)
    assert keep.chunks <= everything.chunks
    for name in played(clips, bench.encoding):
        assert name in keep.segments
        if name.is_audio:
            own = whole_audio(name, bench.encoding)
            chunks = sound_need(blob.audio[0], recipe.sound, own.start, own.end).chunks
            assert {ChunkName(0, chunk) for chunk in chunks} <= keep.chunks
        else:
            assert {ChunkName(None, chunk) for chunk in video_chunks(loaded, name.start, name.end)} <= keep.chunks
