"""``make bench``: one run on a 15-minute 1080p30 source with sound, printed as a table beside ffmpeg and smartcut.

``--short`` takes a one-minute source and one round each: it shows that everything still runs, and about how fast.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from benchmarks import peers
from benchmarks.source import make_source
from tests.acceptance import browsers
from tests.server import Server, file_server

SEGMENT = 2  # seconds


@dataclass(frozen=True)
class Scale:
    seconds: int
    rounds: int
    clips: tuple[int, ...]
    #: Seconds of source that are filled, to compare processor time: it grows with the length, no more.
    filled: int


FULL = Scale(900, 7, (1, 10, 60, 600), 120)
SHORT = Scale(60, 1, (1, 10, 40), 10)

Row = tuple[str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    scale = SHORT if parser.parse_args().short else FULL
    with tempfile.TemporaryDirectory(prefix="inpoint-bench-") as name:
        folder = Path(name)
        table = [("what", "measured", "wanted"), *measure(scale, folder)]
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    for row in table:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)))


def measure(scale: Scale, folder: Path) -> list[Row]:
    rows: list[Row] = []
    for keyed, gop in (("every 2 s", 60), ("every 250 frames", 250)):
        source = make_source(folder / f"source-{gop}.mp4", scale.seconds, gop)
        with file_server(folder) as files:
            server = Server(_new(folder / f"server-{gop}"), INPOINT_FILL="none").start()
            media, seconds = imported(server, f"{files}/{source.name}")
            rows.append((f"last byte to Ready, key frames {keyed}", f"{seconds:.2f} s", "5 s"))
            wanted = 0.6 if gop == 60 else 0.9
            rows += clips(server, media, scale, keyed, wanted)
            if gop == 60:
                rows.append(("ffmpeg decodes, one thread", f"{peers.decoding_rate(source):.0f} frames/s", ""))
                rows += segments(server, media, scale)
                rows += first_frames(server, media, scale)
                rows += new_bytes(server, media, scale)
            server.end()
        if gop == 60:
            rows += peers.rows(source, folder, scale.clips)
    return rows + fill(scale, folder)


def _new(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def imported(server: Server, url: str) -> tuple[str, float]:
    """A ready media, and the seconds from its last byte's arrival to Ready."""
    media = server.create(url)
    arrived = None
    while True:
        status = server.media(media["id"])["status"]
        now = time.monotonic()
        if arrived is None and status in ("Processing", "Ready"):
            arrived = now
        if status == "Ready":
            return media["id"], now - (arrived or now)
        assert status != "Failed", server.log
        time.sleep(0.01)


def clips(server: Server, media: str, scale: Scale, keyed: str, wanted: float) -> list[Row]:
    """POST to Ready, in rounds over all lengths, each clip somewhere else."""
    rng = random.Random(1)
    times: dict[int, list[float]] = {length: [] for length in scale.clips}
    for _ in range(scale.rounds):
        for length in scale.clips:
            start = rng.uniform(3, scale.seconds - length - 3)
            time.sleep(4)  # the other renditions' edges of the one before
            began = time.time()
            made = server.create(f"fp_mediaId://{media}", startTime=start, endTime=start + length)
            times[length].append(_ready_at(server, made["id"]) - began)
    medians = {length: statistics.median(found) for length, found in times.items()}
    rows: list[Row] = [
        (f"clip of {length} s, POST to Ready, key frames {keyed}", f"{median:.2f} s", f"{wanted} s")
        for length, median in medians.items()
    ]
    spread = max(medians.values()) / min(medians.values())
    return [*rows, (f"longest against shortest, key frames {keyed}", f"{spread:.2f} times", "1.15 times")]


def _ready_at(server: Server, media: str) -> float:
    """When a media became ready, as it says itself: asking all the time would slow down what is measured."""
    while True:
        time.sleep(0.25)
        found = server.media(media)
        if found["status"] == "Ready":
            return datetime.fromisoformat(found["updatedAt"]).timestamp()
        assert found["status"] != "Failed", server.log


def segments(server: Server, media: str, scale: Scale) -> list[Row]:
    base = server.playlist(server.media(media)).removesuffix(".m3u8")
    rng = random.Random(2)
    rows: list[Row] = []
    client = httpx.Client(timeout=30)
    for rung, wanted in (("360p", 0.4), ("720p", 1.0), ("1080p", 1.7)):
        found = []
        for number in rng.sample(range(1, scale.seconds // SEGMENT - 4, 5), scale.rounds):
            began = time.monotonic()
            response = client.get(f"{base}/video-{rung}/{number}.m4s")
            assert response.status_code == 200, response.text
            found.append(time.monotonic() - began)
            time.sleep(3.5)  # the segments that it makes ahead
        rows.append((f"a segment on demand, {rung}", f"{statistics.median(found):.2f} s", f"{wanted} s"))
    return rows


def first_frames(server: Server, media: str, scale: Scale) -> list[Row]:
    playlist = server.playlist(server.media(media))
    rng = random.Random(3)
    found = []
    with (
        file_server(browsers.FOLDER) as pages,
        browsers.chromium() as browser,
        browsers.page(browser, f"{pages}/page.html") as page,
    ):
        page.evaluate("([player, url]) => load(player, url)", ["hls.js", playlist])
        for _ in range(scale.rounds):
            place = rng.uniform(10, scale.seconds - 10)
            found.append(page.evaluate("firstFrame", place) / 1000)
    return [("first frame in Chromium at a random place", f"{statistics.median(found):.2f} s", "1.5 s")]


def new_bytes(server: Server, media: str, scale: Scale) -> list[Row]:
    length = max(scale.clips)
    before = _bytes(server)
    start = 7.3
    made = server.clip(media, start, start + length)
    time.sleep(4)  # the other renditions' edges follow
    new = _bytes(server) - before
    assert made["status"] == "Ready"
    plays = _played_bytes(server, media, length)
    return [(f"new bytes of a {length} s clip", f"{new / 1e6:.2f} MB, {100 * new / plays:.2f} %", "1 %")]


def fill(scale: Scale, folder: Path) -> list[Row]:
    """Processor time of a whole fill, by everything that the server runs, beside ffmpeg's single pass."""
    source = make_source(folder / "filled.mp4", scale.filled, 60)
    theirs = peers.single_pass(source, folder)
    with file_server(folder) as files:
        server = Server(_new(folder / "server-fill")).start()
        assert server.process is not None
        before = _processor_seconds(server.process.pid)
        media = server.wait(server.create(f"{files}/{source.name}")["id"])
        server.wait_filled(media["id"], 3600)
        ours = _processor_seconds(server.process.pid) - before
        server.end()
    name = f"processor time of filling {scale.filled} s, all rungs and the sound"
    return [
        (name, f"{ours:.1f} s, {ours / theirs:.2f} times", "1.25 times ffmpeg's"),
        ("the same in ffmpeg's single pass", f"{theirs:.1f} s", ""),
    ]


def _processor_seconds(pid: int) -> float:
    """Of a process and of all that it started, those that ended included: their parents inherit their times."""
    ticks = os.sysconf("SC_CLK_TCK")
    parents: dict[int, int] = {}
    times: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        process = int(stat.parent.name)
        parents[process] = int(fields[1])
        times[process] = sum(map(int, fields[11:15])) / ticks
    family = {pid}
    while found := {child for child, parent in parents.items() if parent in family} - family:
        family |= found
    return sum(times.get(member, 0.0) for member in family)


def _bytes(server: Server) -> int:
    return sum(path.stat().st_size for path in (server.data / "blobs").rglob("*.m4s"))


def _played_bytes(server: Server, media: str, length: int) -> float:
    """What the clip's segments weigh, from the mean of those that exist in each rung."""
    total = 0.0
    for folder in (server.data / "blobs/encodings" / media / "segments").iterdir():
        sizes = [path.stat().st_size for path in folder.iterdir() if path.stat().st_size]
        total += statistics.mean(sizes) * length / SEGMENT
    return total


if __name__ == "__main__":
    main()
