"""What each rung looks like and weighs: every recipe beside one pass of x264, by VMAF of another build's ffmpeg.

``python -m benchmarks.rungs FILE [SECONDS]`` prints a table. A picture is judged at its source's size.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from inpoint.engine.encode import encode
from inpoint.engine.rewrap import rewrap
from inpoint.imports.ladder import ladder
from inpoint.model.chunk import ChunkName
from inpoint.model.encoding import Rendition
from inpoint.model.index import VideoIndex, load, places
from inpoint.model.recipe import RECIPES, Recipe
from inpoint.model.source import SourceFacts
from inpoint.model.treatment import Treatment
from inpoint.ports.orders import Chunk, MadeSegment, Picture, RewrapOrder, VideoOrder, WantedSegment

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@dataclass(frozen=True, slots=True)
class Taken:
    """A source that was taken in."""

    path: Path
    facts: SourceFacts
    index: VideoIndex
    chunks: list[Chunk]

    def segments(self, recipe: Recipe, rendition: Rendition, frames: int) -> list[MadeSegment]:
        """Each by itself, as it is made for who asks."""
        picture = Picture(recipe.picture, recipe.boxes, self.facts.rate, self.facts.video.appearance)
        made: list[MadeSegment] = []
        for start in range(0, frames, rendition.runs.length):
            end = min(start + rendition.runs.length, self.facts.frames)
            last = min(end + recipe.picture.lookahead, self.facts.frames)
            order = VideoOrder(
                "m", picture, self.chunks, places(self.index, start, last), start,
                at_end=last == self.facts.frames, wanted=[WantedSegment(rendition, start, end)],
            )  # fmt: skip
            made += encode(order)
        return made


def taken(path: Path, folder: Path) -> Taken:
    """Take a source in."""
    rewrapped = rewrap(RewrapOrder(path, folder, 86_400), lambda _: None)
    index = load(rewrapped.index).video
    names = [folder / ChunkName(None, number).file for number in range(len(index.alone))]
    return Taken(path, rewrapped.facts, index, [Chunk(n, name.read_bytes()) for n, name in enumerate(names)])


def vmaf(shown: Path, source: Taken, seconds: float) -> float:
    """How near a picture is to its source, of 100."""
    video, rate = source.facts.video, float(source.facts.rate)
    clock = f"fps={rate},setpts=N/{rate}/TB"
    steps = (
        f"[0:v]scale={video.width}:{video.height}:flags=bicubic,{clock}[a];[1:v]format=yuv420p,{clock}[b];"
        "[a][b]libvmaf=n_threads=2:n_subsample=3"
    )
    limit = ["-t", str(seconds)]
    command = [FFMPEG, "-hide_banner", *limit, "-i", str(shown), *limit, "-i", str(source.path), "-lavfi", steps]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True)
    found = re.search(r"VMAF score: ([\d.]+)", done.stderr)
    assert found, done.stderr[-500:]
    return float(found[1])


def main(path: Path, seconds: float) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        source = taken(path, Path(name))
        rate, frames = source.facts.rate, min(source.facts.frames, int(seconds * source.facts.rate))
        lasts, out = float(frames / rate), Path(name) / "shown.mp4"
        print("| rung | how | kbit/s | VMAF | processor seconds a segment |\n|---|---|---|---|---|")
        for number, rung in enumerate(ladder(source.facts.video, rate, Treatment(), RECIPES.newest.picture)):
            for recipe in RECIPES.known[1:]:
                rendition = ladder(source.facts.video, rate, Treatment(), recipe.picture)[number]
                began = time.process_time()
                made = source.segments(recipe, rendition, frames)
                each = (time.process_time() - began) / len(made)
                out.write_bytes(made[0].init + b"".join(one.data for one in made))
                size = sum(len(one.data) for one in made)
                print(f"| {rung.name} | recipe {recipe.number} | {size * 8 / 1000 / lasts:.0f} "
                      f"| {vmaf(out, source, lasts):.1f} | {each:.2f} |", flush=True)  # fmt: skip
            for preset in ("veryfast", "medium"):
                scale = f"scale={rung.width}:{rung.height}:flags=area"
                rates = ["-crf", str(rung.crf), "-maxrate", str(rung.max_rate), "-bufsize", str(rung.buffer)]
                codec = ["-c:v", "libx264", "-preset", preset, *rates, "-an", str(out)]
                command = [FFMPEG, "-v", "error", "-y", "-t", str(lasts), "-i", str(path), "-vf", scale, *codec]
                subprocess.run(command, check=True)
                weight = out.stat().st_size * 8 / 1000 / lasts
                print(f"| {rung.name} | x264 {preset}, one pass | {weight:.0f} "
                      f"| {vmaf(out, source, lasts):.1f} | |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 10.0)
