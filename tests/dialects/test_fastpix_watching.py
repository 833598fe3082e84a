"""Who may watch, through the FastPix API: playback ids, restrictions, signing keys, tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from fastpix_python import Fastpix, errors

from tests import judge
from tests.dialects.test_fastpix import envelope, total
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]


def private_clip(server: Server, imported: Imported) -> dict[str, Any]:
    source = imported("h264-30")
    return server.wait(server.create(f"fp_mediaId://{source['id']}", startTime=1.1, accessPolicy="private")["id"])


def key_pair(server: Server) -> tuple[str, str]:
    data = server.client.post("/v1/iam/signing-keys").json()["data"]
    return data["id"], base64.b64decode(data["privateKey"]).decode()


def soon(seconds: int = 600) -> int:
    return int(time.time()) + seconds


def token(key: tuple[str, str], playback_id: str, **changes: Any) -> str:
    """A signed token; ``changes`` replace its claims, those that are None are left out."""
    claims = {"kid": key[0], "aud": f"media:{playback_id}", "exp": soon(), "iss": "fastpix.io", "sub": ""} | changes
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(told, key[1], algorithm="RS256", headers={"kid": key[0]})


def test_the_sdk_manages_playback_ids(
    sdk: Fastpix, server: Server, imported: Imported, stranger: httpx.Client
) -> None:
    clip = server.clip(imported("tiny-30")["id"], 0, 2)
    made = sdk.playback.create_media_playback_id(media_id=clip["id"], access_policy="private", resolution="720p").data
    assert made is not None
    assert (made.access_policy, made.resolution) == ("private", "720p")
    second = sdk.playback.create_media_playback_id(media_id=clip["id"], access_policy="public").data
    assert second is not None
    assert second.id
    assert made.id
    got = sdk.playback.get_playback_id(media_id=clip["id"], playback_id=made.id).data
    assert got is not None
    assert got.id == made.id
    shown = server.media(clip["id"])["playbackIds"]
    assert [one["id"] for one in shown] == [clip["playbackIds"][0]["id"], made.id, second.id]
    listed = server.client.get(f"/v1/on-demand/{clip['id']}/playback-ids").json()["data"]
    assert [one["id"] for one in listed] == [one["id"] for one in shown]
    assert stranger.get(f"/{second.id}.m3u8").status_code == 200
    assert sdk.playback.delete_media_playback_id(media_id=clip["id"], playback_id=second.id).success
    assert stranger.get(f"/{second.id}.m3u8").status_code == 404
    assert stranger.get(f"/{clip['playbackIds'][0]['id']}.m3u8").status_code == 200
    envelope(server.client.get(f"/v1/on-demand/{clip['id']}/playback-ids/{second.id}"), 404)
    envelope(server.client.get(f"/v1/on-demand/{clip['id']}/playback-ids/x"), 422, "playbackId")
    missing = server.client.delete(f"/v1/on-demand/{clip['id']}/playback-ids?playbackId={second.id}")
    assert missing.json()["error"]["message"] == "media/playbackId not Found"
    envelope(server.client.delete(f"/v1/on-demand/{clip['id']}/playback-ids"), 422, "playbackId")


def test_the_sdk_manages_signing_keys(sdk: Fastpix, server: Server) -> None:
    made = sdk.signing_keys.create_signing_key().data
    assert made is not None
    assert made.id
    private = serialization.load_pem_private_key(base64.b64decode(made.private_key or ""), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    listed = sdk.signing_keys.list_signing_keys(limit=50, offset=1)
    assert made.id in [key.id for key in listed.data or []]
    got = sdk.signing_keys.get_signing_key_by_id(signing_key_id=made.id).data
    assert got is not None
    assert (got.public_key or "").encode() == public
    assert sdk.signing_keys.delete_signing_key(signing_key_id=made.id).success
    with pytest.raises(errors.SigningKeyNotFoundError):
        sdk.signing_keys.get_signing_key_by_id(signing_key_id=made.id)
    envelope(server.client.delete(f"/v1/iam/signing-keys/{made.id}"), 404)


def addresses(client: httpx.Client, playlist: str) -> list[str]:
    """Every address that a playlist leads to, directly or not."""
    found = []
    for line in client.get(playlist).raise_for_status().text.splitlines():
        quoted = line.split('URI="')
        named = quoted[1].split('"')[0] if len(quoted) > 1 else line
        if named and not named.startswith("#"):
            address = str(httpx.URL(playlist).join(named))
            found.append(address)
            if ".m3u8" in address:
                found += addresses(client, address)
    return found


def test_a_token_opens_a_private_clip_and_all_that_belongs_to_it(
    server: Server, imported: Imported, stranger: httpx.Client
) -> None:
    clip = private_clip(server, imported)
    playback_id = clip["playbackIds"][0]["id"]
    key = key_pair(server)
    unsigned = stranger.get(f"/{playback_id}.m3u8")
    envelope(unsigned, 401)
    assert unsigned.headers["www-authenticate"] == "Bearer"  # Basic makes browsers ask viewers for credentials
    signed = f"{server.url}/{playback_id}.m3u8?token={token(key, playback_id)}"
    opened = stranger.get(signed)
    assert opened.status_code == 200
    assert opened.headers["cache-control"].startswith("private")
    found = addresses(stranger, signed)
    assert len(found) > 15
    for address in found:
        for _ in range(60):
            answer = stranger.get(address)
            if answer.status_code != 503:
                break
        assert answer.status_code == 200, address
        assert stranger.get(address.split("?")[0]).status_code == 401, address
    tracks = judge.variants(stranger, signed)
    assert judge.numbers(judge.track(stranger, tracks["video-360p"]).data) == list(range(33, 300))
    mpd = stranger.get(signed.replace(".m3u8", ".mpd")).text
    assert mpd.count("?token=") >= 4
    # A public clip's addresses with the private id put in.
    public = server.clip(imported("h264-30")["id"], 1.1, None)["playbackIds"][0]["id"]
    for address in addresses(stranger, f"{server.url}/{public}.m3u8"):
        assert stranger.get(address.replace(public, playback_id)).status_code == 401
    # A key that is deleted opens nothing.
    assert server.client.delete(f"/v1/iam/signing-keys/{key[0]}").status_code == 200
    envelope(stranger.get(signed), 403)
    assert stranger.get(found[-1]).status_code == 403


def test_tokens_that_are_none(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    playback_id = private_clip(server, imported)["playbackIds"][0]["id"]
    key = key_pair(server)
    public_pem = server.client.get(f"/v1/iam/signing-keys/{key[0]}").json()["data"]["publicKey"]
    good = token(key, playback_id)
    head, body, mark = good.split(".")
    claims = {"kid": key[0], "aud": f"media:{playback_id}", "exp": soon()}

    def unpadded(text: bytes) -> str:
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    confused = f"{unpadded(json.dumps({'alg': 'HS256', 'kid': key[0]}).encode())}.{body}"
    by_public_key = unpadded(hmac.new(public_pem.encode(), confused.encode(), hashlib.sha256).digest())
    bad = {
        "expired": token(key, playback_id, exp=soon(-5)),
        "no expiry": token(key, playback_id, exp=None),
        "another playback": token(key, str(uuid.uuid4())),
        "another kind": token(key, playback_id, aud=f"drm:{playback_id}"),
        "not yet": token(key, playback_id, nbf=soon(500)),
        "unknown key": token((str(uuid.uuid4()), key[1]), playback_id),
        "another's key": token((key[0], key_pair(server)[1]), playback_id),
        "tampered": f"{head}.{unpadded(json.dumps(claims | {'exp': 9999999999}).encode())}.{mark}",
        "cut short": good[:-4],
        "no algorithm": jwt.encode(claims, "", algorithm="none", headers={"kid": key[0]}),
        "the public key as a secret": f"{confused}.{by_public_key}",
        "nonsense": "nonsense",
        "nothing in parts": "..",
        "a long one": "a" * 9000,
        "deep": unpadded(b"[" * 3000) + "." + body + "." + mark,
        "half a character": f"{unpadded(json.dumps({'alg': 'RS256', 'kid': chr(0xD800)}).encode())}.{body}.{mark}",
        "no text": f"{unpadded(json.dumps({'alg': 'RS256', 'kid': {'a': 1}}).encode())}.{body}.{mark}",
    }
    for name, one in bad.items():
        answer = stranger.get(f"/{playback_id}.m3u8", params={"token": one})
        assert answer.status_code == 403, name
        envelope(answer, 403)
    assert stranger.get(f"/{playback_id}.m3u8", params={"token": good}).status_code == 200
    only_payload = jwt.encode(claims, key[1], algorithm="RS256")
    assert stranger.get(f"/{playback_id}.m3u8", params={"token": only_payload}).status_code == 200
    public = server.clip(imported("tiny-30")["id"], 0, 1)["playbackIds"][0]["id"]
    assert stranger.get(f"/{public}.m3u8", params={"token": "nonsense"}).status_code == 200


def test_anothers_key_opens_nothing(server: Server, imported: Imported, stranger: httpx.Client) -> None:
    playback_id = private_clip(server, imported)["playbackIds"][0]["id"]
    made = server.run("token", "create", "--workspace", "keys of another")
    words = dict(line.split()[:2] for line in made.stdout.splitlines())
    with httpx.Client(base_url=server.url, auth=(words["id"], words["secret"])) as other:
        data = other.post("/v1/iam/signing-keys").json()["data"]
        own = (data["id"], base64.b64decode(data["privateKey"]).decode())
        mine = key_pair(server)
        envelope(other.get(f"/v1/iam/signing-keys/{mine[0]}"), 404)
        envelope(other.delete(f"/v1/iam/signing-keys/{mine[0]}"), 404)
        assert mine[0] not in other.get("/v1/iam/signing-keys").text
        clip = server.clip(imported("tiny-30")["id"], 0, 1)
        path = f"/v1/on-demand/{clip['id']}/playback-ids"
        there = clip["playbackIds"][0]["id"]
        for response in (
            other.get(path), other.get(f"{path}/{there}"), other.delete(f"{path}?playbackId={there}"),
            other.post(path, json={"accessPolicy": "public"}), other.patch(f"{path}/{there}/domains", json={}),
            other.patch(f"{path}/{there}/user-agents", json={}),
            other.patch(f"/v1/on-demand/{clip['id']}", json={"title": "mine"}),
        ):  # fmt: skip
            envelope(response, 404)
    envelope(stranger.get(f"/{playback_id}.m3u8", params={"token": token(own, playback_id)}), 403)


def test_restrictions_hold_on_manifests_and_guessed_segments(
    sdk: Fastpix, server: Server, imported: Imported, stranger: httpx.Client
) -> None:
    clip = server.clip(imported("tiny-30")["id"], 0, 2)
    playback_id = clip["playbackIds"][0]["id"]
    paths = (f"/{playback_id}.m3u8", f"/{playback_id}.mpd", f"/{playback_id}/video-180p/0.m4s",
             f"/{playback_id}/video-180p.m3u8", f"/{playback_id}/audio-0/init-0.mp4")  # fmt: skip

    def answers(**headers: str) -> set[int]:
        return {stranger.get(path, headers=headers).status_code for path in paths}

    assert answers() == {200}
    sdk.playback.update_domain_restrictions(
        media_id=clip["id"], playback_id=playback_id, default_policy="deny", allow=["good.example", "*.fine.example"]
    )
    assert answers(Origin="https://good.example") == {200}
    assert answers(Referer="https://good.example/page") == {200}
    assert answers(Origin="https://a.fine.example:8443") == {200}
    for origin in ("https://bad.example", "https://a.good.example", "https://fine.example", "null",
                   "https://good.example.bad.example", "https://[bad"):  # fmt: skip
        assert answers(Origin=origin) == {403}, origin
    assert answers() == {403}
    allowed = stranger.get(paths[0], headers={"Origin": "https://good.example"})
    assert allowed.headers["cache-control"].startswith("private")
    assert allowed.headers["access-control-allow-origin"] == "*"
    sdk.playback.update_domain_restrictions(
        media_id=clip["id"], playback_id=playback_id, default_policy="allow", deny=["bad.example"]
    )
    assert answers(Origin="https://bad.example") == {403}
    assert answers() == answers(Origin="https://x.bad.example") == {200}
    sdk.playback.update_domain_restrictions(media_id=clip["id"], playback_id=playback_id, default_policy="allow")
    sdk.playback.update_user_agent_restrictions(
        media_id=clip["id"], playback_id=playback_id, default_policy="deny", allow=["GoodPlayer"]
    )
    assert answers(**{"User-Agent": "Mozilla/5.0 goodplayer/3"}) == {200}
    assert answers(**{"User-Agent": "curl/8"}) == {403}
    shown = server.media(clip["id"])["playbackIds"][0]["accessRestrictions"]
    assert shown["userAgents"] == {"defaultPolicy": "deny", "allow": ["GoodPlayer"], "deny": []}


def test_restrictions_can_be_asked_for_at_the_beginning(server: Server, imported: Imported) -> None:
    rule = {"defaultPolicy": "deny", "allow": ["good.example"], "deny": []}
    source = imported("tiny-30")
    clip = server.wait(server.create(f"fp_mediaId://{source['id']}", accessRestrictions={"domains": rule})["id"])
    assert clip["playbackIds"][0]["accessRestrictions"]["domains"] == rule
    path = f"/{clip['playbackIds'][0]['id']}.m3u8"
    assert httpx.get(server.url + path).status_code == 403
    assert httpx.get(server.url + path, headers={"Origin": "http://good.example"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"accessPolicy": "open"}, "accessPolicy"),
        ({"resolution": "999p"}, "resolution"),
        ({"accessRestrictions": []}, "accessRestrictions"),
        ({"accessRestrictions": {"countries": {}}}, "accessRestrictions.countries"),
        ({"accessRestrictions": {"domains": []}}, "accessRestrictions.domains"),
        ({"accessRestrictions": {"domains": {"defaultPolicy": "no"}}}, "accessRestrictions.domains.defaultPolicy"),
        ({"accessRestrictions": {"userAgents": {"allow": "x"}}}, "accessRestrictions.userAgents.allow"),
        ({"accessRestrictions": {"domains": {"deny": [1]}}}, "accessRestrictions.domains.deny"),
    ],
)
def test_bad_playbacks_are_refused(server: Server, imported: Imported, body: dict[str, Any], field: str) -> None:
    media = imported("tiny-30")
    path = f"/v1/on-demand/{media['id']}/playback-ids"
    before = server.client.get(path).json()["data"]
    envelope(server.client.post(path, json=body), 422, field)
    envelope(server.client.post(path, json={"accessPolicy": "drm"}), 400)
    assert server.client.get(path).json()["data"] == before


def test_the_greatest_resolution_holds_on_guessed_segments(server: Server, imported: Imported) -> None:
    source = imported("h264-30")
    server.wait_filled(source["id"])
    path = f"/v1/on-demand/{source['id']}/playback-ids"
    made = server.client.post(path, json={"accessPolicy": "public", "resolution": "480p"}).json()["data"]
    text = server.client.get(f"/{made['id']}.m3u8").text
    assert ("video-480p" in text, "video-720p" in text) == (True, False)
    assert server.client.get(f"/{made['id']}/video-480p/0.m4s").status_code == 200
    for guessed in ("video-720p.m3u8", "video-720p/0.m4s", "video-720p/init-0.mp4"):
        assert server.client.get(f"/{made['id']}/{guessed}").status_code == 404


@pytest.mark.parametrize(
    ("query", "heights"),
    [
        ("", [360, 480, 720]),
        ("renditionOrder=desc", [720, 480, 360]),
        ("minResolution=480p", [480, 720]),
        ("maxResolution=540p", [360, 480]),
        ("resolution=480p&renditionOrder=desc", [480]),
        ("minResolution=360p&maxResolution=360p", [360]),
    ],
)
def test_manifests_list_what_is_asked_for(server: Server, imported: Imported, query: str, heights: list[int]) -> None:
    source = imported("h264-30")
    server.wait_filled(source["id"])
    text = server.client.get(f"{server.playlist(source)}?{query}").text
    assert [
        int(line.split("video-")[1].split("p")[0]) for line in text.splitlines() if line[:1] not in ("#", "")
    ] == heights
    mpd = server.client.get(f"{server.playlist(source).replace('.m3u8', '.mpd')}?{query}").text
    assert all(f'id="video-{height}p"' in mpd for height in heights)
    assert mpd.count('id="video-') == len(heights)
    assert "RESOLUTION=640x360" in next(line for line in text.splitlines() if "I-FRAME" in line)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("resolution=33p", "resolution"),
        ("resolution=1080p", "resolution"),
        ("minResolution=tall", "minResolution"),
        ("maxResolution=", "maxResolution"),
        ("minResolution=720p&maxResolution=360p", "minResolution"),
        ("renditionOrder=up", "order"),
    ],
)
def test_bad_filters_are_named(server: Server, imported: Imported, query: str, field: str) -> None:
    source = imported("h264-30")
    envelope(server.client.get(f"/{source['playbackIds'][0]['id']}.m3u8?{query}"), 422, field)


def test_editing_a_media(sdk: Fastpix, server: Server, imported: Imported) -> None:
    clip = server.clip(imported("tiny-30")["id"], 0, 1)
    edited = sdk.manage_videos.updated_media(media_id=clip["id"], metadata={"a": "b"}).data
    assert edited is not None
    server.client.patch(f"/v1/on-demand/{clip['id']}", json={"title": "goal", "creatorId": "me"})
    shown = server.media(clip["id"])
    assert (shown["metadata"], shown["title"], shown["creatorId"]) == ({"a": "b"}, "goal", "me")
    assert shown["updatedAt"] > clip["updatedAt"]
    path = f"/v1/on-demand/{clip['id']}"
    many = {str(number): "x" for number in range(11)}
    for body, field in (({"metadata": many}, "metadata"), ({"title": 1}, "title"), ({"status": "Ready"}, "status")):
        envelope(server.client.patch(path, json=body), 422, field)
    assert server.media(clip["id"]) == shown
    envelope(server.client.patch(f"/v1/on-demand/{uuid.uuid4()}", json={}), 404)


def test_the_same_key_creates_once(server: Server, imported: Imported) -> None:
    source = imported("tiny-30")
    body: dict[str, Any] = {"inputs": [{"type": "video", "url": f"fp_mediaId://{source['id']}", "endTime": 1}]}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    before = total(server)
    first = server.client.post("/v1/on-demand", json=body, headers=key)
    again = server.client.post("/v1/on-demand", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert total(server) == before + 1
    envelope(server.client.post("/v1/on-demand", json=body | {"title": "x"}, headers=key), 422, "Idempotency-Key")
    assert total(server) == before + 1
    server.wait(first.json()["data"]["id"])
    server.client.delete(f"/v1/on-demand/{first.json()['data']['id']}")
    assert server.client.post("/v1/on-demand", json=body, headers=key).json() == first.json()
    secret = server.client.post("/v1/iam/signing-keys", headers=key)
    assert secret.json() == server.client.post("/v1/iam/signing-keys", headers=key).json()
    path = f"/v1/on-demand/{source['id']}/playback-ids"
    made = [server.client.post(path, json={"accessPolicy": "public"}, headers=key).json() for _ in range(2)]
    assert made[0] == made[1]
    envelope(server.client.post(path, json={}, headers={"Idempotency-Key": "x" * 256}), 422, "Idempotency-Key")
    kept = (server.data / "inpoint.db").read_bytes() + (server.data / "inpoint.db-wal").read_bytes()
    assert secret.json()["data"]["privateKey"].encode() not in kept


def test_the_same_key_at_the_same_moment_creates_once(server: Server, imported: Imported) -> None:
    source = imported("tiny-30")
    body = {"inputs": [{"type": "video", "url": f"fp_mediaId://{source['id']}", "endTime": 1.5}]}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.client.post("/v1/on-demand", json=body, headers=key), range(8)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["data"]["id"] for one in answers}) == 1
