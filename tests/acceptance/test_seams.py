"""Sound goes on over every seam as if there were none: of segments, of clips' edges, of what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from tests import judge
from tests.media import picture
from tests.server import Server

SECONDS = 13
FRAME = 1024


def tone(times: np.ndarray, channel: int) -> np.ndarray:
    return 0.7 * np.sin(2 * np.pi * (440 + 55 * channel) * times)


def music(times: np.ndarray, channel: int) -> np.ndarray:
    """Chords that come and go, with a drum four times a second."""
    rng = np.random.default_rng(channel)
    chords = sum(
        0.1 * np.sin(2 * np.pi * pitch * times) * (np.sin(2 * np.pi * times / 2 + place) > -0.3)
        for place, pitch in enumerate((220, 277, 330, 440, 880, 1760))
    )
    drum = 0.4 * rng.standard_normal(len(times)) * np.exp(-(times % 0.25) / 0.012)
    return np.asarray(chords + drum)


def speech(times: np.ndarray, channel: int) -> np.ndarray:
    """A buzz of syllables, with pauses."""
    del channel
    buzz = sum(np.sin(2 * np.pi * 120 * n * times) / n for n in range(1, 25))
    return np.asarray(0.2 * buzz * np.maximum(0, np.sin(2 * np.pi * 3.3 * times)) * (np.sin(times) > -0.7))


def silence(times: np.ndarray, channel: int) -> np.ndarray:
    del channel
    return np.zeros(len(times))


KINDS = [
    (tone, 48_000, "stereo"), (tone, 44_100, "mono"), (music, 48_000, "5.1"), (music, 44_100, "stereo"),
    (music, 48_000, "mono"), (speech, 48_000, "mono"), (speech, 44_100, "5.1"), (silence, 44_100, "stereo"),
]  # fmt: skip


def write(path: Path, sound: Callable[[np.ndarray, int], np.ndarray], rate: int, layout: str) -> None:
    """Thirteen seconds of it, over a small picture."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "50"})
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        audio = out.add_stream("flac", rate=rate, layout=layout)
        for number in range(SECONDS * 25):
            frame = av.VideoFrame.from_ndarray(picture(number, 160, 90), format="gray").reformat(format="yuv420p")
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        times = np.arange(SECONDS * rate) / rate
        channels = av.AudioLayout(layout).nb_channels
        planes = np.stack([sound(times, channel) for channel in range(channels)]) * 32_000
        for at in range(0, planes.shape[1], 4096):
            block = np.ascontiguousarray(planes[:, at : at + 4096].astype(np.int16).T.reshape(1, -1))
            heard = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
            heard.sample_rate, heard.pts = rate, at
            out.mux(audio.encode(heard))
        out.mux(audio.encode(None))


def errors(heard: np.ndarray, original: np.ndarray, at: int) -> np.ndarray:
    """The greatest error in each AAC frame of what is heard, which begins ``at`` a sample of the original."""
    count = len(heard) // FRAME
    wrong = np.abs(heard[: count * FRAME] - original[at : at + count * FRAME])
    return np.asarray(wrong.reshape(count, FRAME).max(axis=1))


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[0].__name__}-{kind[1]}-{kind[2]}")
def source(request: pytest.FixtureRequest, sources: Path) -> Iterator[Path]:
    kind, rate, layout = request.param
    path = sources / f"seams-{kind.__name__}-{rate}-{layout}.mkv"
    write(path, kind, rate, layout)
    yield path
    path.unlink()


def test_no_seam_is_heard(server: Server, files: str, source: Path) -> None:
    media = server.wait(server.create(f"{files}/{source.name}")["id"])
    original = judge.sound(source.read_bytes())
    original = np.pad(original, (0, 4 * FRAME))
    clip = server.clip(media["id"], 1.3, 11.07)
    for one in (media, clip):
        track = judge.track(server.client, judge.variants(server.client, server.playlist(one))["audio-0"])
        sequences = [judge.windows(segment) for segment in track.segments]
        assert len(sequences) > 5
        for before, after in pairwise(sequences):
            assert after[0] in judge.FOLLOWED_BY[before[-1]], (before[-3:], after[:3])
        heard = judge.sound(track.data)
        begins = 0 if one is media else round(1.3 * 48_000) // FRAME * FRAME
        wrong = errors(heard, original, begins)
        seams = np.cumsum([len(one) for one in sequences])[:-1]
        beside = {frame + by for frame in seams.tolist() for by in (-1, 0)}
        inner = [frame for frame in range(2, len(wrong) - 4) if frame not in beside]
        at_seams = max(wrong[frame] for frame in beside if frame < len(wrong) - 4)
        assert at_seams <= 1.1 * max(wrong[frame] for frame in inner) + 1e-4
