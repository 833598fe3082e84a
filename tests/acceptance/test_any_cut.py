"""Random clips of every kind of source here: each rendition frame by frame, by another decoder, and sound in place.

The seed is printed: always the same, unless INPOINT_SEED says another; INPOINT_CLIPS says how many of each kind.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest

from inpoint.model.grid import SLACK
from tests import judge
from tests.acceptance.test_recorders import PICTURES, SOUNDS
from tests.media import RECIPES, Recipe
from tests.server import Server

SEED = os.environ.get("INPOINT_SEED") or "2026-11-27"
KINDS = {one.name: one for one in (*RECIPES, *PICTURES, *SOUNDS) if one.width >= 160}
EACH = int(os.environ.get("INPOINT_CLIPS") or 1)


@pytest.mark.parametrize("name", KINDS)
def test_a_clip_is_what_its_source_plays_there(
    server: Server, files: str, source: Callable[[Recipe], Path], name: str
) -> None:
    print(f"INPOINT_SEED={SEED}")
    chance = random.Random(f"{SEED} {name}")
    media = server.wait(server.create(f"{files}/{source(KINDS[name]).name}")["id"])
    tracks = judge.variants(server.client, server.playlist(media))
    whole = {
        rendition: judge.numbers(judge.track(server.client, url).data)
        for rendition, url in tracks.items()
        if rendition.startswith("video-")
    }
    rate = Fraction(server.client.get(f"/api/v1/media/{media['id']}").json()["rate"])
    for _ in range(EACH):
        start = Fraction(chance.randrange(int(media["duration"] * 800)), 1000)
        end = min(Fraction(str(media["duration"])), start + Fraction(chance.randrange(300, 3000), 1000))
        clip = server.clip(media["id"], float(start), float(end))
        cut = judge.variants(server.client, server.playlist(clip))
        assert cut.keys() == tracks.keys()
        first, last = (max(0, ceil((at - SLACK) * rate)) for at in (start, end))
        for rendition, numbers in whole.items():
            part = judge.numbers(judge.track(server.client, cut[rendition]).data)
            assert part == numbers[first:last], (float(start), float(end), rendition)
        if "audio-0" in cut:
            heard = judge.track(server.client, cut["audio-0"])
            away, sure = judge.lag(judge.sound(heard.data)[2048:], heard.start + 2048)
            assert sure < 0.5 or abs(away) <= 400, (float(start), float(end), away, sure)
