"""Previews through FastPix's addresses: ``start`` and ``end`` on any playback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests import judge
from tests.dialects.test_fastpix import envelope
from tests.media import recipe
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]


def test_a_preview_is_the_clip_that_it_would_be(serve: Callable[..., Server], files: str, source: Any) -> None:
    own = serve(INPOINT_FILL="none")
    media = own.wait(own.create(f"{files}/{source(recipe('h264-30')).name}")["id"])
    preview = f"{own.playlist(media)}?start=1.1&end=7.3s"
    shown = judge.variants(own.client, preview)
    tracks = {name: judge.track(own.client, address) for name, address in shown.items()}
    for name in (name for name in tracks if name.startswith("video-")):
        assert judge.numbers(tracks[name].data) == list(range(33, 219)), name
    mpd = own.client.get(preview.replace(".m3u8", ".mpd")).text
    assert 'mediaPresentationDuration="PT6.200000S"' in mpd
    assert "?start=1.1&amp;end=7.3s" in mpd
    made = own.blobs("**/segments/**/*.m4s")
    clip = own.clip(media["id"], 1.1, 7.3)
    for name, address in judge.variants(own.client, own.playlist(clip)).items():
        assert judge.track(own.client, address).segments == tracks[name].segments, name
    assert own.blobs("**/segments/**/*.m4s") == made


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=9&end=3", "end"), ("start=99", "end"), ("start=x", "start"), ("end=", "end"), ("start=-1", "start"),
        ("end=1e9", "end"), ("start=nan", "start"), ("start=1%20", "start"),
    ],
)  # fmt: skip
def test_bad_previews_are_named(server: Server, imported: Imported, query: str, field: str) -> None:
    source = imported("tiny-30")
    for suffix in (".m3u8", "/video-180p/0.m4s"):
        envelope(server.client.get(f"/{source['playbackIds'][0]['id']}{suffix}?{query}"), 422, field)


def test_too_many_previews_are_told_to_come_back(serve: Callable[..., Server], files: str, source: Any) -> None:
    own = serve()
    media = own.wait(own.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    answers = [own.client.get(f"{own.playlist(media)}?start={n / 30:.4f}") for n in range(70)]
    late = [one for one in answers if one.status_code == 429]
    assert {one.status_code for one in answers} == {200, 429}
    envelope(late[0], 429)
    assert 0 < int(late[0].headers["retry-after"]) <= 61
    assert own.client.get(own.playlist(media)).status_code == 200
