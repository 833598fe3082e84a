"""The Cloudflare Stream API: credentials, envelopes, lists, edits, clips."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import judge
from tests.media import Recipe, recipe
from tests.server import ACCOUNT, TOKEN, Server
from tests.stream import Stream, refused

Uploaded = Callable[[str], dict[str, Any]]
Source = Callable[[Recipe], Path]
OTHER = "f" * 32
#: Every field of a video.
FIELDS = {
    "uid", "creator", "thumbnail", "thumbnailTimestampPct", "readyToStream", "readyToStreamAt", "status", "meta",
    "created", "modified", "scheduledDeletion", "size", "preview", "allowedOrigins", "requireSignedURLs", "uploaded",
    "uploadExpiry", "maxSizeBytes", "maxDurationSeconds", "duration", "input", "playback", "watermark", "clippedFrom",
    "publicDetails",
}  # fmt: skip


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


# Who asks


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, 9106),
        ({"Authorization": "Bearer wrong-wrong-wrong-wrong-wrong"}, 401, 10001),
        ({"Authorization": TOKEN[1]}, 400, 6003),
        ({"Authorization": "Bearer"}, 400, 6003),
        ({"X-Auth-Email": "a@example.com", "X-Auth-Key": TOKEN[1]}, 401, 10001),
        ({"X-Auth-Email": TOKEN[0], "X-Auth-Key": "wrong"}, 401, 10001),
        ({"X-Auth-Key": TOKEN[1]}, 401, 9106),
    ],
)
def test_wrong_credentials_are_refused(server: Server, headers: dict[str, str], status: int, code: int) -> None:
    path = f"{server.url}/client/v4/accounts/{ACCOUNT}/stream"
    for answer in (httpx.get(path, headers=headers), httpx.post(f"{path}/clip", headers=headers, json={})):
        assert refused(answer, status)["code"] == code


def test_a_token_and_a_key_open_the_account(server: Server) -> None:
    path = f"{server.url}/client/v4/accounts/{ACCOUNT}/stream"
    made = server.run("token", "create", "--workspace", "default", "--email", "ops@example.com", "--scope", "read")
    secret = made.stdout.split("secret")[1].split()[0]
    for headers in (
        {"authorization": f"bearer {TOKEN[1]}"},
        {"X-Auth-Email": TOKEN[0], "X-Auth-Key": TOKEN[1]},
        {"x-auth-email": "ops@example.com", "x-auth-key": secret},
    ):
        assert httpx.get(path, headers=headers).status_code == 200
    with Stream(server, secret) as reading:
        assert reading.refuse("POST", "/clip", 403, json={})["code"] == 10002
        assert reading.refuse("POST", "/keys", 403)["code"] == 10002
        assert reading.refuse("DELETE", f"/{OTHER}", 403)["code"] == 10002


def test_other_accounts_are_closed(server: Server, uploaded: Uploaded) -> None:
    uid = uploaded("tiny-30")["uid"]
    with Stream(server, account=OTHER) as elsewhere:
        for method, path in (("GET", ""), ("GET", f"/{uid}"), ("DELETE", f"/{uid}"), ("GET", "/keys")):
            assert elsewhere.refuse(method, path, 403)["code"] == 10000
    made = server.run("token", "create", "--workspace", "another")
    secret = made.stdout.split("secret")[1].split()[0]
    with Stream(server, secret) as stranger:  # a token of another workspace
        assert stranger.refuse("GET", f"/{uid}", 403)["code"] == 10000
    with Stream(server, account="nonsense") as nowhere:
        assert nowhere.refuse("GET", "", 404)["code"] == 7003


def test_unknown_addresses_fail_in_the_envelope(stream: Stream) -> None:
    assert stream.refuse("GET", f"/{OTHER}", 404)["code"] == 10003
    assert stream.refuse("GET", "/no-such-thing", 404)["code"] == 10003
    assert stream.refuse("GET", f"/{OTHER}/no-such-thing", 404)["code"] == 7003
    stream.refuse("PUT", "/clip", 405)
    stream.refuse("PATCH", f"/{OTHER}", 405)
    stream.refuse("GET", "/live_inputs", 400)
    stream.refuse("GET", f"/live_inputs/{OTHER}/outputs", 404)
    error = refused(stream.open.get(f"/client/v4/accounts/{ACCOUNT}/nothing"), 404)
    assert error["error_chain"] == [{"code": 7000, "message": "No route for that URI"}]


@pytest.mark.parametrize(
    "body", [b"{", b'{"startTimeSeconds": 1,}', b"[]", b"", b"\xff", b"null", b'{"startTimeSeconds": NaN}']
)
def test_a_body_that_is_no_json_object_is_a_decoding_error(stream: Stream, body: bytes) -> None:
    error = stream.refuse("POST", "/clip", content=body, headers={"Content-Type": "application/json"})
    assert error["code"] == 10004


# Videos


def test_an_upload_becomes_a_video(stream: Stream, source: Source) -> None:
    path = source(recipe("h264-30"))
    sent = stream.upload(path)
    assert re.fullmatch(r"[0-9a-f]{32}", sent["uid"])
    assert sent["status"]["state"] in ("queued", "inprogress", "ready")
    assert stream.ask("GET")[0]["uid"] == sent["uid"]  # listed at once, the newest first
    video = stream.wait(sent["uid"])
    assert set(video) == FIELDS
    assert video["duration"] == 10
    assert video["input"] == {"width": 1280, "height": 720}
    assert video["status"] == {
        "state": "ready",
        "pctComplete": "100.000000",
        "errorReasonCode": "",
        "errorReasonText": "",
    }
    assert (video["readyToStream"], video["clippedFrom"], video["requireSignedURLs"]) == (True, None, False)
    assert video["meta"] == {"name": path.name, "filename": path.name}
    assert video["size"] == path.stat().st_size
    here = f"{stream.server.url}/{video['uid']}"
    assert video["playback"] == {"hls": f"{here}/manifest/video.m3u8", "dash": f"{here}/manifest/video.mpd"}
    assert (video["preview"], video["thumbnail"]) == (f"{here}/watch", f"{here}/thumbnails/thumbnail.jpg")
    assert datetime.fromisoformat(video["created"]) <= datetime.fromisoformat(video["readyToStreamAt"])
    stream.ask("DELETE", f"/{video['uid']}")
    stream.refuse("GET", f"/{video['uid']}", 404)
    stream.refuse("DELETE", f"/{video['uid']}", 404)
    assert stream.open.get(f"/{video['uid']}/manifest/video.m3u8").status_code == 404
    assert video["uid"] not in [one["uid"] for one in stream.ask("GET")]


def test_lists_select_what_is_asked_for(
    server: Server, serve: Callable[..., Server], source: Source, files: str
) -> None:
    with Stream(serve()) as stream:
        path = source(recipe("tiny-30"))
        names = ["First one", "second ONE", "third, with a comma"]
        made = []
        for number, name in enumerate(names):
            body = {"input": f"{files}/{path.name}", "meta": {"name": name}, "creator": f"creator-{number % 2}"}
            made.append(stream.wait(stream.ask("POST", "/copy", json=body)["uid"]))
        failed = stream.ask("POST", "/copy", json={"input": f"{files}/missing.mp4", "meta": {"name": "lost"}})
        _wait_error(stream, failed["uid"])
        pending = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 10})["uid"]
        uids = [one["uid"] for one in made]

        def listed(**query: Any) -> list[str]:
            return [one["uid"] for one in stream.ask("GET", params=query)]

        assert listed() == [pending, failed["uid"], *uids[::-1]]
        assert listed(asc="true")[:3] == uids
        assert listed(limit=2) == [pending, failed["uid"]]
        assert listed(id=uids[0]) == [uids[0]]
        assert set(listed(id=f"{uids[0]},{uids[2]}")) == {uids[0], uids[2]}
        assert listed(status="ready") == uids[::-1]
        assert listed(status="error") == [failed["uid"]]
        assert listed(status="pendingupload") == [pending]
        assert listed(status="pendingupload,error") == [pending, failed["uid"]]
        assert listed(status="live-inprogress") == listed(type="live") == listed(live_input_id=OTHER) == []
        assert len(listed(type="vod")) == 5
        assert listed(creator="creator-0") == [uids[2], uids[0]]
        assert listed(video_name="First one") == [uids[0]]
        assert listed(video_name="first one") == []
        assert listed(search="ONE") == [uids[1], uids[0]]
        assert listed(search="100%") == []
        assert listed(name="First one") == listed(name=uids[0]) == [uids[0]]
        assert set(listed(name=f"{uids[1]},First one")) == {uids[0], uids[1]}
        assert listed(name="third, with a comma") == [uids[2]]
        middle = made[1]["created"]
        assert listed(start=middle, status="ready") == [uids[2], uids[1]]
        assert listed(end=middle) == listed(before=middle) == [uids[0]]
        assert listed(after=middle, before=made[2]["created"]) == [uids[1]]
        assert listed(creator="creator-0", search="third") == [uids[2]]
        counted = stream.request("GET", params={"include_counts": "true", "limit": 2}).json()
        assert (counted["total"], counted["range"]) == (5, 2)
        assert "total" not in stream.request("GET").json()
        for query in (
            {"limit": 0},
            {"limit": 1001},
            {"status": "odd"},
            {"start": "soon"},
            {"asc": "maybe"},
            {"type": "x"},
        ):
            stream.refuse("GET", params=query)
        used = stream.ask("GET", "/storage-usage")
        assert (used["videoCount"], used["totalStorageMinutes"]) == (4, pytest.approx(9 / 60))
        assert stream.ask("GET", "/storage-usage", params={"creator": "creator-1"})["videoCount"] == 1


def _wait_error(stream: Stream, uid: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        video = stream.get(uid)
        if video["status"]["state"] == "error":
            return video
        time.sleep(0.05)
    raise AssertionError(video)


def test_edits_change_what_is_sent_and_nothing_else(stream: Stream, source: Source) -> None:
    video = stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])
    uid = video["uid"]
    edited = stream.ask(
        "POST", f"/{uid}",
        json={"meta": {"name": "Renamed", "deep": {"list": [1, 2.5, None]}}, "creator": "c" * 64, "uid": uid},
    )  # fmt: skip
    assert edited["meta"] == {"name": "Renamed", "deep": {"list": [1, 2.5, None]}}
    assert edited["creator"] == "c" * 64
    assert datetime.fromisoformat(edited["modified"]) > datetime.fromisoformat(video["modified"])
    when = in_days(40)
    again = stream.ask(
        "POST", f"/{uid}",
        json={"allowedOrigins": ["example.com"], "requireSignedURLs": True, "thumbnailTimestampPct": 0.5,
              "scheduledDeletion": when, "maxDurationSeconds": 100, "publicDetails": {"title": "For all"}},
    )  # fmt: skip
    assert again["meta"] == edited["meta"]
    assert (again["allowedOrigins"], again["requireSignedURLs"]) == (["example.com"], True)
    assert (again["thumbnailTimestampPct"], again["maxDurationSeconds"]) == (0.5, 100)
    assert datetime.fromisoformat(again["scheduledDeletion"]) == datetime.fromisoformat(when)
    assert again["publicDetails"]["title"] == "For all"
    cleared = stream.ask("POST", f"/{uid}", json={"scheduledDeletion": None, "allowedOrigins": [], "creator": None})
    assert (cleared["scheduledDeletion"], cleared["allowedOrigins"], cleared["creator"]) == (None, [], None)
    assert cleared["requireSignedURLs"] is True
    before = stream.get(uid)
    written = stream.ask("POST", f"/{uid}", json=before)  # as it was read
    assert written | {"modified": before["modified"]} == before
    before = written
    for body, pointer in (
        ({"thumbnailTimestampPct": 1.5}, "/thumbnailTimestampPct"),
        ({"uid": OTHER}, "/uid"),
        ({"creator": "c" * 65}, "/creator"),
        ({"creator": 5}, "/creator"),
        ({"scheduledDeletion": in_days(1)}, "/scheduledDeletion"),
        ({"scheduledDeletion": in_days(1100)}, "/scheduledDeletion"),
        ({"scheduledDeletion": "someday"}, "/scheduledDeletion"),
        ({"allowedOrigins": ["https://example.com/path"]}, "/allowedOrigins"),
        ({"allowedOrigins": "example.com"}, "/allowedOrigins"),
        ({"requireSignedURLs": "yes"}, "/requireSignedURLs"),
        ({"meta": []}, "/meta"),
        ({"maxDurationSeconds": 36_001}, "/maxDurationSeconds"),
        ({"publicDetails": {"title": 5}}, "/publicDetails/title"),
        ({"meta": {"name": "no"}, "thumbnailTimestampPct": -1}, "/thumbnailTimestampPct"),
    ):
        assert stream.refuse("POST", f"/{uid}", json=body)["source"]["pointer"] == pointer
    assert stream.get(uid) == before
    stream.refuse("POST", f"/{OTHER}", 404, json={})


# Clips


def test_a_clip_is_a_video_of_its_own(stream: Stream, uploaded: Uploaded) -> None:
    source = uploaded("h264-30")
    body = {"clippedFromVideoUID": source["uid"], "startTimeSeconds": 1, "endTimeSeconds": 3}
    reply = stream.ask("POST", "/clip", json=body)
    assert reply["uid"] != source["uid"]
    assert reply["clippedFrom"] == reply["clippedFromVideoUID"] == source["uid"]
    assert (reply["startTimeSeconds"], reply["endTimeSeconds"]) == (1, 3)
    assert reply["status"]["state"] == "queued"
    assert (reply["readyToStream"], reply["duration"], reply["size"]) == (False, -1, 0)
    assert reply["created"] == reply["modified"]
    assert reply["playback"]["hls"].endswith(f"/{reply['uid']}/manifest/video.m3u8")
    clip = stream.wait(reply["uid"], seconds=10)
    assert set(clip) == FIELDS
    assert (clip["duration"], clip["input"]) == (2, {"width": 1280, "height": 720})
    assert clip["size"] == source["size"] * 60 // 300
    again = stream.ask("POST", "/clip", json=body)
    assert again["uid"] != reply["uid"]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (0, 2, 0, 60),
        (0.5, 2.0, 15, 60),
        (1.25, 3.8, 38, 114),
        (3.3, 3.5, 99, 105),
        (8, 10, 240, 300),
        (9, 1000, 270, 300),
    ],
)
def test_the_frames_are_those_of_the_range(
    stream: Stream, uploaded: Uploaded, start: float, end: float, first: int, last: int
) -> None:
    clip = stream.clip(uploaded("h264-30")["uid"], start, end)
    assert clip["duration"] == pytest.approx((last - first) / 30)
    variants = judge.variants(stream.open, clip["playback"]["hls"])
    assert len([name for name in variants if name.startswith("video-")]) == 3
    for name, url in variants.items():
        track = judge.track(stream.open, url)
        if name.startswith("video-"):
            assert judge.numbers(track.data) == list(range(first, last))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"startTimeSeconds": 3, "endTimeSeconds": 3}, "endTimeSeconds"),
    ({"startTimeSeconds": 3, "endTimeSeconds": 3.05}, "endTimeSeconds"),
    ({"startTimeSeconds": 3, "endTimeSeconds": 1}, "endTimeSeconds"),
    ({"startTimeSeconds": -1, "endTimeSeconds": 1}, "startTimeSeconds"),
    ({"startTimeSeconds": 3, "endTimeSeconds": -1}, "endTimeSeconds"),
    ({"startTimeSeconds": 10, "endTimeSeconds": 12}, "startTimeSeconds"),
    ({"startTimeSeconds": 9.95, "endTimeSeconds": 12}, "endTimeSeconds"),
    ({"startTimeSeconds": 1e9, "endTimeSeconds": 2e9}, "startTimeSeconds"),
    ({"endTimeSeconds": 2}, "startTimeSeconds"),
    ({"startTimeSeconds": 1}, "endTimeSeconds"),
    ({"startTimeSeconds": None, "endTimeSeconds": 2}, "startTimeSeconds"),
    ({"startTimeSeconds": "1", "endTimeSeconds": 2}, "startTimeSeconds"),
    ({"startTimeSeconds": True, "endTimeSeconds": 2}, "startTimeSeconds"),
    ({"startTimeSeconds": 1, "endTimeSeconds": [2]}, "endTimeSeconds"),
    ({"thumbnailTimestampPct": 1.5}, "thumbnailTimestampPct"),
    ({"thumbnailTimestampPct": "0.5"}, "thumbnailTimestampPct"),
    ({"maxDurationSeconds": 0}, "maxDurationSeconds"),
    ({"maxDurationSeconds": 1.5}, "maxDurationSeconds"),
    ({"creator": "c" * 65}, "creator"),
    ({"meta": "name"}, "meta"),
    ({"allowedOrigins": [5]}, "allowedOrigins"),
    ({"requireSignedURLs": 1}, "requireSignedURLs"),
    ({"scheduledDeletion": "2020-01-01T00:00:00Z"}, "scheduledDeletion"),
    ({"watermark": {"uid": OTHER}}, "watermark/uid"),
    ({"watermark": "logo"}, "watermark/uid"),
    ({"clippedFromVideoUID": None}, "clippedFromVideoUID"),
    ({"clippedFromVideoUID": 5}, "clippedFromVideoUID"),
    ({"clippedFromVideoUID": "../../etc/passwd"}, "clippedFromVideoUID"),
    ({"clippedFromVideoUID": "x" * 33}, "clippedFromVideoUID"),
]


_TIMES = {"startTimeSeconds", "endTimeSeconds"}


def test_bad_clips_are_refused_and_make_nothing(stream: Stream, uploaded: Uploaded) -> None:
    uid = uploaded("h264-30")["uid"]
    good = {"clippedFromVideoUID": uid, "startTimeSeconds": 1, "endTimeSeconds": 3}
    before = stream.count()
    for change, pointer in BAD:
        times = {name: good[name] for name in _TIMES} if not _TIMES & set(change) else {}
        body: dict[str, Any] = {"clippedFromVideoUID": uid, **times, **change}
        began = time.monotonic()
        error = stream.refuse("POST", "/clip", json=body)
        assert error["source"]["pointer"] == f"/{pointer}", (change, error)
        if pointer in ("startTimeSeconds", "endTimeSeconds"):
            assert error["code"] == 10008
        if pointer == "thumbnailTimestampPct":
            assert error["code"] == 10019
        assert time.monotonic() - began < 2
    assert stream.refuse("POST", "/clip", 404, json=good | {"clippedFromVideoUID": OTHER})["code"] == 10003
    pending = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 10})["uid"]
    error = stream.refuse("POST", "/clip", json=good | {"clippedFromVideoUID": pending})
    assert "pendingupload" in error["message"]
    stream.ask("DELETE", f"/{pending}")
    assert stream.count() == before


def test_a_clip_takes_its_options_and_not_its_sources(stream: Stream, source: Source) -> None:
    video = stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])
    when = in_days(40)
    stream.ask(
        "POST", f"/{video['uid']}",
        json={"creator": "them", "allowedOrigins": ["example.com"], "scheduledDeletion": when,
              "meta": {"name": "theirs"}},
    )  # fmt: skip
    plain = stream.clip(video["uid"], 0, 1)
    assert (plain["creator"], plain["allowedOrigins"], plain["scheduledDeletion"], plain["meta"]) == (
        None,
        [],
        None,
        {},
    )
    told = stream.clip(
        video["uid"], 0.5, 1.5, creator="us", allowedOrigins=["*.example.org"], meta={"name": "Ours", "n": 1},
        thumbnailTimestampPct=0.25, requireSignedURLs=True, scheduledDeletion=when, maxDurationSeconds=60,
    )  # fmt: skip
    assert (told["creator"], told["allowedOrigins"], told["meta"]) == (
        "us",
        ["*.example.org"],
        {"name": "Ours", "n": 1},
    )
    assert (told["thumbnailTimestampPct"], told["requireSignedURLs"]) == (0.25, True)
    assert datetime.fromisoformat(told["scheduledDeletion"]) == datetime.fromisoformat(when)
    assert told["maxDurationSeconds"] == 60
    named = stream.clip(video["uid"], 0, 1, name="By name", input="ignored", url="ignored")
    assert named["meta"] == {"name": "By name"}


def test_a_clip_of_a_private_video_is_private_unless_it_is_said(stream: Stream, source: Source) -> None:
    video = stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])
    stream.ask("POST", f"/{video['uid']}", json={"requireSignedURLs": True})
    assert stream.clip(video["uid"], 0, 1)["requireSignedURLs"] is True
    assert stream.clip(video["uid"], 0, 1, requireSignedURLs=None)["requireSignedURLs"] is True
    assert stream.clip(video["uid"], 0, 1, requireSignedURLs=False)["requireSignedURLs"] is False


def test_a_clip_of_a_clip_and_a_clip_that_outlives_its_source(stream: Stream, source: Source) -> None:
    video = stream.wait(stream.upload(source(recipe("h264-30")))["uid"])
    first = stream.clip(video["uid"], 1, 8)
    second = stream.clip(first["uid"], 0.5, 4)
    assert second["clippedFrom"] == first["uid"]
    stream.ask("DELETE", f"/{video['uid']}")
    stream.ask("DELETE", f"/{first['uid']}")
    stream.refuse("GET", f"/{video['uid']}", 404)
    url = judge.variants(stream.open, second["playback"]["hls"])["video-360p"]
    assert judge.numbers(judge.track(stream.open, url).data) == list(range(45, 150))
    assert stream.open.get(second["playback"]["dash"]).status_code == 200
    assert stream.open.get(second["thumbnail"]).headers["Content-Type"] == "image/jpeg"
    assert stream.get(second["uid"])["clippedFrom"] == first["uid"]


def test_a_video_deleted_while_it_is_made_stays_gone(stream: Stream, source: Source) -> None:
    sent = stream.upload(source(recipe("h264-30")))
    stream.ask("DELETE", f"/{sent['uid']}")
    time.sleep(2)
    stream.refuse("GET", f"/{sent['uid']}", 404)
    assert stream.open.get(f"/{sent['uid']}/manifest/video.m3u8").status_code == 404


def test_a_repeated_key_makes_one_clip(stream: Stream, source: Source) -> None:
    uid = stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])["uid"]
    body = {"clippedFromVideoUID": uid, "startTimeSeconds": 1, "endTimeSeconds": 3}
    key = {"Idempotency-Key": "once"}
    before = stream.count()
    first, second = (stream.ask("POST", "/clip", json=body, headers=key) for _ in range(2))
    assert first == second
    assert stream.count() == before + 1
    assert stream.refuse("POST", "/clip", json=body | {"endTimeSeconds": 4}, headers=key)["code"] == 10005
    stream.ask("DELETE", f"/{uid}")
    assert stream.ask("POST", "/clip", json=body, headers=key) == first  # the reply holds, whatever has become of it
    direct = {"maxDurationSeconds": 60}
    made = [stream.ask("POST", "/direct_upload", json=direct, headers=key) for _ in range(2)]
    assert made[0] == made[1]


def test_ten_clips_at_once(stream: Stream, uploaded: Uploaded) -> None:
    uid = uploaded("h264-30")["uid"]
    with ThreadPoolExecutor(10) as pool:
        clips = list(pool.map(lambda number: stream.clip(uid, number / 2, number / 2 + 1 + number / 10), range(10)))
    assert len({one["uid"] for one in clips}) == 10
    for number, one in enumerate(clips):
        assert one["duration"] == pytest.approx(1 + number / 10, abs=0.001)


def test_storage_grows_by_a_clips_seconds_and_shrinks_again(stream: Stream, uploaded: Uploaded) -> None:
    uid = uploaded("h264-30")["uid"]
    before = stream.ask("GET", "/storage-usage")
    clip = stream.clip(uid, 1, 3.5)  # rounded up to the second
    after = stream.ask("GET", "/storage-usage")
    assert after["videoCount"] == before["videoCount"] + 1
    assert after["totalStorageMinutes"] == pytest.approx(before["totalStorageMinutes"] + 3 / 60)
    stream.ask("DELETE", f"/{clip['uid']}")
    assert stream.ask("GET", "/storage-usage") == before


def test_a_copy_comes_from_a_url(stream: Stream, files: str, source: Source) -> None:
    url = f"{files}/{source(recipe('tiny-30')).name}"
    reply = stream.ask(
        "POST", "/copy", json={"input": url, "meta": {"name": "Copied"}}, headers={"Upload-Creator": "me"}
    )
    assert (reply["status"]["state"], reply["duration"]) == ("downloading", -1)
    video = stream.wait(reply["uid"])
    assert video["meta"] == {"name": "Copied", "downloaded-from": url}
    assert video["creator"] == "me"
    assert stream.wait(stream.ask("POST", "/copy", json={"url": url})["uid"])["duration"] == 3
    for body in ({}, {"input": "no url"}, {"input": "file:///etc/passwd"}, {"input": 5}, {"url": "ftp://x/y"}):
        assert stream.refuse("POST", "/copy", json=body)["code"] == 10010
    lost = _wait_error(stream, stream.ask("POST", "/copy", json={"input": f"{files}/missing.mp4"})["uid"])
    assert lost["status"]["errorReasonCode"] == "ERR_FETCH_ORIGIN_ERROR"
    assert lost["status"]["errorReasonText"]
    stream.refuse(
        "POST", "/clip", json={"clippedFromVideoUID": lost["uid"], "startTimeSeconds": 0, "endTimeSeconds": 1}
    )
    for path in (
        "manifest/video.m3u8",
        "manifest/video.mpd",
        "thumbnails/thumbnail.jpg",
        "thumbnails/thumbnail.gif",
        "downloads/default.mp4",
        "downloads/audio.m4a",
        "manifest/video-360p/0.m4s",
        "watch",
        "iframe",
    ):
        assert stream.open.get(f"/{lost['uid']}/{path}").status_code == 424, path


def test_what_is_no_video_says_so(stream: Stream) -> None:
    sent = stream.ask("POST", files={"file": ("notes.mp4", b"these are no frames" * 100)})
    assert _wait_error(stream, sent["uid"])["status"]["errorReasonCode"] == "ERR_NON_VIDEO"
    assert stream.refuse("POST", files={"other": ("a.mp4", b"x")})["source"]["pointer"] == "/file"
    stream.refuse("POST", content=b"x", headers={"Content-Type": "text/plain"})
    stream.refuse("POST", content=b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"})
    stream.refuse("POST", content=b"", headers={"Content-Type": "multipart/form-data"})


def test_a_media_is_one_through_both_apis(
    server: Server, stream: Stream, imported: Uploaded, uploaded: Uploaded
) -> None:
    there = imported("tiny-30")  # made through the other API, public there
    uid = there["id"].replace("-", "")
    video = stream.get(uid)
    assert (video["duration"], video["requireSignedURLs"]) == (3, True)
    assert stream.open.get(f"/{uid}/manifest/video.m3u8").status_code == 401
    playback = there["playbackIds"][0]["id"]
    opened = stream.ask("POST", f"/{uid}", json={"requireSignedURLs": False})
    assert opened["requireSignedURLs"] is False
    here = judge.track(stream.open, judge.variants(stream.open, opened["playback"]["hls"])["video-180p"])
    theirs = judge.track(stream.open, judge.variants(stream.open, f"{server.url}/{playback}.m3u8")["video-180p"])
    assert here.segments == theirs.segments  # the very bytes
    stream.ask("POST", f"/{uid}", json={"requireSignedURLs": True})
    assert stream.open.get(f"/{playback}.m3u8").status_code == 200
    assert stream.open.get(f"/{there['id']}.m3u8").status_code == 404  # a uid is no playback id
    ours = server.media(str(_hyphenated(uploaded("tiny-30")["uid"])))
    assert (ours["status"], ours["playbackIds"], ours["title"]) == ("Ready", [], "tiny-30.mp4")
    added = server.client.post(f"/v1/on-demand/{ours['id']}/playback-ids", json={"accessPolicy": "private"}).json()
    assert stream.open.get(f"/{added['data']['id']}.m3u8").status_code == 401
    assert stream.open.get(f"/{uploaded('tiny-30')['uid']}/manifest/video.m3u8").status_code == 200


def _hyphenated(uid: str) -> str:
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"
