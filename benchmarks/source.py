"""The source that is measured: 1080p30 with sound, moving like film, made in a minute."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.peers import FFMPEG

_LOOP = 30  # seconds that are encoded; the rest repeats them

#: Detail as a lens gives it, not as a pixel pattern: drawn small, enlarged, with a little grain.
_PICTURE = "mandelbrot=size=640x360:rate=30:maxiter=200,scale=1920:1080:flags=bicubic,noise=alls=3:allf=t"


def make_source(path: Path, seconds: int, gop: int) -> Path:
    """A file of ``seconds`` with a key frame every ``gop`` frames."""
    loop = path.with_suffix(".loop.mp4")
    frames = _LOOP * 30 // gop * gop  # a whole number of GOPs, so that the repetition is seamless
    subprocess.run(
        [FFMPEG, "-v", "error", "-y",
         "-f", "lavfi", "-i", _PICTURE,
         "-frames:v", str(frames), "-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-maxrate", "5M",
         "-bufsize", "10M", "-pix_fmt", "yuv420p", "-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0",
         "-bf", "2", loop],
        check=True,
    )  # fmt: skip
    subprocess.run(
        [FFMPEG, "-v", "error", "-y", "-stream_loop", str(seconds * 30 // frames + 1), "-i", loop,
         "-f", "lavfi", "-i", "anoisesrc=color=pink:amplitude=0.2:sample_rate=48000",
         "-t", str(seconds), "-c:v", "copy", "-c:a", "aac", "-ac", "2", "-movflags", "+faststart", path],
        check=True,
    )  # fmt: skip
    loop.unlink()
    return path
