"""The FastPix API as a whole: what is not offered, other SDKs' requests, every route for those who may not."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastpix_python import Fastpix, errors, models

from inpoint.dialects.fastpix import description as fastpix
from inpoint.dialects.own import description as own
from tests.dialects.test_fastpix import envelope
from tests.server import TOKEN, Server

Imported = Callable[[str], dict[str, Any]]

AGENTS = {
    "python": "fastpix-sdk/python 1.2.0 2.723.4 1.2.0 fastpix_python",
    "older python": "fastpix-sdk/python 1.1.0 2.700.0 1.0.0 fastpix_python",
    "node": "fastpix-sdk/typescript 1.0.1 2.723.4 1.0.0 @fastpix/fastpix-node",
    "java": "fastpix-sdk/java 1.0.2 2.723.4 1.0.0 io.fastpix.sdk",
    "go": "fastpix-sdk/go 1.0.1 2.723.4 1.0.0 github.com/FastPix/fastpix-go",
    "csharp": "fastpix-sdk/csharp 1.0.1 2.723.4 1.0.0 Fastpix",
    "curl": "curl/8.5.0",
}


def test_the_sdk_is_told_what_is_not_offered(sdk: Fastpix, imported: Imported) -> None:
    media_id = imported("tiny-30")["id"]
    ai = sdk.in_video_ai_features
    asked: list[Callable[[], Any]] = [
        lambda: sdk.drm_configurations.get_drm_configuration(),
        lambda: sdk.manage_videos.get_summary(media_id=media_id),
        lambda: ai.update_media_summary(media_id=media_id, generate=True),
        lambda: ai.update_media_chapters(media_id=media_id, chapters=True),
        lambda: ai.update_media_named_entities(media_id=media_id, named_entities=True),
        lambda: ai.update_media_moderation(media_id=media_id, moderation=models.UpdateMediaModerationModeration()),
        lambda: sdk.playlist.get_all_playlists(),
        lambda: sdk.playlist.get_playlist_by_id(playlist_id=str(uuid.uuid4())),
    ]
    for ask in asked:
        with pytest.raises(errors.FastpixError) as raised:
            ask()
        assert raised.value.status_code == 400
        body = json.loads(raised.value.body)
        assert (body["success"], body["error"]["code"]) == (False, 400)
        assert any(word in body["error"]["message"] for word in ("not enabled", "not offered", "does not exist"))
    with pytest.raises(errors.FastpixError) as raised:
        sdk.drm_configurations.get_drm_configuration_by_id(drm_configuration_id=str(uuid.uuid4()))
    assert raised.value.status_code == 404
    clips = sdk.manage_videos.list_live_clips(livestream_id=str(uuid.uuid4()), limit=5)
    assert clips.data == []


def test_live_streams_are_refused(server: Server) -> None:
    for method, path in (
        ("GET", "/v1/live/streams"),
        ("POST", "/v1/live/streams"),
        ("PUT", "/v1/live/streams/x/finish"),
    ):
        envelope(server.client.request(method, path), 400)


@pytest.mark.parametrize(
    "asked", [{"summary": {"generate": True}}, {"chapters": True}, {"namedEntities": True}, {"accessPolicy": "drm"},
              {"moderation": {"type": "video"}}, {"subtitles": {"languageName": "English", "languageCode": "en"}}],
)  # fmt: skip
def test_a_creation_that_asks_for_more_is_refused(server: Server, imported: Imported, asked: dict[str, Any]) -> None:
    inputs = [{"type": "video", "url": f"fp_mediaId://{imported('tiny-30')['id']}"}]
    envelope(server.client.post("/v1/on-demand", json={"inputs": inputs, **asked}), 400)


async def test_the_async_twins(server: Server, imported: Imported) -> None:
    media_id = imported("tiny-30")["id"]
    security = models.Security(username=TOKEN[0], password=TOKEN[1])
    async with Fastpix(server_url=f"{server.url}/v1", security=security, retry_config=None) as sdk:
        got = (await sdk.manage_videos.get_media_async(media_id=media_id)).data
        assert got is not None
        assert got.id == media_id
        inputs: Any = [{"type": "video", "url": f"fp_mediaId://{media_id}", "start_time": 1}]
        made = (await sdk.input_video.create_media_async(inputs=inputs, access_policy="private")).data
        assert made is not None
        with pytest.raises(errors.MediaNotFoundError):
            await sdk.manage_videos.get_media_async(media_id=str(uuid.uuid4()))


def test_a_wrong_secret_is_a_typed_error(server: Server) -> None:
    security = models.Security(username=TOKEN[0], password="wrong")
    sdk = Fastpix(server_url=f"{server.url}/v1", security=security, retry_config=None)
    with pytest.raises(errors.InvalidPermissionError) as raised:
        sdk.manage_videos.list_media(limit=1)
    assert raised.value.status_code == 401


@pytest.mark.parametrize("language", AGENTS)
def test_other_sdks_requests(language: str, server: Server, imported: Imported) -> None:
    """As each SDK sends them: its name, its paths, and durations as its models read them."""
    source = imported("tiny-30")["id"]
    spelled = language not in ("python", "curl")
    headers = {"User-Agent": AGENTS[language], "Accept": "application/json"}
    with httpx.Client(base_url=f"{server.url}/v1", auth=TOKEN, headers=headers, timeout=30) as client:
        body = {
            "inputs": [{"type": "video", "url": f"fp_mediaId://{source}", "startTime": 0, "endTime": 2}],
            "metadata": {"from": language}, "accessPolicy": "public", "maxResolution": "1080p",
            "optimizeAudio": False,
        }  # fmt: skip
        made = client.post("/on-demand", json=body)
        assert made.status_code == 201
        clip = server.wait(made.json()["data"]["id"])
        assert made.json()["data"]["inputs"] == body["inputs"]
        got = client.get(f"/on-demand/{clip['id']}").json()["data"]
        assert got["duration"] == ("00:00:02" if spelled else 2.0)
        listed = client.get(f"/on-demand/{source}/media-clips", params={"limit": 1}).json()["data"][0]
        assert (listed["id"], listed["duration"]) == (clip["id"], "00:00:02" if spelled else 2.0)
        edited = client.patch(f"/on-demand/{clip['id']}", json={"metadata": {"a": "b"}}).json()["data"]
        assert edited["metadata"] == {"a": "b"}
        assert client.delete(f"/on-demand/{clip['id']}").json() == {"success": True}


# Every route, for those who may not


@pytest.fixture(scope="module")
def ours(server: Server, imported: Imported) -> dict[str, str]:
    """Ids of things of the first workspace, of every kind that a path names."""
    media = imported("tiny-30")
    upload = server.client.post("/v1/on-demand/upload", json={}).json()["data"]
    key = server.client.post("/v1/iam/signing-keys").json()["data"]
    hook = server.client.post("/api/v1/webhooks", json={"url": "http://127.0.0.1:1/"}).json()
    token = server.client.post("/api/v1/tokens", json={}).json()
    delivery = server.client.post(f"/api/v1/webhooks/{hook['id']}/test").json()
    return {
        "media_id": media["id"], "playback_id": media["playbackIds"][0]["id"], "track_id": media["tracks"][1]["id"],
        "upload_id": upload["uploadId"], "key_id": key["id"], "webhook_id": hook["id"],
        "delivery_id": delivery["id"], "token_id": token["id"], "stream_id": media["id"],
        "configuration_id": media["id"],
        "playlist_id": media["id"], "path": "streams",
    }  # fmt: skip


def credential(server: Server, *arguments: str) -> tuple[str, str]:
    made = server.run("token", "create", *arguments).stdout.split()
    return made[made.index("id") + 1], made[made.index("secret") + 1]


#: Operations that need a credential, with a body that each would take.
GUARDED = sorted(
    one for one, told in {**fastpix.DESCRIPTION.operations, **own.DESCRIPTION.operations}.items() if not told.open
)
BODIES: dict[str, Any] = {
    "/v1/on-demand": {"inputs": [{"type": "video", "url": "fp_mediaId://{media_id}"}]},
    "/v1/on-demand/{media_id}": {"title": "theirs"},
    "/v1/on-demand/{media_id}/update-mp4Support": {"mp4Support": "capped_4k"},
    "/v1/on-demand/{media_id}/source-access": {"sourceAccess": True},
    "/v1/on-demand/{media_id}/tracks": {
        "tracks": {"url": "http://x/", "type": "subtitle", "languageCode": "eo"}
    },
}  # fmt: skip


def ask(client: httpx.Client, method: str, path: str, ids: dict[str, str]) -> httpx.Response:
    body = json.dumps(BODIES.get(path, {})).replace("{media_id}", ids["media_id"])
    params = {"playbackId": ids["playback_id"]} if method == "delete" and path.endswith("playback-ids") else {}
    content = b"" if path == "/api/v1/media" else body.encode()
    return client.request(method, path.format(**ids), content=None if method == "get" else content, params=params)


@pytest.mark.parametrize(("method", "path"), GUARDED, ids=lambda part: part)
def test_a_strangers_credential_finds_nothing_of_ours(
    method: str, path: str, server: Server, ours: dict[str, str], foreign: httpx.Client
) -> None:
    before = server.client.get(f"/v1/on-demand/{ours['media_id']}").json()
    response = ask(foreign, method, path, ours)
    assert response.status_code < 500
    for shared in ("stream_id", "configuration_id", "playlist_id", "path"):
        if f"{{{shared}}}" in path:
            break
    else:
        if "{" in path:
            assert response.status_code == 404, response.text
    text = response.text
    if method == "get":
        assert not [one for name, one in ours.items() if name != "path" and one in text], text
    assert server.client.get(f"/v1/on-demand/{ours['media_id']}").json() == before


@pytest.fixture(scope="module")
def foreign(server: Server) -> Any:
    with httpx.Client(base_url=server.url, auth=credential(server, "--workspace", "strangers"), timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def reading(server: Server) -> Any:
    made = credential(server, "--workspace", "default", "--scope", "read")
    with httpx.Client(base_url=server.url, auth=made, timeout=30) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), GUARDED, ids=lambda part: part)
def test_nobody_and_readers_change_nothing(
    method: str, path: str, server: Server, ours: dict[str, str], reading: httpx.Client
) -> None:
    with httpx.Client(base_url=server.url, timeout=30) as nobody:
        refused = ask(nobody, method, path, ours)
        assert refused.status_code == 401
        assert "error" in refused.json()
    told = {**fastpix.DESCRIPTION.operations, **own.DESCRIPTION.operations}[method, path]
    if method != "get" and told.replies:
        assert ask(reading, method, path, ours).status_code == 403
    elif method == "get":
        assert ask(reading, method, path, ours).status_code in (200, 400, 404)


def test_another_workspaces_media_cannot_be_clipped(ours: dict[str, str], foreign: httpx.Client) -> None:
    before = foreign.get("/v1/on-demand").json()["pagination"]["totalRecords"]
    inputs = [{"type": "video", "url": f"fp_mediaId://{ours['media_id']}"}]
    envelope(foreign.post("/v1/on-demand", json={"inputs": inputs}), 404)
    assert foreign.get("/v1/on-demand").json()["pagination"]["totalRecords"] == before


def test_unknown_routes_and_methods_fail_in_shape(server: Server) -> None:
    envelope(server.client.get("/v1/nothing/here"), 404)
    envelope(server.client.put("/v1/on-demand"), 405)
    envelope(server.client.post(f"/v1/on-demand/{uuid.uuid4()}"), 405)
