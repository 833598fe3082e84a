"""The Cloudflare Stream API: playing by uid or token, who may, pictures, files, pages, instant clips."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from inpoint.web.tokens import public_half
from tests import judge
from tests.media import Recipe, recipe
from tests.server import Server
from tests.stream import Stream, refused

Uploaded = Callable[[str], dict[str, Any]]
Source = Callable[[Recipe], Path]
KEPT = ("manifest/video.m3u8", "manifest/video.mpd", "thumbnails/thumbnail.jpg", "downloads/default.mp4")


def download(stream: Stream, uid: str, name: str = "default") -> dict[str, Any]:
    """A download that is ready."""
    stream.ask("POST", f"/{uid}/downloads/{name}")
    deadline, percent = time.monotonic() + 60, 0.0
    while time.monotonic() < deadline:
        found: dict[str, Any] = stream.ask("GET", f"/{uid}/downloads")[name]
        assert percent <= found["percentComplete"] <= 100
        percent = found["percentComplete"]
        if found["status"] == "ready":
            return found
        time.sleep(0.05)
    raise AssertionError(found)


@pytest.fixture(scope="module")
def private(server: Server, source: Source) -> dict[str, Any]:
    """A private clip with an MP4."""
    with Stream(server) as stream:
        video = stream.wait(stream.upload(source(recipe("h264-30")))["uid"])
        clip = stream.clip(video["uid"], 1.5, 5.5, requireSignedURLs=True)
        download(stream, clip["uid"])
        return clip


def make_key(stream: Stream) -> tuple[str, str]:
    made = stream.ask("POST", "/keys")
    return made["id"], base64.b64decode(made["pem"]).decode()


def signed(key: tuple[str, str], uid: str, **changes: Any) -> str:
    now = int(time.time())
    claims = {"sub": uid, "kid": key[0], "exp": now + 600, "nbf": now - 60} | changes
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(told, key[1], algorithm="RS256", headers={"kid": key[0]})


# Manifests


def test_everything_that_a_clip_names_is_there(stream: Stream, uploaded: Uploaded) -> None:
    clip = stream.clip(uploaded("h264-23976-open")["uid"], 2, 9.5)
    master = stream.open.get(clip["playback"]["hls"])
    assert master.headers["Access-Control-Allow-Origin"] == "*"
    for name, url in judge.variants(stream.open, clip["playback"]["hls"]).items():
        track = judge.track(stream.open, url)
        assert sum(track.seconds) == pytest.approx(clip["duration"], abs=0.03)
        if name.startswith("video-"):
            assert judge.numbers(track.data) == list(range(48, 228))
        if name.startswith("audio-"):
            lag, sure = judge.lag(judge.sound(track.data), round(2.002 * 48_000))
            assert abs(lag) <= 1024
            assert sure > 0.9
    mpd = stream.open.get(clip["playback"]["dash"])
    assert mpd.headers["Access-Control-Allow-Origin"] == "*"
    assert 'mediaPresentationDuration="PT7.507500S"' in mpd.text


def test_a_hint_leaves_the_nearest_rendition(stream: Stream, uploaded: Uploaded) -> None:
    hls = uploaded("h264-30")["playback"]["hls"]

    def listed(query: str) -> list[str]:
        return [name for name in judge.variants(stream.open, hls + query) if name.startswith("video-")]

    every = listed("")
    assert len(every) == 3
    assert listed("?clientBandwidthHint=0.5") == ["video-360p"]
    assert listed("?clientBandwidthHint=1000") == ["video-720p"]
    for absurd in ("0", "-1", "nan", "inf", "1e99", "much", ""):
        assert listed(f"?clientBandwidthHint={absurd}") == every
    dash = hls.replace(".m3u8", ".mpd")
    assert stream.open.get(f"{dash}?clientBandwidthHint=0.5").text.count("<Representation") == 2  # and the sound


def test_unknown_and_hostile_addresses_open_nothing(stream: Stream, uploaded: Uploaded) -> None:
    uid = uploaded("tiny-30")["uid"]
    for path in (*KEPT, "watch", "iframe", "thumbnails/thumbnail.gif", "lifecycle", "clip.mp4?time=0s&duration=1s",
                 "metadata/playerEnhancementInfo.json", "downloads/audio.m4a",
                 "manifest/video-360p.m3u8"):  # fmt: skip
        assert stream.open.get(f"/{'e' * 32}/{path}").status_code == 404, path
    for path in ("manifest/..%2f..%2f..%2fetc%2fpasswd", "manifest/%2e%2e/%2e%2e/secret", "downloads/..%2fx",
                 "manifest/video-180p/..%2findex", "manifest/video-180p/init-99.mp4", "nothing",
                 "manifest/watch"):  # fmt: skip
        assert 400 <= stream.open.get(f"/{uid}/{path}").status_code < 500, path
    assert stream.open.get(f"/{uid.upper()}/manifest/video.m3u8").status_code == 404
    pending = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 10})["uid"]
    for path in ("manifest/video.m3u8", "thumbnails/thumbnail.jpg", "watch"):
        assert stream.open.get(f"/{pending}/{path}").status_code == 404


# Who may


def test_a_private_clip_opens_with_a_token_alone(stream: Stream, private: dict[str, Any]) -> None:
    uid = private["uid"]
    for path in (*KEPT, "watch", "iframe", "thumbnails/thumbnail.gif", "lifecycle", "manifest/video-360p/0.m4s"):
        assert stream.open.get(f"/{uid}/{path}").status_code in (401, 403), path
    token = stream.ask("POST", f"/{uid}/token")["token"]
    url = f"{stream.server.url}/{token}/manifest/video.m3u8"
    variants = judge.variants(stream.open, url)
    track = judge.track(stream.open, variants["video-720p"])
    assert judge.numbers(track.data) == list(range(45, 165))
    assert stream.open.get(f"/{token}/manifest/video-720p/0.m4s").headers["Cache-Control"].startswith("private")
    assert uid not in stream.open.get(url).text
    for path in ("manifest/video.mpd", "thumbnails/thumbnail.jpg", "watch", "iframe", "lifecycle"):
        assert stream.open.get(f"/{token}/{path}").status_code == 200, path
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == uid
    assert 3500 < claims["exp"] - time.time() < 3700
    assert 3500 < time.time() - claims["nbf"] < 3700


def test_a_view_only_token_downloads_nothing(stream: Stream, private: dict[str, Any]) -> None:
    watching = stream.ask("POST", f"/{private['uid']}/token")["token"]
    keeping = stream.ask("POST", f"/{private['uid']}/token", json={"downloadable": True})["token"]
    for path in ("downloads/default.mp4", "clip.mp4?time=0s&duration=1s"):
        refused(stream.open.get(f"/{watching}/{path}"), 403)
        assert stream.open.get(f"/{keeping}/{path}").status_code == 200
    assert judge.numbers(stream.open.get(f"/{keeping}/downloads/default.mp4").content) == list(range(45, 165))


def test_a_locally_signed_token_opens_and_a_wrong_one_does_not(
    stream: Stream, private: dict[str, Any], uploaded: Uploaded
) -> None:
    key, other = make_key(stream), make_key(stream)
    uid, now = private["uid"], int(time.time())

    def status(token: str) -> int:
        return stream.open.get(f"/{token}/manifest/video.m3u8").status_code

    good = signed(key, uid)
    assert status(good) == 200
    assert status(signed(key, uid, exp=str(now + 600))) == 200  # as a text, as the documentation has it
    assert status(signed(key, uid, nbf=None)) == 200
    assert status(signed(key, uploaded("tiny-30")["uid"])) == 200  # of a public video
    assert status(signed(key, "e" * 32)) == 404
    head, body, signature = good.split(".")
    forged = json.dumps({"sub": uid, "kid": key[0], "exp": now + 9999}).encode()
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": key[0]}).encode()).decode().rstrip("=")
    public = public_half(key[1]) or ""
    hs = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": key[0]}).encode()).decode().rstrip("=")
    mac = hmac.new(public.encode(), f"{hs}.{body}".encode(), hashlib.sha256).digest()
    for bad in (
        signed(key, uid, exp=now - 1), signed(key, uid, exp=None), signed(key, uid, exp=True),
        signed(key, uid, exp="x"),
        signed(key, uid, nbf=now + 600), signed(key, uid, sub=None), signed(key, uid, sub=5),
        signed(key, uid, sub="../x"),
        signed((other[0], key[1]), uid), signed(("e" * 32, key[1]), uid, kid="e" * 32),
        f"{head}.{base64.urlsafe_b64encode(forged).decode().rstrip('=')}.{signature}",
        f"{none}.{body}.", f"{hs}.{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}",
        f"{head}.{body}.{signed(other, uid).split('.')[2]}", f"{head}.{body}.AAAA", f"{head}.{body}.",
    ):  # fmt: skip
        assert status(bad) in (401, 403), bad
    assert [one["id"] for one in stream.ask("GET", "/keys")][:2] == [other[0], key[0]]
    assert {"pem", "jwk"}.isdisjoint(stream.ask("GET", "/keys")[0])
    assert stream.ask("DELETE", f"/keys/{key[0]}") == "Revoked"
    assert status(good) == 403
    stream.refuse("DELETE", f"/keys/{key[0]}", 404)
    fastpix = f"/{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}.m3u8?token={signed(other, uid)}"
    assert stream.open.get(fastpix).status_code == 404


def test_keys_come_in_two_forms_and_sign_for_who_sends_them(stream: Stream, private: dict[str, Any]) -> None:
    made = stream.ask("POST", "/keys")
    assert base64.b64decode(made["pem"]).startswith(b"-----BEGIN RSA PRIVATE KEY-----")
    jwk = json.loads(base64.b64decode(made["jwk"]))
    assert (jwk["kid"], jwk["kty"], jwk["use"], jwk["alg"]) == (made["id"], "RSA", "sig", "RS256")
    own = jwt.encode(
        {"sub": private["uid"], "exp": int(time.time()) + 60},
        jwt.PyJWK(jwk).key,
        "RS256",
        headers={"kid": made["id"]},
    )
    assert stream.open.get(f"/{own}/manifest/video.m3u8").status_code == 200
    ask = f"/{private['uid']}/token"
    token = stream.ask("POST", ask, json={"id": made["id"], "pem": made["pem"], "exp": int(time.time()) + 60})[
        "token"
    ]
    assert jwt.get_unverified_header(token)["kid"] == made["id"]
    stream.ask("DELETE", f"/keys/{made['id']}")
    assert stream.open.get(f"/{token}/manifest/video.m3u8").status_code == 403
    now, rule = int(time.time()), {"type": "any", "action": "allow"}
    for body, pointer in (
        ({"exp": now + 3 * 86_400}, "/exp"), ({"exp": now - 10}, "/exp"), ({"exp": "soon"}, "/exp"),
        ({"nbf": now + 7200}, "/nbf"), ({"downloadable": "yes"}, "/downloadable"), ({"id": made["id"]}, "/pem"),
        ({"pem": made["pem"]}, "/id"), ({"id": made["id"], "pem": made["pem"]}, "/id"),
        ({"accessRules": [rule] * 6}, "/accessRules"),
        ({"accessRules": [{"type": "odd", "action": "allow"}]}, "/accessRules/0/type"),
        ({"accessRules": [{"type": "any", "action": "maybe"}]}, "/accessRules/0/action"),
        ({"accessRules": [{"type": "ip.src", "action": "allow", "ip": ["nowhere"]}]}, "/accessRules/0/ip"),
        ({"accessRules": [{"type": "ip.geoip.country", "action": "allow", "country": ["DE"]}]},
         "/accessRules/0/country"),
    ):  # fmt: skip
        assert stream.refuse("POST", ask, json=body)["source"]["pointer"] == pointer
    stream.refuse("POST", f"/{'e' * 32}/token", 404)
    long = [
        {"type": "ip.src", "action": "allow", "ip": [f"10.{n}.{m}.0/24" for n in range(10) for m in range(10)]}
    ] * 5
    assert stream.refuse("POST", ask, json={"accessRules": long})["source"]["pointer"] == "/accessRules"
    fits = stream.ask("POST", ask, json={"accessRules": [{**long[0], "action": "block"}]})["token"]
    assert stream.open.get(f"/{fits}/manifest/video.m3u8").status_code == 200
    stream.refuse("POST", ask, content=b" " * (2 << 20))


ANY = {"type": "any", "action": "block"}


@pytest.mark.parametrize(
    ("rules", "opens"),
    [
        ([], True),
        ([{"type": "ip.src", "action": "allow", "ip": ["127.0.0.0/8"]}, ANY], True),
        ([ANY, {"type": "ip.src", "action": "allow", "ip": ["127.0.0.0/8"]}], False),
        ([{"type": "ip.src", "action": "block", "ip": ["127.0.0.1"]}], False),
        ([{"type": "ip.src", "action": "allow", "ip": ["10.0.0.0/8"]}], True),  # none fits
        ([{"type": "ip.src", "action": "allow", "ip": ["10.0.0.0/8"]}, ANY], False),
        ([{"type": "ip.src", "action": "block", "ip": ["::/0"]}], True),  # no IPv4 viewer is one of IPv6
        ([{"type": "ip.src", "action": "block", "ip": ["0.0.0.0/0"]}], False),
    ],
)
def test_access_rules_hold_on_segments(
    stream: Stream, private: dict[str, Any], rules: list[dict[str, Any]], opens: bool
) -> None:
    token = stream.ask("POST", f"/{private['uid']}/token", json={"accessRules": rules})["token"]
    for path in ("manifest/video.m3u8", "manifest/video-360p/0.m4s", "thumbnails/thumbnail.jpg"):
        assert stream.open.get(f"/{token}/{path}").status_code == (200 if opens else 403)


def test_countries_are_known_where_there_is_a_database(
    serve: Callable[..., Server], tmp_path: Path, source: Source
) -> None:
    writer = MMDBWriter(6, "GeoIP2-Country", ipv4_compatible=True)
    writer.insert_network(IPSet(["198.51.100.0/24"]), {"country": {"iso_code": "DE"}})
    writer.to_db_file(str(tmp_path / "countries.mmdb"))
    server = serve(INPOINT_GEOIP=str(tmp_path / "countries.mmdb"), INPOINT_TRUSTED_PROXIES="127.0.0.0/8")
    with Stream(server) as stream:
        uid = stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])["uid"]
        stream.ask("POST", f"/{uid}", json={"requireSignedURLs": True})
        rules = [{"type": "ip.geoip.country", "action": "allow", "country": ["de", "FR"]}, ANY]
        token = stream.ask("POST", f"/{uid}/token", json={"accessRules": rules})["token"]

        def status(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return stream.open.get(f"/{token}/manifest/video-180p/0.m4s", headers=headers).status_code

        assert status("198.51.100.7") == 200
        assert status("203.0.113.1, 198.51.100.7") == 200  # what a client says of itself comes first
        assert status("198.51.100.7, 203.0.113.1") == 403
        assert status("203.0.113.1") == status("nonsense") == status("2001:db8::1") == 403


def test_allowed_origins_hold(stream: Stream, uploaded: Uploaded) -> None:
    allowed = ["example.com", "*.example.org", "localhost:3000"]
    clip = stream.clip(uploaded("h264-30")["uid"], 1, 3, allowedOrigins=allowed)
    uid = clip["uid"]

    def status(path: str, **headers: str) -> int:
        return stream.open.get(f"/{uid}/{path}", headers=headers).status_code

    for path in ("manifest/video.m3u8", "manifest/video.mpd", "manifest/video-360p/0.m4s"):
        for origin in ("https://example.com", "http://example.com", "https://a.example.org", "https://a.b.example.org",
                       "http://localhost:3000", "https://EXAMPLE.com:443"):  # fmt: skip
            assert status(path, Origin=origin) == 200, origin
        assert status(path, Referer="https://example.com/page?x") == 200
        for origin in ("https://example.org", "https://www.example.com", "https://example.com.evil.net", "null",
                       "https://evilexample.org", "http://localhost", "http://localhost:3001", "https://example.com:444",
                       "https://[bad"):  # fmt: skip
            assert status(path, Origin=origin) == 403, origin
        assert status(path) == 403
    assert status("thumbnails/thumbnail.jpg") == 200
    assert status("thumbnails/thumbnail.jpg", Referer="https://evil.net/") == 403
    assert (
        "private"
        in stream.open.get(f"/{uid}/manifest/video-360p/0.m4s", headers={"Origin": "https://example.com"}).headers[
            "Cache-Control"
        ]
    )


# Pages


def test_pages_name_the_video_and_take_parameters(stream: Stream, uploaded: Uploaded) -> None:
    clip = stream.clip(uploaded("h264-30")["uid"], 1, 3, meta={"name": "<b>Ours & theirs</b>"})
    uid = clip["uid"]
    for path in ("watch", "iframe"):
        page = stream.open.get(f"/{uid}/{path}")
        assert page.headers["Content-Type"].startswith("text/html")
        assert uid in page.text
        assert "&lt;b&gt;Ours &amp; theirs&lt;/b&gt;" in page.text
        assert "<b>Ours" not in page.text
        assert "frame-ancestors" not in page.headers["Content-Security-Policy"]
    query = (
        "autoplay=true&muted&loop=true&controls=false&preload=none&poster=https%3A%2F%2Fexample.com%2Fp.jpg"
        "&primaryColor=%23ff8800&letterboxColor=transparent&startTime=1m2.5s&defaultTextTrack=en"
    )
    text = stream.open.get(f"/{uid}/iframe?{query}").text
    facts = json.loads(text.split('id="facts">')[1].split("</script>")[0])
    assert facts == {
        "autoplay": True, "muted": True, "loop": True, "controls": False, "preload": "none",
        "poster": "https://example.com/p.jpg", "color": "#ff8800", "letterbox": "transparent", "start": 62.5,
        "track": "en", "manifest": f"/{uid}/manifest/video.m3u8",
    }  # fmt: skip
    odd = stream.open.get(
        f"/{uid}/iframe?primaryColor=red;}}x&poster=javascript:alert(1)&startTime=x&defaultTextTrack=</script>"
    )
    assert "alert(1)" not in odd.text
    assert odd.text.count("</script>") == 4
    embed = stream.request("GET", f"/{uid}/embed")
    assert embed.headers["Content-Type"].startswith("text/html")
    assert f'src="{stream.server.url}/{uid}/iframe"' in embed.text
    assert "allowfullscreen" in embed.text
    stream.refuse("GET", f"/{'e' * 32}/embed", 404)
    for name in ("player.js", "hls.min.js", "media-chrome.js"):
        assert stream.open.get(f"/player/{name}").headers["Content-Type"].startswith("text/javascript")
    assert stream.open.get("/player/player.html").status_code == 404


def test_a_frame_is_judged_by_the_page_around_it(stream: Stream, uploaded: Uploaded) -> None:
    uid = stream.clip(uploaded("h264-30")["uid"], 1, 3, allowedOrigins=["example.com", "*.example.org"])["uid"]
    page = stream.open.get(f"/{uid}/iframe", headers={"Referer": "https://example.com/"})
    assert page.headers["Content-Security-Policy"].endswith(
        "frame-ancestors https://example.com http://example.com https://*.example.org http://*.example.org"
    )
    manifest = json.loads(page.text.split('id="facts">')[1].split("</script>")[0])["manifest"]
    variants = judge.variants(stream.open, stream.server.url + manifest)  # as the player asks: of no site
    assert judge.numbers(judge.track(stream.open, variants["video-360p"]).data) == list(range(30, 90))
    for headers in ({}, {"Referer": "https://evil.net/"}):
        refusal = stream.open.get(f"/{uid}/iframe", headers=headers)
        assert refusal.status_code == 403
        assert "may not be shown on this site" in refusal.text
    right = manifest.partition("?embed=")[2]
    other = stream.clip(uploaded("h264-30")["uid"], 1, 2, allowedOrigins=["example.com"])["uid"]
    assert stream.open.get(f"/{other}/manifest/video.m3u8?embed={right}").status_code == 403
    ends, _, signature = right.partition(".")
    for forged in (
        f"{int(ends) + 1}.{signature}",
        f"{ends}.x",
        "",
        ".",
        "9" * 20 + ".x",
        f"{int(time.time()) - 1}.{signature}",
    ):
        assert stream.open.get(f"/{uid}/manifest/video.m3u8?embed={forged}").status_code == 403


def test_public_details_and_lifecycle(stream: Stream, uploaded: Uploaded) -> None:
    uid = stream.clip(uploaded("h264-30")["uid"], 1, 2)["uid"]
    assert stream.open.get(f"/{uid}/metadata/playerEnhancementInfo.json").json() == {}
    stream.ask(
        "POST", f"/{uid}", json={"publicDetails": {"title": "T", "share_link": "https://x.example/", "media_id": 7}}
    )
    told = stream.open.get(f"/{uid}/metadata/playerEnhancementInfo.json").json()
    assert (told["title"], told["share_link"], told["media_id"]) == ("T", "https://x.example/", 7)
    assert stream.open.get(f"/{uid}/lifecycle").json() == {"isInput": False, "videoUID": uid, "live": False}


# Pictures


def test_thumbnails_are_of_the_time_and_size_asked_for(stream: Stream, uploaded: Uploaded) -> None:
    clip = stream.clip(uploaded("h264-30")["uid"], 1, 5, thumbnailTimestampPct=0.5)
    at = clip["thumbnail"]

    def shown(query: str = "") -> tuple[int, tuple[int, int]]:
        response = stream.open.get(f"{at}{query}")
        assert response.headers["Content-Type"] == "image/jpeg"
        return judge.numbers(response.content)[0], judge.size_of(response.content)

    assert shown() == (30 + 60, (640, 360))
    assert shown("?time=0s")[0] == 30
    assert shown("?time=2.5s&width=320&height=180") == (105, (320, 180))
    assert shown("?time=1s&height=270") == (60, (480, 270))
    assert shown("?time=0m1s&width=1920&height=1080") == (60, (1920, 1080))  # larger than the video's own
    assert shown("?time=9m")[0] == 149
    sizes = {fit: judge.size_of(stream.open.get(f"{at}?width=200&height=200&fit={fit}").content)
             for fit in ("crop", "clip", "scale", "fill")}  # fmt: skip
    assert sizes == {"crop": (200, 200), "clip": (200, 112), "scale": (200, 200), "fill": (200, 200)}
    for fit in ("fill", "crop", "clip", "scale"):
        for wide, high in ((383, 710), (2001, 1), (1, 999), (640, 361)):
            shape = judge.size_of(stream.open.get(f"{at}?width={wide}&height={high}&fit={fit}").content)
            assert shape == (wide, high) or fit == "clip"
    for query in ("time=x", "width=0", "height=99999", "fit=odd", "time=-1s"):
        refused(stream.open.get(f"{at}?{query}"))
    stream.ask("POST", f"/{clip['uid']}", json={"thumbnailTimestampPct": 1})
    assert shown()[0] == 149
    gif = stream.open.get(f"/{clip['uid']}/thumbnails/thumbnail.gif?time=1s&duration=2s&fps=5&height=180")
    assert gif.headers["Content-Type"] == "image/gif"
    assert judge.numbers(gif.content, 320, 180) == [60 + 6 * number for number in range(10)]
    assert stream.open.get(f"/{clip['uid']}/thumbnails/thumbnail.gif").status_code == 200
    refused(stream.open.get(f"/{clip['uid']}/thumbnails/thumbnail.gif?duration=1h"))


# Files


def test_downloads_come_and_go(stream: Stream, uploaded: Uploaded) -> None:
    clip = stream.clip(uploaded("h264-30")["uid"], 1, 4)
    uid = clip["uid"]
    assert stream.ask("GET", f"/{uid}/downloads") == {}
    assert stream.open.get(f"/{uid}/downloads/default.mp4").status_code == 404
    begun = stream.ask("POST", f"/{uid}/downloads")["default"]
    assert begun["url"] == f"{stream.server.url}/{uid}/downloads/default.mp4"
    assert begun["status"] in ("inprogress", "ready")
    ready = download(stream, uid)
    assert ready["percentComplete"] == 100
    file = stream.open.get(ready["url"])
    assert (file.headers["Content-Type"], file.headers["Accept-Ranges"]) == ("video/mp4", "bytes")
    assert judge.numbers(file.content) == list(range(30, 120))
    part = stream.open.get(ready["url"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, file.content[100:200])
    named = stream.open.head(f"{ready['url']}?filename=Our_clip-1")
    assert named.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Our_clip-1.mp4"
    for name in ("a b", "x/y", "é", "a" * 121, ""):
        refused(stream.open.get(ready["url"], params={"filename": name}))
    sound = download(stream, uid, "audio")
    assert sound["url"].endswith("/downloads/audio.m4a")
    lag, sure = judge.lag(judge.sound(stream.open.get(sound["url"]).content)[4800:], 48_000 + 4800)
    assert abs(lag) <= 1100
    assert sure > 0.9
    assert set(stream.ask("GET", f"/{uid}/downloads")) == {"default", "audio"}
    assert stream.ask("DELETE", f"/{uid}/downloads") == ""
    assert stream.open.get(ready["url"]).status_code == 404
    assert set(stream.ask("GET", f"/{uid}/downloads")) == {"audio"}
    stream.refuse("DELETE", f"/{uid}/downloads", 404)
    stream.ask("DELETE", f"/{uid}/downloads/audio")
    assert stream.open.get(sound["url"]).status_code == 404
    stream.refuse("POST", f"/{uid}/downloads/other", 404)
    pending = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 10})["uid"]
    stream.refuse("POST", f"/{pending}/downloads")


# Instant clips


def test_an_instant_clip_is_exact_and_no_video(stream: Stream, uploaded: Uploaded) -> None:
    uid = uploaded("h264-30")["uid"]
    before = stream.count()
    url = f"{stream.server.url}/{uid}/manifest/clip.m3u8?time=1.1s&duration=2.5s"
    for name, address in judge.variants(stream.open, url).items():
        track = judge.track(stream.open, address)
        assert sum(track.seconds) == pytest.approx(2.5, abs=0.03)
        if name.startswith("video-"):
            assert judge.numbers(track.data) == list(range(33, 108))
    file = stream.open.get(f"/{uid}/clip.mp4?time=1.1s&duration=2.5s&filename=clip.mp4")
    assert judge.numbers(file.content) == list(range(33, 108))
    assert judge.size_of(file.content) == (1280, 720)
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''clip.mp4"
    part = stream.open.get(f"/{uid}/clip.mp4?time=1.1s&duration=2.5s", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, file.content[:10])
    assert stream.count() == before
    for query in ("", "time=1s&duration=61s", "time=x&duration=1s", "time=1s&duration=0s", "time=-1s&duration=2s"):
        refused(stream.open.get(f"/{uid}/manifest/clip.m3u8?{query}"))
    late = refused(stream.open.get(f"/{uid}/manifest/clip.m3u8?time=10m&duration=2s"))
    assert (late["code"], late["source"]["pointer"]) == (10008, "/time")
    refused(stream.open.get(f"/{uid}/clip.mp4"))
    clip = stream.clip(uid, 1.1, 3.6)
    own = judge.track(stream.open, judge.variants(stream.open, clip["playback"]["hls"])["video-720p"])
    instant = judge.track(stream.open, judge.variants(stream.open, url)["video-720p"])
    assert own.segments == instant.segments  # the bytes that the clip has
