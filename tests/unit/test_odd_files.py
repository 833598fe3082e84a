"""Files that say strange things, or little: what there is of them is taken in, and nothing is the machine's fault."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import numpy as np
import pytest

from inpoint.engine import probe
from inpoint.engine.decode import frames
from inpoint.engine.entries import Entries
from inpoint.engine.failures import translated
from inpoint.engine.order import counted
from inpoint.engine.rewrap import rewrap
from inpoint.errors import Damaged, Unsupported
from inpoint.model.cmaf import boxes
from inpoint.model.index import FramePlace, load
from inpoint.ports.orders import Chunk, RewrapOrder, Rewrapped
from tests.kinds.edits import edited
from tests.media import Recipe, ffmpeg, make, write_noise

SECONDS = 10


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    write_noise(tmp_path / "sound.m4a", "aac", 48_000, SECONDS, 7)
    return tmp_path / "sound.m4a"


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return make(Recipe("odd", frames=100, rate=Fraction(25), width=320, height=180), tmp_path)


def taken(path: Path) -> Rewrapped:
    out = path.parent / f"taken-{path.stem}"
    out.mkdir()
    return rewrap(RewrapOrder(path, out, 3600), lambda percent: None)


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def test_a_track_that_says_nothing_is_passed_over(video: Path, sound: Path) -> None:
    for path in (video, sound):
        data = path.read_bytes()
        ((start, end),) = [(s, e) for kind, s, e in boxes(data) if kind == b"moov"]
        odd = path.with_stem(f"{path.stem}-odd")
        moov = box(b"moov", data[start:end] + box(b"trak", b"") + box(b"trak", box(b"tkhd", b"")))
        odd.write_bytes(data[: start - 8] + moov + data[end:])
        assert taken(odd).facts.frames == taken(path).facts.frames


@pytest.mark.parametrize("size", [0, 7, 1 << 63, (1 << 64) - 16, (1 << 63) - 200])
def test_boxes_of_impossible_sizes_are_no_video(tmp_path: Path, size: int) -> None:
    path = tmp_path / "sizes.mp4"
    path.write_bytes(box(b"ftyp", b"isom\0\0\2\0isom") + struct.pack(">I4sQ", 1, b"mdat", size) + bytes(64))
    with pytest.raises(Unsupported):
        taken(path)


def test_sound_alone_is_taken_in_once(sound: Path) -> None:
    """Every soundtrack is read by its edits: none is left to be read as it lies."""
    cut = sound.with_stem("cut")
    edited(sound, cut, [(Fraction(0), Fraction(3)), (Fraction(5), Fraction(3))])
    made = taken(cut)
    index = load(made.index).audio[0]
    assert list(index.start) == sorted(index.start)
    assert made.facts.frames / made.facts.rate == pytest.approx(6, abs=0.05)
    assert not made.facts.warnings


@pytest.mark.parametrize("edits", [((0, 1), (2000, 1)), ((0, 1), (2, 50_000))])
def test_edits_that_say_more_than_there_is(video: Path, edits: tuple[tuple[int, int], ...]) -> None:
    cut = video.with_stem("cut")
    edited(video, cut, [(Fraction(begins), Fraction(lasts)) for begins, lasts in edits])
    assert 1 <= taken(cut).facts.frames / 25 < 5


def test_an_empty_soundtrack_with_edits(video: Path) -> None:
    options, cut = {"bf": "0", "preset": "ultrafast"}, video.with_name("cut.mov")
    lossless = Recipe("lossless", "libx264", "mov", Fraction(25), 100, 320, 180, audio=("pcm_s16le", 48_000))
    edited(
        make(replace(lossless, options=options), video.parent),
        cut,
        [(Fraction(0), Fraction(1)), (Fraction(2), Fraction(1))],
    )
    data = bytearray(cut.read_bytes())
    entry = data.find(b"sowt")
    for table, at in ((b"stts", 8), (b"stsc", 8), (b"stsz", 8), (b"stsz", 12), (b"stco", 8)):
        place = data.find(table, entry) + at
        data[place : place + 4] = bytes(4)
    cut.write_bytes(data)
    assert taken(cut).facts.frames == 50


def covered(path: Path, cover: bytes) -> Path:
    """The file with a JPEG for a cover."""
    out = path.with_stem(f"{path.stem}-covered")
    (path.parent / "cover.jpg").write_bytes(cover)
    ffmpeg(
        "-i", path, "-i", path.parent / "cover.jpg", "-map", "0", "-map", "1", "-c", "copy",
        f"-disposition:v:{int(path.suffix == '.mp4')}", "attached_pic", out,
    )  # fmt: skip
    return out


def jpeg(folder: Path, turned: int | None = None) -> bytes:
    """Light above, dark below; noise, so that each part of its bytes counts. ``turned`` as a camera says it."""
    light = np.random.default_rng(1).integers(150, 250, (360, 640), np.uint8)
    light[180:] -= 140
    path = folder / "made.jpg"
    with av.open(str(path), "w", format="image2") as out:
        stream = cast(Any, out.add_stream("mjpeg", rate=1))
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuvj420p"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(light, format="gray").reformat(format="yuvj420p")))
        out.mux(stream.encode(None))
    data = path.read_bytes()
    if turned is None:
        return data
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHHI", 0x112, 3, 1, turned, 0, 0)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def poster(path: Path) -> np.ndarray:
    chunk = Chunk(0, (path.parent / f"taken-{path.stem}" / "poster.mkv").read_bytes())
    (picture,) = frames([chunk], [FramePlace(0, 0)], 1)
    return picture.to_ndarray(format="gray")


def test_a_cover_is_kept_upright(video: Path) -> None:
    path = covered(video, jpeg(video.parent, turned=6))
    assert taken(path).facts.poster == (360, 640)
    shown = poster(path)
    assert shown.shape == (640, 360)
    assert shown[:, 250:].mean() > shown[:, :100].mean() + 80


@pytest.mark.parametrize("kind", ["video", "sound"])
def test_a_cover_that_is_cut_off_or_too_large_is_none(
    video: Path, sound: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = video if kind == "video" else sound
    whole = jpeg(path.parent)
    cut = taken(covered(path, whole[: len(whole) * 7 // 10])).facts
    large = path.with_stem("large")
    path.rename(large)
    monkeypatch.setattr(probe, "_LARGEST_COVER", 640 * 360 - 1)
    for facts in (cut, taken(covered(large, whole)).facts):
        assert facts.poster is None
        assert (facts.video.width, facts.video.height) == ((320, 180) if kind == "video" else (640, 360))
        assert facts.video.codec == "h264"


def test_few_pictures_keep_no_sound_waiting() -> None:
    """An AVI of a picture and an hour of sound isn't held in memory until the third picture comes."""
    read = itertools.count()

    def packets() -> Iterator[Any]:
        for number in range(10_000):
            next(read)
            yield SimpleNamespace(stream_index=min(number, 1), dts=number, pts=None)

    given = counted(packets(), cast(Any, SimpleNamespace(index=0)))
    assert next(given).pts == 0
    assert next(read) < 5000
    assert sum(1 for _ in given) == 9999


def test_what_is_entered_anew_needs_nothing_before_it() -> None:
    entries = Entries()
    assert entries.begin(0, 0) == 0
    entries.forget()
    assert entries.begin(29, 0) == 0


def test_memory_that_a_source_takes_is_its_own_fault() -> None:
    with pytest.raises(Damaged), translated():
        raise MemoryError
