"""The Cloudflare Stream API: captions and soundtracks that are added to a video."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import judge
from tests.media import Recipe, recipe, write_noise
from tests.stream import Stream

Source = Callable[[Recipe], Path]
VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nHallo\n\n00:00:02.000 --> 00:00:02.900\nWelt\n"
OTHER = "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nAnders\n"
SEED = 21


@pytest.fixture
def video(stream: Stream, source: Source) -> dict[str, Any]:
    return stream.wait(stream.upload(source(recipe("tiny-30")))["uid"])


def subtitles(stream: Stream, uid: str) -> list[str]:
    """The lines of a multivariant playlist that name subtitles."""
    text = stream.open.get(f"/{uid}/manifest/video.m3u8").text
    return [line for line in text.splitlines() if "TYPE=SUBTITLES" in line]


def cues(stream: Stream, uid: str) -> str:
    """What the first subtitles in the manifest say."""
    playlist = subtitles(stream, uid)[0].split('URI="./')[1].split('"')[0]
    text = stream.open.get(f"/{uid}/manifest/{playlist}").text
    segment = next(line for line in text.splitlines() if not line.startswith("#"))
    return stream.open.get(f"/{uid}/manifest/{segment}").text


def test_captions_are_put_read_replaced_and_deleted(stream: Stream, video: dict[str, Any]) -> None:
    uid = video["uid"]
    assert stream.ask("GET", f"/{uid}/captions") == []
    put = stream.ask("PUT", f"/{uid}/captions/de", files={"file": ("de.vtt", VTT, "text/vtt")})
    assert put == {"language": "de", "label": "Deutsch", "generated": False, "status": "ready"}
    stream.ask("PUT", f"/{uid}/captions/pt-BR", files={"file": (None, OTHER)})  # a field, as the SDK sends it
    listed = stream.ask("GET", f"/{uid}/captions")
    assert [(one["language"], one["label"]) for one in listed] == [("de", "Deutsch"), ("pt-BR", "Português (Brasil)")]
    assert stream.ask("GET", f"/{uid}/captions/de") == stream.ask("GET", f"/{uid}/captions/DE") == put
    vtt = stream.request("GET", f"/{uid}/captions/de/vtt")
    assert vtt.headers["Content-Type"].startswith("text/vtt")
    assert "00:00:00.500 --> 00:00:01.500\nHallo" in vtt.text
    assert 'LANGUAGE="de"' in subtitles(stream, uid)[0]
    assert "Hallo" in cues(stream, uid)
    clip = stream.clip(uid, 1, 2.5)
    assert [one["language"] for one in stream.ask("GET", f"/{clip['uid']}/captions")] == ["de", "pt-BR"]
    cut = stream.request("GET", f"/{clip['uid']}/captions/de/vtt").text
    assert "00:00:00.000 --> 00:00:00.500\nHallo" in cut
    assert "00:00:01.000 --> 00:00:01.500\nWelt" in cut
    stream.ask("PUT", f"/{uid}/captions/de", files={"file": ("de.vtt", OTHER)})
    assert len(stream.ask("GET", f"/{uid}/captions")) == len(subtitles(stream, uid)) == 2
    assert "Anders" in stream.request("GET", f"/{uid}/captions/de/vtt").text
    assert "Hallo" in stream.request("GET", f"/{clip['uid']}/captions/de/vtt").text  # the clip keeps what it has
    assert stream.ask("DELETE", f"/{uid}/captions/de") == ""
    assert [one["language"] for one in stream.ask("GET", f"/{uid}/captions")] == ["pt-BR"]
    stream.refuse("GET", f"/{uid}/captions/de", 404)
    stream.refuse("GET", f"/{uid}/captions/de/vtt", 404)
    stream.refuse("DELETE", f"/{uid}/captions/de", 404)


def test_captions_that_are_none_are_refused(stream: Stream, video: dict[str, Any]) -> None:
    uid = video["uid"]
    srt = b"1\n00:00:00,500 --> 00:00:01,500\nHello\n"
    for sent in (b"no captions at all", srt, b"\xff\xfe\x00", b"", b'{"json": true}'):
        stream.refuse("PUT", f"/{uid}/captions/en", files={"file": ("x.vtt", sent)})
    stream.refuse("PUT", f"/{uid}/captions/en", files={"other": ("x.vtt", VTT)})
    stream.refuse("PUT", f"/{uid}/captions/en", content=VTT)
    assert stream.refuse("PUT", f"/{uid}/captions/not_a_tag", files={"file": VTT})["source"]["pointer"] == "/language"
    stream.refuse("PUT", f"/{'e' * 32}/captions/en", 404, files={"file": VTT})
    stream.refuse("PUT", f"/{uid}/captions/en", 413, files={"file": b"WEBVTT\n\n" + b"x" * (10 << 20)})
    assert "not offered" in stream.refuse("POST", f"/{uid}/captions/en/generate")["message"]
    assert stream.ask("GET", f"/{uid}/captions") == []


def test_captions_wait_for_their_video(stream: Stream, source: Source) -> None:
    made = stream.ask("POST", "/direct_upload", json={"maxDurationSeconds": 60})
    put = stream.ask("PUT", f"/{made['uid']}/captions/en", files={"file": VTT})
    assert put["status"] == "inprogress"
    stream.open.post(made["uploadURL"], files={"file": source(recipe("tiny-30")).read_bytes()})
    stream.wait(made["uid"])
    deadline = time.monotonic() + 30
    while stream.ask("GET", f"/{made['uid']}/captions/en")["status"] != "ready":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "Hallo" in stream.request("GET", f"/{made['uid']}/captions/en/vtt").text


# Sound


def tracks(stream: Stream, uid: str) -> dict[str, dict[str, Any]]:
    """By their labels, when all are ready."""
    deadline = time.monotonic() + 30
    while True:
        found = stream.ask("GET", f"/{uid}/audio")["audio"]
        if all(one["status"] == "ready" for one in found):
            return {one["label"]: one for one in found}
        assert time.monotonic() < deadline, found
        assert "error" not in [one["status"] for one in found]
        time.sleep(0.05)


def heard(stream: Stream, uid: str, place: int) -> Any:
    """The sound of a manifest's soundtrack."""
    text = stream.open.get(f"/{uid}/manifest/video.m3u8").text
    lines = [line for line in text.splitlines() if "TYPE=AUDIO" in line]
    assert "DEFAULT=YES" in lines[0]
    url = f"{stream.server.url}/{uid}/manifest/" + lines[place].split('URI="./')[1].split('"')[0]
    return judge.sound(judge.track(stream.open, url).data)


def is_of(sound: Any, seed: int, at: int = 24_000) -> bool:
    lag, sure = judge.lag(sound[at : at + 4096], at, seed=seed)
    return abs(lag) < 100 and sure > 0.8


def test_soundtracks_are_added_named_chosen_and_deleted(
    stream: Stream, video: dict[str, Any], files: str, sources: Path
) -> None:
    uid = video["uid"]
    write_noise(sources / "other.m4a", "aac", 48_000, 2, SEED)
    assert stream.ask("GET", f"/{uid}/audio") == {"audio": []}
    added = stream.ask("POST", f"/{uid}/audio/copy", json={"url": f"{files}/other.m4a", "label": "Commentary"})
    assert (added["label"], added["default"], added["status"]) == ("Commentary", False, "queued")
    sent = stream.request(
        "POST",
        f"/{uid}/audio",
        files={"file": ("o.m4a", (sources / "other.m4a").read_bytes())},
        data={"label": "Sent"},
    )
    assert sent.status_code == 200, sent.text
    found = tracks(stream, uid)
    assert set(found) == {"Commentary", "Sent"}
    assert found["Commentary"]["uid"] == added["uid"]
    for body in ({"url": f"{files}/other.m4a", "label": "Sent"}, {"url": f"{files}/other.m4a"}, {"label": "X"},
                 {"url": "no url", "label": "X"}, {"url": f"{files}/other.m4a", "label": "x" * 256}):  # fmt: skip
        stream.refuse("POST", f"/{uid}/audio/copy", json=body)
    stream.refuse("POST", f"/{uid}/audio", data={"label": "No file"}, files={"x": b""})
    sound = heard(stream, uid, 1)
    assert is_of(sound, SEED)
    assert len(sound) == pytest.approx(3 * 48_000, abs=2048)  # what is shorter is silent in the end
    assert abs(sound[int(2.3 * 48_000) : int(2.8 * 48_000)]).max() < 0.01
    assert is_of(heard(stream, uid, 0), 7)
    track = f"/{uid}/audio/{added['uid']}"
    edited = stream.ask("PATCH", track, json={"label": "Director", "default": True})
    assert (edited["label"], edited["default"], edited["uid"]) == ("Director", True, added["uid"])
    assert is_of(heard(stream, uid, 0), SEED)
    assert is_of(heard(stream, uid, 1), 7)
    stream.refuse("DELETE", track)
    clip = stream.clip(uid, 0.5, 2)
    assert set(tracks(stream, clip["uid"])) == {"Director", "Sent"}
    assert tracks(stream, clip["uid"])["Director"]["default"] is True
    assert stream.ask("PATCH", track, json={"default": False})["default"] is False
    assert is_of(heard(stream, uid, 0), 7)
    stream.refuse("PATCH", track, json={"label": "Sent"})
    stream.refuse("PATCH", track, json={"label": ""})
    stream.refuse("PATCH", track, json={"default": "yes"})
    assert stream.ask("DELETE", track) == "ok"
    assert set(tracks(stream, uid)) == {"Sent"}
    stream.refuse("DELETE", track, 404)
    assert is_of(heard(stream, clip["uid"], 0), SEED, 24_000) or len(tracks(stream, clip["uid"])) == 2


def test_a_soundtrack_that_is_none_says_so(stream: Stream, video: dict[str, Any], files: str) -> None:
    stream.ask("POST", f"/{video['uid']}/audio/copy", json={"url": f"{files}/missing.m4a", "label": "Lost"})
    deadline = time.monotonic() + 30
    while (found := stream.ask("GET", f"/{video['uid']}/audio")["audio"][0])["status"] != "error":
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    stream.ask("DELETE", f"/{video['uid']}/audio/{found['uid']}")
    assert stream.ask("GET", f"/{video['uid']}/audio") == {"audio": []}
