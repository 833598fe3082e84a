"""Tracks added by URL: heard and read at the right places in the media and its later clips, gone when deleted."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastpix_python import Fastpix

from tests import judge
from tests.dialects.test_fastpix import envelope
from tests.media import SECOND, Recipe, recipe, write_noise
from tests.server import Server

Source = Callable[[Recipe], Path]
VTT = "WEBVTT\n\n00:00.500 --> 00:02.000\nBonjour\n\n00:03.000 --> 00:04.250 align:start\nAu revoir\n"
SRT = (
    "\ufeff1\r\n00:00:00,500 --> 00:00:02,000\r\n<i>Hallo</i>\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,250\r\nTschüß\r\n"
)


@pytest.fixture(scope="module")
def media(server: Server, files: str, source: Source) -> dict[str, Any]:
    """A media of this module's own."""
    return server.wait(server.create(f"{files}/{source(recipe('h264-30')).name}")["id"])


@pytest.fixture(scope="module")
def noises(sources: Path) -> dict[str, str]:
    """Files of another noise, ten seconds of it, by codec."""
    made = {}
    for codec, container, rate in (("aac", "m4a", 48_000), ("libmp3lame", "mp3", 44_100), ("flac", "flac", 44_100)):
        path = sources / f"noise-{codec}.{container}"
        write_noise(path, codec, rate, 10, SECOND)
        made[codec] = path.name
    return made


def add(server: Server, media_id: str, **track: Any) -> httpx.Response:
    return server.client.post(f"/v1/on-demand/{media_id}/tracks", json={"tracks": track})


def tracks(server: Server, media_id: str) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in server.media(media_id)["tracks"]}


def wait_track(server: Server, media_id: str, track_id: str, status: str = "available") -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = tracks(server, media_id)[track_id]
        if found["status"] == status:
            return found
        assert found["status"] == "preparing", found
        time.sleep(0.05)
    raise AssertionError((found, server.log[-2000:]))


def languages(server: Server, media: dict[str, Any]) -> dict[str, str]:
    """Addresses of the manifest's sound and subtitles, by language."""
    text = judge.fetch(server.client, server.playlist(media)).decode()
    found = {}
    for line in text.splitlines():
        if line.startswith("#EXT-X-MEDIA") and "LANGUAGE=" in line:
            key = line.split("TYPE=")[1].split(",")[0] + " " + line.split('LANGUAGE="')[1].split('"')[0]
            found[key] = f"{server.url}/" + line.split('URI="')[1].split('"')[0]
    return found


def cues(server: Server, playlist: str) -> list[str]:
    text = judge.fetch(server.client, playlist).decode()
    parts = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [judge.fetch(server.client, str(httpx.URL(playlist).join(part))).decode() for part in parts]
    lines = [line for part in found for line in part.splitlines()]
    return [line for line in lines if line and not line.startswith(("WEBVTT", "X-TIMESTAMP"))]


@pytest.mark.parametrize("codec", ["aac", "libmp3lame", "flac"])
def test_added_sound_is_heard_where_it_belongs(
    codec: str, sdk: Fastpix, server: Server, media: dict[str, Any], noises: dict[str, str], files: str
) -> None:
    language = {"aac": "fr", "libmp3lame": "de", "flac": "pt-BR"}[codec]
    request: Any = {
        "url": f"{files}/{noises[codec]}", "type": "audio", "language_code": language, "language_name": "Other",
        "title": f"Commentary in {language}",
    }  # fmt: skip
    made = sdk.manage_videos.add_media_track(media_id=media["id"], tracks=request).data
    assert made is not None
    assert made.id
    assert made.language_code == language
    found = wait_track(server, media["id"], made.id)
    assert (found["type"], found["title"]) == ("audio", f"Commentary in {language}")
    clip = server.clip(media["id"], 2.3, 7)
    for one, begin in ((media, 0.0), (clip, 2.3)):
        address = languages(server, one)[f"AUDIO {language}"]
        track = judge.track(server.client, address)
        video = judge.track(server.client, judge.variants(server.client, server.playlist(one))["video-360p"])
        seconds = sum(track.seconds)
        assert abs(seconds - sum(video.seconds)) < 0.03
        assert abs(track.start / 48_000 - begin) < 0.022
        lag, sure = judge.lag(judge.sound(track.data)[24_000:], track.start + 24_000, seed=SECOND)
        assert abs(lag) <= 1, (codec, begin, lag)
        assert sure > 0.7


def test_a_longer_track_ends_with_its_media_and_a_shorter_is_silent(
    server: Server, files: str, source: Source, noises: dict[str, str]
) -> None:
    short = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    made = add(server, short["id"], url=f"{files}/{noises['aac']}", type="audio", languageCode="fr").json()["data"]
    wait_track(server, short["id"], made["id"])
    track = judge.track(server.client, languages(server, short)["AUDIO fr"])
    assert sum(track.seconds) == pytest.approx(3, abs=0.03)


@pytest.mark.parametrize(("name", "text", "first"), [("fr", VTT, "Bonjour"), ("de", SRT, "Hallo")])
def test_added_subtitles_are_read_at_their_times(
    name: str, text: str, first: str, server: Server, media: dict[str, Any], sources: Path, files: str
) -> None:
    (sources / f"{name}.txt").write_bytes(text.encode())
    made = add(server, media["id"], url=f"{files}/{name}.txt", type="subtitle", languageCode=name, languageName="X")
    assert made.status_code == 201
    wait_track(server, media["id"], made.json()["data"]["id"])
    shown = cues(server, languages(server, media)[f"SUBTITLES {name}"])
    assert shown[0].startswith("00:00:00.500 --> 00:00:02.000")
    assert first in shown[1]
    assert shown[2].startswith("00:00:03.000 --> 00:00:04.250")
    clip = server.clip(media["id"], 1.5, 3.5)
    assert clip["subtitleAvailable"] is True
    told = judge.fetch(server.client, languages(server, clip)[f"SUBTITLES {name}"].replace(".m3u8", "/section-0.vtt"))
    assert b"00:00:00.000 --> 00:00:00.500" in told
    assert b"00:00:01.500 --> 00:00:02.000" in told


def test_subtitles_come_with_a_creation(server: Server, files: str, source: Source, sources: Path) -> None:
    (sources / "nl.vtt").write_text(VTT)
    inputs = [
        {"type": "video", "url": f"{files}/{source(recipe('tiny-30')).name}"},
        {"type": "subtitle", "url": f"{files}/nl.vtt", "languageCode": "nl", "languageName": "Nederlands"},
    ]
    response = server.client.post("/v1/on-demand", json={"inputs": inputs, "accessPolicy": "public"})
    assert response.status_code == 201, response.text
    made = server.wait(response.json()["data"]["id"])
    track = next(one for one in made["tracks"] if one.get("languageCode") == "nl")
    wait_track(server, made["id"], track["id"])
    assert "Bonjour" in cues(server, languages(server, made)["SUBTITLES nl"])


def test_tracks_are_renamed_and_deleted(
    sdk: Fastpix, server: Server, files: str, source: Source, sources: Path
) -> None:
    own = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    (sources / "it.vtt").write_text(VTT)
    made = add(server, own["id"], url=f"{files}/it.vtt", type="subtitle", languageCode="it").json()["data"]
    wait_track(server, own["id"], made["id"])
    clip = server.clip(own["id"], 0, 1)
    renamed = sdk.manage_videos.update_media_track(
        track_id=made["id"], media_id=own["id"], language_code="es", language_name="Español", title="Todo"
    ).data
    assert renamed is not None
    assert (renamed.id, renamed.language_code, renamed.title) == (made["id"], "es", "Todo")
    assert "SUBTITLES es" in languages(server, own)
    assert 'NAME="Todo"' in judge.fetch(server.client, server.playlist(own)).decode()
    sdk.manage_videos.delete_media_track(media_id=own["id"], track_id=made["id"])
    assert made["id"] not in tracks(server, own["id"])
    assert not [key for key in languages(server, own) if key.startswith("SUBTITLES")]
    assert "SUBTITLES it" in languages(server, clip)  # what was made before keeps it
    envelope(server.client.delete(f"/v1/on-demand/{own['id']}/tracks/{made['id']}"), 404)
    picture = next(one for one in server.media(own["id"])["tracks"] if one["type"] == "video")
    envelope(server.client.delete(f"/v1/on-demand/{own['id']}/tracks/{picture['id']}"), 400)


def test_a_track_that_cannot_be_made_says_why(
    server: Server, media: dict[str, Any], files: str, sources: Path
) -> None:
    (sources / "nothing.vtt").write_text("no subtitles at all")
    for url, kind, language, why in (
        (f"{files}/missing.vtt", "subtitle", "pl", "404"),
        (f"{files}/nothing.vtt", "subtitle", "fi", "subtitles"),
        (f"{files}/nothing.vtt", "audio", "sv", ""),
    ):
        made = add(server, media["id"], url=url, type=kind, languageCode=language).json()["data"]
        failed = wait_track(server, media["id"], made["id"], "failed")
        assert why in failed["error"]["message"]
        assert server.client.delete(f"/v1/on-demand/{media['id']}/tracks/{made['id']}").status_code == 200


def test_wrong_tracks_are_refused(server: Server, media: dict[str, Any], files: str) -> None:
    good = {"url": f"{files}/x.vtt", "type": "subtitle", "languageCode": "en"}
    for change, field in (
        ({"url": "ftp://x"}, "tracks.url"), ({"url": None}, "tracks.url"), ({"type": "video"}, "tracks.type"),
        ({"type": None}, "tracks.type"), ({"languageCode": "no language!"}, "tracks.languageCode"),
        ({"languageCode": None}, "tracks.languageCode"), ({"title": 5}, "tracks.title"),
    ):  # fmt: skip
        envelope(add(server, media["id"], **(good | change)), 422, field)
    envelope(server.client.post(f"/v1/on-demand/{media['id']}/tracks", json={}), 422, "tracks")
    envelope(add(server, str(uuid.uuid4()), **good), 404)
    path = f"/v1/on-demand/{media['id']}/tracks/{uuid.uuid4()}"
    envelope(server.client.patch(path, json={"title": "x"}), 404)
    envelope(server.client.delete(path), 404)
    envelope(server.client.post(f"{path}/generate-subtitles"), 404)
    first = server.media(media["id"])["tracks"][0]["id"]
    envelope(server.client.post(f"/v1/on-demand/{media['id']}/tracks/{first}/generate-subtitles"), 400)


def test_the_same_language_twice_is_refused(server: Server, media: dict[str, Any], sources: Path, files: str) -> None:
    (sources / "twice.vtt").write_text(VTT)
    wanted = {"url": f"{files}/twice.vtt", "type": "subtitle", "languageCode": "cs"}
    assert add(server, media["id"], **wanted).status_code == 201
    envelope(add(server, media["id"], **wanted), 400)


def test_a_deleted_tracks_sound_is_swept(
    serve: Callable[..., Server], files: str, source: Source, noises: dict[str, str]
) -> None:
    server = serve(INPOINT_SWEEP_AFTER="0")
    own = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    before = {one.split("/")[1] for one in server.blobs()}
    made = add(server, own["id"], url=f"{files}/{noises['aac']}", type="audio", languageCode="fr").json()["data"]
    wait_track(server, own["id"], made["id"])
    assert {one.split("/")[1] for one in server.blobs()} > before
    server.client.delete(f"/v1/on-demand/{own['id']}/tracks/{made['id']}")
    deadline = time.monotonic() + 30
    while {one.split("/")[1] for one in server.blobs()} != before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert {one.split("/")[1] for one in server.blobs()} == before


def test_an_mp4_goes_with_the_soundtracks(server: Server, files: str, source: Source, noises: dict[str, str]) -> None:
    own = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}", sourceAccess=True)["id"])
    path = f"/{own['playbackIds'][0]['id']}"
    server.client.patch(f"/v1/on-demand/{own['id']}/update-mp4Support", json={"mp4Support": "capped_4k"})
    sounds = {}
    for step in ("before", "added", "deleted"):
        if step == "added":
            track = {"url": f"{files}/{noises['aac']}", "type": "audio", "languageCode": "fr"}
            made = add(server, own["id"], **track).json()["data"]
            wait_track(server, own["id"], made["id"])
        if step == "deleted":
            server.client.delete(f"/v1/on-demand/{own['id']}/tracks/{made['id']}")
        deadline = time.monotonic() + 90  # a file that is made anew begins at the next look round
        while time.monotonic() < deadline:
            if [one["status"] for one in server.media(own["id"])["mp4Support"]] == ["ready"]:
                break
            time.sleep(0.1)
        sounds[step] = judge.fetch(server.client, f"{path}/capped-4k.mp4").count(b"soun")
    assert sounds == {"before": 1, "added": 2, "deleted": 1}
    assert server.client.get(f"{path}/source.mkv").status_code == 200


def test_a_track_survives_kill_9(serve: Callable[..., Server], files: str, source: Source, sources: Path) -> None:
    server = serve()
    own = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    (sources / "el.vtt").write_text(VTT)
    made = add(server, own["id"], url=f"{files}/slow-el.vtt", type="subtitle", languageCode="el").json()["data"]
    server.kill()
    server.start()
    wait_track(server, own["id"], made["id"])
