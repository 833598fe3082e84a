"""Pictures far behind a key frame: every one is there, as it was, and as near as any other."""

from __future__ import annotations

import random
import time
from array import array
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import PictureType
from av.video.stream import VideoStream

from inpoint.engine import dense
from inpoint.engine.decode import frames
from inpoint.engine.dense import DenseRun, GopPart, is_far, part_of, write_pictures
from inpoint.engine.gather import gather
from inpoint.engine.rewrap import rewrap
from inpoint.errors import Unsupported
from inpoint.model.index import fed_from, frame_times, load, places
from inpoint.ports.orders import Chunk, GatheredTrack, RewrapOrder, Rewrapped
from tests.damage import damaged, empty
from tests.media import Recipe, picture, read_number

FRAMES, FEW, RATE = 320, 70, Fraction(25)
NEVER = str(FRAMES * 2)
Source = Callable[[Recipe], Path]


def h264(parameters: str, **more: str) -> dict[str, str]:
    return {"preset": "ultrafast", "g": NEVER, **more, "x264-params": f"scenecut=0:{parameters}"}


#: Kinds: how each is made; container; size; pixels.
KINDS: dict[str, tuple[str, str, tuple[int, int], str, dict[str, str]]] = {
    "h264": ("libx264", "mp4", (320, 180), "yuv420p", h264("bframes=0")),
    "h264-pyramid": ("libx264", "mp4", (320, 180), "yuv420p", h264("bframes=5:b-pyramid=normal:b-adapt=0")),
    "h264-10bit": ("libx264", "mkv", (320, 180), "yuv420p10le", h264("bframes=2")),
    "h264-444": ("libx264", "mkv", (321, 181), "yuv444p", h264("bframes=2")),
    "h264-open": ("libx264", "mkv", (320, 180), "yuv420p", h264("open-gop=1:bframes=3:b-adapt=0", g="110")),
    "h264-refreshed": ("libx264", "mkv", (320, 180), "yuv420p", h264("intra-refresh=1:bframes=0", g="60")),
    "h264-avi": ("libx264", "avi", (320, 180), "yuv420p", h264("bframes=2")),
    "hevc-open": (
        "libx265", "mkv", (320, 180), "yuv420p",
        {"preset": "ultrafast", "x265-params": "log-level=none:keyint=110:scenecut=0:open-gop=1:bframes=3"},
    ),
    "mpeg4": ("mpeg4", "avi", (320, 180), "yuv420p", {"g": "600", "bf": "2", "b": "2M"}),
    "vp8": (
        "libvpx", "webm", (321, 179), "yuv420p",
        {"deadline": "realtime", "cpu-used": "8", "g": NEVER, "b": "1M"},
    ),
    "vp9-hidden": (
        "libvpx-vp9", "webm", (320, 180), "yuv420p",
        {"deadline": "good", "cpu-used": "8", "g": NEVER, "auto-alt-ref": "1", "lag-in-frames": "20", "b": "1M"},
    ),
    "flv": ("flv", "flv", (320, 180), "yuv420p", {"g": "600", "b": "2M"}),
    "animation": ("qtrle", "mov", (320, 180), "rgb24", {"g": "600"}),
    "animation-alpha": ("qtrle", "mov", (160, 90), "argb", {"g": "600"}),
    "screen": ("flashsv", "flv", (320, 180), "bgr24", {"g": "600"}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def soon_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small sources are enough."""
    monkeypatch.setattr(dense, "_FEW", FEW)
    monkeypatch.setattr(dense, "_FAR", 0)


def recipe(kind: str) -> Recipe:
    codec, container, (width, height), pixels, options = KINDS[kind]
    return Recipe(f"far-{kind}", codec, container, RATE, FRAMES, width, height, pixels, None, options=options)


def taken_in(path: Path, folder: Path) -> tuple[Rewrapped, list[int]]:
    folder.mkdir()
    heard: list[float] = []
    made = rewrap(RewrapOrder(path, folder, 3600), heard.append)
    return made, [round(one) for one in heard]


def seen(made: Rewrapped, folder: Path, start: int, end: int) -> list[np.ndarray]:
    """Pictures of a stretch, in grey, of no more chunks than their making is given."""
    index = load(made.index)
    wanted = places(index.video, start, end)
    numbers = range(fed_from(index.video, wanted[0].chunk), wanted[-1].chunk + 1)
    chunks = [Chunk(number, (folder / f"v-{number:06d}.mkv").read_bytes()) for number in numbers]
    return [one.to_ndarray(format="gray") for one in frames(chunks, wanted, 1)]


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as source:
        return [one.to_ndarray(format="gray") for one in source.decode(video=0)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_is_kept_and_near(source: Source, tmp_path: Path, kind: str) -> None:
    path, folder = source(recipe(kind)), tmp_path / "taken"
    made, _ = taken_in(path, folder)
    index = load(made.index).video
    assert (made.facts.rate, made.facts.frames, len(index.chunk)) == (RATE, FRAMES, FRAMES)
    assert not [one for one in made.facts.warnings if one.code != "guessed"]
    own = decoded(path)
    found = seen(made, folder, 0, FRAMES)
    assert [read_number(one) for one in found] == list(range(FRAMES))
    assert max(np.abs(a.astype(int) - b).mean() for a, b in zip(found, own, strict=True)) < 2.5
    chance = random.Random(kind)
    for start in [FRAMES - 1, *(chance.randrange(FRAMES - 30) for _ in range(6))]:
        stretch = seen(made, folder, start, min(FRAMES, start + 30))
        assert [read_number(one) for one in stretch] == list(range(start, min(FRAMES, start + 30)))
    chunks = [list(index.chunk).count(number) for number in set(index.chunk)]
    # 62 are two seconds and the pictures until the next anchor; a key frame that isn't far is a chunk's as ever.
    assert max(chunks) <= FEW + 2 * 62
    assert sorted(folder.iterdir()) == [folder / f"v-{number:06d}.mkv" for number in range(len(index.alone))]


def test_it_is_the_same_each_time(source: Source, tmp_path: Path) -> None:
    path = source(recipe("h264-pyramid"))
    taken_in(path, tmp_path / "once")
    taken_in(path, tmp_path / "again")
    for chunk in (tmp_path / "once").iterdir():
        assert chunk.read_bytes() == (tmp_path / "again" / chunk.name).read_bytes()


def test_its_progress_is_told_as_it_goes(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inpoint.engine.reading._TELL_EVERY", 0.0)
    _, heard = taken_in(source(recipe("h264")), tmp_path / "taken")
    assert heard == sorted(heard)
    assert len(set(heard)) > 10


def test_damage_is_told_at_once(source: Source, tmp_path: Path) -> None:
    """What follows it is the last whole picture for a while, and then what can be made of it."""
    harmed = damaged(source(recipe("h264")), tmp_path / "harmed.mkv", range(150, 156), empty)
    made, _ = taken_in(harmed, tmp_path / "taken")
    (damage,) = [one for one in made.facts.warnings if one.code == "damaged"]
    assert damage.start is not None
    assert 150 <= damage.start <= 156
    found = [read_number(one) for one in seen(made, tmp_path / "taken", 0, 162)]
    assert found == [min(number, damage.start - 1) for number in range(162)]
    last = seen(made, tmp_path / "taken", FRAMES - 1, FRAMES)
    assert read_number(last[0]) == FRAMES - 1


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_it_is_left_at_an_open_gop(tmp_path: Path, codec: str) -> None:
    """Pictures that lead a key frame refer to what is before it: they are shown from there."""
    path = tmp_path / "open.mkv"
    keys = {150, 180, 215, 240}
    how = f"open-gop=1:keyint={NEVER}:min-keyint=1:scenecut=0:bframes=3:b-adapt=0"
    with av.open(str(path), "w") as out:
        own = "x264-params" if codec == "libx264" else "x265-params"
        quiet = "" if codec == "libx264" else ":log-level=none"
        stream = out.add_stream(codec, 25, options={"preset": "ultrafast", own: how + quiet})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture(number, 320, 180), format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, 1 / RATE
            frame.pict_type = PictureType.I if number in keys else PictureType.NONE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    made, _ = taken_in(path, tmp_path / "taken")
    assert not made.facts.warnings
    for start, end in (
        (0, FRAMES),
        (140, 160),
        (147, 149),
        (150, 151),
        (149, 190),
        (178, 182),
        (210, 220),
        (239, 250),
    ):
        assert [read_number(one) for one in seen(made, tmp_path / "taken", start, end)] == list(range(start, end))
    with pytest.raises(Unsupported, match="more than one form"):
        gathered(made, tmp_path / "taken", tmp_path / "kept.mkv")


def gathered(made: Rewrapped, folder: Path, out: Path) -> None:
    index = load(made.index).video
    chunks, ranks, times = (array("q", one).tobytes() for one in frame_times(index, RATE))
    numbers = range(len(index.alone))
    paths = [folder / f"v-{number:06d}.mkv" for number in numbers]
    gather([GatheredTrack(paths, numbers, chunks, ranks, times, "und")], out)


def test_what_is_kept_is_one_file_where_it_is_of_one_kind(source: Source, tmp_path: Path) -> None:
    made, _ = taken_in(source(recipe("h264-pyramid")), tmp_path / "taken")
    gathered(made, tmp_path / "taken", tmp_path / "kept.mkv")
    assert [read_number(one) for one in decoded(tmp_path / "kept.mkv")] == list(range(FRAMES))


@pytest.mark.parametrize(
    ("pictures", "size", "far"),
    [
        (250, (1920, 1080), False), (250, (3840, 2160), False), (300, (3840, 2160), False),
        (301, (3840, 2160), True), (400, (1280, 720), False), (600, (1280, 720), True),
        (600, (320, 180), False), (1500, (320, 180), True),
    ],
)  # fmt: skip
def test_how_far_is_far(monkeypatch: pytest.MonkeyPatch, pictures: int, size: tuple[int, int], far: bool) -> None:
    monkeypatch.undo()
    assert is_far(pictures, *size) is far


def test_a_part_is_closed_in_display_order() -> None:
    pyramid = [at + step for at in range(0, 400, 4) for step in (4, 2, 1, 3)]
    times = [0, *pyramid]
    count = part_of(times, 10)
    assert count == 13
    assert max(times[:count]) < min(times[count:])
    assert part_of(times[:30], 10) is None
    assert part_of(list(range(5000, 0, -1)), 10) == 5000


def test_damage_keeps_nobody_from_waiting(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a picture that is lost none is whole: what is read still waits for what is made of it, and says so."""
    ahead = [0]

    class Watched(DenseRun):
        def add(self, part: GopPart) -> None:
            super().add(part)
            ahead.append(part.number - len(list(tmp_path.glob("taken/v-*.mkv"))))

    monkeypatch.setattr("inpoint.engine.pictures.DenseRun", Watched)
    monkeypatch.setattr(dense, "_MOST", 10)
    harmed = damaged(source(recipe("h264")), tmp_path / "harmed.mkv", range(40, 46), empty)
    made, _ = taken_in(harmed, tmp_path / "taken")
    assert made.facts.frames == FRAMES
    assert len(ahead) > 20
    assert max(ahead) < 16  # parts that are decoded before, those that are read before, and those that follow a loss


def test_a_wait_is_no_standstill(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(path: Path, pictures: Iterator[av.VideoFrame]) -> None:
        time.sleep(1.2)
        write_pictures(path, pictures)

    monkeypatch.setattr(dense, "write_pictures", slow)
    monkeypatch.setattr("inpoint.engine.reading._TELL_EVERY", 3600.0)
    _, heard = taken_in(source(recipe("h264")), tmp_path / "taken")
    assert len(heard) > 2
