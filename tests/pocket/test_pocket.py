"""A third dialect is new files and one line; the house rules come with it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from inpoint.dialects.cloudflare.dialect import cloudflare
from inpoint.dialects.fastpix.dialect import fastpix
from inpoint.dialects.own.dialect import own
from inpoint.model.cmaf import read_segment
from inpoint.model.ids import new_id, uid_of
from inpoint.model.playback import Playback
from tests.pocket.dialect import pocket
from tests.unit.house import URL, House

KNOWN = (cloudflare, own, fastpix)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def does(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    told = await (client.post(f"/pocket/{path}", json=body) if body else client.get(f"/pocket/{path}"))
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


async def ready(house: House, client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    await house.jobs.run()
    return await does(client, f"show/{name}")


async def test_bring_cut_show_play_and_drop(house: House) -> None:
    client = await house.served(*KNOWN, pocket)
    whole = await does(client, "bring", **{"from": URL})
    assert (await ready(house, client, whole["name"]))["lasts"] == 10
    part = await does(client, "cut", of=whole["name"], first="1.5", last="5")
    assert (await ready(house, client, part["name"]))["lasts"] == 3.5
    held = await does(client, "show")
    assert {one["name"] for one in held["held"]} == {whole["name"], part["name"]}
    assert (await client.post(f"/pocket/drop/{whole['name']}")).status_code == 200
    await house.swept()
    assert (await does(client, "show"))["count"] == 1
    assert await played(client, f"/pocket/play/{part['play']}") == 105 * 3


async def played(client: httpx.AsyncClient, at: str) -> int:
    """How many frames all renditions have together, every segment fetched."""
    frames = 0
    for playlist in re.findall(r"^\./(video-.*m3u8)$", (await client.get(f"{at}/all.m3u8")).text, re.M):
        for name in re.findall(r"^[^#].*m4s$", (await client.get(f"{at}/{playlist}")).text, re.M):
            segment = await client.get(f"{at}/{name}")
            assert segment.status_code == 200
            frames += len(read_segment(segment.content).samples)
    return frames


async def test_the_house_rules_come_with_it(house: House) -> None:
    client = await house.served(pocket, *KNOWN)
    whole = await does(client, "bring", **{"from": URL})
    part = await does(client, "cut", of=whole["name"], first="1", last="2")
    assert part["state"] == "waiting"
    await client.post(f"/pocket/drop/{whole['name']}")
    dropped = await does(client, f"show/{part['name']}")
    assert (dropped["state"], dropped["why"]) == ("failed", "source_failed")
    refused = await client.post("/pocket/cut", json={"of": whole["name"], "first": "1", "last": "2"})
    assert (refused.status_code, refused.json()["oops"]) == (404, "not_found")
    assert (await client.get("/pocket/show", auth=("no", "body"))).status_code == 401
    other = await does(client, "bring", **{"from": URL})
    await ready(house, client, other["name"])
    empty = await client.post("/pocket/cut", json={"of": other["name"], "first": "0.01", "last": "0.02"})
    assert (empty.status_code, empty.json()["oops"]) == (422, "empty_range")


async def test_bells_ring_in_its_words_whoever_did_it(house: House) -> None:
    client = await house.served(pocket, *KNOWN)
    await does(client, "ring", at="http://bell/")
    wanted = {"inputs": [{"type": "video", "url": URL}], "accessPolicy": "public"}
    media = (await client.post("/v1/on-demand", json=wanted)).json()["data"]
    await house.jobs.run()
    while await house.rows.deliveries.due_deliveries(house.clock.now(), 4):
        await house.dispatch.round()
        await house.dispatch.settle()
    rung = [one.body.decode() for one in house.outgoing.posted]
    assert [media["id"] in one for one in rung] == [True] * len(rung)
    assert any('"ready"' in one for one in rung)


@pytest.mark.parametrize("turned", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
async def test_the_order_of_dialects_does_not_matter(house: House, turned: int, mirrored: bool) -> None:
    order = (*KNOWN, pocket)[:: -1 if mirrored else 1]
    client = await house.served(*order[turned:], *order[:turned])
    media = house.media()
    await house.desk.videos.accept(replace(media, own=Playback(uid_of(media.id), media.id, "public")))
    await house.jobs.run()
    way, uid = media.playbacks[0].id, uid_of(media.id)
    found = [
        f"/{way}.m3u8", f"/{way}.mpd", f"/{way}/video-360p.m3u8", f"/pocket/play/{way}/all.m3u8",
        f"/{uid}/manifest/video.m3u8", f"/{uid}/thumbnails/thumbnail.jpg", "/pocket/show", "/api/v1/media",
        "/v1/on-demand",
    ]  # fmt: skip
    for path in found:
        assert (await client.get(path)).status_code == 200, path
    missing = {
        f"/{new_id()}.m3u8": "error", "/v1/nothing": "error", f"/{uid_of(new_id())}/manifest/video.m3u8": "errors",
        "/client/v4/nothing": "errors", "/api/v1/media/": "error", "/pocket/nothing": "oops", "/pocket/show/": "oops",
        "/nothing": "error",
    }  # fmt: skip
    for path, word in missing.items():
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert word in answer.json(), path
