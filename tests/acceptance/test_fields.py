"""Interlaced recordings: every frame is one moment, wherever a clip begins, and a progressive one is left alone."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import judge
from tests.kinds import paff
from tests.media import ffmpeg
from tests.server import Server

WIDTH, HEIGHT, FRAMES = 720, 576, 32
STEP, BAR = 9, 24  # pixels: how far a bar is from one field to the next, and how wide it is


@dataclass(frozen=True)
class Recording:
    """How fields are laid into frames, and what is told of it."""

    name: str
    file: str
    encoder: tuple[str, ...]
    is_bottom_first: bool = False
    warned: tuple[str, ...] = ()


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-g", "12")
FIELDS = ("-flags", "+ildct+ilme")
RECORDINGS = (
    Recording("h264-mbaff", "mp4", (*H264, *FIELDS, "-x264opts", "tff=1")),
    Recording("h264-mbaff-bottom", "ts", (*H264, *FIELDS, "-x264opts", "bff=1"), is_bottom_first=True),
    Recording("mpeg2", "ts", ("-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", *FIELDS)),
    Recording("prores", "mov", ("-c:v", "prores_ks", *FIELDS)),
    Recording("dv", "avi", ("-c:v", "dvvideo", *FIELDS), is_bottom_first=True),
    Recording("untold", "mp4", H264, warned=("guessed",)),
    Recording("untold-bottom", "mkv", H264, is_bottom_first=True, warned=("guessed",)),
)


def moment(number: int) -> np.ndarray:
    """A light bar on a dark ground, further to the right in each field."""
    picture = np.full((HEIGHT, WIDTH), 50, np.uint8)
    left = 30 + STEP * number
    picture[:, left : left + BAR] = 210
    return picture


def woven(is_bottom_first: bool) -> bytes:
    """Two moments to a frame."""
    frames = []
    for number in range(FRAMES):
        frame = moment(2 * number)
        later = moment(2 * number + 1)
        frame[1::2] = later[1::2]
        if is_bottom_first:
            frame[0::2], frame[1::2] = later[0::2], moment(2 * number)[1::2]
        frames.append(frame.tobytes())
    return b"".join(frames)


def recorded(recording: Recording, folder: Path) -> Path:
    path = folder / f"fields-{recording.name}.{recording.file}"
    order = "bff" if recording.is_bottom_first else "tff"
    steps = f"setfield={order if FIELDS[1] in recording.encoder else 'prog'},format=yuv420p"
    steps += ",format=yuv422p10le" if recording.name == "prores" else ""
    raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "pipe:0"]
    command = [judge.FFMPEG, "-v", "error", "-y", *raw, "-vf", steps, *recording.encoder, str(path)]
    subprocess.run(command, input=woven(recording.is_bottom_first), check=True, timeout=60)
    return path


def bars(picture: np.ndarray) -> tuple[float, float]:
    """Where the bar's middle is, in pixels of the source, and how far rows differ about it."""
    light = picture[picture.shape[0] // 8 : -picture.shape[0] // 8].astype(float)
    light = np.clip(light - 110, 0, None)
    places = (light * np.arange(light.shape[1])).sum(axis=1) / light.sum(axis=1) * WIDTH / light.shape[1]
    return float(places.mean()), float(places.max() - places.min())


def shown(server: Server, media: dict[str, Any], name: str) -> list[int]:
    """The moment that each frame shows. None shows two."""
    track = judge.track(server.client, judge.variants(server.client, server.playlist(media))[name])
    found: list[int] = []
    for picture in judge.pictures(track.data):
        middle, spread = bars(picture)
        assert spread < STEP / 3, (len(found), spread)
        found.append(round((middle - 30 - BAR / 2 + 0.5) / STEP))
    return found


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: one.name)
def test_every_frame_is_one_moment(recording: Recording, server: Server, files: str, sources: Path) -> None:
    media = server.wait(server.create(f"{files}/{recorded(recording, sources).name}")["id"])
    told = server.client.get(f"/api/v1/media/{media['id']}").json()
    assert (told["rate"], [one["code"] for one in told["warnings"]]) == ("25", list(recording.warned))
    rungs = [name for name in judge.variants(server.client, server.playlist(media)) if name.startswith("video")]
    for name in rungs:
        assert shown(server, media, name) == list(range(0, 2 * FRAMES, 2)), name
    for start, end in ((0.2, 0.9), (0.48, 0.52), (0, 0.04)):
        clip = server.clip(media["id"], start, end)
        assert shown(server, clip, rungs[-1]) == list(range(round(start * 50), round(end * 50), 2)), (start, end)
    way = media["playbackIds"][0]["id"]
    still = judge.fetch(server.client, f"{server.url}/{way}/thumbnail.png?time=0.4")
    middle, spread = bars(judge.pictures(still)[0])
    assert spread < STEP
    assert round((middle - 30 - BAR / 2) / STEP) == 20


@pytest.mark.parametrize("file", ["ts", "mp4", "mkv"])
@pytest.mark.parametrize("is_bottom_first", [False, True])
def test_fields_that_are_pictures_of_their_own(
    file: str, is_bottom_first: bool, server: Server, files: str, sources: Path
) -> None:
    frames = np.frombuffer(woven(is_bottom_first), np.uint8).reshape(FRAMES, HEIGHT, WIDTH)
    path = sources / f"fields-paff-{is_bottom_first}.{file}"
    command = [judge.FFMPEG, "-v", "error", "-y", "-f", "h264", "-framerate", "50", "-i", "pipe:0", "-c", "copy"]
    coded = paff.stream(list(frames), is_bottom_first=is_bottom_first)
    subprocess.run([*command, str(path)], input=coded, check=True, timeout=60)
    media = server.wait(server.create(f"{files}/{path.name}")["id"])
    told = server.client.get(f"/api/v1/media/{media['id']}").json()
    assert (told["rate"], told["warnings"]) == ("25", [])
    assert shown(server, media, "video-480p") == list(range(0, 2 * FRAMES, 2))
    assert shown(server, server.clip(media["id"], 0.48, 0.6), "video-480p") == [24, 26, 28]


def test_parameter_sets_beside_the_fields_are_read(server: Server, files: str, sources: Path) -> None:
    """A file that was cut: its first sample doesn't repeat them."""
    frames = np.frombuffer(woven(is_bottom_first=False), np.uint8).reshape(FRAMES, HEIGHT, WIDTH)
    whole, cut = sources / "fields-paff-whole.mp4", sources / "fields-paff-cut.mp4"
    command = [judge.FFMPEG, "-v", "error", "-y", "-f", "h264", "-framerate", "50", "-i", "pipe:0", "-c", "copy"]
    subprocess.run([*command, str(whole)], input=paff.stream(list(frames)), check=True, timeout=60)
    ffmpeg("-ss", "0.4", "-i", str(whole), "-c", "copy", str(cut))
    media = server.wait(server.create(f"{files}/{cut.name}")["id"])
    assert server.client.get(f"/api/v1/media/{media['id']}").json()["rate"] == "25"
    assert shown(server, media, "video-480p") == list(range(20, 64, 2))


def test_pictures_too_small_for_fields_are_left_alone(server: Server, files: str, sources: Path) -> None:
    source = ["-f", "lavfi", "-i", "testsrc=size=64x4:rate=25:duration=1"]
    ffmpeg(*source, "-vf", "setfield=tff,format=yuv420p", "-c:v", "mpeg2video", *FIELDS, str(sources / "small.mkv"))
    media = server.wait(server.create(f"{files}/small.mkv")["id"])
    (track,) = judge.variants(server.client, server.playlist(media)).values()
    assert len(judge.pictures(judge.track(server.client, track).data)) == 25


def test_a_clip_of_fields_outlives_its_source(serve: Any, files: str, sources: Path) -> None:
    server = serve(INPOINT_FILL="none", INPOINT_SWEEP_AFTER="0.2")
    media = server.wait(server.create(f"{files}/{recorded(RECORDINGS[0], sources).name}")["id"])
    clip = server.clip(media["id"], 0.48, 0.96)
    wanted = list(range(24, 48, 2))
    assert server.client.delete(f"/v1/on-demand/{media['id']}").is_success
    assert shown(server, clip, "video-360p") == wanted


def test_progressive_pictures_are_left_alone(server: Server, files: str, sources: Path) -> None:
    path = sources / "fields-none.mp4"
    raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "pipe:0"]
    moments = b"".join(moment(2 * number).tobytes() for number in range(FRAMES))
    command = [judge.FFMPEG, "-v", "error", "-y", *raw, "-vf", "format=yuv420p", *H264, str(path)]
    subprocess.run(command, input=moments, check=True, timeout=60)
    media = server.wait(server.create(f"{files}/{path.name}")["id"])
    assert server.client.get(f"/api/v1/media/{media['id']}").json()["warnings"] == []
    assert shown(server, media, "video-360p") == list(range(0, 2 * FRAMES, 2))
