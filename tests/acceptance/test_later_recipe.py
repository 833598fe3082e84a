"""What was made by one recipe outlives it: a program whose newest recipe is another one opens the same folder."""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from inpoint.model.recipe import RECIPES
from tests import judge
from tests.acceptance.test_life_and_death import wait_until
from tests.media import Recipe, write_noise
from tests.recipes import LATEST
from tests.server import Server
from tests.stored.account import SETTINGS, account
from tests.stored.make import fill

NOW = ("inpoint", "serve")
LATER = ("tests.stored.later",)
#: Of one rung, and long enough to be interrupted in its fill.
PLAIN = Recipe("plain-30", options={"g": "60", "bf": "3", "preset": "ultrafast", "crf": "20"})
SWEEP = {"INPOINT_SWEEP_AFTER": "0.2"}


def sums(server: Server) -> dict[str, str]:
    """All that is stored, and a hash of each."""
    root = server.data / "blobs"
    return {key: hashlib.sha256((root / key).read_bytes()).hexdigest() for key in server.blobs()}


def shown(server: Server, media_id: str, name: str) -> list[int]:
    """The numbers of the frames that a rendition shows."""
    variants = judge.variants(server.client, server.playlist(server.media(media_id)))
    return judge.numbers(judge.track(server.client, variants[name]).data)


Opened = Callable[..., Server]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """A server on a folder, ended when another is opened."""
    servers: list[Server] = []

    def on(folder: Path, program: Sequence[str] = NOW, **settings: str) -> Server:
        for one in servers:
            one.end()
        servers.append(Server(folder, program, **SETTINGS | settings).start())
        return servers[-1]

    yield on
    for one in servers:
        one.end()


def test_a_later_recipe_leaves_what_there_is(
    tmp_path: Path, opened: Opened, files: str, sources: Path, source: Callable[[Recipe], Path]
) -> None:
    first = opened(tmp_path, **SWEEP, INPOINT_FILL="first")
    fill(first, files, sources)
    half = first.wait(first.create(f"{files}/{source(PLAIN).name}", title="half")["id"])["id"]
    first.end()  # in the middle of a fill
    before = sums(first)
    (tmp_path / "copy").mkdir()
    shutil.copytree(tmp_path / "data", tmp_path / "copy/data")
    copy = opened(tmp_path / "copy", INPOINT_FILL="none")
    told = account(copy)

    later = opened(tmp_path, LATER, **SWEEP, INPOINT_FILL="all")
    assert account(later) == told, "all plays byte for byte"
    by_title = {one["title"]: media_id for media_id, one in told.items()}
    main = by_title["main"]
    clip = later.clip(main, 1.5, 4.25)
    for name in ("video-360p", "video-480p"):
        assert shown(later, clip["id"], name) == list(range(36, 102))
    preview = judge.variants(later.client, later.playlist(later.media(main)) + "?start=3&end=4")["video-480p"]
    assert judge.numbers(judge.track(later.client, preview).data) == list(range(72, 96))

    new = later.wait(later.create(f"{files}/{source(PLAIN).name}")["id"])
    own = later.clip(new["id"], 2.5, 7.5)
    frames = round(PLAIN.rate * Fraction(5, 2))
    assert shown(later, own["id"], "video-360p") == list(range(frames, 3 * frames))
    write_noise(sources / "later.flac", "flac", 48_000, 6, 33)
    there = len(later.client.get(f"/api/v1/media/{main}").json()["tracks"])
    track = {"type": "audio", "url": f"{files}/later.flac", "languageCode": "nl", "languageName": "Nederlands"}
    later.client.post(f"/v1/on-demand/{main}/tracks", json={"tracks": track}).raise_for_status()
    wait_until(lambda: len(later.client.get(f"/api/v1/media/{main}").json()["tracks"]) == there + 1)
    mixed = judge.variants(later.client, later.playlist(later.media(main)))
    (added,) = mixed.keys() - told[main]["tracks"].keys()
    heard = judge.track(later.client, mixed[added])
    assert judge.lag(judge.sound(heard.data)[48_000:], 48_000, seed=33)[0] == 0

    later.wait_filled(half)
    later.wait_filled(new["id"])
    after = sums(later)
    assert {key: after.get(key) for key in before} == before, "nothing is made again"
    made = defaultdict(set)
    for _, encoding, _, rendition, *_ in (key.split("/") for key in after if "/segments/g" in key):
        made[encoding].add(rendition.partition("-")[0])
    assert all(len(recipes) == 1 for recipes in made.values()), "an encoding has one recipe for all its life"
    now, new_one = (f"g{one.number}" for one in (RECIPES.newest, LATEST))
    assert (made[main], made[half], made[new["id"]]) == ({now}, {now}, {new_one})
    for one in later.client.get("/api/v1/media", params={"limit": 100}).json()["media"]:
        later.client.delete(f"/api/v1/media/{one['id']}").raise_for_status()
    # What was previewed is kept for an hour.
    wait_until(lambda: {key.split("/")[1] for key in later.blobs("encodings/**/*")} == {main})
