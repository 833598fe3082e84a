"""Sources whose times are odd: edits, clocks that begin again or leap, sound before and after the picture, slides."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

from inpoint.model.cmaf import boxes
from tests import judge
from tests.acceptance.test_recorders import shown
from tests.media import Recipe
from tests.server import Server

RATE = Fraction(25)
OPTIONS = {"preset": "ultrafast", "g": "50", "bf": "2"}
PLAIN = Recipe("times-plain", rate=RATE, frames=200, width=320, height=180, options=OPTIONS)
Source = Callable[[Recipe], Path]


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


def heard(server: Server, media_id: str) -> list[tuple[float, int, float]]:
    """At tenths of a media's sound: the second, by how many samples it lies off, and how surely."""
    track = judge.track(
        server.client, judge.variants(server.client, server.playlist(server.media(media_id)))["audio-0"]
    )
    samples = judge.sound(track.data)
    places = [len(samples) * tenth // 10 for tenth in range(1, 10)]
    return [(at / 48_000, *judge.lag(samples[at:], at)) for at in places]


def edited(path: Path, out: Path, edits: Sequence[tuple[Fraction, Fraction]]) -> None:
    """The MP4 with an edit list in every track: starts and durations in seconds (ISO/IEC 14496-12, 8.6.6)."""
    data = path.read_bytes()
    moov, mdat = (next((s, e) for kind, s, e in boxes(data) if kind == name) for name in (b"moov", b"mdat"))
    assert moov[0] > mdat[0], "offsets hold only where the index comes last"
    inner = b""
    for kind, start, end in boxes(data, *moov):
        body = data[start:end]
        if kind == b"trak":
            parts = [(k, data[s:e]) for k, s, e in boxes(data, start, end) if k != b"edts"]
            told = next(s for k, s, _ in boxes(data, *_inside(data, start, end, b"edts")) if k == b"elst")
            zero = struct.unpack_from(">i", data, told + 12)[0]  # where the first picture is, or the sound begins
            ((at, _),) = [(s, e) for k, s, e in boxes(data, *_inside(data, start, end, b"mdia")) if k == b"mdhd"]
            scale = struct.unpack_from(">I", data, at + 12)[0]
            entries = b"".join(
                struct.pack(">IiI", round(lasts * 1000), zero + round(begins * scale), 1 << 16)
                for begins, lasts in edits
            )
            elst = struct.pack(">II", 0, len(edits)) + entries
            parts.insert(1, (b"edts", _box(b"elst", elst)))
            body = b"".join(_box(k, one) for k, one in parts)
        inner += _box(kind, body)
    out.write_bytes(data[: moov[0] - 8] + _box(b"moov", inner) + data[moov[1] :])


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _inside(data: bytes, start: int, end: int, name: bytes) -> tuple[int, int]:
    return next((s, e) for kind, s, e in boxes(data, start, end) if kind == name)


@pytest.mark.parametrize(
    "edits",
    [[(1, 3)], [(1, 2), (5, 2)], [(4, 2), (0, 2)], [(0, 1), (2, 1), (4, 1), (6, 1)], [(2, 1), (2, 1)]],
    ids=str,
)
def test_edits_are_played_one_after_another(
    server: Server, files: str, source: Source, sources: Path, edits: list[tuple[int, int]]
) -> None:
    out = sources / "edited.mp4"
    edited(source(PLAIN), out, [(Fraction(begins), Fraction(lasts)) for begins, lasts in edits])
    media = server.wait(server.create(f"{files}/{out.name}")["id"])
    wanted = [25 * begins + number for begins, lasts in edits for number in range(25 * lasts)]
    assert shown(server, media) == wanted


@pytest.mark.parametrize("offsets", [(0, 0), (0, 54_000), (90_000, 10), (0, 700, 0)], ids=str)
def test_clocks_that_begin_again_or_leap_are_laid_end_to_end(
    server: Server, files: str, source: Source, sources: Path, offsets: tuple[int, ...]
) -> None:
    """Recordings one behind another in one file, each with a clock of its own."""
    parts = []
    for number, offset in enumerate(offsets):
        part = sources / f"part-{number}.ts"
        ffmpeg("-i", source(PLAIN), "-c", "copy", "-output_ts_offset", str(offset), part)
        parts.append(part.read_bytes())
    out = sources / "joined.ts"
    out.write_bytes(b"".join(parts))
    media = server.wait(server.create(f"{files}/{out.name}")["id"])
    numbers = shown(server, media)
    changes = [number for place, number in enumerate(numbers) if place == 0 or numbers[place - 1] != number]
    assert changes == list(range(200)) * len(offsets)
    assert len(numbers) <= 200 * len(offsets) + 4 * len(offsets)


def test_sound_before_the_first_picture_is_heard(server: Server, files: str, source: Source, sources: Path) -> None:
    out = sources / "late-picture.mp4"
    ffmpeg(
        "-i", source(PLAIN), "-itsoffset", "2.5", "-i", source(PLAIN), "-map", "1:v", "-map", "0:a", "-c", "copy", out
    )
    media = server.wait(server.create(f"{files}/{out.name}")["id"])
    numbers = shown(server, media)
    assert numbers[62:] == list(range(len(numbers) - 62))
    assert set(numbers[:62]) == {0}
    assert all(abs(away) <= 48 for at, away, _ in heard(server, media["id"]) if at < 7.5)


@pytest.mark.parametrize("seconds", [9, 11])
def test_sound_after_the_last_picture_is_heard(server: Server, files: str, source: Source, seconds: int) -> None:
    longer = Recipe(
        f"times-longer-{seconds}",
        rate=RATE,
        frames=200,
        width=320,
        height=180,
        options=OPTIONS,
        sound_seconds=seconds,
    )
    media = server.wait(server.create(f"{files}/{source(longer).name}")["id"])
    numbers = shown(server, media)
    assert numbers[:200] == list(range(200))
    assert set(numbers[200:]) == {199}
    assert len(numbers) == pytest.approx(seconds * 25, abs=1)


def test_of_several_programmes_one_is_played(server: Server, files: str, source: Source, sources: Path) -> None:
    other = Recipe("times-other", rate=RATE, frames=100, width=320, height=180, options=OPTIONS, second="de")
    out = sources / "multiplex.ts"
    ffmpeg(
        "-i", source(PLAIN), "-i", source(other), "-map", "0", "-map", "1", "-c", "copy",
        "-program", "title=one:st=0:st=1", "-program", "title=two:st=2:st=3:st=4", out,
    )  # fmt: skip
    media = server.wait(server.create(f"{files}/{out.name}")["id"])
    assert [one["type"] for one in media["tracks"]] == ["video", "audio"]
    assert shown(server, media) == list(range(200))
    assert all(abs(away) <= 48 for _, away, _ in heard(server, media["id"]))


def test_slides_are_cut_anywhere(server: Server, files: str, source: Source) -> None:
    slides = Recipe(
        "times-slides", rate=Fraction(25), frames=12, width=320, height=180, options=OPTIONS,
        times=[1000 * number for number in range(12)], container="mkv",
    )  # fmt: skip
    media = server.wait(server.create(f"{files}/{source(slides).name}")["id"])
    clip = server.clip(media["id"], 3.2, 3.9)
    assert set(shown(server, clip)) == {3}
    longer = server.clip(media["id"], 3.2, 7.9)
    assert float(longer["frameRate"].partition("/")[0]) >= 24
    assert list(dict.fromkeys(shown(server, longer))) == [3, 4, 5, 6, 7]
    assert all(
        abs(away - round(3.2 * 48_000) // 1024 * 1024) <= 1100
        for _, away, sure in heard(server, longer["id"])
        if sure > 0.8
    )
