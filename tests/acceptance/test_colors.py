"""Colours: patches in every space that recorders use, made by another build's zscale, and looked at as players do."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import judge
from tests.media import picture
from tests.server import Server

PATCHES = (
    (0, 0, 0), (64, 64, 64), (128, 128, 128), (191, 191, 191), (165, 60, 60), (70, 150, 80), (60, 70, 150),
    (180, 165, 70), (180, 140, 115), (80, 155, 155),
)  # fmt: skip
WIDTH, HEIGHT = 640, 360
NEAR = 5  # of 255


@dataclass(frozen=True)
class Space:
    """How patches are coded: as zscale is told, the pixel format, the encoder's options, and what the file says."""

    name: str
    zscale: str
    pixels: str
    encoder: tuple[str, ...]
    file: str = "mp4"
    tags: tuple[str, ...] = ()
    size: tuple[int, int] = (WIDTH, HEIGHT)
    shown: tuple[tuple[int, int, int], ...] = PATCHES


def tagged(primaries: str, transfer: str, matrix: str, *more: str) -> tuple[str, ...]:
    return ("-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix, *more)


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "qp=4:log-level=none:pools=1")
VP9 = ("-c:v", "libvpx-vp9", "-crf", "4", "-b:v", "0", "-cpu-used", "8", "-deadline", "realtime")
PRORES = ("-c:v", "prores_ks", "-profile:v", "4")
SD, HD, UHD = "p=smpte170m:t=smpte170m:m=smpte170m", "p=bt709:t=bt709:m=bt709", "p=bt2020:t=bt2020-10:m=bt2020nc"
PAL = "p=bt470bg:t=bt709:m=bt470bg"
HLG, PQ = "p=bt2020:t=arib-std-b67:m=bt2020nc:npl=203", "p=bt2020:t=smpte2084:m=bt2020nc:npl=203"
AS_SD, AS_HD, AS_UHD = tagged(*["smpte170m"] * 3), tagged(*["bt709"] * 3), tagged("bt2020", "bt2020-10", "bt2020nc")
AS_HLG, AS_PQ = tagged("bt2020", "arib-std-b67", "bt2020nc"), tagged("bt2020", "smpte2084", "bt2020nc")
HALF = tuple((red // 2, green // 2, blue // 2) for red, green, blue in PATCHES)

SPACES = (
    Space("bt601", SD, "yuv420p", H264, tags=AS_SD),
    Space("bt601-pal", PAL, "yuv420p", H264, tags=tagged("bt470bg", "bt709", "bt470bg")),
    Space("bt709", HD, "yuv420p", H264, tags=AS_HD),
    Space("bt709-full", HD + ":r=full", "yuv420p", H264, tags=(*AS_HD, "-color_range", "pc")),
    Space("jpeg", "p=bt709:t=bt709:m=bt470bg:r=full", "yuvj420p", ("-c:v", "mjpeg", "-q:v", "1"), "avi"),
    Space("untagged-sd", "p=bt709:t=bt709:m=smpte170m", "yuv420p", H264, tags=tagged(*["unknown"] * 3)),
    Space("untagged-hd", HD, "yuv420p", H264, tags=tagged(*["unknown"] * 3), size=(1280, 720)),
    Space("422-10", HD, "yuv422p10le", H264, tags=AS_HD),
    Space("444", HD, "yuv444p", H264, tags=AS_HD),
    Space("rgb-h264", "", "rgb24", ("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0"), "mkv"),
    Space("rgb-ffv1", "", "gbrp", ("-c:v", "ffv1"), "mkv"),
    Space("rgb-qtrle", "", "rgb24", ("-c:v", "qtrle"), "mov"),
    Space("half-qtrle", "", "argb", ("-c:v", "qtrle"), "mov", shown=HALF),
    Space("half-prores", HD, "yuva444p10le", (*PRORES, "-alpha_bits", "16"), "mov", AS_HD, shown=HALF),
    Space("p3", "p=smpte432:t=bt709:m=bt709", "yuv420p10le", HEVC, tags=tagged("smpte432", "bt709", "bt709")),
    Space("bt2020", UHD, "yuv420p10le", HEVC, tags=AS_UHD),
    Space("hlg-hevc", HLG, "yuv420p10le", HEVC, tags=AS_HLG),
    Space("hlg-prores", HLG, "yuv444p10le", PRORES, "mov", AS_HLG),
    Space("hlg-h264", HLG, "yuv420p10le", H264, tags=AS_HLG),
    Space("pq-hevc", PQ, "yuv420p10le", HEVC, tags=AS_PQ),
    Space("pq-hevc-12", PQ, "yuv422p12le", HEVC, tags=AS_PQ),
    Space("pq-vp9", PQ, "yuv420p10le", VP9, "webm", AS_PQ),
)


def painted(size: tuple[int, int], has_alpha: bool) -> bytes:
    """Patches side by side, half transparent where that can be."""
    width, height = size
    rows = np.zeros((height, width, 4), np.uint8)
    for number, patch in enumerate(PATCHES):
        rows[:, width * number // len(PATCHES) : width * (number + 1) // len(PATCHES), :3] = patch
    rows[..., 3] = 128 if has_alpha else 255
    return rows.tobytes()


def recorded(space: Space, folder: Path) -> Path:
    """Ten frames of the patches."""
    path = folder / f"colors-{space.name}.{space.file}"
    has_alpha = "a" in space.pixels
    raw = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{space.size[0]}x{space.size[1]}", "-r", "25", "-i", "pipe:0"]
    into = f"format={'gbrap' if has_alpha else 'gbrp'},zscale=min=gbr:pin=bt709:tin=bt709:rin=full:{space.zscale},"
    steps = (into if space.zscale else "") + f"format={space.pixels}"
    command = [judge.FFMPEG, "-v", "error", "-y", *raw, "-vf", steps, *space.encoder, *space.tags, str(path)]
    subprocess.run(command, input=painted(space.size, has_alpha) * 10, check=True, timeout=60)
    return path


def patches(picture: np.ndarray) -> list[list[int]]:
    """The middle of each patch."""
    height, width = picture.shape[:2]
    places = [round((number + 0.5) * width / len(PATCHES)) for number in range(len(PATCHES))]
    part = picture[height // 4 : -height // 4]
    return [np.median(part[:, at - 6 : at + 6].reshape(-1, 3), axis=0).round().astype(int).tolist() for at in places]


def differ(picture: np.ndarray, wanted: tuple[tuple[int, int, int], ...]) -> int:
    return int(np.abs(np.array(patches(picture)) - np.array(wanted)).max())


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_colours_are_seen_as_they_were(space: Space, server: Server, files: str, sources: Path) -> None:
    media = server.wait(server.create(f"{files}/{recorded(space, sources).name}")["id"])
    seen = {}
    for name, address in judge.variants(server.client, server.playlist(media)).items():
        data = judge.track(server.client, address).data
        assert judge.color_tags(data) == "tv, bt709, bt709, bt709", name
        seen[name] = differ(judge.colours(data)[5], space.shown)
    for kind in ("png", "jpg", "webp"):
        way = media["playbackIds"][0]["id"]
        picture = judge.fetch(server.client, f"{server.url}/{way}/thumbnail.{kind}?width=480")
        seen[kind] = differ(judge.colours(picture)[0], space.shown)
    assert {name: steps for name, steps in seen.items() if steps > NEAR} == {}


def toned(path: Path) -> np.ndarray:
    """A frame as another build brings it down."""
    steps = (
        "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0,"
        "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
    )
    command = [judge.FFMPEG, "-v", "error", "-i", str(path), "-vf", steps, "-c:v", "ffv1", "-f", "matroska", "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    picture: np.ndarray = judge.colours(done.stdout)[0]
    return picture


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_light_stands_beside_another_builds(
    transfer: str, server: Server, files: str, sources: Path, make_ramp: Callable[[str], Path]
) -> None:
    path = make_ramp(transfer)
    media = server.wait(server.create(f"{files}/{path.name}")["id"])
    tracks = judge.variants(server.client, server.playlist(media))
    mine = judge.colours(judge.track(server.client, tracks["video-360p"]).data)[0][180].astype(int).mean(axis=1)
    other = toned(path)[180].astype(int).mean(axis=1)
    assert (np.diff(mine[::8]) >= -1).all()
    assert mine[-8:].min() >= 250
    assert mine[:8].max() <= 4
    assert np.abs(mine - other).max() <= 20


@pytest.fixture
def make_ramp(sources: Path) -> Callable[[str], Path]:
    """From black to the brightest, in signals of a transfer."""

    def make(transfer: str) -> Path:
        path = sources / f"ramp-{transfer}.mp4"
        most = 0.75 if transfer == "smpte2084" else 1.0  # 1000 cd/m²
        ramp = np.round(64 + 876 * most * np.linspace(0, 1, WIDTH)).astype("<u2")
        frame = np.tile(ramp, HEIGHT).tobytes() + np.full(WIDTH * HEIGHT // 2, 512, "<u2").tobytes()
        raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p10le", "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "pipe:0"]
        said = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
        command = [judge.FFMPEG, "-v", "error", "-y", *raw, "-vf", said, *HEVC, str(path)]
        subprocess.run(command, input=frame * 5, check=True, timeout=60)
        return path

    return make


@pytest.mark.parametrize("name", ["hlg-hevc", "half-prores", "p3"])
def test_pictures_that_move_are_each_their_own(name: str, server: Server, files: str, sources: Path) -> None:
    space = next(one for one in SPACES if one.name == name)
    path = sources / f"colors-moving-{name}.{space.file}"
    raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "pipe:0"]
    said = dict(zip(("color_primaries", "color_trc", "colorspace"), space.tags[1::2], strict=False))
    steps = f"format={space.pixels},setparams=" + ":".join(f"{key}={value}" for key, value in said.items())
    command = [judge.FFMPEG, "-v", "error", "-y", *raw, "-vf", steps, *space.encoder, str(path)]
    frames = b"".join(picture(number, WIDTH, HEIGHT).tobytes() for number in range(60))
    subprocess.run(command, input=frames, check=True, timeout=60)
    media = server.wait(server.create(f"{files}/{path.name}")["id"])
    clip = server.clip(media["id"], 0.6, 2.2)
    for one, wanted in ((media, range(60)), (clip, range(15, 55))):
        (track,) = (url for key, url in judge.variants(server.client, server.playlist(one)).items() if "video" in key)
        assert judge.numbers(judge.track(server.client, track).data) == list(wanted)


def test_a_watermark_keeps_its_colours(server: Server, files: str, sources: Path) -> None:
    name = "colors-mark.png"
    command = [
        judge.FFMPEG,
        "-v",
        "error",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-s",
        "640x360",
        "-i",
        "pipe:0",
    ]
    subprocess.run([*command, str(sources / name)], input=painted((640, 360), False), check=True, timeout=60)
    hlg = next(one for one in SPACES if one.name == "hlg-hevc")
    mark: dict[str, Any] = {"type": "watermark", "url": f"{files}/{name}", "width": "100%", "height": "100%"}
    video = {"type": "video", "url": f"{files}/{recorded(hlg, sources).name}"}
    made = server.client.post("/v1/on-demand", json={"inputs": [video, mark], "accessPolicy": "public"})
    media = server.wait(made.json()["data"]["id"])
    tracks = judge.variants(server.client, server.playlist(media))
    assert differ(judge.colours(judge.track(server.client, tracks["video-360p"]).data)[5], PATCHES) <= NEAR
    still = judge.fetch(server.client, f"{server.url}/{media['playbackIds'][0]['id']}/thumbnail.png")
    assert differ(judge.colours(still)[0], PATCHES) <= NEAR
