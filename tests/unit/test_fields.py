"""Fields within the engine: a picture is the same in whichever span, and however far from a key frame."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from av.video.frame import VideoFrame

from inpoint.engine.color import Standard
from inpoint.engine.encode import encode
from inpoint.engine.rewrap import rewrap
from inpoint.imports.ladder import ladder
from inpoint.model.chunk import ChunkName
from inpoint.model.color import Color
from inpoint.model.index import load, neighbours, places
from inpoint.model.recipe import RECIPES
from inpoint.model.treatment import Treatment
from inpoint.ports.orders import Chunk, Picture, RewrapOrder, Rewrapped, VideoOrder, WantedSegment
from tests import judge
from tests.acceptance.test_fields import FIELDS, H264, HEIGHT, RECORDINGS, WIDTH, moment, recorded, woven


def taken(path: Path, folder: Path) -> Rewrapped:
    folder.mkdir()
    return rewrap(RewrapOrder(path, folder, 3600), lambda _: None)


def test_damaged_fields_are_the_same_in_every_span(tmp_path: Path) -> None:
    recording = next(one for one in RECORDINGS if one.name == "h264-mbaff-bottom")
    data = bytearray(recorded(recording, tmp_path).read_bytes())
    for number in range(len(data) // 188 * 4 // 10, len(data) // 188 * 4 // 10 + 6):
        data[number * 188 + 60 : number * 188 + 120] = b"\x55" * 60
    (tmp_path / "damaged.ts").write_bytes(data)
    found = taken(tmp_path / "damaged.ts", tmp_path / "work")
    index, video, recipe = load(found.index).video, found.facts.video, RECIPES.newest.picture
    recipe = replace(recipe, lookahead=0, parameters=(*recipe.parameters, ("rc-lookahead", "0")))
    paths = [tmp_path / "work" / ChunkName(None, number).file for number in range(len(index.alone))]
    chunks = [Chunk(number, path.read_bytes()) for number, path in enumerate(paths)]
    picture = Picture(recipe, RECIPES.newest.boxes, found.facts.rate, video.appearance)
    rung = ladder(video, found.facts.rate, Treatment(), recipe)[0]

    def made(first: int, last: int, frame: int) -> tuple[str, bool]:
        before, after = (
            None if one is None else places(index, one, one + 1)[0] for one in neighbours(index, first, last)
        )
        order = VideoOrder(
            "m", picture, chunks, places(index, first, last), first, at_end=True,
            wanted=[WantedSegment(rung, frame, frame + 1)], before=before, after=after,
        )  # fmt: skip
        (segment,) = encode(order)
        return hashlib.sha256(segment.data).hexdigest(), bool(segment.lost)

    whole = [made(0, found.facts.frames, frame) for frame in range(found.facts.frames)]
    assert any(is_lost for _, is_lost in whole)
    for frame in range(found.facts.frames):
        assert made(frame, frame + 1, frame) == whole[frame], frame


@pytest.mark.parametrize("moves", [False, True])
def test_fields_far_from_a_key_frame_are_known(tmp_path: Path, moves: bool) -> None:
    """The form in which such pictures are kept says nothing of fields."""
    still = moment(0).tobytes() * 32
    path = tmp_path / "long.ts"
    raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "pipe:0"]
    coded = [*H264[:-1], "9999", "-sc_threshold", "0", *FIELDS, "-x264opts", "tff=1"]
    command = [judge.FFMPEG, "-v", "error", "-y", *raw, "-vf", "setfield=tff,format=yuv420p", *coded, str(path)]
    frames = (woven(is_bottom_first=False) if moves else still) * 29 + woven(is_bottom_first=False)
    subprocess.run(command, input=frames, check=True, timeout=60)
    found = taken(path, tmp_path / "work")
    assert len(load(found.index).video.alone) > 2
    assert (found.facts.video.appearance.scan, found.facts.warnings) == ("top", ())


@pytest.mark.parametrize("color", [Color(10, 16, 9), Color(1, 1, 8), Color(3, 0, 0), Color(255, 255, 255, 7)])
@pytest.mark.parametrize("pixels", ["yuv420p", "gbrp"])
def test_colours_that_nobody_knows_are_taken_for_the_usual(color: Color, pixels: str) -> None:
    frame = VideoFrame(64, 36, "yuv420p")
    for plane, value in zip(frame.planes, (126, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.color_primaries, frame.color_trc, frame.colorspace = color.primaries, color.transfer, color.matrix
    shown = Standard(color).sized(frame, 64, 36, pixels)
    assert (shown.width, shown.height, shown.format.name) == (64, 36, pixels)
