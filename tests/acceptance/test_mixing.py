"""Sound of any number of channels is heard from two, by the usual coefficients, and never clipped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import judge
from tests.media import ffmpeg
from tests.server import Server

HALF = 0.5**0.5
#: What the left and the right side hear of each channel, in the order of the layout (ITU-R BS.775).
FIVE = ((1, 0), (0, 1), (HALF, HALF), (0, 0), (HALF, 0), (0, HALF))
SEVEN = (*FIVE, (HALF, 0), (0, HALF))
LAYOUTS: dict[str, tuple[str, Sequence[tuple[float, float]], tuple[str, ...]]] = {
    "mono.mp4": ("mono", ((1, 1),), ("aac",)),
    "mono.mkv": ("mono", ((1, 1),), ("pcm_s16le", "-ar", "8000")),
    "stereo.mkv": ("stereo", ((1, 0), (0, 1)), ("flac", "-ar", "192000")),
    "quad.mkv": ("quad", ((1, 0), (0, 1), (HALF, 0), (0, HALF)), ("flac",)),
    "five.mp4": ("5.1", FIVE, ("aac", "-b:a", "600k")),
    "five.ts": ("5.1(side)", FIVE, ("ac3", "-b:a", "640k")),
    "five.mkv": ("5.1", FIVE, ("libopus", "-b:a", "600k")),
    "seven.mkv": ("7.1", SEVEN, ("flac",)),
    "seven.mov": ("7.1", SEVEN, ("pcm_s24le",)),
    "sphere.mkv": ("ambisonic 1", ((1, 1), (0, 0), (0, 0), (0, 0)), ("libopus", "-mapping_family", "2")),
}


def tone(channel: int) -> int:
    return 400 + 150 * channel


def recorded(folder: Path, name: str, sources: Sequence[str]) -> Path:
    """Two seconds of what each channel sounds."""
    layout, _, encoder = LAYOUTS[name]
    path = folder / f"mixing-{name}"
    picture = ["-f", "lavfi", "-i", "color=gray:size=320x180:rate=25:duration=2"]
    plain = layout if "ambisonic" not in layout else "4.0"
    sound = ["-f", "lavfi", "-i", f"aevalsrc={'|'.join(sources)}:d=2:s=48000:c={plain}"]
    renamed = ["-af", "channelmap=0|1|2|3:ambisonic 1"] if plain != layout else []
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", *encoder, "-strict", "-2"]
    ffmpeg(*picture, *sound, *renamed, *codec, str(path))
    return path


def heard(server: Server, media: dict[str, Any]) -> np.ndarray:
    """Both channels, but for half a second at either end."""
    track = judge.track(server.client, judge.variants(server.client, server.playlist(media))["audio-0"])
    raw = judge.raw_sound(track.data)
    return raw[24_000:-24_000]


def level(samples: np.ndarray, frequency: int) -> float:
    """How loud a tone is, 1 being full scale."""
    wave = np.exp(-2j * np.pi * frequency * np.arange(len(samples)) / 48_000)
    return float(2 * abs((samples * wave).mean()))


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_channel_is_heard_where_it_belongs(name: str, server: Server, files: str, sources: Path) -> None:
    _, wanted, _ = LAYOUTS[name]
    loud = 0.4
    tones = [f"{loud}*sin(2*PI*{tone(number)}*t)" for number in range(len(wanted))]
    media = server.wait(server.create(f"{files}/{recorded(sources, name, tones).name}")["id"])
    sound = heard(server, media)
    whole = max(1.0, *(sum(one[side] for one in wanted) for side in (0, 1)))
    for number, sides in enumerate(wanted):
        for side in (0, 1):
            assert level(sound[:, side], tone(number)) == pytest.approx(loud * sides[side] / whole, abs=0.02), (
                number, side,
            )  # fmt: skip


@pytest.mark.parametrize("name", ["five.mp4", "five.ts", "five.mkv", "seven.mkv"])
def test_nothing_is_clipped(name: str, server: Server, files: str, sources: Path) -> None:
    tones = ["0.9*sin(2*PI*440*t)"] * len(LAYOUTS[name][1])
    path = recorded(sources, name, tones)
    path = path.rename(path.with_name(f"loud-{path.name}"))
    sound = heard(server, server.wait(server.create(f"{files}/{path.name}")["id"]))
    assert 0.85 < np.abs(sound).max() < 1
    assert level(sound[:, 0], 1320) < 0.01, "a clipped tone has others beside it"
