"""Our own API, every operation once."""

from __future__ import annotations

from typing import Any

from tests.examples.recorder import Recorder
from tests.server import TOKEN

_M = "/api/v1/media/{media_id}"


def talk(say: Recorder, sent: bytes) -> None:
    """Import, clip, and everything else."""
    made = say.ask("post /api/v1/media", query={"title": "All hands", "policy": "signed"}, content=sent, status=201)
    media = {"media_id": made["id"]}
    say.until(lambda: say.client.get(f"/api/v1/media/{made['id']}").json()["status"], "ready")
    say.until(lambda: say.client.get(f"/api/v1/media/{made['id']}").json()["fill"].get("ended"), True)
    say.ask(f"get {_M}", path=media)
    say.ask("get /api/v1/media", query={"search": "hands", "status": "ready", "limit": 10})
    cut = {"ranges": [{"start": 0.5, "end": 1}, {"start": "0:02", "end": "0:02.5"}], "title": "Highlights"}
    clip = say.ask(f"post {_M}/clips", path=media, body=cut, status=201)
    say.until(lambda: say.client.get(f"/api/v1/media/{clip['id']}").json()["status"], "ready")
    say.ask(f"get {_M}/deletion", path=media)
    say.ask(f"get {_M}/file.mp4", path=media, query={"rendition": "180p"})
    say.ask(
        f"post {_M}/links", path=media, body={"playback": made["playbacks"][0]["id"], "expiresIn": 3600}, status=201
    )
    url = f"/api/v1/media/{made['id']}/survey"
    say.until(lambda: say.client.get(url).json().get("known"), 1.0)
    say.ask(f"get {_M}/survey", path=media)
    say.ask(f"get {_M}/levels", path=media, query={"first": 0, "frames": 90, "points": 3})
    _viewing(say, made["id"])
    _access(say)
    _webhooks(say)
    say.ask(f"get {_M}/events", path=media, query={"limit": 2})
    say.ask("get /api/v1/storage")
    say.ask(f"delete {_M}", path={"media_id": clip["id"]})


def _viewing(say: Recorder, media_id: str) -> None:
    shown = say.client.get(f"/api/v1/media/{media_id}").json()
    view, grant = "/api/v1/view/{grant}", {"grant": shown["view"].rpartition("/")[2]}
    playlist = say.ask(f"get {view}/video.m3u8", path=grant, query={"parts": "0.5-1,2-2.5"})
    name = next(line for line in playlist.splitlines() if line and not line.startswith("#"))
    say.ask(f"get {view}/{{path}}", path={**grant, "path": name.partition("?")[0].removeprefix("./")})
    say.ask(f"get {view}/frames/{{number}}.jpg", path={**grant, "number": 45}, query={"height": 90})
    playback = say.client.patch(f"/v1/on-demand/{media_id}/update-mp4Support", json={"mp4Support": "capped_4k"})
    assert playback.status_code == 200, playback.text
    at = f"{shown['view']}/file.mp4"
    say.until(lambda: say.client.get(at).status_code, 200)
    say.ask(f"get {view}/file.mp4", path=grant, query={"download": "all-hands.mp4"})


def _access(say: Recorder) -> None:
    token = say.ask("post /api/v1/tokens", body={"scope": "read", "email": "viewer@example.com"}, status=201)
    say.ask("get /api/v1/tokens")
    say.ask("delete /api/v1/tokens/{token_id}", path={"token_id": token["id"]})
    say.ask("post /api/v1/session", body={"id": TOKEN[0], "secret": TOKEN[1]})
    say.ask("get /api/v1/session")
    say.ask("delete /api/v1/session")


def _webhooks(say: Recorder) -> None:
    at = "/api/v1/webhooks"
    hook = say.ask(f"post {at}", body={"url": "https://example.com/told"}, status=201)
    say.ask(f"get {at}")
    one: dict[str, Any] = {"webhook_id": hook["id"]}
    say.ask(f"get {at}/{{webhook_id}}", path=one)
    test = say.ask(f"post {at}/{{webhook_id}}/test", path=one, status=202)
    told = {**one, "delivery_id": test["id"]}
    say.ask(f"get {at}/{{webhook_id}}/deliveries/{{delivery_id}}", path=told)
    say.ask(f"get {at}/{{webhook_id}}/deliveries", path=one, query={"limit": 10})
    say.ask(f"post {at}/{{webhook_id}}/deliveries/{{delivery_id}}/redeliver", path=told, status=202)
    say.ask(f"delete {at}/{{webhook_id}}", path=one)
