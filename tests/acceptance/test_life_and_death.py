"""Nothing lost: kill -9 at any point; deletion frees what nothing plays and no more."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import judge
from tests.media import Recipe, recipe
from tests.server import Server

SWEEP = {"INPOINT_SWEEP_AFTER": "0.2"}


Serve = Callable[..., Server]


@pytest.fixture
def own(serve: Serve) -> Server:
    """A server that a test may kill."""
    return serve(**SWEEP)


def add(server: Server, files: str, source: Callable[[Recipe], Path], name: str) -> dict[str, Any]:
    return server.create(f"{files}/{source(recipe(name)).name}")


def test_killed_at_any_point_the_work_goes_on(own: Server, files: str, source: Callable[[Recipe], Path]) -> None:
    """An import and a clip of it, the server killed again and again until both are ready."""
    media = add(own, files, source, "h264-30")
    clip = own.create(f"fp_mediaId://{media['id']}", startTime=1.3, endTime=6.1)
    rng = random.Random(5)
    for _ in range(6):
        time.sleep(rng.uniform(0.05, 1.2))
        own.kill()
        own.start()
        shown = own.media(clip["id"])
        playlist = own.client.get(f"/{clip['playbackIds'][0]['id']}.m3u8")
        assert (playlist.status_code == 200) == (shown["status"] == "Ready"), "half visible"
    own.wait(media["id"])
    ready = own.wait(clip["id"])
    tracks = judge.variants(own.client, own.playlist(ready))
    for name in (one for one in tracks if one.startswith("video-")):
        assert judge.numbers(judge.track(own.client, tracks[name]).data) == list(range(39, 183)), name


def test_killed_during_a_fill_it_is_filled_at_last(own: Server, files: str, source: Callable[[Recipe], Path]) -> None:
    media = own.wait(add(own, files, source, "h264-30")["id"])
    for _ in range(3):
        time.sleep(0.8)
        own.kill()
        own.start()
    own.wait_filled(media["id"])
    made = own.blobs("**/segments/**/*.m4s")
    for rung in ("360p", "480p", "720p"):
        assert len([one for one in made if f"-{rung}/" in one]) == 5, rung
    assert len([one for one in made if "-audio-0/" in one]) == 5
    judge.numbers(judge.track(own.client, judge.variants(own.client, own.playlist(media))["video-720p"]).data)


def test_a_worker_carries_on_what_a_killed_server_left(
    own: Server, files: str, source: Callable[[Recipe], Path]
) -> None:
    """``inpoint work`` on the same folder takes over the jobs of the server that is gone."""
    worker = own.start_worker()
    try:
        media = add(own, files, source, "h264-30")
        clip = own.create(f"fp_mediaId://{media['id']}", startTime=1.3, endTime=6.1)
        own.kill()

        def statuses() -> dict[str, str]:
            with closing(sqlite3.connect(f"file:{own.data / 'inpoint.db'}?mode=ro", uri=True)) as rows:
                return dict(rows.execute("select id, status from media"))

        assert statuses()[clip["id"]] != "ready", "it was killed too late to show anything"
        wait_until(lambda: statuses() == {media["id"]: "ready", clip["id"]: "ready"}, 60)
    finally:
        worker.terminate()
        worker.wait(30)
    own.start()
    tracks = judge.variants(own.client, own.playlist(own.media(clip["id"])))
    for name in (one for one in tracks if one.startswith("video-")):
        assert judge.numbers(judge.track(own.client, tracks[name]).data) == list(range(39, 183)), name


def test_a_clip_outlives_its_source_and_keeps_only_its_own(
    serve: Serve, files: str, source: Callable[[Recipe], Path]
) -> None:
    own = serve(INPOINT_FILL="none", **SWEEP)
    media = own.wait(add(own, files, source, "h264-23976-open")["id"])
    rate = 24000 / 1001
    clip = own.clip(media["id"], 180 / rate, 230 / rate)
    nested = own.clip(clip["id"], 10 / rate, 30 / rate)
    chunks = own.blobs("**/chunks/v-*")
    assert own.client.delete(f"/v1/on-demand/{media['id']}").json() == {"success": True}
    assert own.client.get(f"/v1/on-demand/{media['id']}").status_code == 404
    assert own.client.get(f"/{media['playbackIds'][0]['id']}.m3u8").status_code == 404
    wait_until(lambda: own.blobs("**/chunks/v-*") < chunks)
    # Parts of the clips that nobody has asked for yet are made now, out of what was kept.
    for one, first, last in ((clip, 180, 230), (nested, 190, 210)):
        tracks = judge.variants(own.client, own.playlist(one))
        for name in (key for key in tracks if key.startswith("video-")):
            assert judge.numbers(judge.track(own.client, tracks[name]).data) == list(range(first, last))
        heard = judge.track(own.client, tracks["audio-0"])
        away, sure = judge.lag(judge.sound(heard.data)[2048:], heard.start + 2048)
        assert (away, sure > 0.9) == (0, True)
    own.client.delete(f"/v1/on-demand/{clip['id']}")
    tracks = judge.variants(own.client, own.playlist(nested))
    assert judge.numbers(judge.track(own.client, tracks["video-360p"]).data) == list(range(190, 210))
    own.client.delete(f"/v1/on-demand/{nested['id']}")
    wait_until(lambda: not own.blobs())
    assert own.client.delete(f"/v1/on-demand/{nested['id']}").status_code == 404


def test_a_source_deleted_while_it_is_imported_leaves_nothing(
    own: Server, files: str, source: Callable[[Recipe], Path]
) -> None:
    for wait in (0.0, 0.1, 0.3):
        media = add(own, files, source, "h264-30")
        time.sleep(wait)
        assert own.client.delete(f"/v1/on-demand/{media['id']}").status_code == 200
    wait_until(lambda: not own.blobs() and not list((own.data / "staging").glob("*")), 40)


def test_deleting_a_clip_leaves_its_source_whole(own: Server, files: str, source: Callable[[Recipe], Path]) -> None:
    media = own.wait(add(own, files, source, "tiny-30")["id"])
    own.wait_filled(media["id"])
    whole = own.blobs()
    clip = own.clip(media["id"], 0.5, 2.7)
    wait_until(lambda: len(own.blobs() - whole) >= 2)
    time.sleep(0.5)
    own.client.delete(f"/v1/on-demand/{clip['id']}")
    wait_until(lambda: own.blobs() == whole)


def test_shared_segments_are_the_sources_own_bytes(own: Server, files: str, source: Callable[[Recipe], Path]) -> None:
    media = own.wait(add(own, files, source, "h264-30")["id"])
    own.wait_filled(media["id"])
    before = own.blobs("**/segments/**/*.m4s")
    clip = own.clip(media["id"], 1.0, 9.0)
    for rung in ("360p", "480p", "720p"):
        wait_until(partial(_are_two_more, own, rung, before))
    theirs = judge.variants(own.client, own.playlist(media))
    ours = judge.variants(own.client, own.playlist(clip))
    for name in theirs:
        assert (
            judge.track(own.client, theirs[name]).segments[1:4] == judge.track(own.client, ours[name]).segments[1:4]
        )
        assert judge.track(own.client, theirs[name]).init == judge.track(own.client, ours[name]).init
    # The same again, and one on the boundaries: nothing new is encoded.
    known = own.blobs("**/segments/**/*.m4s")
    own.clip(media["id"], 1.0, 9.0)
    own.clip(media["id"], 2.0, 8.0)
    time.sleep(1)
    assert own.blobs("**/segments/**/*.m4s") == known


def test_a_segment_is_made_once_for_all_who_ask(serve: Serve, files: str, source: Callable[[Recipe], Path]) -> None:
    own = serve(INPOINT_FILL="none")
    media = own.wait(add(own, files, source, "h264-30")["id"])
    url = own.playlist(media).removesuffix(".m3u8") + "/video-720p/3.m4s"
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: httpx.get(url, timeout=30), range(12)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert len({one.headers["etag"] for one in answers}) == 1


def test_an_interrupted_fetch_goes_on_where_it_broke(
    own: Server, files: str, source: Callable[[Recipe], Path]
) -> None:
    path = source(recipe("tiny-30"))
    media = own.create(f"{files}/flaky-{path.name}")
    assert own.wait(media["id"])["duration"] == 3.0


def test_private_addresses_are_refused_also_after_a_redirect(
    serve: Serve, files: str, source: Callable[[Recipe], Path]
) -> None:
    path = source(recipe("tiny-30"))
    own = serve(INPOINT_PULL_ALLOW="")
    refused = own.wait(own.create(f"{files}/{path.name}")["id"], "Failed")
    assert "not allowed" in refused["error"]["message"]
    own.stop()
    own.environment["INPOINT_PULL_ALLOW"] = "127.0.0.0/8"
    own.start()
    away = own.create(f"{files}/redirect/http://10.0.0.1/{path.name}")
    assert "not allowed" in own.wait(away["id"], "Failed")["error"]["message"]
    near = own.create(f"{files}/redirect/{files}/{path.name}")
    own.wait(near["id"])


def test_limits_of_size_and_time(serve: Serve, files: str, source: Callable[[Recipe], Path]) -> None:
    path = source(recipe("tiny-30"))
    own = serve(INPOINT_MAX_BYTES="1000", INPOINT_MAX_SECONDS="2")
    assert own.wait(own.create(f"{files}/{path.name}")["id"], "Failed")["error"]["code"] == "too_large"
    assert not list((own.data / "staging").iterdir())
    own.stop()
    del own.environment["INPOINT_MAX_BYTES"]
    own.start()
    assert own.wait(own.create(f"{files}/{path.name}")["id"], "Failed")["error"]["code"] == "too_long"
    (path.parent / "words.mp4").write_text("not a video at all " * 100)
    failed = own.wait(own.create(f"{files}/words.mp4")["id"], "Failed")
    assert failed["error"]["code"] == "unsupported"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("delay", [0.1, 1.2])
def test_a_server_that_is_stopped_in_its_work_stops_in_silence(
    serve: Serve, files: str, source: Callable[[Recipe], Path], number: signal.Signals, delay: float
) -> None:
    own = serve()
    made = [add(own, files, source, "h264-30") for _ in range(2)]
    clip = own.create(f"fp_mediaId://{made[0]['id']}", startTime=1, endTime=5)
    time.sleep(delay)
    own.stop(number)
    last = json.loads(own.log.splitlines()[-1])
    assert last["event"] == "jobs.stopped"
    assert last["handed_back"] > 0
    assert own.log.count("handed_back") == 1
    own.start()
    for one in (*made, clip):
        own.wait(one["id"])


def _are_two_more(own: Server, rung: str, before: set[str]) -> bool:
    return len(own.blobs(f"**/*-{rung}/*.m4s") - before) == 2


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come true")
