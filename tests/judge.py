"""The judge: an ffmpeg of another build than the one under test decodes what the server sends."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

import httpx
import imageio_ffmpeg
import numpy as np

from inpoint.model.cmaf import read_segment
from tests.media import AUDIO_BASE, FIRST, noise, read_number

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@dataclass
class Track:
    """What a media playlist names, fetched."""

    init: bytes
    segments: list[bytes]
    seconds: list[float]
    text: str

    @property
    def data(self) -> bytes:
        return self.init + b"".join(self.segments)

    @property
    def start(self) -> int:
        return read_segment(self.segments[0]).time


def fetch(client: httpx.Client, url: str, patience: int = 60) -> bytes:
    """A GET that comes back when it is told to."""
    for _ in range(patience):
        response = client.get(url)
        if response.status_code != 503:
            break
    assert response.status_code == 200, (url, response.status_code, response.text[:200])
    return response.content


def variants(client: httpx.Client, url: str) -> dict[str, str]:
    """Media playlists' addresses by name: "video-360p", "audio-0", …, as the multivariant playlist lists them."""
    text = fetch(client, url).decode()
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            address = line
        elif line.startswith("#EXT-X-MEDIA"):
            address = line.split('URI="')[1].split('"')[0]
        else:
            continue
        found[address.partition("?")[0].rsplit("/", 1)[-1].removesuffix(".m3u8")] = urljoin(url, address)
    return found


def track(client: httpx.Client, url: str) -> Track:
    """All that a media playlist names."""
    parts = sections(client, url)
    assert "#EXT-X-ENDLIST" in parts[-1].text
    return Track(
        parts[-1].init,
        [segment for part in parts for segment in part.segments],
        [length for part in parts for length in part.seconds],
        "#EXT-X-DISCONTINUITY\n".join(part.text for part in parts),
    )


def sections(client: httpx.Client, url: str) -> list[Track]:
    """What a media playlist names, by its discontinuities."""
    return [_section(client, url, part) for part in fetch(client, url).decode().split("#EXT-X-DISCONTINUITY\n")]


def _section(client: httpx.Client, url: str, text: str) -> Track:
    init, segments, seconds = b"", [], []
    for line in text.splitlines():
        if line.startswith("#EXT-X-MAP"):
            init = fetch(client, urljoin(url, line.split('URI="')[1].split('"')[0]))
        elif line.startswith("#EXTINF:"):
            seconds.append(float(line[8:].split(",")[0]))
        elif line and not line.startswith("#"):
            segments.append(fetch(client, urljoin(url, line)))
    return Track(init, segments, seconds, text)


def _run(arguments: list[str], data: bytes) -> bytes:
    done = subprocess.run(
        [FFMPEG, "-v", "error", "-xerror", *arguments], input=data, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    assert not done.stderr, done.stderr.decode()[-500:]
    return done.stdout


def numbers(data: bytes, width: int = 320, height: int = 180) -> list[int]:
    """The number that each frame carries, every decoded frame once."""
    raw = _run(
        ["-i", "pipe:0", "-an", "-fps_mode", "passthrough", "-vf", f"scale={width}:{height}:flags=area",
         "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"],
        data,
    )  # fmt: skip
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, height, width)
    return [read_number(one) for one in pictures]


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height that a decoder finds."""
    done = subprocess.run([FFMPEG, "-hide_banner", "-i", "pipe:0"], input=data, capture_output=True, check=False)
    found = re.search(r"Video: .*?, (\d+)x(\d+)", done.stderr.decode())
    assert found, done.stderr.decode()[-500:]
    return int(found[1]), int(found[2])


def pictures(data: bytes) -> np.ndarray:
    """Every picture of an image or a video, grey, at its own size."""
    return _decoded(data, "gray")


def picture_hashes(video: bytes | Path) -> list[str]:
    """A hash of every decoded picture: the same packets give the same ones."""
    data, name = (video, "pipe:0") if isinstance(video, bytes) else (b"", str(video))
    text = _run(["-i", name, "-an", "-fps_mode", "passthrough", "-f", "framemd5", "pipe:1"], data).decode()
    return [line.rsplit(",", 1)[1].strip() for line in text.splitlines() if line and not line.startswith("#")]


def picture_start(data: bytes) -> float:
    """Seconds at which a file's first picture is shown."""
    arguments = [
        "-hide_banner",
        "-copyts",
        "-i",
        "pipe:0",
        "-an",
        "-vf",
        "showinfo",
        "-frames:v",
        "1",
        "-f",
        "null",
        "-",
    ]
    done = subprocess.run([FFMPEG, *arguments], input=data, capture_output=True, timeout=120, check=False)
    found = re.search(r"pts_time:(\S+)", done.stderr.decode())
    assert found, done.stderr.decode()[-500:]
    return float(found[1])


def color_tags(data: bytes) -> str:
    """What a video says of its colours: range, matrix, primaries, transfer."""
    done = subprocess.run([FFMPEG, "-hide_banner", "-i", "pipe:0"], input=data, capture_output=True, check=False)
    found = re.search(r"Video: .*?yuv420p\(([^)]*)\)", done.stderr.decode())
    assert found, done.stderr.decode()[-500:]
    said, _, matrix = found[1].partition(", ")
    return said + ", " + ", ".join(matrix.split("/") * (3 if "/" not in matrix else 1)).replace(", progressive", "")


def colours(data: bytes) -> np.ndarray:
    return _decoded(data, "rgb24")


def _decoded(data: bytes, pixels: str) -> np.ndarray:
    width, height = size_of(data)
    raw = _run(
        ["-i", "pipe:0", "-an", "-fps_mode", "passthrough", "-pix_fmt", pixels, "-f", "rawvideo", "pipe:1"], data
    )
    shape = (-1, height, width) if pixels == "gray" else (-1, height, width, 3)
    return np.frombuffer(raw, np.uint8).reshape(shape)


def raw_sound(data: bytes) -> np.ndarray:
    """Decoded samples of both channels, 48 kHz; what is beyond full scale stays."""
    raw = _run(["-i", "pipe:0", "-vn", "-f", "f32le", "-ar", "48000", "-ac", "2", "pipe:1"], data)
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def sound(data: bytes, *, from_zero: bool = False) -> np.ndarray:
    """Decoded samples of the first channel, 48 kHz; with ``from_zero`` silence stands for a late beginning."""
    late = ["-af", "aresample=async=1:first_pts=0"] if from_zero else []
    raw = _run(["-i", "pipe:0", "-vn", *late, "-f", "f32le", "-ac", "2", "-ar", "48000", "pipe:1"], data)
    return np.frombuffer(raw, np.float32).reshape(-1, 2)[:, 0]


def lag(heard: np.ndarray, at: int, length: int = 4096, reach: int = 2400, seed: int = FIRST) -> tuple[int, float]:
    """By how many samples a stretch of sound, heard at media sample ``at``, lies away from the original; and how
    surely (1 is identical)."""
    original = _original(seed)
    part = heard[:length].astype(np.float64)
    low = max(0, at - reach)
    around = original[low : at + length + reach].astype(np.float64)
    scores = np.correlate(around, part, "valid")
    best = int(scores.argmax())
    match = around[best : best + length]
    sure = float(scores[best] / (np.linalg.norm(match) * np.linalg.norm(part) + 1e-9))
    return low + best - at, sure


def lufs(samples: np.ndarray) -> float:
    """Integrated loudness of one channel played on both."""
    raw = np.repeat(samples.astype(np.float32)[:, None], 2, axis=1).tobytes()
    done = subprocess.run(
        [FFMPEG, "-hide_banner", "-f", "f32le", "-ac", "2", "-ar", "48000", "-i", "pipe:0",
         "-af", "ebur128=framelog=quiet", "-f", "null", "-"],
        input=raw, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr.decode())
    return float(found[-1])


@cache
def _original(seed: int) -> np.ndarray:
    """A minute of it: no test source is longer."""
    return noise(AUDIO_BASE * 60, AUDIO_BASE, seed)


#: Which windows may follow a window (ISO/IEC 14496-3, 4.5.4.3.3): long, start, eight short, stop.
FOLLOWED_BY = {0: (0, 1), 1: (2,), 2: (2, 3), 3: (0, 1)}


def windows(segment: bytes) -> list[int]:
    """The window sequence of each AAC frame of a segment: 0 long, 1 start, 2 eight short, 3 stop."""
    told = read_segment(segment)
    ends = np.cumsum(told.sizes).tolist()
    return [_window(told.data[end - size : end]) for size, end in zip(told.sizes, ends, strict=True)]


def _window(frame: bytes) -> int:
    """Of a raw_data_block (ISO/IEC 14496-3, table 4.4.3): of its first channel or pair."""
    bits, at = "".join(f"{byte:08b}" for byte in frame), 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    while (kind := take(3)) == 6:  # filling
        count = take(4)
        at += 8 * (count if count < 15 else count + take(8) - 1)
    assert kind in (0, 1), kind
    at += 4
    if not (kind == 1 and take(1)):
        at += 8
    at += 1
    return take(2)
