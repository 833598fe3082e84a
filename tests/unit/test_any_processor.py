"""The same pictures on every processor: with instruction sets masked, segments are the same to the byte."""

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

from tests.media import Recipe

SOURCES = {
    "h264": ("libx264", {"preset": "fast", "g": "50"}),
    "mpeg2": ("mpeg2video", {"g": "25", "bf": "2", "b": "2M"}),
    "mpeg4": ("mpeg4", {"g": "25", "bf": "2", "b": "2M"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "g": "50", "b": "1M"}),
}
NONE, OLD = 0, 0x3D9  # libavutil's flags: no instruction sets at all; those up to SSE 4.2


def made(path: Path, folder: Path, mask: int | None) -> str:
    """A hash of a segment of a source, with only some of the processor's instruction sets."""
    if mask is not None:
        (library,) = (Path(av.__file__).parents[1] / "av.libs").glob("libavutil*")
        ctypes.CDLL(str(library)).av_force_cpu_flags(mask)
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
    picture = Picture(told, recipe.boxes, rewrapped.facts.rate, 0, video.color)
    rung = replace(ladder(video, rewrapped.facts.rate, Treatment(), recipe.picture)[0], width=214, height=120)
    order = VideoOrder(
        "m", picture, chunks, places(index.video, 0, 62), 0, at_end=False, wanted=[WantedSegment(rung, 0, 50)]
    )
    (segment,) = encode(order)
    return hashlib.sha256(segment.data).hexdigest()


@pytest.mark.parametrize("name", SOURCES)
def test_a_segment_is_the_same_on_every_processor(
    source: Callable[[Recipe], Path], tmp_path: Path, name: str
) -> None:
    codec, options = SOURCES[name]
    path = source(Recipe(f"processor-{name}", codec, "mkv", Fraction(25), 75, 320, 180, audio=None, options=options))
    found = set()
    for mask in ("", NONE, OLD):
        folder = tmp_path / f"mask-{mask}"
        folder.mkdir()
        run = [sys.executable, "-m", "tests.unit.test_any_processor", str(path), str(folder), str(mask)]
        found.add(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()[-1])
    assert len(found) == 1


if __name__ == "__main__":
    print(made(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if sys.argv[3] else None))
