"""The Cloudflare Stream API, every operation once."""

from __future__ import annotations

import base64
from typing import Any

from tests.examples.recorder import Recorder
from tests.server import ACCOUNT

_S = "/client/v4/accounts/{account}/stream"
_V = f"{_S}/{{uid}}"
_VTT = b"WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nGuten Tag\n"
_AT: dict[str, Any] = {"account": ACCOUNT}


def talk(say: Recorder, source_url: str, sent: bytes, sound_url: str, image: bytes) -> None:
    """Import, clip, and everything else."""
    body = {"input": source_url, "meta": {"name": "All hands"}, "creator": "video-team"}
    video = say.ask(f"post {_S}/copy", path=_AT, body=body)["result"]
    one = {**_AT, "uid": video["uid"]}
    _ready(say, video["uid"])
    say.ask(f"get {_V}", path=one)
    say.ask(f"get {_S}", path=_AT, query={"status": "ready", "limit": 10, "include_counts": "true"})
    say.ask(f"post {_V}", path=one, body={"meta": {"name": "All hands, May"}, "thumbnailTimestampPct": 0.5})
    cut = {"clippedFromVideoUID": video["uid"], "startTimeSeconds": 1, "endTimeSeconds": 2.5}
    clip = say.ask(f"post {_S}/clip", path=_AT, body=cut)["result"]
    _ready(say, clip["uid"])
    say.ask(f"get {_V}/embed", path=one)
    say.ask(f"get {_S}/storage-usage", path=_AT, query={"creator": "video-team"})
    _access(say, one)
    _captions(say, one)
    _sound(say, one, sound_url, sent)
    _downloads(say, one)
    _playing(say, video["uid"])
    _uploads(say, sent)
    _watermarks(say, image)
    _webhook(say)
    for method in ("get", "post", "put", "delete"):
        say.ask(f"{method} {_S}/live_inputs", path=_AT, status=400)
        say.ask(f"{method} {_S}/live_inputs/{{path}}", path={**_AT, "path": "any"}, status=404)
    say.ask(f"delete {_V}", path={**_AT, "uid": clip["uid"]})


def _ready(say: Recorder, uid: str) -> None:
    at = f"/client/v4/accounts/{ACCOUNT}/stream/{uid}"
    say.until(lambda: say.client.get(at).json()["result"]["status"]["state"], "ready")


def _access(say: Recorder, one: dict[str, Any]) -> None:
    key = say.ask(f"post {_S}/keys", path=_AT)["result"]
    say.ask(f"get {_S}/keys", path=_AT)
    rules = [{"type": "ip.src", "action": "allow", "ip": ["192.0.2.0/24"]}, {"type": "any", "action": "block"}]
    say.ask(f"post {_V}/token", path=one, body={"downloadable": True, "accessRules": rules})
    say.ask(f"delete {_S}/keys/{{key_id}}", path={**_AT, "key_id": key["id"]})


def _captions(say: Recorder, one: dict[str, Any]) -> None:
    at, german = f"{_V}/captions", {**one, "language": "de"}
    say.ask(f"put {at}/{{language}}", path=german, form={"file": ("de.vtt", _VTT, "text/vtt")})
    url = f"/client/v4/accounts/{ACCOUNT}/stream/{one['uid']}/captions/de"
    say.until(lambda: say.client.get(url).json()["result"]["status"], "ready")
    say.ask(f"get {at}", path=one)
    say.ask(f"get {at}/{{language}}", path=german)
    say.ask(f"get {at}/{{language}}/vtt", path=german)
    say.ask(f"post {at}/{{language}}/generate", path=german, status=400)
    say.ask(f"delete {at}/{{language}}", path=german)


def _sound(say: Recorder, one: dict[str, Any], sound_url: str, sent: bytes) -> None:
    at = f"{_V}/audio"
    say.ask(f"post {at}/copy", path=one, body={"url": sound_url, "label": "Deutsch"})
    url = f"/client/v4/accounts/{ACCOUNT}/stream/{one['uid']}/audio"

    def are_ready() -> bool:
        return {each["status"] for each in say.client.get(url).json()["result"]["audio"]} == {"ready"}

    say.until(are_ready, True)  # they are listed in the order in which they become so
    form = {"file": ("french.mp4", sent, "audio/mp4"), "label": (None, "Français")}
    track = say.ask(f"post {at}", path=one, form=form)["result"]
    say.until(are_ready, True)
    say.ask(f"get {at}", path=one)
    own = {**one, "track_uid": track["uid"]}
    say.ask(f"patch {at}/{{track_uid}}", path=own, body={"label": "Français (Canada)"})
    say.ask(f"delete {at}/{{track_uid}}", path=own)


def _downloads(say: Recorder, one: dict[str, Any]) -> None:
    at = f"{_V}/downloads"
    say.ask(f"post {at}", path=one)
    say.ask(f"post {at}/{{name}}", path={**one, "name": "audio"})
    url = f"/client/v4/accounts/{ACCOUNT}/stream/{one['uid']}/downloads"
    say.until(lambda: {each["status"] for each in say.client.get(url).json()["result"].values()} == {"ready"}, True)
    say.ask(f"get {at}", path=one)
    for name in ("default.mp4", "audio.m4a"):
        say.ask(f"get /{{shown}}/downloads/{name}", path={"shown": one["uid"]}, query={"filename": "all-hands"})
    say.ask(f"delete {at}/{{name}}", path={**one, "name": "audio"})
    say.ask(f"delete {at}", path=one)


def _playing(say: Recorder, uid: str) -> None:
    shown = {"shown": uid}
    playlist = say.ask("get /{shown}/manifest/video.m3u8", path=shown, query={"clientBandwidthHint": 2.5})
    say.ask("get /{shown}/manifest/video.mpd", path=shown)
    part = {"time": "1s", "duration": "1s"}
    say.ask("get /{shown}/manifest/clip.m3u8", path=shown, query=part)
    say.ask("get /{shown}/clip.mp4", path=shown, query=part)
    name = next(line for line in playlist.splitlines() if line and not line.startswith("#"))
    say.ask("get /{shown}/manifest/{path}", path={**shown, "path": name.removeprefix("./")})
    say.ask("get /{shown}/thumbnails/thumbnail.jpg", path=shown, query={"time": "1s", "height": 180})
    moving = {"time": "1s", "duration": "1s", "height": 90, "fps": 5}
    say.ask("get /{shown}/thumbnails/thumbnail.gif", path=shown, query=moving)
    for name in ("watch", "iframe", "metadata/playerEnhancementInfo.json", "lifecycle"):
        say.ask(f"get /{{shown}}/{name}", path=shown)


def _uploads(say: Recorder, sent: bytes) -> None:
    say.ask(f"post {_S}", path=_AT, form={"file": ("match.mp4", sent, "video/mp4")})
    made = say.ask(f"post {_S}/direct_upload", path=_AT, body={"maxDurationSeconds": 3600})["result"]
    query = {"signature": made["uploadURL"].partition("signature=")[2]}
    form = {"file": ("match.mp4", sent, "video/mp4")}
    say.ask("post /client/v4/uploads/{uid}", path={"uid": made["uid"]}, query=query, form=form)
    tus = {"Tus-Resumable": "1.0.0"}
    place = "/client/v4/uploads/tus/{uid}"

    def begin() -> dict[str, str]:
        name = base64.b64encode(b"match.mp4").decode()
        headers = {**tus, "Upload-Length": str(len(sent)), "Upload-Metadata": f"name {name}"}
        response = say.client.post(f"/client/v4/accounts/{ACCOUNT}/stream", headers=headers)
        assert response.status_code == 201, response.text
        return {"uid": response.headers["Location"].partition("?")[0].rpartition("/")[2]}

    one = begin()
    say.ask(f"head {place}", path=one, headers=tus)
    headers = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    say.ask(f"patch {place}", path=one, headers=headers, content=sent, status=204)
    say.ask(f"delete {place}", path=begin(), headers=tus, status=204)


def _watermarks(say: Recorder, image: bytes) -> None:
    at = f"{_S}/watermarks"
    form = {
        "file": ("logo.png", image, "image/png"), "name": (None, "Logo"), "position": (None, "upperRight"),
        "scale": (None, "0.15"), "padding": (None, "0.05"), "opacity": (None, "0.8"),
    }  # fmt: skip
    made = say.ask(f"post {at}", path=_AT, form=form)["result"]
    say.ask(f"get {at}", path=_AT)
    say.ask(f"get {at}/{{watermark_uid}}", path={**_AT, "watermark_uid": made["uid"]})
    say.ask(f"delete {at}/{{watermark_uid}}", path={**_AT, "watermark_uid": made["uid"]})


def _webhook(say: Recorder) -> None:
    at = f"{_S}/webhook"
    say.ask(f"put {at}", path=_AT, body={"notificationUrl": "https://example.com/told"})
    say.ask(f"get {at}", path=_AT)
    say.ask(f"delete {at}", path=_AT)
