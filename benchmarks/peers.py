"""The same work by others: ffmpeg's stream copy, ffmpeg's encode of the ladder, smartcut."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
START = 7.3

#: The four rungs, at the settings of our own encoder.
_RUNGS = ((1920, 1080, 6000), (1280, 720, 3200), (854, 480, 1500), (640, 360, 800))

_X264 = "bframes=0:ref=1:keyint=60:scenecut=0:rc-lookahead=10:threads=1"

Row = tuple[str, str, str]


def rows(source: Path, folder: Path, lengths: Sequence[int]) -> list[Row]:
    smartcut = _smartcut(folder)
    found: list[Row] = []
    for length in (one for one in lengths if one <= 60):
        copy = _timed([FFMPEG, "-v", "error", "-y", "-ss", str(START), "-i", source, "-t", str(length), "-c", "copy",
                       folder / "copy.mp4"])  # fmt: skip
        ladder = _timed(_ladder(source, folder, START, length))
        cut = _timed([smartcut, source, folder / "cut.mp4", "--keep", f"{START},{START + length}"])
        found.append((f"clip of {length} s: ffmpeg copy (wrong start)", f"{copy:.2f} s", ""))
        found.append((f"clip of {length} s: ffmpeg, four rungs", f"{ladder:.2f} s", ""))
        found.append((f"clip of {length} s: smartcut, one rung", f"{cut:.2f} s", ""))
    return found


def decoding_rate(source: Path) -> float:
    """Frames a second that ffmpeg decodes with one thread: how fast this machine is just now."""
    seconds = 20
    return seconds * 30 / _timed([FFMPEG, "-v", "error", "-threads", "1", "-t", str(seconds), "-i", source,
                                  "-map", "0:v", "-f", "null", "-"])  # fmt: skip


def single_pass(source: Path, folder: Path) -> float:
    """Processor seconds of ffmpeg's one pass that encodes the four rungs and the sound."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _timed(_ladder(source, folder, 0, None))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ladder(source: Path, folder: Path, start: float, length: int | None) -> list[str | Path]:
    split = f"[0:v]split={len(_RUNGS)}" + "".join(f"[s{n}]" for n in range(len(_RUNGS)))
    scales = [f"[s{n}]scale={w}:{h}:flags=area[v{n}]" for n, (w, h, _) in enumerate(_RUNGS)]
    command: list[str | Path] = [FFMPEG, "-v", "error", "-y", "-ss", str(start)]
    command += ["-t", str(length)] if length else []
    command += ["-i", source]
    command += ["-filter_complex", ";".join([split, *scales])]
    for number, (_, _, rate) in enumerate(_RUNGS):
        sound = ["-map", "0:a", "-c:a", "aac", "-b:a", "128k"] if number == 0 else []
        command += [
            "-map", f"[v{number}]", *sound, "-c:v", "libx264", "-preset", "faster", "-crf", "23",
            "-x264-params", f"{_X264}:vbv-maxrate={rate}:vbv-bufsize={rate}", folder / f"rung-{number}.mp4",
        ]  # fmt: skip
    return command


def _smartcut(folder: Path) -> Path:
    """smartcut in an environment of its own: it wants another PyAV."""
    home = folder / "smartcut"
    venv.create(home, with_pip=True)
    pinned = Path(__file__).parent / "smartcut.txt"
    subprocess.run(
        [home / "bin/pip", "install", "--quiet", "--require-hashes", "-r", pinned], check=True, stdout=sys.stderr
    )
    return home / "bin/smartcut"


def _timed(command: Sequence[str | Path]) -> float:
    began = time.monotonic()
    subprocess.run(list(command), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began
