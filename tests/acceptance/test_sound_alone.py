"""Sound alone: a podcast, a voice. It plays, is clipped to the sample of its frames, and its cover stands for it."""

from __future__ import annotations

import time
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests import judge
from tests.acceptance.browsers import View
from tests.acceptance.test_warnings import own, video
from tests.kinds import heard
from tests.kinds.heard import SECONDS
from tests.kinds.kind import Workshop
from tests.media import Recipe, ffmpeg, make, write_picture
from tests.server import Server

RATE = 48_000
FRAME = Fraction(1024, RATE)


def recorded(sources: Path, kind: str) -> Path:
    return heard.recorded(Workshop(lambda recipe: make(recipe, sources), sources), kind)


def imported(server: Server, files: str, path: Path, **more: Any) -> dict[str, Any]:
    return server.wait(server.create(f"{files}/{path.name}", **more)["id"])


def played(server: Server, media: dict[str, Any]) -> np.ndarray:
    tracks = judge.variants(server.client, server.playlist(media))
    assert tracks.keys() == {"audio-0"}
    return judge.sound(judge.track(server.client, tracks["audio-0"]).data)


def in_place(sound: np.ndarray, begins: Fraction) -> None:
    """Within a millisecond all along."""
    for at in (24_000, len(sound) // 2, len(sound) - 12_000):
        away, sure = judge.lag(sound[at:], round(begins * RATE) + at)
        assert abs(away) <= 48, (at, away, sure)
        assert sure > 0.6


def test_a_clip_is_cut_to_frames_of_its_sound(server: Server, files: str, sources: Path) -> None:
    media = imported(server, files, recorded(sources, "mp3"))
    assert media["isAudioOnly"] is True
    assert [one["type"] for one in media["tracks"]] == ["audio"]
    assert not media.keys() & {"frameRate", "aspectRatio", "sourceResolution"}
    clip = server.clip(media["id"], 2.345, 7.5)
    assert clip["isAudioOnly"] is True
    first, last = (ceil(Fraction(at) / FRAME) for at in ("2.345", "7.5"))
    assert clip["duration"] == pytest.approx(float((last - first) * FRAME), abs=1e-6)
    in_place(played(server, clip), first * FRAME)


def test_every_api_says_so(server: Server, files: str, sources: Path) -> None:
    media = imported(server, files, recorded(sources, "mp3"))
    shown = server.client.get(f"{server.url}/api/v1/media/{media['id']}").json()
    assert shown["audioOnly"] is True
    assert shown["renditions"] == []
    assert [one["kind"] for one in shown["tracks"]] == ["audio"]
    result = video(server, media["id"])["result"]
    assert (result["readyToStream"], result["input"]) == (True, {"width": -1, "height": -1})
    playlist = server.playlist(media)
    text = httpx.get(playlist).text
    assert text.count("#EXT-X-STREAM-INF") == 1
    assert "RESOLUTION" not in text
    assert 'contentType="video"' not in httpx.get(playlist.replace(".m3u8", ".mpd")).text
    folder = playlist.removesuffix(".m3u8")
    for path in ("iframes.m3u8", "video-360p.m3u8", "video-360p/0.m4s", "iframes/0.m4s", "iframes/init-0.mp4"):
        assert httpx.get(f"{folder}/{path}").status_code == 404
    assert httpx.get(f"{playlist}?resolution=720p").status_code == 200
    assert own(server, media["id"]) == []


def test_its_last_soundtrack_stays(server: Server, files: str, sources: Path) -> None:
    media = imported(server, files, recorded(sources, "mp3"))
    (track,) = media["tracks"]
    refused = server.client.delete(f"/v1/on-demand/{media['id']}/tracks/{track['id']}")
    assert refused.status_code == 400
    assert "keeps its last soundtrack" in refused.text
    in_place(played(server, media), Fraction(0))


def test_its_cover_is_its_picture(server: Server, files: str, sources: Path) -> None:
    write_picture(sources / "cover.png", 320, 320)
    covered = sources / "covered.m4a"
    ffmpeg(
        "-i", recorded(sources, "m4a"), "-i", sources / "cover.png", "-map", "0:a", "-map", "1:v", "-c:a", "copy",
        "-c:v", "png", "-disposition:v:0", "attached_pic", covered,
    )  # fmt: skip
    media = imported(server, files, covered)
    assert media["isAudioOnly"] is True
    for one in (media, server.clip(media["id"], 1, 3)):
        (picture,) = judge.colours(httpx.get(one["thumbnail"]).content)
        assert picture.shape[:2] == (320, 320)
        red, green, blue = picture[160, 160]
        assert green > 200
        assert max(red, blue) < 60
    plain = imported(server, files, recorded(sources, "m4a"))
    assert judge.size_of(httpx.get(plain["thumbnail"]).content) == (640, 360)


def test_its_files_are_sound(server: Server, files: str, sources: Path, tmp_path: Path) -> None:
    media = imported(server, files, recorded(sources, "m4a"), mp4Support="audioOnly,capped_4k", sourceAccess=True)
    done = server.run("export", media["id"], str(tmp_path / "out.mp4"))
    assert done.returncode == 0, done.stderr
    in_place(judge.sound((tmp_path / "out.mp4").read_bytes()), Fraction(0))
    folder = server.playlist(media).removesuffix(".m3u8")
    for name in ("audio.m4a", "capped-4k.mp4"):
        in_place(judge.sound(waited(server, f"{folder}/{name}")), Fraction(0))


def waited(server: Server, address: str) -> bytes:
    """A file that is still being made."""
    until = time.monotonic() + 30
    while (answer := server.client.get(address)).status_code == 404 and time.monotonic() < until:
        time.sleep(0.2)
    assert answer.status_code == 200
    return answer.content


def first_heard(server: Server, media: dict[str, Any]) -> np.ndarray:
    """The sound of its first source."""
    tracks = judge.variants(server.client, server.playlist(media))
    return judge.sound(judge.sections(server.client, tracks["audio-0"])[0].data)


def joined(server: Server, url: str, **others: str) -> dict[str, Any]:
    body = {"inputs": [{"type": "video", "url": url, **others}], "accessPolicy": "public"}
    return server.wait(server.client.post("/v1/on-demand", json=body).json()["data"]["id"])


def test_it_is_joined_with_pictures(server: Server, files: str, sources: Path) -> None:
    """As an intro its cover is shown; before it, what is alone is heard alone."""
    seen = make(Recipe("alone-beside", frames=150, width=320, height=180), sources)
    sound = recorded(sources, "m4a")
    media = joined(server, f"{files}/{seen.name}", introUrl=f"{files}/{sound.name}")
    assert media["isAudioOnly"] is False
    assert media["duration"] == pytest.approx(SECONDS + 5, abs=0.1)
    in_place(first_heard(server, media), Fraction(0))
    alone = joined(server, f"{files}/{sound.name}", outroUrl=f"{files}/{seen.name}")
    assert alone["isAudioOnly"] is True
    assert alone["duration"] == pytest.approx(SECONDS + 5, abs=0.1)
    in_place(first_heard(server, alone), Fraction(0))


@pytest.mark.browser
@pytest.mark.parametrize("player", ["hls.js", "shaka", "dash.js", "native"])
def test_players_play_it(view: View, server: Server, files: str, sources: Path, pages: str, player: str) -> None:
    media = imported(server, files, recorded(sources, "mp3"))
    clip = server.clip(media["id"], 2, 6)
    address = server.playlist(clip)
    with view(pages) as page:
        address = address.replace(".m3u8", ".mpd") if player in ("shaka", "dash.js") else address
        facts = page.evaluate("([player, url]) => load(player, url)", [player, address])
        assert facts["duration"] == pytest.approx(clip["duration"], abs=0.05)
        page.evaluate("() => video.play()")
        page.wait_for_function("() => video.currentTime > 2.5", timeout=15_000)
        assert page.evaluate("errors") == []
