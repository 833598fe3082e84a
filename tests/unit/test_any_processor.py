"""The same segments on every processor: with instruction sets masked, they are the same to the byte."""

from __future__ import annotations

import ctypes
import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.acceptance.test_colors import SPACES
from tests.acceptance.test_colors import recorded as colours
from tests.acceptance.test_fields import RECORDINGS
from tests.acceptance.test_fields import recorded as fields
from tests.media import Recipe

SOURCES = {
    "h264": ("libx264", {"preset": "fast", "g": "50"}),
    "mpeg2": ("mpeg2video", {"g": "25", "bf": "2", "b": "2M"}),
    "mpeg4": ("mpeg4", {"g": "25", "bf": "2", "b": "2M"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "g": "50", "b": "1M"}),
}
NONE, OLD = 0, 0x3D9  # libavutil's flags: no instruction sets at all; those up to SSE 4.2


#: Soundtracks: codec, rate, container.
HEARD = {
    "aac": ("aac", 44_100, "mp4"), "opus": ("libopus", 48_000, "mkv"), "mp3": ("libmp3lame", 32_000, "mkv"),
    "ac3": ("ac3", 48_000, "mkv"), "eac3": ("eac3", 48_000, "mkv"), "pcm": ("pcm_s16le", 44_100, "mov"),
}  # fmt: skip


def masked(mask: int | None) -> None:
    """From now on libav has only some of the processor's instruction sets."""
    if mask is not None:
        (library,) = (Path(av.__file__).parents[1] / "av.libs").glob("libavutil*")
        ctypes.CDLL(str(library)).av_force_cpu_flags(mask)


def heard(path: Path, folder: Path, mask: int | None) -> str:
    """A hash of a segment of a source's sound."""
    masked(mask)
    from inpoint.engine.rewrap import rewrap
    from inpoint.engine.sound import decode_sound, encode_sound
    from inpoint.making.orders import sound_need
    from inpoint.model.index import load
    from inpoint.model.recipe import RECIPES
    from inpoint.ports.orders import Chunk, RewrapOrder, SoundOrder

    recipe, (first, last) = RECIPES.newest, (40, 134)
    track = load(rewrap(RewrapOrder(path, folder, 3600), lambda _: None).index).audio[0]
    need = sound_need(track, recipe.sound, first, last)
    chunks = [Chunk(number, (folder / f"a0-{number:06d}.mkv").read_bytes()) for number in need.chunks]
    firsts = [track.first[number] for number in need.chunks]
    order = SoundOrder("m", recipe.sound, recipe.boxes, chunks, firsts, need.runs, track.rate, first, last)
    return hashlib.sha256(encode_sound(decode_sound(order), order).data).hexdigest()


def made(path: Path, folder: Path, mask: int | None) -> str:
    """A hash of a segment of a source's picture."""
    masked(mask)
    from inpoint.engine.encode import encode
    from inpoint.engine.rewrap import rewrap
    from inpoint.imports.ladder import ladder
    from inpoint.model.index import load, places
    from inpoint.model.recipe import RECIPES
    from inpoint.model.treatment import Treatment
    from inpoint.ports.orders import Chunk, Picture, RewrapOrder, VideoOrder, WantedSegment

    recipe = RECIPES.newest
    rewrapped = rewrap(RewrapOrder(path, folder, 3600), lambda _: None)
    index, video = load(rewrapped.index), rewrapped.facts.video
    chunks = [
        Chunk(number, (folder / f"v-{number:06d}.mkv").read_bytes()) for number in range(len(index.video.alone))
    ]
    told = recipe.picture if mask is None else replace(
        recipe.picture, parameters=(*recipe.picture.parameters, ("asm", "0"))
    )  # fmt: skip
    picture = Picture(told, recipe.boxes, rewrapped.facts.rate, video.appearance)
    rung = replace(ladder(video, rewrapped.facts.rate, Treatment(), recipe.picture)[0], width=214, height=120)
    frames = min(62, rewrapped.facts.frames)
    order = VideoOrder(
        "m", picture, chunks, places(index.video, 0, frames), 0,
        at_end=frames < 62, wanted=[WantedSegment(rung, 0, min(50, frames))],
    )  # fmt: skip
    (segment,) = encode(order)
    return hashlib.sha256(segment.data).hexdigest()


def hashes(path: Path, folder: Path, what: str) -> set[str]:
    """Of what is made with all sets, with none, and with those of an old processor: each in a process of its own."""
    found = set()
    for mask in ("", NONE, OLD):
        here = folder / f"mask-{mask}"
        here.mkdir()
        run = [sys.executable, "-m", "tests.unit.test_any_processor", what, str(path), str(here), str(mask)]
        found.add(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()[-1])
    return found


@pytest.mark.parametrize("name", SOURCES)
def test_a_segment_is_the_same_on_every_processor(
    source: Callable[[Recipe], Path], tmp_path: Path, name: str
) -> None:
    codec, options = SOURCES[name]
    path = source(Recipe(f"processor-{name}", codec, "mkv", Fraction(25), 75, 320, 180, audio=None, options=options))
    assert len(hashes(path, tmp_path, "picture")) == 1


@pytest.mark.parametrize("name", ["hlg-hevc", "bt601-pal", "half-prores", "rgb-ffv1"])
def test_colours_are_the_same_on_every_processor(tmp_path: Path, name: str) -> None:
    space = next(one for one in SPACES if one.name == name)
    assert len(hashes(colours(space, tmp_path), tmp_path, "picture")) == 1


def test_fields_are_the_same_on_every_processor(tmp_path: Path) -> None:
    path = fields(next(one for one in RECORDINGS if one.name == "mpeg2"), tmp_path)
    assert len(hashes(path, tmp_path, "picture")) == 1


@pytest.mark.parametrize("name", HEARD)
def test_sound_is_the_same_on_every_processor(source: Callable[[Recipe], Path], tmp_path: Path, name: str) -> None:
    codec, rate, container = HEARD[name]
    path = source(Recipe(f"heard-{name}", "libx264", container, frames=120, width=64, height=64, audio=(codec, rate)))
    assert len(hashes(path, tmp_path, "sound")) == 1


if __name__ == "__main__":
    _, what, path, folder, mask = sys.argv
    print((heard if what == "sound" else made)(Path(path), Path(folder), int(mask) if mask else None))
