"""The FastPix API: its official Python SDK, unmodified, and what only raw requests can say."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastpix_python import Fastpix, errors, models

from tests.server import TOKEN, Server

Imported = Callable[[str], dict[str, Any]]


def envelope(response: httpx.Response, status: int, field: str | None = None) -> None:
    assert response.status_code == status, response.text
    body = response.json()
    assert body["success"] is False
    assert body["error"]["code"] == status
    assert isinstance(body["error"]["message"], str)
    if field is not None:
        assert [one["field"] for one in body["error"]["fields"]] == [field]


def total(server: Server) -> int:
    count: int = server.client.get("/v1/on-demand?limit=1").json()["pagination"]["totalRecords"]
    return count


# The SDK


def test_the_sdk_clips_lists_and_deletes(sdk: Fastpix, server: Server, imported: Imported) -> None:
    source = imported("tiny-30")
    inputs: Any = [{"type": "video", "url": f"fp_mediaId://{source['id']}", "start_time": 0.7, "end_time": 2.45}]
    made = sdk.input_video.create_media(inputs=inputs, access_policy="public")
    assert made.data is not None
    clip_id = made.data.id
    assert made.data.trial is False
    assert clip_id
    server.wait(clip_id)
    got = sdk.manage_videos.get_media(media_id=clip_id).data
    assert got is not None
    assert got.status == "Ready"
    assert got.source_media_id == source["id"]
    assert got.duration == pytest.approx(53 / 30)
    clips = sdk.manage_videos.get_media_clips(source_media_id=source["id"], limit=50)
    assert clip_id in [clip.id for clip in clips.data or []]
    listed = sdk.manage_videos.list_media(limit=50)
    assert clip_id in [one.id for one in listed.data or []]
    info = sdk.manage_videos.retrieve_media_input_info(media_id=clip_id)
    assert info.data is not None
    assert sdk.manage_videos.delete_media(media_id=clip_id).success
    with pytest.raises(errors.MediaNotFoundError):
        sdk.manage_videos.get_media(media_id=clip_id)


def test_the_sdk_copies_whole_and_names_its_errors(sdk: Fastpix, server: Server, imported: Imported) -> None:
    source = imported("tiny-30")
    inputs: Any = [{"type": "video", "url": f"fp_mediaId://{source['id']}"}]
    made = sdk.input_video.create_media(inputs=inputs, access_policy="public")
    assert made.data is not None
    assert server.wait(str(made.data.id))["duration"] == source["duration"]
    wrong = Fastpix(
        server_url=f"{server.url}/v1",
        security=models.Security(username=TOKEN[0], password="wrong"),
        retry_config=None,
    )
    with pytest.raises(errors.InvalidPermissionError):
        wrong.manage_videos.list_media(limit=1)
    with pytest.raises(errors.MediaNotFoundError):
        sdk.manage_videos.get_media(media_id=str(uuid.uuid4()))


# Raw requests


def test_the_reply_to_a_clip_has_every_field(server: Server, imported: Imported) -> None:
    source = imported("tiny-30")
    body = {"inputs": [{"type": "video", "url": f"fp_mediaId://{source['id']}", "startTime": 1, "endTime": 3.0}]}
    response = server.client.post("/v1/on-demand", json=body)
    assert response.status_code == 201
    assert response.headers["content-type"].startswith("application/json")
    data = response.json()["data"]
    assert data["inputs"] == body["inputs"]
    assert (data["status"], data["trial"], data["title"]) == ("Created", False, source["id"])
    assert data["sourceMediaId"] == source["id"]
    assert (data["mediaQuality"], data["maxResolution"]) == ("standard", "1080p")
    assert (data["sourceAccess"], data["optimizeAudio"]) == (False, False)
    assert "metadata" not in data
    assert data["playbackIds"][0]["accessPolicy"] == "private"
    clip = server.wait(data["id"])
    assert clip["duration"] == 2.0
    assert len({data["id"], data["playbackIds"][0]["id"], source["id"], source["playbackIds"][0]["id"]}) == 4
    playlist = server.client.get(f"/{data['playbackIds'][0]['id']}.m3u8")
    envelope(playlist, 401)


@pytest.mark.parametrize(
    ("times", "duration"),
    [
        ({"startTime": -4, "endTime": 1}, 1.0),
        ({"endTime": 99}, 3.0),
        ({"startTime": 1.5}, 1.5),
        ({"startTime": None, "endTime": None}, 3.0),
        ({"startTime": 0.0333}, 89 / 30),
    ],
)
def test_times_are_clamped(server: Server, imported: Imported, times: dict[str, Any], duration: float) -> None:
    made = server.create(f"fp_mediaId://{imported('tiny-30')['id']}", **times)
    assert server.wait(made["id"])["duration"] == pytest.approx(duration)


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"startTime": 2, "endTime": 2}, 422, "inputs[0].endTime"),
        ({"startTime": 3, "endTime": 1}, 422, "inputs[0].endTime"),
        ({"startTime": 10}, 422, "inputs[0].endTime"),
        ({"startTime": "1"}, 422, "inputs[0].startTime"),
        ({"startTime": True}, 422, "inputs[0].startTime"),
        ({"endTime": [1]}, 422, "inputs[0].endTime"),
        ({"type": "audio"}, 422, "inputs[0].type"),
        ({"url": " fp_mediaId://{id}"}, 422, "inputs[0].url"),
        ({"url": "fp_mediaId://{id} "}, 422, "inputs[0].url"),
        ({"url": "FP_mediaId://{id}"}, 422, "inputs[0].url"),
        ({"url": "fp_mediaId:/{id}"}, 422, "inputs[0].url"),
        ({"url": "fp_mediaId://"}, 422, "inputs[0].url"),
        ({"url": "fp_mediaId://{id}/x"}, 422, "inputs[0].url"),
        ({"url": "ftp://example.com/a"}, 422, "inputs[0].url"),
        ({"url": "file:///etc/passwd"}, 422, "inputs[0].url"),
        ({"url": f"fp_mediaId://{uuid.uuid4()}"}, 404, None),
    ],
)
def test_bad_clips_are_refused_and_change_nothing(
    server: Server, imported: Imported, change: dict[str, Any], status: int, field: str | None
) -> None:
    source = imported("tiny-30")
    one = {"type": "video", "url": "fp_mediaId://{id}"} | change
    one["url"] = one["url"].replace("{id}", source["id"])
    before = total(server)
    envelope(server.client.post("/v1/on-demand", json={"inputs": [one]}), status, field)
    assert total(server) == before


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"{}", 422),
        (b'{"inputs": {}}', 422),
        (b'{"inputs": []}', 422),
        (b'{"inputs": [3]}', 422),
        (b'{"inputs": [{"type": "video"}]}', 422),
        (b'{"inputs": [{"type": "video", "url": "http://x/", "startTime": NaN}]}', 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/"}], "accessPolicy": "bogus"}', 422),
        (b'{"inputs": [{"type": "video", "url": "http://x/"}], "summary": {"generate": true}}', 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/"}], "metadata": {"a": 1}}', 422),
        (b'{"inputs": [{"type": "video", "url": "http://x/\xff"}]}', 400),
        (b"[" * 100_000, 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y", "z": 1e999999999}]}', 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y", "z": 1e9999999999999999999}]}', 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y", "z": 0e9999999999999999999}]}', 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y", "z": ' + b"[" * 500 + b"]" * 500 + b"}]}", 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y", "startTime": 1.' + b"1" * 5000 + b"}]}", 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y", "startTime": ' + b"1" * 5000 + b"}]}", 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y"}], "metadata": {"a": "\\ud800"}}', 400),
        (b'{"inputs": [{"type": "video", "url": "http://x/y"}], "creatorId": "\\ud800"}', 400),
        (
            b'{"inputs": [{"type": "video", "url": "http://x/y"}], "accessPolicy": "public",'
            b' "accessRestrictions": {"domains": {"defaultPolicy": "perhaps"}}}',
            422,
        ),
    ],
)
def test_bad_bodies_are_refused(server: Server, raw: bytes, status: int) -> None:
    envelope(server.client.post("/v1/on-demand", content=raw), status)


def test_ids_and_agents_of_any_spelling(server: Server, imported: Imported) -> None:
    source = imported("tiny-30")["id"]
    clip = server.clip(source, 0, 1)["id"]
    for path in (source.upper(), f"{source.upper()}/input-info"):
        assert server.client.get(f"/v1/on-demand/{path}").status_code == 200
    listed = server.client.get(f"/v1/on-demand/{source.upper()}/media-clips?limit=50").json()["data"]
    assert clip in [one["id"] for one in listed]
    agent = {"User-Agent": "fastpix-sdk/python " + "9" * 5000 + ".0"}
    assert server.client.get(f"/v1/on-demand/{clip}", headers=agent).status_code == 200
    assert server.client.delete(f"/v1/on-demand/{clip.upper()}").status_code == 200
    assert server.client.put("/v1/on-demand").headers["allow"]


def test_errors_in_the_envelope(server: Server) -> None:
    envelope(httpx.get(f"{server.url}/v1/on-demand"), 401)
    envelope(httpx.get(f"{server.url}/v1/on-demand", auth=("nobody", "x")), 401)
    envelope(server.client.get("/v1/on-demand/not-a-uuid"), 422, "mediaId")
    envelope(server.client.get(f"/v1/on-demand/{uuid.uuid4()}"), 404)
    envelope(server.client.get("/v1/nothing/here"), 404)
    envelope(server.client.put("/v1/on-demand"), 405)
    for query, field in (
        ("limit=51", "limit"),
        ("limit=0", "limit"),
        ("offset=0", "offset"),
        ("orderBy=x", "orderBy"),
    ):
        envelope(server.client.get(f"/v1/on-demand?{query}"), 422, field)
    text = server.client.get(f"/v1/on-demand/{uuid.uuid4()}").json()["error"]
    assert text["message"] == "media workspace relation not found"


def test_lists_page_in_both_orders(server: Server, imported: Imported) -> None:
    source = server.clip(imported("tiny-30")["id"], 0, 3)
    clips = [server.clip(source["id"], 0, 1 + n / 10)["id"] for n in range(3)]
    path = f"/v1/on-demand/{source['id']}/media-clips"
    assert [one["id"] for one in server.client.get(path).json()["data"]] == clips[::-1]
    for order, expected in (("asc", clips), ("desc", clips[::-1])):
        pages = [server.client.get(f"{path}?limit=1&offset={n}&orderBy={order}").json() for n in (1, 2, 3)]
        assert [page["data"][0]["id"] for page in pages] == expected
        assert pages[1]["pagination"] == {"totalRecords": 3, "currentOffset": 2, "offsetCount": 3}
    beyond = server.client.get(f"{path}?offset=9").json()
    assert beyond["data"] == []
    assert beyond["pagination"]["totalRecords"] == 3
    seed = server.client.get(f"/v1/on-demand/{source['id']}/clips").json()
    assert [one["id"] for one in seed["data"]] == clips[::-1]
    assert seed["data"][0]["duration"] == "00:00:01"
    assert {one["sourceMediaId"] for one in seed["data"]} == {source["id"]}


def test_durations_are_spelled_for_the_client(server: Server, imported: Imported) -> None:
    path = f"/v1/on-demand/{imported('tiny-30')['id']}"
    for agent, expected in (
        ("fastpix-sdk/python 1.2.0 2.723.4 1.2.0 fastpix_python", 3.0),
        ("fastpix-sdk/python 1.1.9 x", "00:00:03"),
        ("fastpix-sdk/typescript 1.0.0 x", "00:00:03"),
        ("curl/8", 3.0),
    ):
        data = server.client.get(path, headers={"User-Agent": agent}).json()["data"]
        assert data["duration"] == expected, agent


def test_a_clip_waits_for_its_source(server: Server, files: str, source: Any) -> None:
    from tests.media import recipe

    path = source(recipe("h264-30"))
    media = server.create(f"{files}/{path.name}")
    clip = server.create(f"fp_mediaId://{media['id']}", startTime=1, endTime=2)
    again = server.create(f"fp_mediaId://{clip['id']}", endTime=0.5)
    assert server.media(clip["id"])["status"] in ("Created", "Processing", "Ready")
    assert server.wait(clip["id"])["duration"] == 1.0
    assert server.media(media["id"])["status"] == "Ready"
    assert server.wait(again["id"])["duration"] == 0.5


def test_a_source_that_fails_says_why_and_fails_its_clips(server: Server, files: str) -> None:
    media = server.create(f"{files}/slow-missing.mp4")
    clip = server.create(f"fp_mediaId://{media['id']}", endTime=1)
    failed = server.wait(media["id"], "Failed")
    assert failed["error"]["code"] == "unreachable"
    assert "404" in failed["error"]["message"]
    assert "duration" not in failed
    assert server.wait(clip["id"], "Failed")["error"]["code"] == "source_failed"
    refused = server.client.post(
        "/v1/on-demand", json={"inputs": [{"type": "video", "url": f"fp_mediaId://{media['id']}"}]}
    )
    envelope(refused, 400)
    assert server.client.get(f"/{failed['playbackIds'][0]['id']}.m3u8").status_code == 400


def test_two_workspaces_cannot_see_each_other(server: Server, imported: Imported) -> None:
    source = imported("tiny-30")
    made = server.run("token", "create", "--workspace", "other")
    assert made.returncode == 0, made.stderr
    words = dict(line.split()[:2] for line in made.stdout.splitlines())
    with httpx.Client(base_url=server.url, auth=(words["id"], words["secret"])) as other:
        assert other.get("/v1/on-demand").json()["pagination"]["totalRecords"] == 0
        path = f"/v1/on-demand/{source['id']}"
        for response in (
            other.get(path), other.delete(path), other.get(f"{path}/clips"), other.get(f"{path}/input-info"),
            other.post("/v1/on-demand", json={"inputs": [{"type": "video", "url": f"fp_mediaId://{source['id']}"}]}),
        ):  # fmt: skip
            envelope(response, 404)
        assert other.get(f"/api/v1/media/{source['id']}").status_code == 404
    reader = dict(
        line.split()[:2]
        for line in server.run("token", "create", "--workspace", "default", "--scope", "read").stdout.splitlines()
    )
    with httpx.Client(base_url=server.url, auth=(reader["id"], reader["secret"])) as client:
        assert client.get("/v1/on-demand").status_code == 200
        envelope(client.delete(f"/v1/on-demand/{source['id']}"), 403)


def test_five_clips_at_once(server: Server, imported: Imported) -> None:
    source = imported("tiny-30")
    made = [server.create(f"fp_mediaId://{source['id']}", startTime=n / 10, endTime=2)["id"] for n in range(5)]
    assert len(set(made)) == 5
    assert [server.wait(one)["duration"] for one in made] == [pytest.approx(2 - n / 10) for n in range(5)]
