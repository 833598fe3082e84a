"""What is not quite as it was recorded: said where it is, in every dialect, and of every clip that plays it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import judge
from tests.acceptance.test_refreshed import shown
from tests.acceptance.test_times import PLAIN
from tests.damage import cut, damaged, empty, flip
from tests.media import Recipe, ffmpeg
from tests.server import ACCOUNT, TOKEN, Server

Source = Callable[[Recipe], Path]
Said = list[tuple[str, float | None, float | None]]
RATE = Fraction(25)


def own(server: Server, media_id: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = server.client.get(f"{server.url}/api/v1/media/{media_id}").json()["warnings"]
    return told


def said(server: Server, media_id: str) -> Said:
    return [(one["code"], one["start"], one["end"]) for one in own(server, media_id)]


def told_lost(server: Server, media_id: str) -> set[int]:
    """The frames, of 25 a second, that are told to be damaged."""
    spans = [(start or 0, end or 0) for code, start, end in said(server, media_id) if code == "damaged"]
    return {number for start, end in spans for number in range(round(start * 25), round(end * 25))}


def video(server: Server, media_id: str) -> dict[str, Any]:
    """The whole reply of the Stream API."""
    path = f"/client/v4/accounts/{ACCOUNT}/stream/{media_id.replace('-', '')}"
    body: dict[str, Any] = httpx.get(server.url + path, headers={"Authorization": f"Bearer {TOKEN[1]}"}).json()
    return body


def imported(server: Server, files: str, path: Path) -> dict[str, Any]:
    return server.wait(server.create(f"{files}/{path.name}")["id"])


def test_what_can_be_read_as_it_is_has_none(server: Server, files: str, source: Source) -> None:
    media = imported(server, files, source(PLAIN))
    assert own(server, media["id"]) == []
    assert "warnings" not in media
    assert video(server, media["id"])["messages"] == []


@pytest.mark.parametrize("container", ["mp4", "mkv", "avi", "fragmented"])
def test_a_file_that_was_cut_off(server: Server, files: str, source: Source, sources: Path, container: str) -> None:
    whole = sources / f"whole.{container}"
    if container == "fragmented":
        whole = sources / "fragmented.mp4"
    how = {"mp4": ["-movflags", "faststart"], "fragmented": ["-movflags", "frag_keyframe+empty_moov"]}
    plain = ["-an"] if container == "avi" else []
    ffmpeg("-i", source(PLAIN), "-c", "copy", *plain, *how.get(container, ()), whole)
    part = sources / f"part-{whole.name}"
    data = whole.read_bytes()
    part.write_bytes(data[: len(data) * 6 // 10])
    media = imported(server, files, part)
    ((_, start, end),) = [one for one in said(server, media["id"]) if one[0] == "cut_off"]
    assert end == pytest.approx(media["duration"], abs=0.001)
    assert start == pytest.approx(media["duration"] - 0.04, abs=0.001)
    begin = server.clip(media["id"], 0, 2)  # which is all there
    assert "cut_off" not in [code for code, _, _ in said(server, begin["id"])]


def test_all_dialects_say_it(server: Server, files: str, source: Source, sources: Path) -> None:
    """Of a recording whose sound begins first: the picture is held, and told to be."""
    late = sources / "held.mp4"
    ffmpeg(
        "-i",
        source(PLAIN),
        "-itsoffset",
        "2.5",
        "-i",
        source(PLAIN),
        "-map",
        "1:v",
        "-map",
        "0:a",
        "-c",
        "copy",
        late,
    )
    media = imported(server, files, late)
    (warning,) = own(server, media["id"])
    assert warning["code"] == "held"
    assert warning["start"] == 0
    assert warning["end"] == pytest.approx(2.5, abs=0.05)
    (told,) = media["warnings"]
    assert told["message"] == warning["message"]
    assert (told["code"], told["startTime"], told["endTime"]) == ("held", warning["start"], warning["end"])
    reply = video(server, media["id"])
    (message,) = reply["messages"]
    assert message["code"] >= 1000
    assert message["message"].startswith(warning["message"])
    assert reply["result"]["status"]["warnings"] == [{"code": "held", "message": message["message"]}]
    listed = server.client.get(f"{server.url}/api/v1/media", params={"ids": media["id"]}).json()["media"][0]
    assert listed["warnings"] == [warning]
    printed = server.run("clip", media["id"], "--start", "1", "--end", "5").stdout
    assert f"warning   {warning['message']} (0 s to {warning['end'] - 1:g} s)" in printed
    later = server.clip(media["id"], 3, 5)
    assert own(server, later["id"]) == []


def test_what_is_left_out_or_dropped(server: Server, files: str, source: Source, sources: Path) -> None:
    fast = Recipe("warn-fast", rate=Fraction(100), frames=300, width=320, height=180, options={"preset": "ultrafast"})
    path = sources / "warn-unknown.mkv"
    ffmpeg("-i", source(fast), "-map", "0", "-map", "0:a", "-c", "copy", path)
    data = path.read_bytes()
    at = data.rindex(b"A_AAC", 0, 4096)
    path.write_bytes(data[:at] + b"A_ZZZ" + data[at + 5 :])
    media = imported(server, files, path)
    warned = {one["code"]: one["message"] for one in own(server, media["id"])}
    assert warned.keys() == {"left_out", "dropped"}
    assert "Soundtrack 2" in warned["left_out"]
    assert "150 pictures of 300" in warned["dropped"]
    assert [one["type"] for one in media["tracks"]] == ["video", "audio"]


def test_clocks_that_leap_are_told(server: Server, files: str, source: Source, sources: Path) -> None:
    parts = [sources / f"leap-{number}.ts" for number in range(2)]
    for number, part in enumerate(parts):
        ffmpeg("-i", source(PLAIN), "-c", "copy", "-output_ts_offset", str(number * 4000), part)
    out = sources / "leaps.ts"
    out.write_bytes(b"".join(part.read_bytes() for part in parts))
    media = imported(server, files, out)
    ((_, start, _),) = [one for one in said(server, media["id"]) if one[0] == "guessed"]
    assert start == pytest.approx(8, abs=0.2)


def test_damage_is_held_and_told(server: Server, files: str, source: Source, sources: Path) -> None:
    """A hole in the picture: the last good frame stays, in the media and in clips of it, wherever they begin."""
    hole = damaged(source(PLAIN), sources / "hole.mkv", range(70, 110), empty)
    media = imported(server, files, hole)
    numbers = shown(server, media)
    lost = told_lost(server, media["id"])
    assert {*range(76, 150)} <= lost <= {*range(66, 150)}  # until the next key frame
    held = 0
    for number, seen in enumerate(numbers):
        held = held if number in lost else number
        assert seen == held
    for begin, stop in ((3.4, 4.2), (0.0, 3.0), (2.0, 8.0), (5.88, 6.12)):
        clip = server.clip(media["id"], begin, stop)
        first = round(begin * 25)
        assert shown(server, clip) == numbers[first : round(stop * 25)], (begin, stop)
        inside = {number - first for number in lost if first <= number < round(stop * 25)}
        assert told_lost(server, clip["id"]) == inside


def test_a_beginning_that_is_damaged_shows_what_follows(
    server: Server, files: str, source: Source, sources: Path
) -> None:
    media = imported(server, files, damaged(source(PLAIN), sources / "headless.mkv", [0], flip))
    assert shown(server, media) == [*[50] * 50, *range(50, 200)]
    assert told_lost(server, media["id"]) == {*range(50)}


def test_what_comes_before_the_first_key_frame_is_left_out(
    server: Server, files: str, source: Source, sources: Path
) -> None:
    media = imported(server, files, damaged(source(PLAIN), sources / "keyless.mkv", [0], cut))
    assert shown(server, media) == list(range(50, 200))
    assert [one[0] for one in said(server, media["id"])] == ["left_out"]


def test_sound_that_is_damaged_is_silent_where_it_is(
    server: Server, files: str, source: Source, sources: Path
) -> None:
    hit = random.Random(3).sample(range(60, 300), 5)
    media = imported(server, files, damaged(source(PLAIN), sources / "crackle.mkv", hit, empty, kind="audio"))
    track = judge.track(
        server.client, judge.variants(server.client, server.playlist(server.media(media["id"])))["audio-0"]
    )
    samples = judge.sound(track.data)
    places = [len(samples) * tenth // 10 for tenth in range(1, 10)]
    off = [judge.lag(samples[at:], at) for at in places]
    assert all(abs(away) <= 2 for away, sure in off if sure > 0.5), off
    spans: Sequence[tuple[float, float]] = [
        (one[1] or 0, one[2] or 0) for one in said(server, media["id"]) if one[0] == "damaged"
    ]
    assert all(
        any(start <= number * 1024 / 48_000 + 0.05 and number * 1024 / 48_000 - 0.05 <= end for start, end in spans)
        for number in hit
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_transport_stream_with_lost_packets_plays(
    server: Server, files: str, source: Source, sources: Path, seed: int
) -> None:
    """Two of a hundred: the pictures that are whole come at their time, the sound that is left at its own."""
    options = {"preset": "veryfast", "g": "25", "bf": "2", "crf": "38"}
    plain = Recipe("warn-lossy", rate=RATE, frames=250, width=320, height=180, options=options, container="ts")
    data = source(plain).read_bytes()
    chance = random.Random(seed)
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    path = sources / f"lossy-{seed}.ts"
    path.write_bytes(b"".join(one for number, one in enumerate(packets) if number < 10 or chance.random() > 0.02))
    media = imported(server, files, path)
    variants = judge.variants(server.client, server.playlist(media))
    numbers = judge.numbers(judge.track(server.client, variants["video-180p"]).data)
    late = 25 if len(numbers) < 240 else 0  # the first key frame may be lost
    assert abs(len(numbers) + late - 250) <= 6
    came = [place for place, number in enumerate(numbers) if place == 0 or number != numbers[place - 1]]
    assert all(numbers[place] == place + late for place in came), numbers
    assert len(came) > 100
    samples = judge.sound(judge.track(server.client, variants["audio-0"]).data)
    off = [judge.lag(samples[at:], at + round(late * 1920)) for at in range(0, len(samples) - 48_000, 24_000)]
    assert sum(abs(away) <= 96 for away, sure in off) > len(off) / 2, off
    assert all(abs(away) <= 1100 for away, sure in off if sure > 0.7), off
    assert "damaged" in [code for code, _, _ in said(server, media["id"])]
