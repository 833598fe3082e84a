"""What a dialect's words become, over twins."""

from __future__ import annotations

from pathlib import Path

import pytest

from inpoint.dialects.cloudflare.dialect import cloudflare
from inpoint.dialects.fastpix.dialect import fastpix
from inpoint.model.ids import from_uid, uid_of
from inpoint.model.treatment import Treatment
from tests.unit.house import SPACE, House

STREAM = f"/client/v4/accounts/{uid_of(SPACE.id)}/stream"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_a_clip_is_as_great_as_its_source_unless_less_is_asked_for(house: House) -> None:
    client = await house.served(cloudflare, fastpix, bearer=True)
    source = await house.imported(treatment=Treatment(max_height=2160, quality="best"))
    body = {"clippedFromVideoUID": uid_of(source.id), "startTimeSeconds": 1, "endTimeSeconds": 3}
    uid = (await client.post(f"{STREAM}/clip", json=body)).json()["result"]["uid"]
    clip = await house.now(from_uid(uid) or "")
    assert clip.treatment.max_height == 2160


async def test_a_clips_creation_tells_what_it_inherits(house: House) -> None:
    client = await house.served(fastpix)
    source = await house.imported(treatment=Treatment(max_height=2160, quality="best"))
    wanted = {"type": "video", "url": f"fp_mediaId://{source.id}", "startTime": 1, "endTime": 3}
    made = (await client.post("/v1/on-demand", json={"inputs": [wanted], "accessPolicy": "public"})).json()["data"]
    shown = (await client.get(f"/v1/on-demand/{made['id']}")).json()["data"]
    for name in ("mediaQuality", "maxResolution", "optimizeAudio"):
        assert made[name] == shown[name]
    assert (made["mediaQuality"], made["maxResolution"]) == ("premium", "1080p")


@pytest.mark.parametrize("position", [["upperRight"], {"upperRight": 1}, 7, "middle"])
async def test_a_watermarks_place_is_one_of_theirs(house: House, position: object) -> None:
    client = await house.served(cloudflare, bearer=True)
    body = {"url": "http://somewhere/mark.png", "position": position}
    told = await client.post(f"{STREAM}/watermarks", json=body)
    assert (told.status_code, told.json()["errors"][0]["source"]["pointer"]) == (400, "/position")
