"""The FastPix API, every operation once."""

from __future__ import annotations

from functools import partial

from tests.examples.recorder import Recorder

_M = "/v1/on-demand/{media_id}"


def talk(say: Recorder, source_url: str, sent: bytes) -> None:
    """Import, clip, and everything else."""
    made = say.ask(
        "post /v1/on-demand", status=201,
        body={"inputs": [{"type": "video", "url": source_url}], "accessPolicy": "public", "title": "All hands",
              "metadata": {"team": "video"}, "maxResolution": "1080p"},
    )["data"]  # fmt: skip
    media = {"media_id": made["id"]}
    _ready(say, made["id"])
    say.ask(f"get {_M}", path=media)
    say.ask("get /v1/on-demand", query={"limit": 1, "offset": 1, "orderBy": "desc"})
    say.ask(
        f"patch {_M}", path=media, body={"title": "All hands, May", "metadata": {"team": "video", "month": "May"}}
    )
    cut = {"type": "video", "url": f"fp_mediaId://{made['id']}", "startTime": 1, "endTime": 2.5}
    clip = say.client.post("/v1/on-demand", json={"inputs": [cut], "accessPolicy": "public"}).json()["data"]
    _ready(say, clip["id"])
    say.ask(f"get {_M}/media-clips", path=media, query={"limit": 10})
    say.ask(f"get {_M}/clips", path=media)
    say.ask(f"get {_M}/input-info", path=media)
    say.ask("get /v1/on-demand/{stream_id}/live-clips", path={"stream_id": made["id"]})
    _watching(say, made["id"])
    _files(say, made["id"], made["playbackIds"][0]["id"])
    _tracks(say, made["id"], source_url.rpartition("/")[0])
    _pictures(say, made["playbackIds"][0]["id"])
    _keys(say)
    _uploads(say, sent)
    _not_offered(say, made["id"])
    say.ask(f"delete {_M}", path={"media_id": clip["id"]})


def _ready(say: Recorder, media_id: str) -> None:
    say.until(lambda: say.client.get(f"/v1/on-demand/{media_id}").json()["data"]["status"], "Ready")


def _watching(say: Recorder, media_id: str) -> None:
    at = f"{_M}/playback-ids"
    allowed = {"domains": {"defaultPolicy": "deny", "allow": ["example.com"]}}
    body = {"accessPolicy": "private", "accessRestrictions": allowed, "resolution": "720p"}
    made = say.ask(f"post {at}", path={"media_id": media_id}, body=body, status=201)["data"]
    one = {"media_id": media_id, "playback_id": made["id"]}
    say.ask(f"get {at}", path={"media_id": media_id})
    say.ask(f"get {at}/{{playback_id}}", path=one)
    rule = {"defaultPolicy": "deny", "allow": ["example.com", "*.example.org"]}
    say.ask(f"patch {at}/{{playback_id}}/domains", path=one, body=rule)
    say.ask(f"patch {at}/{{playback_id}}/user-agents", path=one, body={"deny": ["curl"]})
    say.ask(f"delete {at}", path={"media_id": media_id}, query={"playbackId": made["id"]})


def _files(say: Recorder, media_id: str, playback_id: str) -> None:
    media, shown = {"media_id": media_id}, {"playback_id": playback_id}
    say.ask(f"patch {_M}/update-mp4Support", path=media, body={"mp4Support": "capped_4k,audioOnly"})
    for name in ("capped-4k.mp4", "audio.m4a", "source.mkv"):
        if name == "source.mkv":
            say.ask(f"patch {_M}/source-access", path=media, body={"sourceAccess": True})
        say.until(partial(_status, say, f"/{playback_id}/{name}"), 200)
        say.ask(f"get /{{playback_id}}/{name}", path=shown)


def _status(say: Recorder, url: str) -> int:
    return say.client.head(url).status_code


def _tracks(say: Recorder, media_id: str, folder: str) -> None:
    at, media = f"{_M}/tracks", {"media_id": media_id}
    told = {"type": "subtitle", "url": f"{folder}/german.vtt", "languageCode": "de", "languageName": "Deutsch"}
    track = say.ask(f"post {at}", path=media, body={"tracks": told}, status=201)["data"]

    def state() -> str:
        tracks = say.client.get(f"/v1/on-demand/{media_id}").json()["data"]["tracks"]
        return next(str(each["status"]) for each in tracks if each["id"] == track["id"])

    say.until(state, "available")
    one = {"media_id": media_id, "track_id": track["id"]}
    say.ask(f"patch {at}/{{track_id}}", path=one, body={"languageCode": "de-AT", "languageName": "Österreichisch"})
    say.ask(f"post {at}/{{track_id}}/generate-subtitles", path=one, status=400)
    say.ask(f"delete {at}/{{track_id}}", path=one)


def _pictures(say: Recorder, playback_id: str) -> None:
    shown = {"playback_id": playback_id}
    for kind in ("png", "jpg", "webp"):
        say.ask(f"get /{{playback_id}}/thumbnail.{kind}", path=shown, query={"time": 1.5, "width": 320})
    for kind in ("gif", "webp"):
        say.ask(f"get /{{playback_id}}/clip.{kind}", path=shown, query={"start": 1, "end": 2, "width": 160, "fps": 5})
    for name in ("spritesheet", "advanced-spritesheet"):
        say.ask(f"get /{{playback_id}}/{name}.json", path=shown)
        say.ask(f"get /{{playback_id}}/{name}.jpg", path=shown)
    playlist = say.ask("get /{playback_id}.m3u8", path=shown, query={"maxResolution": "720p"})
    say.ask("get /{playback_id}.mpd", path=shown)
    name = next(line for line in playlist.splitlines() if line and not line.startswith("#"))
    say.ask("get /{playback_id}/{path}", path={**shown, "path": name.partition("?")[0].partition("/")[2]})


def _keys(say: Recorder) -> None:
    at = "/v1/iam/signing-keys"
    key = say.ask(f"post {at}", status=201)["data"]
    say.ask(f"get {at}")
    say.ask(f"get {at}/{{key_id}}", path={"key_id": key["id"]})
    say.ask(f"delete {at}/{{key_id}}", path={"key_id": key["id"]})


def _uploads(say: Recorder, sent: bytes) -> None:
    def begin() -> tuple[str, dict[str, str]]:
        body = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public", "metadata": {"team": "video"}}}
        made = say.ask("post /v1/on-demand/upload", body=body, status=201)["data"]
        query = dict(pair.split("=") for pair in made["url"].partition("?")[2].split("&"))
        return made["uploadId"], query

    upload_id, query = begin()
    one, at = {"upload_id": upload_id}, "/v1/uploads/{upload_id}"
    say.ask("get /v1/on-demand/uploads", query={"limit": 10})
    say.ask(f"post {at}", path=one, query=query, status=201)
    length = {"Content-Range": f"bytes 0-{len(sent) - 1}/{len(sent)}"}
    say.ask(f"put {at}", path=one, query=query, content=sent, headers=length)
    other, _ = begin()
    say.ask("put /v1/on-demand/upload/{upload_id}/cancel", path={"upload_id": other})


def _not_offered(say: Recorder, media_id: str) -> None:
    media = {"media_id": media_id}
    for operation in ("get summary", "patch summary", "patch chapters", "patch named-entities", "patch moderation"):
        method, name = operation.split()
        say.ask(f"{method} {_M}/{name}", path=media, status=400)
    say.ask("get /v1/on-demand/drm-configurations", status=400)
    one = {"configuration_id": media_id}
    say.ask("get /v1/on-demand/drm-configurations/{configuration_id}", path=one, status=404)
    lists = "/v1/on-demand/playlists"
    for method, rest in (("get", ""), ("post", ""), *((one, "/{playlist_id}") for one in ("get", "put", "delete")),
                         *((one, "/{playlist_id}/media") for one in ("patch", "put", "delete"))):  # fmt: skip
        say.ask(f"{method} {lists}{rest}", path={"playlist_id": media_id} if rest else None, status=400)
    for method in ("get", "post", "put", "patch", "delete"):
        say.ask(f"{method} /v1/live/{{path}}", path={"path": "streams"}, status=400)
