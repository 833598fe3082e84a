"""Pictures that are refreshed bit by bit, as some recorders make them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests import judge
from tests.media import Recipe
from tests.server import Server

RATE = Fraction(25)

REFRESHED = Recipe(
    "picture-refreshed", rate=RATE, frames=250, width=320, height=180, audio=None,
    options={"preset": "ultrafast", "x264-params": "intra-refresh=1:keyint=50:bframes=2:b-adapt=0"},
)  # fmt: skip


def test_pictures_that_are_refreshed_bit_by_bit_are_right_everywhere(
    server: Server, files: str, source: Callable[[Recipe], Path]
) -> None:
    """There is one key frame; from anywhere else it takes a while until all is right."""
    made = source(REFRESHED)
    media = server.wait(server.create(f"{files}/{made.name}")["id"])
    for first in (3, 61, 103, 149, 202, 238):
        clip = server.clip(media["id"], first / 25, (first + 12) / 25)
        assert shown(server, clip) == list(range(first, first + 12))
    assert shown(server, media) == list(range(250))


def shown(server: Server, media: dict[str, Any]) -> list[int]:
    variants = judge.variants(server.client, server.playlist(media))
    name = min((one for one in variants if one.startswith("video-")), key=lambda one: int(one[6:-1]))
    return judge.numbers(judge.track(server.client, variants[name]).data)
