"""Damage: the same pictures wherever decoding begins and by however many threads, and none that isn't whole."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from inpoint.engine.decode import frames
from inpoint.engine.rewrap import rewrap
from inpoint.errors import NoPicture
from inpoint.model.index import Index, fed_from, load, places
from inpoint.ports.orders import Chunk, RewrapOrder
from tests.damage import HARMS, damaged
from tests.media import Recipe

FRAMES = 150
CODECS: dict[str, tuple[str, dict[str, str]]] = {
    "h264": ("libx264", {"preset": "fast", "g": "50", "bf": "3"}),
    "h264-refreshed": ("libx264", {"preset": "fast", "g": "50", "x264-params": "intra-refresh=1:bframes=0"}),
    "hevc": ("libx265", {"preset": "ultrafast", "x265-params": "log-level=none:keyint=50"}),
    "mpeg2": ("mpeg2video", {"g": "25", "bf": "2", "b": "2M"}),
    "mpeg4": ("mpeg4", {"g": "25", "bf": "2", "b": "2M"}),
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "g": "50", "b": "1M"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "g": "50", "b": "1M"}),
    "mjpeg": ("mjpeg", {}),
}
#: Whose decoders notice whatever is wrong. (A bit of an arithmetic code can be turned over so that nobody can tell.)
TELLING = ("h264", "mpeg2", "mpeg4")
Source = Callable[[Recipe], Path]
Shown = tuple[list[str], list[int]]


def recipe(name: str) -> Recipe:
    codec, options = CODECS[name]
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    return Recipe(f"damage-{name}", codec, "mkv", Fraction(25), FRAMES, 320, 180, pixels, None, options=options)


def taken_in(path: Path, folder: Path) -> tuple[Index, list[Chunk]]:
    folder.mkdir()
    index = load(rewrap(RewrapOrder(path, folder, 3600), lambda _: None).index)
    count = len(index.video.alone)
    return index, [Chunk(number, (folder / f"v-{number:06d}.mkv").read_bytes()) for number in range(count)]


def shown(taken: tuple[Index, list[Chunk]], start: int, end: int, threads: int) -> Shown:
    """Each frame of a stretch, and the numbers of those that others stand for, made as a segment's are."""
    index, chunks = taken
    wanted = places(index.video, start, end)
    first = fed_from(index.video, wanted[0].chunk)
    for back, after in ((0, 0), (1, 0), (3, 2)):
        begin = max(0, first - back)
        lost: list[int] = []
        fed = chunks[begin : wanted[-1].chunk + 1 + after]
        try:
            found = [
                hashlib.sha256(one.to_ndarray(format="gray").tobytes()).hexdigest()
                for one in frames(fed, wanted, threads, lost, is_all=back == 3)
            ]
        except NoPicture:
            continue
        return found, [start + one for one in lost]
    raise AssertionError("no picture, even from the beginning")


def stretches(seed: int, count: int, frames: int) -> Sequence[tuple[int, int]]:
    chance = random.Random(seed)
    starts = [chance.randrange(frames - 5) for _ in range(count)]
    return [(start, min(frames, start + chance.randrange(1, 60))) for start in starts]


@pytest.mark.parametrize(
    ("codec", "harm"),
    [(codec, harm) for codec in CODECS for harm in HARMS if (codec, harm) != ("vp9", "empty")],  # nothing muxes that
)
def test_damage_is_never_seen_and_always_the_same(source: Source, tmp_path: Path, codec: str, harm: str) -> None:
    path = source(recipe(codec))
    right, lost = shown(taken_in(path, tmp_path / "clean"), 0, FRAMES, 1)
    assert not lost
    hit = random.Random(harm).sample(range(5, FRAMES), 3) if harm != "empty" else list(range(40, 71))
    harmed = damaged(path, tmp_path / "harmed.mkv", hit, HARMS[harm])
    taken = taken_in(harmed, tmp_path / "harmed")
    whole, lost = shown(taken, 0, FRAMES, 1)
    assert shown(taken, 0, FRAMES, 3) == (whole, lost)
    for number, (start, end) in enumerate(stretches(1, 12, FRAMES)):
        assert shown(taken, start, end, 1 + number % 2)[0] == whole[start:end], (start, end)
    held = [number for number in lost if number > 0]
    assert all(whole[number] == whole[number - 1] for number in held)
    if codec in TELLING or harm == "empty":
        assert lost
        assert [one for n, one in enumerate(whole) if n not in lost] == [
            one for n, one in enumerate(right) if n not in lost
        ]


@pytest.mark.parametrize("codec", ["h264", "h264-refreshed", "hevc", "mpeg2", "mpeg4", "vp8"])
def test_what_isnt_there_is_told_at_once(source: Source, tmp_path: Path, codec: str) -> None:
    """Before anything is decoded: of the pictures that decoding finds lost, those before the next key frame."""
    harmed = damaged(source(recipe(codec)), tmp_path / "harmed.mkv", range(40, 71), HARMS["empty"])
    _, lost = shown(taken_in(harmed, tmp_path / "harmed"), 0, FRAMES, 1)
    (tmp_path / "again").mkdir()
    warnings = rewrap(RewrapOrder(harmed, tmp_path / "again", 3600), lambda _: None).facts.warnings
    spans = [(one.start or 0, one.end or 0) for one in warnings if one.code == "damaged"]
    told = {number for start, end in spans for number in range(start, end)}
    assert {*range(41, 71)} <= told <= {*lost}


@pytest.mark.parametrize("codec", ["ffv1", "prores_ks", "mjpeg"])
def test_a_decoder_is_given_up_at_any_moment(source: Source, tmp_path: Path, codec: str) -> None:
    """Its threads end, whatever they were at: none waits for us while we wait for it."""
    pixels = {"prores_ks": "yuv422p10le", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
    path = source(
        Recipe(
            f"given-up-{codec}",
            codec,
            "mov" if codec == "prores_ks" else "mkv",
            Fraction(25),
            80,
            320,
            180,
            pixels,
            None,
        )
    )
    subprocess.run([sys.executable, "-m", "tests.unit.giving_up", str(path), str(tmp_path)], check=True, timeout=60)
