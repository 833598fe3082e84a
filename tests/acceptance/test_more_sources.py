"""Sources with more to them: turned pictures, several soundtracks, sound that goes on, the largest rungs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest

from tests import judge
from tests.media import SECOND, Recipe, ffmpeg, write_picture
from tests.server import ACCOUNT, TOKEN, Server

FAST = {"g": "30", "bf": "2", "preset": "ultrafast"}

Add = Callable[..., dict[str, Any]]


@pytest.fixture
def add(server: Server, files: str, source: Callable[[Recipe], Path]) -> Add:
    """A ready media of a recipe."""

    def ready(recipe: Recipe, **more: Any) -> dict[str, Any]:
        return server.wait(server.create(f"{files}/{source(recipe).name}", **more)["id"])

    return ready


def numbers_of(server: Server, media: dict[str, Any], width: int = 320, height: int = 180) -> dict[str, list[int]]:
    """Each rendition's frame numbers."""
    tracks = judge.variants(server.client, server.playlist(media))
    return {
        name: judge.numbers(judge.track(server.client, address).data, width, height)
        for name, address in tracks.items()
        if name.startswith("video-")
    }


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_pictures_are_shown_upright(server: Server, add: Add, rotation: int) -> None:
    turned = Recipe(f"turned-{rotation}", frames=90, width=360, height=640, options=FAST, rotation=rotation)
    clip = server.clip(add(turned)["id"], 0.5, 2.5)
    assert numbers_of(server, clip, 180, 320) == {"video-360p": list(range(15, 75))}
    track = next(one for one in clip["tracks"] if one["type"] == "video")
    assert (track["width"], track["height"]) == (360, 640)


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9", "av1"])
@pytest.mark.parametrize("mirror", ["hflip", "vflip"])
@pytest.mark.parametrize("rotation", [0, 90])
def test_mirrored_pictures_are_mirrored(
    server: Server, files: str, sources: Path, codec: str, mirror: str, rotation: int
) -> None:
    """A front camera's; together with turns, all eight ways in which a picture may lie."""
    encoder = {
        "h264": ("libx264", "-preset", "ultrafast"),
        "hevc": ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1"),
        "vp9": ("libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-b:v", "1M"),
        "av1": ("libsvtav1", "-preset", "10", "-svtav1-params", "lp=1"),
    }[codec]
    plain, laid = sources / f"mirror-{codec}-{mirror}-{rotation}.mkv", f"mirrored-{codec}-{mirror}-{rotation}.mp4"
    upright = np.full((320, 180) if rotation else (180, 320), 60, np.uint8)
    upright[20:60, 20:70] = 220  # left and at the top
    mirrored = np.fliplr(upright) if mirror == "hflip" else np.flipud(upright)
    stored = np.rot90(mirrored, -rotation // 90)  # turned counter-clockwise, and then mirrored, to be seen
    size = f"{stored.shape[1]}x{stored.shape[0]}"
    raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-r", "25", "-i", "pipe:0"]
    command = [judge.FFMPEG, "-v", "error", "-y", *raw, "-pix_fmt", "yuv420p", "-c:v", *encoder, str(plain)]
    subprocess.run(command, input=np.ascontiguousarray(stored).tobytes() * 12, check=True, timeout=60)
    told = ["-display_rotation:v:0", str(rotation), f"-display_{mirror}:v:0"]
    ffmpeg(*told, "-i", str(plain), "-c", "copy", str(sources / laid))
    media = server.wait(server.create(f"{files}/{laid}")["id"])
    (track,) = judge.variants(server.client, server.playlist(media)).values()
    shown = judge.pictures(judge.track(server.client, track).data)[5].astype(int)
    away = float(np.abs(shown - upright).mean())
    assert away < 4


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_pictures_that_say_themselves_how_they_lie_and_change_their_size(
    server: Server, files: str, sources: Path, is_mirrored: bool
) -> None:
    """Each says that it is to be mirrored, and then turned counter-clockwise (ITU-T H.264, D.2.27)."""
    parts = []
    for number, (height, width) in enumerate(((640, 360), (320, 180))):
        upright = np.full((height, width), 60, np.uint8)
        upright[height // 9 : height // 3, width // 9 : width // 3] = 220
        stored = np.rot90(upright, -1)
        stored = np.fliplr(stored) if is_mirrored else stored
        said = "h264_metadata=display_orientation=insert:rotate=90" + ":flip=horizontal" * is_mirrored
        size, begins = f"{stored.shape[1]}x{stored.shape[0]}", ["-output_ts_offset", str(number), "-f", "mpegts"]
        raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-r", "25", "-i", "pipe:0"]
        codec = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bsf:v", said]
        command = [judge.FFMPEG, "-v", "error", *raw, *codec, *begins, "pipe:1"]
        frames = np.ascontiguousarray(stored).tobytes() * 25
        parts.append(subprocess.run(command, input=frames, capture_output=True, check=True, timeout=60).stdout)
    name = f"lies-and-changes-{is_mirrored}.ts"
    (sources / name).write_bytes(b"".join(parts))
    media = server.wait(server.create(f"{files}/{name}")["id"])
    (track,) = judge.variants(server.client, server.playlist(media)).values()
    shown = judge.pictures(judge.track(server.client, track).data).astype(int)
    assert shown.shape == (50, 640, 360)
    wanted = np.full((640, 360), 60)
    wanted[640 // 9 : 640 // 3, 360 // 9 : 360 // 3] = 220
    for number in (3, 20, 30, 47):
        away = float(np.abs(shown[number] - wanted).mean())
        assert away < 3, number


def test_every_soundtrack_comes_along(server: Server, add: Add) -> None:
    media = add(Recipe("two-sounds", frames=150, options=FAST, second="deu"))
    clip = server.clip(media["id"], 1.1, 4.3)
    assert [one["languageCode"] for one in clip["tracks"] if one["type"] == "audio"] == ["und", "de"]
    text = server.client.get(server.playlist(clip)).text
    assert 'LANGUAGE="de"' in text
    tracks = judge.variants(server.client, server.playlist(clip))
    for name, seed in (("audio-0", 7), ("audio-1", SECOND)):
        track = judge.track(server.client, tracks[name])
        heard = judge.sound(track.data)
        for place in (1024, len(heard) // 2, len(heard) - 4096):
            away, sure = judge.lag(heard[place:], track.start + place, seed=seed)
            assert (away, sure > 0.9) == (0, True), name


def test_sound_that_goes_on_holds_the_last_picture(server: Server, add: Add) -> None:
    media = add(Recipe("long-sound", frames=60, options=FAST, sound_seconds=5))
    assert media["duration"] == pytest.approx(5, abs=0.05)
    clip = server.clip(media["id"], 1.5, 4.5)
    assert numbers_of(server, clip) == {"video-360p": [*range(45, 60), *[59] * 75]}
    track = judge.track(server.client, judge.variants(server.client, server.playlist(clip))["audio-0"])
    heard = judge.sound(track.data)
    away, sure = judge.lag(heard[-8192:], track.start + len(heard) - 8192)
    assert (away, sure > 0.9) == (0, True)


def test_the_largest_rungs(server: Server, add: Add) -> None:
    large = Recipe("uhd", frames=66, width=3840, height=2160, audio=None, options=FAST | {"crf": "30"})
    media = add(large, maxResolution="2160p")
    times = {"startTime": 1.9, "endTime": 2.2}  # over a seam, and no longer: these frames are large
    clips = {
        most: server.wait(server.create(f"fp_mediaId://{media['id']}", **times, **asked)["id"])
        for most, asked in ((2160, {"maxResolution": "2160p"}), (1080, {}))
    }
    for most, clip in clips.items():
        rungs = [f"video-{height}p" for height in (360, 480, 720, 1080, 1440, 2160) if height <= most]
        assert numbers_of(server, clip) == {rung: list(range(57, 66)) for rung in rungs}
    capped = add(large)
    assert "1440p" not in server.client.get(server.playlist(capped)).text


COVERS: dict[str, list[str]] = {
    "cover": ["-map", "0", "-map", "1", "-c", "copy", "-c:v:1", "png", "-disposition:v:1", "attached_pic"],
    "still": ["-map", "1:v", "-map", "0", "-c", "copy", "-c:v:0", "mjpeg", "-pix_fmt:v:0", "yuvj420p"],
}


def is_green(address: str) -> bool:
    red, green, blue = judge.colours(httpx.get(address, follow_redirects=True).content)[0, 90, 80]
    return bool(green > 200 and max(red, blue) < 80)


@pytest.mark.parametrize("kind", COVERS)
def test_a_cover_stands_for_the_video(
    server: Server, files: str, source: Callable[[Recipe], Path], sources: Path, kind: str
) -> None:
    """Where nobody names a time, nor chose one; not for a part of it."""
    write_picture(sources / "poster.png", 320, 320)
    path = sources / f"poster-{kind}.mp4"
    ffmpeg(
        "-i", source(Recipe("under-a-cover", frames=90, width=320, height=180, options=FAST)), "-i",
        sources / "poster.png", *COVERS[kind], path,
    )  # fmt: skip
    media = server.wait(server.create(f"{files}/{path.name}")["id"])
    thumbnail = media["thumbnail"]
    assert is_green(thumbnail)
    assert judge.size_of(httpx.get(thumbnail).content) == (320, 320)
    assert not is_green(f"{thumbnail}?time=1")
    assert not is_green(server.clip(media["id"], 0, 1)["thumbnail"])
    stream, rights = f"/client/v4/accounts/{ACCOUNT}/stream", {"Authorization": f"Bearer {TOKEN[1]}"}
    with httpx.Client(base_url=server.url, headers=rights) as client:
        uid = client.post(f"{stream}/copy", json={"url": f"{files}/{path.name}"}).json()["result"]["uid"]
        server.wait(str(UUID(uid)))
        shown = f"{server.url}/{uid}/thumbnails/thumbnail.jpg?fit=clip"
        assert is_green(shown)
        assert client.post(f"{stream}/{uid}", json={"thumbnailTimestampPct": 0.5}).status_code == 200
    assert not is_green(shown)
