"""``python -m tests.looks`` paints docs/pictures/looks: odd sources as they play here, beside another ffmpeg."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tests import judge
from tests.acceptance.test_colors import SPACES
from tests.acceptance.test_colors import recorded as colored
from tests.acceptance.test_fields import RECORDINGS
from tests.acceptance.test_fields import recorded as interlaced
from tests.media import ffmpeg
from tests.server import Server, file_server

FOLDER = Path(__file__).parent.parent / "docs/pictures/looks"
WIDTH, HEIGHT = 320, 180
_PLAIN = "null"
_NARROWED = "zscale=p=bt709:t=bt709:m=bt709:r=tv"
_BROUGHT_DOWN = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0,zscale=t=bt709:m=bt709:r=tv"
)
#: By a picture's name: which source, and what ffmpeg is told.
COLORS = {
    "bt601-pal": _NARROWED, "jpeg": _PLAIN, "rgb-qtrle": _PLAIN, "half-prores": "premultiply=inplace=1",
    "p3": _NARROWED, "bt2020": _NARROWED, "hlg-hevc": _BROUGHT_DOWN, "pq-hevc": _BROUGHT_DOWN,
}  # fmt: skip


def theirs(path: Path, steps: str) -> np.ndarray:
    """A frame as ffmpeg shows it."""
    whole = f"{steps},scale={WIDTH}:{HEIGHT}:flags=area:out_range=full,format=rgb24"
    command = [judge.FFMPEG, "-v", "error", "-i", str(path), "-vf", whole, "-f", "rawvideo", "pipe:1"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
    shown: np.ndarray = frames[min(5, len(frames) - 1)]
    return shown


def ours(server: Server, url: str) -> np.ndarray:
    """The same frame as the lowest rung shows it."""
    media = server.wait(server.create(url)["id"])
    tracks = judge.variants(server.client, server.playlist(media))
    lowest = next(one for name, one in tracks.items() if name.startswith("video"))
    data = judge.track(server.client, lowest).data
    steps = f"scale={WIDTH}:{HEIGHT}:flags=area:out_range=full,format=rgb24"
    command = [judge.FFMPEG, "-v", "error", "-i", "pipe:0", "-vf", steps, "-f", "rawvideo", "pipe:1"]
    raw = subprocess.run(command, input=data, capture_output=True, check=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
    shown: np.ndarray = frames[min(5, len(frames) - 1)]
    return shown


def mirrored(folder: Path) -> Path:
    """A front camera's."""
    plain, laid = folder / "plain.mp4", folder / "mirrored.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=0.6"]
    ffmpeg(*source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(plain))
    ffmpeg("-display_hflip:v:0", "-i", str(plain), "-c", "copy", str(laid))
    return laid


def main() -> None:
    """Paint all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spaces = {space.name: space for space in SPACES}
        sources = {one: (colored(spaces[one], folder), steps) for one, steps in COLORS.items()}
        sources["interlaced"] = (interlaced(RECORDINGS[0], folder), "bwdif=mode=send_frame")
        sources["mirrored"] = (mirrored(folder), _PLAIN)
        home = folder / "server"
        home.mkdir()
        server = Server(home, INPOINT_FILL="none").start()
        try:
            with file_server(folder) as files:
                for title, (path, steps) in sources.items():
                    gap = np.full((HEIGHT, 8, 3), 255, np.uint8)
                    pair = np.hstack([ours(server, f"{files}/{path.name}"), gap, theirs(path, steps)])
                    size = f"{pair.shape[1]}x{pair.shape[0]}"
                    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-i", "pipe:0"]
                    command = [judge.FFMPEG, "-v", "error", "-y", *raw, str(FOLDER / f"{title}.png")]
                    subprocess.run(command, input=pair.tobytes(), check=True)
        finally:
            server.end()


if __name__ == "__main__":
    main()
