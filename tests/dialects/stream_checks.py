"""The conformance checks of the Cloudflare Stream API, one by one, through the official Python SDK where it can.

Runs under either generation of the SDK: it needs nothing but that, so that the older one can have an environment of
its own (``python stream_checks.py`` then runs all and prints what failed).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cloudflare
import httpx

OTHER = "f" * 32
VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nHello\n"
#: One green pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
)
STATES = ["pendingupload", "downloading", "queued", "inprogress", "ready"]
CHECKS: dict[int, Callable[[World], None]] = {}


def check(number: int) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    def kept(one: Callable[[World], None]) -> Callable[[World], None]:
        CHECKS[number] = one
        return one

    return kept


class World:
    """A client, and a ready source of ten seconds at thirty frames a second, 1280 by 720, with sound."""

    def __init__(self, url: str, token: str, account: str, source: str, files: str, *, strict: bool) -> None:
        self.url, self.token, self.account, self.source, self.files = url, token, account, source, files
        self.api = f"{url}/client/v4/accounts/{account}/stream"
        self.client: Any = cloudflare.Cloudflare(
            api_token=token, base_url=f"{url}/client/v4", _strict_response_validation=strict
        )
        self.sdk: Any = self.client.stream
        self.is_old = cloudflare.__version__.startswith("4.")
        self.raw = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60)
        self.open = httpx.Client(timeout=60)

    def close(self) -> None:
        for one in (self.client, self.raw, self.open):
            one.close()

    def get(self, uid: str) -> Any:
        return self.sdk.get(uid, account_id=self.account)

    def tell(self, uid: str) -> dict[str, Any]:
        found: dict[str, Any] = self.raw.get(f"{self.api}/{uid}").json()["result"]
        return found

    def clip(self, source: str, start: float, end: float, **more: Any) -> str:
        """A clip's uid. The older generation has fewer fields: the rest goes as the documentation says."""
        new = {"meta": "meta", "scheduled_deletion": "scheduledDeletion"}
        extra = {wire: more.pop(name) for name, wire in new.items() if self.is_old and name in more}
        made = self.sdk.clip.create(
            account_id=self.account, clipped_from_video_uid=source, start_time_seconds=start, end_time_seconds=end,
            **more, **({"extra_body": extra} if extra else {}),
        )  # fmt: skip
        return str(made.uid)

    def ready(self, uid: str) -> dict[str, Any]:
        deadline, reached = time.monotonic() + 60, 0
        while time.monotonic() < deadline:
            video = self.tell(uid)
            state = video["status"]["state"]
            assert state in STATES, video
            assert STATES.index(state) >= reached, (state, reached)
            reached = STATES.index(state)
            if state == "ready":
                return video
            time.sleep(0.03)
        raise AssertionError(video)

    def made(self, start: float, end: float, **more: Any) -> dict[str, Any]:
        return self.ready(self.clip(self.source, start, end, **more))

    def count(self) -> int:
        total: int = self.raw.get(self.api, params={"include_counts": "true", "limit": 1}).json()["total"]
        return total

    def token_for(self, uid: str, **more: Any) -> str:
        return str(self.sdk.token.create(uid, account_id=self.account, **more).token)

    def status(self, shown: str, path: str, **headers: str) -> int:
        return self.open.get(f"{self.url}/{shown}/{path}", headers=headers).status_code

    def key(self) -> Any:
        return self.sdk.keys.create(account_id=self.account, **({"body": {}} if self.is_old else {}))

    def sent(self) -> bytes:
        return self.open.get(self.files).content

    def upload(self) -> str:
        return str(self.raw.post(self.api, files={"file": ("sent.mp4", self.sent())}).json()["result"]["uid"])


def refused(response: httpx.Response, *statuses: int) -> dict[str, Any]:
    assert response.status_code in (statuses or (400, 401, 403, 404, 405, 413, 422)), response.text
    body = response.json()
    assert (body["result"], body["success"]) == (None, False)
    error: dict[str, Any] = body["errors"][0]
    assert isinstance(error["code"], int)
    assert error["code"] >= 1000
    assert error["message"]
    return error


def raises(kind: Any, call: Callable[..., Any], *told: Any, **named: Any) -> Any:
    """The failure; it comes at once, tried once."""
    began = time.monotonic()
    try:
        call(*told, **named)
    except kind as error:
        assert time.monotonic() - began < 3
        return error
    raise AssertionError(f"{call} did not raise {kind}")


def wait_for(what: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


@check(1)
def without_credentials(w: World) -> None:
    for answer in (w.open.get(w.api), w.open.post(f"{w.api}/clip", json={})):
        refused(answer, 400, 401, 403)


@check(2)
def with_a_wrong_token(w: World) -> None:
    wrong: Any = cloudflare.Cloudflare(api_token="wrong-token", base_url=f"{w.url}/client/v4")
    raises(
        (cloudflare.AuthenticationError, cloudflare.PermissionDeniedError), wrong.stream.list, account_id=w.account
    )
    wrong.close()
    refused(w.open.get(w.api, headers={"Authorization": w.token}))


@check(3)
def of_another_account(w: World) -> None:
    raises(cloudflare.APIStatusError, w.sdk.list, account_id=OTHER)
    raises(cloudflare.APIStatusError, w.sdk.get, w.source, account_id=OTHER)


@check(4)
def an_unknown_uid(w: World) -> None:
    error = raises(cloudflare.NotFoundError, w.get, "e" * 32)
    assert error.errors[0].code == 10003


@check(5)
def broken_json(w: World) -> None:
    for body in (b'{"clippedFromVideoUID": "x",}', b"[1]"):
        refused(w.raw.post(f"{w.api}/clip", content=body, headers={"Content-Type": "application/json"}), 400)


@check(6)
def unknown_routes(w: World) -> None:
    refused(w.raw.get(f"{w.api}/{w.source}/nothing"))
    refused(w.raw.put(f"{w.api}/clip", json={}))


@check(7)
def a_form(w: World) -> None:
    reply = w.raw.post(w.api, files={"file": ("sent.mp4", w.sent())}).json()
    assert reply["errors"] == []
    uid = reply["result"]["uid"]
    assert len(uid) == 32
    assert isinstance(reply["result"]["status"], dict)
    assert uid in [one.uid for one in w.sdk.list(account_id=w.account)]


@check(8)
def an_upload_becomes_ready(w: World) -> None:
    video = w.ready(w.upload())
    assert abs(video["duration"] - 10) <= 0.3
    assert video["input"] == {"width": 1280, "height": 720}
    float(video["status"]["pctComplete"])
    assert video["playback"]["hls"].endswith(f"/{video['uid']}/manifest/video.m3u8")
    assert video["thumbnail"].endswith("/thumbnails/thumbnail.jpg")


@check(9)
def replies_have_their_types(w: World) -> None:
    video = w.get(w.source)
    assert video.uid == w.source
    assert w.source in [one.uid for one in w.sdk.list(account_id=w.account)]
    assert {
        "uid", "created", "status", "readyToStream", "duration", "size", "input", "playback", "preview", "thumbnail",
        "meta", "creator", "allowedOrigins", "requireSignedURLs", "watermark", "clippedFrom", "publicDetails",
        "scheduledDeletion", "uploadExpiry", "maxDurationSeconds", "maxSizeBytes",
    } <= set(w.tell(w.source))  # fmt: skip


@check(10)
def a_clip_begins(w: World) -> None:
    uid = w.clip(w.source, 1, 3)
    assert uid != w.source
    video = w.tell(uid)
    assert video["clippedFrom"] == w.source
    assert video["status"]["state"] in ("queued", "inprogress", "ready")
    assert video["readyToStream"] == (video["status"]["state"] == "ready")
    assert video["playback"]["dash"]


@check(11)
def a_clips_reply(w: World) -> None:
    body = {"clippedFromVideoUID": w.source, "startTimeSeconds": 1, "endTimeSeconds": 3}
    replies = [w.raw.post(f"{w.api}/clip", json=body).json() for _ in range(2)]
    assert [one["success"] for one in replies] == [True, True]
    assert replies[0]["result"]["uid"] != replies[1]["result"]["uid"]
    assert {**replies[0]["result"], **body} == replies[0]["result"]


@check(12)
def a_clip_becomes_ready(w: World) -> None:
    video = w.made(1, 3)
    assert abs(video["duration"] - 2) <= 0.15
    assert video["input"]["width"] == 1280


@check(13)
def its_hls(w: World) -> None:
    video = w.made(1.5, 4)
    master = w.open.get(video["playback"]["hls"])
    assert master.headers["Access-Control-Allow-Origin"] == "*"
    assert 'CODECS="avc1' in master.text
    assert "mp4a" in master.text
    lists = [line for line in master.text.splitlines() if line and not line.startswith("#")]
    for one in lists:
        where = httpx.URL(video["playback"]["hls"]).join(one)
        text = w.open.get(where).text
        assert "#EXT-X-ENDLIST" in text
        lengths = [float(line[8:].rstrip(",")) for line in text.splitlines() if line.startswith("#EXTINF:")]
        assert abs(sum(lengths) - 2.5) <= 0.3
        target = int(text.split("#EXT-X-TARGETDURATION:")[1].split()[0])
        assert max(lengths) <= target + 0.5
        for line in text.splitlines():
            if line and not line.startswith("#"):
                segment = w.open.get(where.join(line))
                assert (segment.status_code, segment.content[4:8]) == (200, b"moof") or segment.content[
                    4:8
                ] == b"styp"


@check(14)
def its_mpd(w: World) -> None:
    video = w.made(1.5, 4)
    text = w.open.get(video["playback"]["dash"]).text
    assert 'mediaPresentationDuration="PT2.500000S"' in text
    where = httpx.URL(video["playback"]["dash"])
    for key in [part.split('"')[0] for part in text.split('<Representation id="')[1:]]:
        for name in (f"{key}/init-0.mp4", f"{key}/0.m4s"):
            assert w.open.get(where.join(name)).status_code == 200


@check(15)
def its_frames(w: World) -> None:
    """How many samples a clip's MP4 has; which pictures they are, the suites that decode tell."""
    video = w.made(1.5, 4)
    w.raw.post(f"{w.api}/{video['uid']}/downloads")
    found = wait_for(lambda: _ready(w, video["uid"]))
    data = w.open.get(found["url"]).content
    at = data.index(b"stsz")
    assert int.from_bytes(data[at + 12 : at + 16], "big") == 75


def _ready(w: World, uid: str, name: str = "default") -> Any:
    found = w.raw.get(f"{w.api}/{uid}/downloads").json()["result"][name]
    assert found["status"] != "error"
    return found if found["status"] == "ready" else None


@check(16)
def bad_ranges(w: World) -> None:
    before = w.count()
    for start, end in ((3, 3), (4, 3), (-1, 3), (100, 120)):
        raises(cloudflare.BadRequestError, w.clip, w.source, start, end)
    for change in ({"startTimeSeconds": "1"}, {"startTimeSeconds": True}, {"endTimeSeconds": None},
                   {"thumbnailTimestampPct": 1.5}):  # fmt: skip
        body = {"clippedFromVideoUID": w.source, "startTimeSeconds": 1, "endTimeSeconds": 3, **change}
        refused(w.raw.post(f"{w.api}/clip", json=body), 400)
    refused(w.raw.post(f"{w.api}/clip", json={"clippedFromVideoUID": w.source}), 400)
    nan = f'{{"clippedFromVideoUID": "{w.source}", "startTimeSeconds": NaN, "endTimeSeconds": 3}}'
    refused(w.raw.post(f"{w.api}/clip", content=nan), 400)
    assert w.count() == before


@check(17)
def ends(w: World) -> None:
    assert w.made(8, 500)["duration"] == 2
    assert w.made(0, 10)["duration"] == 10


@check(18)
def fractions(w: World) -> None:
    assert abs(w.made(0.5, 2.0)["duration"] - 1.5) < 0.001


@check(19)
def bad_sources(w: World) -> None:
    raises((cloudflare.BadRequestError, cloudflare.NotFoundError), w.clip, OTHER, 1, 2)
    raises((cloudflare.BadRequestError, cloudflare.NotFoundError), w.clip, "../../etc/passwd", 1, 2)
    pending = w.sdk.direct_upload.create(account_id=w.account, max_duration_seconds=60)
    raises(cloudflare.BadRequestError, w.clip, pending.uid, 1, 2)
    w.sdk.delete(pending.uid, account_id=w.account)


@check(20)
def a_clip_of_a_clip(w: World) -> None:
    first = w.made(1, 6)["uid"]
    second = w.ready(w.clip(first, 0.5, 2))
    assert (second["clippedFrom"], second["duration"]) == (first, 1.5)


@check(21)
def options(w: World) -> None:
    video = w.made(1, 3, creator="me", meta={"name": "Mine"}, allowed_origins=["example.com"],
                   thumbnail_timestamp_pct=0.5, require_signed_urls=True)  # fmt: skip
    assert (video["creator"], video["meta"], video["allowedOrigins"]) == ("me", {"name": "Mine"}, ["example.com"])
    assert (video["thumbnailTimestampPct"], video["requireSignedURLs"]) == (0.5, True)


@check(22)
def an_uploads_parent(w: World) -> None:
    video = w.tell(w.source)
    assert "clippedFrom" in video
    assert video["clippedFrom"] is None


@check(23)
def lists(w: World) -> None:
    name = f"listed {time.time()}"
    first = w.made(1, 2, creator=name[:60], meta={"name": name})["uid"]
    second = w.made(2, 3, creator=name[:60], meta={"name": name})["uid"]

    def listed(**query: Any) -> list[str]:
        return [one.uid for one in w.sdk.list(account_id=w.account, **query)]

    assert listed(creator=name[:60]) == listed(search=name.upper()) == [second, first]
    assert listed(search=name, asc=True) == [first, second]
    assert listed(search=name, status="ready") == [second, first]
    assert listed(search=name, status="error") == []
    created = datetime.fromisoformat(w.tell(second)["created"].replace("Z", "+00:00"))
    assert listed(search=name, start=created) == [second]
    assert listed(search=name, end=created) == [first]
    if not w.is_old:
        assert listed(search=name, limit=1) == [second]
        assert listed(id=first) == listed(name=first) == [first]
        assert listed(video_name=name, before=created) == [first]
    counted = w.raw.get(w.api, params={"search": name, "include_counts": "true", "limit": 1}).json()
    assert (counted["total"], counted["range"]) == (2, 1)


@check(24)
def edits(w: World) -> None:
    uid = w.made(1, 2, meta={"name": "before"})["uid"]
    before = w.tell(uid)
    w.sdk.edit(uid, account_id=w.account, creator="new")
    after = w.tell(uid)
    assert (after["creator"], after["meta"]) == ("new", {"name": "before"})
    assert after["modified"] > before["modified"]
    for bad in ({"thumbnail_timestamp_pct": 1.5}, {"creator": "c" * 65}):
        raises(cloudflare.BadRequestError, w.sdk.edit, uid, account_id=w.account, **bad)
    refused(w.raw.post(f"{w.api}/{uid}", json={"uid": OTHER}), 400)
    raises(cloudflare.NotFoundError, w.sdk.edit, "e" * 32, account_id=w.account, creator="x")
    assert w.tell(uid) == after


@check(25)
def scheduled_deletions(w: World) -> None:
    uid = w.made(1, 3)["uid"]
    when = datetime.now(timezone.utc) + timedelta(days=40)  # noqa: UP017
    w.sdk.edit(uid, account_id=w.account, scheduled_deletion=when)
    assert w.tell(uid)["scheduledDeletion"][:16] == when.isoformat()[:16]
    assert w.ready(w.clip(uid, 0, 1))["scheduledDeletion"] is None
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)  # noqa: UP017
    raises(cloudflare.BadRequestError, w.sdk.edit, uid, account_id=w.account, scheduled_deletion=tomorrow)
    w.raw.post(f"{w.api}/{uid}", json={"scheduledDeletion": None})
    assert w.tell(uid)["scheduledDeletion"] is None


@check(26)
def thumbnails(w: World) -> None:
    uid = w.made(1, 5, thumbnail_timestamp_pct=0.5)["uid"]
    at = f"{w.url}/{uid}/thumbnails/thumbnail"
    first, last, usual, half = (
        w.open.get(f"{at}.jpg{query}&width=320&height=180").content
        for query in ("?time=0s", "?time=3s", "?", "?time=2s")
    )
    assert first[:2] == last[:2] == b"\xff\xd8"
    assert first != last
    assert usual == half
    assert b"\x01\x40" in first[:700]  # 320 in the frame header
    gif = w.open.get(f"{at}.gif?duration=1s&height=90").content
    assert gif[:4] == b"GIF8"
    assert gif.count(b"\x21\xf9\x04") > 1


@check(27)
def hints(w: World) -> None:
    hls = w.tell(w.source)["playback"]["hls"]
    assert w.open.get(f"{hls}?clientBandwidthHint=0.5").text.count("#EXT-X-STREAM-INF") == 1
    for absurd in ("0", "-4", "1e30", "x"):
        assert w.open.get(f"{hls}?clientBandwidthHint={absurd}").text.count("#EXT-X-STREAM-INF") >= 1


@check(28)
def pages(w: World) -> None:
    for path in ("watch", "iframe"):
        assert w.source in w.open.get(f"{w.url}/{w.source}/{path}").text
        assert w.status("e" * 32, path) == 404
    assert w.source in w.sdk.embed.get(w.source, account_id=w.account)
    for path in ("manifest/video.m3u8", "manifest/video.mpd", "thumbnails/thumbnail.jpg", "downloads/default.mp4"):
        assert w.status("e" * 32, path) == 404
    assert 400 <= w.status(w.source, "manifest/..%2f..%2fetc%2fpasswd") < 500


@check(29)
def downloads(w: World) -> None:
    uid = w.made(1, 4)["uid"]
    begun = w.sdk.downloads.create(uid, account_id=w.account, **({"body": {}} if w.is_old else {}))
    assert begun is not None
    found = wait_for(lambda: _ready(w, uid))
    assert isinstance(found["percentComplete"], float)
    part = w.open.get(f"{found['url']}?filename=mine", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert "mine.mp4" in part.headers["Content-Disposition"]
    assert isinstance(w.sdk.downloads.delete(uid, account_id=w.account), str)
    assert w.status(uid, "downloads/default.mp4") == 404
    assert w.raw.get(f"{w.api}/{uid}/downloads").json()["result"] == {}


@check(30)
def sound_alone(w: World) -> None:
    uid = w.made(1, 2)["uid"]
    w.raw.post(f"{w.api}/{uid}/downloads/audio")
    found = wait_for(lambda: _ready(w, uid, "audio"))
    assert found["url"].endswith("/audio.m4a")
    assert w.open.get(found["url"]).status_code == 200


@check(31)
def private_videos(w: World) -> None:
    uid = w.made(1, 3, require_signed_urls=True)["uid"]
    w.raw.post(f"{w.api}/{uid}/downloads")
    wait_for(lambda: _ready(w, uid))
    paths = ("manifest/video.m3u8", "manifest/video.mpd", "thumbnails/thumbnail.jpg", "downloads/default.mp4")
    for path in (*paths, "manifest/video-360p/0.m4s"):
        assert w.status(uid, path) in (401, 403)
    token = w.token_for(uid, downloadable=True)
    for path in (*paths, "manifest/video-360p.m3u8", "manifest/video-360p/0.m4s"):
        assert w.status(token, path) == 200
    raises(cloudflare.NotFoundError, w.token_for, "e" * 32)


def _part(told: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


@check(32)
def wrong_tokens(w: World) -> None:
    uid = w.made(1, 3, require_signed_urls=True)["uid"]
    good = w.token_for(uid, exp=int(time.time()) + 2)
    head, body, mark = good.split(".")
    assert w.status(good, "manifest/video.m3u8") == 200
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    key = claims["kid"]
    late = _part({**claims, "exp": claims["exp"] + 9999})
    hs = f"{_part({'alg': 'HS256', 'kid': key})}.{body}"
    mac = base64.urlsafe_b64encode(hmac.new(b"x", hs.encode(), hashlib.sha256).digest()).decode().rstrip("=")
    other = w.token_for(w.source).split(".")[2]
    for bad in (f"{head}.{late}.{mark}", f"{_part({'alg': 'none', 'kid': key})}.{body}.", f"{hs}.{mac}",
                f"{head}.{body}.{other}"):  # fmt: skip
        assert w.status(bad, "manifest/video.m3u8") in (401, 403)
    soon = w.token_for(uid, nbf=int(time.time()) + 600, exp=int(time.time()) + 900)
    assert w.status(soon, "manifest/video.m3u8") in (401, 403)
    time.sleep(max(0, claims["exp"] - time.time()) + 0.1)
    assert w.status(good, "manifest/video.m3u8") in (401, 403)
    raises(cloudflare.BadRequestError, w.token_for, uid, exp=int(time.time()) + 3 * 86_400)


@check(33)
def rights(w: World) -> None:
    uid = w.made(1, 3, require_signed_urls=True)["uid"]
    w.raw.post(f"{w.api}/{uid}/downloads")
    wait_for(lambda: _ready(w, uid))
    assert w.status(w.token_for(uid), "downloads/default.mp4") in (401, 403)
    assert w.status(w.token_for(uid, downloadable=True), "downloads/default.mp4") == 200
    mine = {"type": "ip.src", "action": "allow", "ip": ["127.0.0.0/8"]}
    nobody = {"type": "any", "action": "block"}
    for path in ("manifest/video.m3u8", "manifest/video-360p/0.m4s"):
        assert w.status(w.token_for(uid, access_rules=[mine, nobody]), path) == 200
        assert w.status(w.token_for(uid, access_rules=[nobody, mine]), path) in (401, 403)
    raises(cloudflare.BadRequestError, w.token_for, uid, access_rules=[nobody] * 6)


@check(34)
def keys(w: World) -> None:
    uid = w.made(1, 3, require_signed_urls=True)["uid"]
    key = w.key()
    assert b"PRIVATE KEY" in base64.b64decode(key.pem)
    assert json.loads(base64.b64decode(key.jwk))["kid"] == key.id
    listed = w.raw.get(f"{w.api}/keys").json()["result"]
    assert key.id in [one["id"] for one in listed]
    assert not any({"pem", "jwk"} & set(one) for one in listed)
    token = w.token_for(uid, id=key.id, pem=key.pem)
    assert w.status(token, "manifest/video.m3u8") == 200
    assert isinstance(w.sdk.keys.delete(key.id, account_id=w.account), str)
    assert w.status(token, "manifest/video.m3u8") in (401, 403)
    raises(cloudflare.BadRequestError, w.token_for, uid, id=key.id, pem=key.pem)


@check(35)
def watermarks(w: World) -> None:
    made = w.raw.post(f"{w.api}/watermarks", files={"file": PNG}).json()["result"]
    assert (made["opacity"], made["padding"], made["scale"], made["position"]) == (1, 0.05, 0.15, "upperRight")
    assert (made["width"], made["height"]) == (1, 1)
    for bad in ({"opacity": "2"}, {"position": "middle"}):
        refused(w.raw.post(f"{w.api}/watermarks", files={"file": PNG}, data=bad), 400)
    refused(w.raw.post(f"{w.api}/watermarks", files={"file": b"GIF89a"}), 400)
    refused(w.raw.post(f"{w.api}/watermarks", files={"file": PNG[:8] + bytes(2_100_000)}))
    plain = w.made(1, 3)["uid"]
    video = w.made(1, 3, watermark={"uid": made["uid"]})
    assert video["watermark"] == made
    pictures = [w.open.get(f"{w.url}/{one}/thumbnails/thumbnail.jpg").content for one in (plain, video["uid"])]
    assert pictures[0] != pictures[1]
    w.sdk.watermarks.delete(made["uid"], account_id=w.account)
    assert w.tell(video["uid"])["watermark"] == made
    assert w.status(video["uid"], "manifest/video-360p/0.m4s") == 200
    raises((cloudflare.BadRequestError, cloudflare.NotFoundError), w.made, 1, 3, watermark={"uid": OTHER})


@check(36)
def resumable_uploads(w: World) -> None:
    data = w.sent()
    begun = w.sdk.with_raw_response.create(
        account_id=w.account, tus_resumable="1.0.0", upload_length=len(data), direct_user=True,
        upload_metadata="name " + base64.b64encode(b"By tus").decode(), **({"body": {}} if w.is_old else {}),
    )  # fmt: skip
    assert begun.status_code == 201
    uid, where = begun.headers["stream-media-id"], begun.headers["Location"]
    assert w.tell(uid)["status"]["state"] == "pendingupload"
    tus = {"Tus-Resumable": "1.0.0"}
    assert w.open.head(where, headers=tus).headers["Upload-Offset"] == "0"
    sending = {**tus, "Content-Type": "application/offset+octet-stream"}
    assert w.open.patch(where, content=data, headers={**sending, "Upload-Offset": "5"}).status_code == 409
    assert w.open.patch(where, content=data[:1000], headers={**sending, "Upload-Offset": "0"}).status_code == 400
    assert w.open.head(where, headers=tus).headers["Upload-Offset"] == "0"
    assert w.open.patch(where, content=data, headers={**sending, "Upload-Offset": "0"}).status_code == 204
    assert w.ready(uid)["meta"] == {"name": "By tus"}


@check(37)
def direct_uploads(w: World) -> None:
    for bad in ({}, {"maxDurationSeconds": 36_001}):
        refused(w.raw.post(f"{w.api}/direct_upload", json=bad), 400)
    made = w.sdk.direct_upload.create(account_id=w.account, max_duration_seconds=60, creator="me")
    where = w.raw.get(f"{w.api}/{made.uid}").json()
    assert where["result"]["creator"] == "me"
    url = made.upload_url
    assert w.open.post(url, files={"file": w.sent()}).status_code == 200
    assert w.ready(made.uid)["creator"] == "me"
    refused(w.open.post(url, files={"file": w.sent()}))
    short = w.sdk.direct_upload.create(account_id=w.account, max_duration_seconds=1)
    w.open.post(short.upload_url, files={"file": w.sent()})
    wait_for(lambda: w.tell(short.uid)["status"]["state"] == "error")
    assert w.tell(short.uid)["status"]["errorReasonCode"] == "ERR_DURATION_EXCEED_CONSTRAINT"


@check(38)
def copies(w: World) -> None:
    made = w.sdk.copy.create(account_id=w.account, **{"url" if w.is_old else "input": w.files}, upload_creator="me")
    video = w.ready(made.uid)
    assert (video["meta"]["downloaded-from"], video["creator"]) == (w.files, "me")
    for bad in ({}, {"input": "nothing"}, {"input": "file:///etc/passwd"}):
        refused(w.raw.post(f"{w.api}/copy", json=bad), 400)
    lost = w.raw.post(f"{w.api}/copy", json={"input": f"{w.files}.missing"}).json()["result"]["uid"]
    wait_for(lambda: w.tell(lost)["status"]["state"] == "error")
    assert w.tell(lost)["status"]["errorReasonCode"] == "ERR_FETCH_ORIGIN_ERROR"


@check(39)
def what_is_no_video(w: World) -> None:
    uid = w.raw.post(w.api, files={"file": ("x.mp4", b"no frames here" * 99)}).json()["result"]["uid"]
    wait_for(lambda: w.tell(uid)["status"]["state"] == "error")
    assert w.tell(uid)["status"]["errorReasonCode"] == "ERR_NON_VIDEO"
    assert w.status(uid, "manifest/video.m3u8") == 424
    raises(cloudflare.BadRequestError, w.clip, uid, 0, 1)


@check(40)
def captions(w: World) -> None:
    uid = w.made(1, 4)["uid"]
    language = w.sdk.captions.language
    put = language.update("de", account_id=w.account, identifier=uid, file=VTT)
    assert (put.label, put.generated) == ("Deutsch", False)
    assert w.raw.put(f"{w.api}/{uid}/captions/en", files={"file": ("en.vtt", VTT)}).status_code == 200
    assert sorted(one.language for one in w.sdk.captions.get(uid, account_id=w.account)) == ["de", "en"]
    assert "Hello" in language.vtt.get("de", account_id=w.account, identifier=uid)
    master = w.open.get(f"{w.url}/{uid}/manifest/video.m3u8").text
    assert master.count("TYPE=SUBTITLES") == 2
    raises(cloudflare.BadRequestError, language.update, "fr", account_id=w.account, identifier=uid, file="nothing")
    language.delete("de", account_id=w.account, identifier=uid)
    assert w.open.get(f"{w.url}/{uid}/manifest/video.m3u8").text.count("TYPE=SUBTITLES") == 1


@check(41)
def webhooks(w: World) -> None:
    got: list[tuple[str, bytes]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.headers["Webhook-Signature"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    name = "notification_url" if w.is_old else "body_notification_url_1"
    told = w.sdk.webhooks.update(account_id=w.account, **{name: url})
    secret = told["secret"] if w.is_old else told.secret
    uid = w.made(1, 2)["uid"]
    _, body = wait_for(lambda: next((one for one in got if json.loads(one[1])["uid"] == uid), None))
    mark = next(one[0] for one in got if one[1] == body)
    when, made = (part.split("=", 1)[1] for part in mark.split(","))
    assert hmac.new(secret.encode(), when.encode() + b"." + body, hashlib.sha256).hexdigest() == made
    assert json.loads(body)["status"]["state"] == "ready"
    w.sdk.webhooks.delete(account_id=w.account)
    raises(cloudflare.NotFoundError, w.sdk.webhooks.get, account_id=w.account)
    server.shutdown()
    server.server_close()


@check(42)
def storage(w: World) -> None:
    def usage(**query: str) -> tuple[int, float]:
        told = w.sdk.videos.storage_usage(account_id=w.account, **query)
        return told.video_count, told.total_storage_minutes * 60

    who = f"storage {time.time()}"
    assert usage(creator=who) == (0, 0)
    uid = w.made(1, 4, creator=who)["uid"]
    count, seconds = usage(creator=who)
    assert (count, round(seconds, 3)) == (1, 3)
    w.sdk.delete(uid, account_id=w.account)
    assert usage(creator=who) == (0, 0)


@check(43)
def a_source_deleted(w: World) -> None:
    source = w.ready(w.upload())["uid"]
    clip = w.ready(w.clip(source, 2, 5))
    w.sdk.delete(source, account_id=w.account)
    raises(cloudflare.NotFoundError, w.get, source)
    for path in (
        "manifest/video.m3u8",
        "manifest/video.mpd",
        "manifest/video-720p/0.m4s",
        "thumbnails/thumbnail.jpg",
    ):
        assert w.status(clip["uid"], path) == 200
    w.raw.post(f"{w.api}/{clip['uid']}/downloads")
    assert w.open.get(wait_for(lambda: _ready(w, clip["uid"]))["url"]).status_code == 200


@check(44)
def a_clip_deleted(w: World) -> None:
    uid = w.made(1, 2)["uid"]
    w.sdk.delete(uid, account_id=w.account)
    raises(cloudflare.NotFoundError, w.get, uid)
    raises(cloudflare.NotFoundError, w.sdk.delete, uid, account_id=w.account)
    assert w.status(uid, "manifest/video.m3u8") == 404
    early = w.clip(w.source, 3, 9)
    w.sdk.delete(early, account_id=w.account)
    time.sleep(1)
    raises(cloudflare.NotFoundError, w.get, early)


@check(45)
def an_email_and_a_key(w: World) -> None:
    mails = {"X-Auth-Email": "test-token", "X-Auth-Key": w.token}
    assert w.open.get(w.api, headers=mails).status_code == 200
    refused(w.open.get(w.api, headers={**mails, "X-Auth-Key": "wrong"}), 401, 403)


@check(46)
def ten_at_once(w: World) -> None:
    with ThreadPoolExecutor(10) as pool:
        uids = list(pool.map(lambda n: w.clip(w.source, n / 2, n / 2 + 1), range(10)))
    assert len(set(uids)) == 10
    assert {w.ready(uid)["duration"] for uid in uids} == {1}


@check(47)
def allowed_origins(w: World) -> None:
    uid = w.made(1, 2, allowed_origins=["example.com", "*.example.org"])["uid"]
    for origin, status in (("https://example.com", 200), ("https://a.example.org", 200), ("https://example.org", 403),
                           ("https://www.example.com", 403), ("https://evil.net", 403)):  # fmt: skip
        assert w.status(uid, "manifest/video.m3u8", Origin=origin) == status, origin


@check(48)
def instant_clips(w: World) -> None:
    before = w.count()
    assert w.status(w.source, "manifest/clip.m3u8?time=1s&duration=2s") == 200
    text = w.open.get(f"{w.url}/{w.source}/manifest/video-360p.m3u8?time=1s&duration=2s").text
    lengths = [float(line[8:].rstrip(",")) for line in text.splitlines() if line.startswith("#EXTINF:")]
    assert abs(sum(lengths) - 2) < 0.001
    assert w.open.get(f"{w.url}/{w.source}/clip.mp4?time=1s&duration=2s").content[4:8] == b"ftyp"
    assert w.status(w.source, "manifest/clip.m3u8?time=1s&duration=61s") == 400
    assert w.count() == before


def main() -> None:
    """Run all of them; what failed is printed as JSON, by number."""
    world = World(*sys.argv[1:6], strict=False)
    failed = {}
    for number, one in CHECKS.items():
        try:
            one(world)
        except BaseException:
            failed[number] = traceback.format_exc()
    world.close()
    print(json.dumps({"version": cloudflare.__version__, "ran": sorted(CHECKS), "failed": failed}))


if __name__ == "__main__":
    main()
