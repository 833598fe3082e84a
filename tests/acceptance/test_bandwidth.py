"""What manifests say of bandwidths is what is measured, once it can be."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import judge
from tests.media import Recipe
from tests.server import Server

MOVING = Recipe(
    "moving-30", frames=300, width=1280, height=720, options={"g": "60", "preset": "ultrafast", "crf": "20"}
)


def measured(server: Server, url: str) -> dict[str, tuple[float, float]]:
    """Of each rendition with its sound: the heaviest segment's rate, and that of all, in bit/s."""
    tracks = {name: judge.track(server.client, one) for name, one in judge.variants(server.client, url).items()}

    def rates(name: str) -> tuple[float, float]:
        sizes, seconds = [8 * len(one) for one in tracks[name].segments], tracks[name].seconds
        each = [size / length for size, length in zip(sizes, seconds, strict=True) if length >= 1]
        return max(each), sum(sizes) / sum(seconds)

    sound = rates("audio-0")
    found = {name: rates(name) for name in tracks if name.startswith("video")}
    return {name: (most + sound[0], usual + sound[1]) for name, (most, usual) in found.items()}


def declared(server: Server, url: str) -> dict[str, tuple[int, int]]:
    text = judge.fetch(server.client, url).decode()
    told = re.findall(r"STREAM-INF:BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+).*\n.*/(video-\w+)\.m3u8", text)
    return {name: (int(most), int(usual)) for most, usual, name in told}


def test_bandwidths_are_true_and_rise(
    serve: Callable[..., Server], files: str, source: Callable[[Recipe], Path]
) -> None:
    server = serve(INPOINT_FILL="all")
    media = server.wait(server.create(f"{files}/{source(MOVING).name}")["id"])
    before = declared(server, server.playlist(media))
    clip = server.clip(media["id"], 1.1, 7.3)
    for one in (media, clip):
        server.wait_fill_ended(one["id"])
    deadline = time.monotonic() + 30
    while (told := declared(server, server.playlist(media))) == before:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    for one in (media, clip):
        url = server.playlist(one)
        told, true = declared(server, url), measured(server, url)
        assert list(told) == ["video-360p", "video-480p", "video-720p"]
        for name, (most, usual) in true.items():
            assert before[name][0] >= most, name
            assert most <= told[name][0] <= 1.1 * most, name
            assert usual * 0.98 <= told[name][1] <= usual * 1.1, name
        for column in (0, 1):
            rates = [one[column] for one in told.values()]
            assert rates == sorted(set(rates))


def test_dash_declares_the_same(server: Server, imported: Callable[[str], dict[str, Any]]) -> None:
    url = server.playlist(imported("h264-30"))
    root = ET.fromstring(judge.fetch(server.client, url.removesuffix(".m3u8") + ".mpd").decode())
    space = {"d": "urn:mpeg:dash:schema:mpd:2011"}
    sets = {one.get("contentType"): one for one in root.findall(".//d:AdaptationSet", space)}
    rates = {kind: [int(one.get("bandwidth") or 0) for one in of.findall("d:Representation", space)]
             for kind, of in sets.items()}  # fmt: skip
    assert [one + rates["audio"][0] for one in rates["video"]] == [one for one, _ in declared(server, url).values()]
