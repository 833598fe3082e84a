"""What players and caches rely on: ETags, ranges, HEAD, CORS, compression; and who is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inpoint.model.cmaf import read_segment
from tests import judge
from tests.server import Server

Imported = Callable[[str], dict[str, Any]]


@pytest.fixture
def base(server: Server, imported: Imported) -> str:
    media = imported("tiny-30")
    server.wait_filled(media["id"])
    return server.playlist(media).removesuffix(".m3u8")


def test_segments_have_etags_ranges_and_heads(base: str) -> None:
    url = f"{base}/video-180p/0.m4s"
    whole = httpx.get(url)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cache-control"] == "public, max-age=86400"
    assert int(whole.headers["content-length"]) == len(whole.content)
    tag = whole.headers["etag"]
    assert httpx.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert httpx.get(url, headers={"If-None-Match": f'W/{tag}, "x"'}).status_code == 304
    head = httpx.head(url)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert head.headers["content-length"] == whole.headers["content-length"]
    size = len(whole.content)
    for asked, start, end in (("0-99", 0, 100), ("100-", 100, size), ("-50", size - 50, size), ("0-999999", 0, size)):
        part = httpx.get(url, headers={"Range": f"bytes={asked}"})
        assert part.status_code == 206
        assert part.content == whole.content[start:end]
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    assert httpx.get(url, headers={"Range": f"bytes={size}-"}).status_code == 416
    for odd in ("bytes=5-2", "lines=1-2", "bytes=a-b", "bytes=0-1,4-5"):
        assert httpx.get(url, headers={"Range": odd}).status_code in (200, 416)
    stale = httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (stale.status_code, len(stale.content)) == (200, size)


def test_playlists_are_compressed_and_validated(base: str) -> None:
    url = f"{base}.m3u8"
    plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
    packed = httpx.get(url, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert httpx.get(url, headers={"If-None-Match": plain.headers["etag"]}).status_code == 304
    assert httpx.head(url).status_code == 200
    assert httpx.get(f"{base}.mpd").headers["content-type"].startswith("application/dash+xml")


def test_pages_of_any_origin_may_play(base: str) -> None:
    for path in (".m3u8", ".mpd", "/video-180p.m3u8", "/video-180p/init-0.mp4", "/video-180p/0.m4s", "/nothing"):
        answer = httpx.get(base + path, headers={"Origin": "https://example.com"})
        assert answer.headers["access-control-allow-origin"] == "*", path
    preflight = httpx.options(f"{base}/video-180p/0.m4s", headers={"Access-Control-Request-Method": "GET"})
    assert preflight.status_code == 204
    assert "Range" in preflight.headers["access-control-allow-headers"]


def test_the_multivariant_playlist_says_what_there_is(server: Server, imported: Imported) -> None:
    text = httpx.get(server.playlist(imported("h264-23976-open"))).text
    line = next(one for one in text.splitlines() if one.startswith("#EXT-X-STREAM-INF"))
    for part in (
        'CODECS="avc1.64001e,mp4a.40.2"', "RESOLUTION=640x360", "FRAME-RATE=23.976", 'AUDIO="audio"',
        'SUBTITLES="text"', "BANDWIDTH=",
    ):  # fmt: skip
        assert part in line
    assert "#EXT-X-I-FRAME-STREAM-INF:" in text
    assert 'TYPE=SUBTITLES,GROUP-ID="text",NAME="eng",LANGUAGE="en"' in text


def test_i_frames_are_the_first_frames_of_segments(server: Server, imported: Imported) -> None:
    media = imported("h264-30")
    track = judge.track(server.client, server.playlist(media).removesuffix(".m3u8") + "/iframes.m3u8")
    assert [read_segment(one).sizes.__len__() for one in track.segments] == [1] * 5
    assert judge.numbers(track.data) == [0, 60, 120, 180, 240]


def test_bandwidth_is_no_less_than_what_is_sent(server: Server, imported: Imported) -> None:
    media = imported("h264-30")
    server.wait_filled(media["id"])
    text = httpx.get(server.playlist(media)).text
    declared = [int(one.split(",")[0]) for one in text.split("#EXT-X-STREAM-INF:BANDWIDTH=")[1:]]
    tracks = judge.variants(server.client, server.playlist(media))
    sound = judge.track(server.client, tracks["audio-0"])
    heaviest_sound = max(8 * len(data) / length for data, length in zip(sound.segments, sound.seconds, strict=True))
    for rate, name in zip(declared, sorted(one for one in tracks if one.startswith("video")), strict=True):
        video = judge.track(server.client, tracks[name])
        heaviest = max(8 * len(data) / length for data, length in zip(video.segments, video.seconds, strict=True))
        assert heaviest + heaviest_sound <= rate, name


@pytest.mark.parametrize(
    "path",
    [
        "/video-999p.m3u8", "/video-180p/99.m4s", "/video-180p/-1.m4s", "/video-180p/0.mp4", "/video-180p/init-9.mp4",
        "/audio-7/0.m4s", "/../../etc/passwd", "/%2e%2e/%2e%2e/inpoint.db", "/video-180p/0.m4s/x", "/x",
        "/text-0/0.vtt", "/video-180p/999999999999999999999.m4s", "/iframes/99.m4s", "/video-180p/٣.m4s",
    ],
)  # fmt: skip
def test_what_a_media_does_not_have_is_not_found(base: str, path: str) -> None:
    assert httpx.get(base + path).status_code == 404


def test_nothing_else_opens(server: Server, imported: Imported) -> None:
    media = imported("tiny-30")
    for opener in (media["id"], str(uuid.uuid4()), media["playbackIds"][0]["id"].upper()):
        assert httpx.get(f"{server.url}/{opener}.m3u8").status_code == 404
        assert httpx.get(f"{server.url}/{opener}/video-180p/0.m4s").status_code == 404
        assert httpx.get(f"{server.url}/{opener}/watch").status_code == 404
    neutral = httpx.get(f"{server.url}/some/where")
    assert neutral.status_code == 404
    assert neutral.json() == {"error": "there is no such address"}
    assert httpx.head(server.url).status_code == 200


def test_a_private_playback_refuses_everything(server: Server, imported: Imported) -> None:
    made = server.create(f"fp_mediaId://{imported('tiny-30')['id']}", accessPolicy="private")
    server.wait(made["id"])
    base = server.playlist(made).removesuffix(".m3u8")
    for path in (".m3u8", ".mpd", "/video-180p.m3u8", "/video-180p/0.m4s", "/video-180p/init-0.mp4", "/iframes.m3u8"):
        assert httpx.get(base + path).status_code == 401, path
        assert httpx.get(base + path, params={"token": "x.y.z"}).status_code == 403, path


def test_the_api_documentation_asks_no_other_host(server: Server) -> None:
    page = httpx.get(f"{server.url}/docs").text
    assert "http://" not in page.replace(server.url, "")
    assert "https://" not in page
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert name in page
        assert httpx.get(f"{server.url}/docs/{name}").status_code == 200
    assert httpx.get(f"{server.url}/docs/other.js").status_code == 404
