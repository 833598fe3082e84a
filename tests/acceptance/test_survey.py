"""Shots and silences are found in the background, exactly, in a source and in what is cut from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.media import SHOTS, SILENT, write_shots
from tests.server import Server, file_server

RATE = 25
FRAMES = 750


@pytest.fixture(scope="module")
def source(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("survey")
    write_shots(folder / "shots.mp4")
    with file_server(folder) as files:
        return server.wait(server.create(f"{files}/shots.mp4")["id"])


def surveyed(server: Server, media_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        told: dict[str, Any] = server.client.get(f"/api/v1/media/{media_id}/survey").json()
        if told["known"] == 1:
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.2)


def near(found: list[list[int]], expected: Sequence[tuple[Fraction, Fraction]]) -> None:
    """Within an AAC frame or two: the codec smears what it ends."""
    assert len(found) == len(expected)
    for (start, end), (begins, ends) in zip(found, expected, strict=True):
        assert start == pytest.approx(float(begins * RATE), abs=2)
        assert end == pytest.approx(float(ends * RATE), abs=2)


def test_of_a_source(server: Server, source: dict[str, Any]) -> None:
    told = surveyed(server, source["id"])
    assert told["hasSound"]
    assert told["shots"] == [shot for shot in SHOTS if shot != 411]  # what flickers is one
    near(told["silences"], SILENT)


def test_of_a_clip_at_once(server: Server, source: dict[str, Any]) -> None:
    surveyed(server, source["id"])
    clip = server.clip(source["id"], 4, 22)
    told = server.client.get(f"/api/v1/media/{clip['id']}/survey").json()
    assert told["known"] == 1
    assert told["shots"] == [200 - 100, 410 - 100]
    near(told["silences"], [(start - 4, end - 4) for start, end in SILENT])


def test_of_highlights(server: Server, source: dict[str, Any]) -> None:
    surveyed(server, source["id"])
    ranges = [{"start": 19, "end": 22}, {"start": 1, "end": 3}]
    made = server.client.post(f"/api/v1/media/{source['id']}/clips", json={"ranges": ranges})
    assert made.status_code == 201
    clip = server.wait(made.json()["id"])
    told = server.client.get(f"/api/v1/media/{clip['id']}/survey").json()
    assert told["shots"] == [75, 75 + 40 - 25]  # the join, and what lies in the second part
    near(told["silences"], [(Fraction(1), Fraction(2))])


def test_how_loud_it_is(server: Server, source: dict[str, Any]) -> None:
    surveyed(server, source["id"])
    asked = {"first": 0, "frames": FRAMES, "points": 60}
    levels = server.client.get(f"/api/v1/media/{source['id']}/levels", params=asked).json()["levels"]
    assert len(levels) == 60
    tone = 20 * np.log10(0.3 / np.sqrt(2))
    assert max(levels[13:15]) < -60
    for number in (0, 11, 16, 39, 42, 59):
        assert levels[number] == pytest.approx(tone, abs=1), number


def test_what_was_found_goes_with_its_encoding(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(INPOINT_SWEEP_AFTER="0")
    write_shots(tmp_path / "gone.mp4")
    with file_server(tmp_path) as files:
        media = server.wait(server.create(f"{files}/gone.mp4")["id"])
    surveyed(server, media["id"])
    assert server.blobs(f"**/{media['id']}/survey/*")
    assert server.client.get(f"/api/v1/media/{media['id']}/survey", auth=("x", "y")).status_code == 401
    server.client.delete(f"/api/v1/media/{media['id']}")
    deadline = time.monotonic() + 30
    while server.blobs(f"**/{media['id']}/**/*"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
