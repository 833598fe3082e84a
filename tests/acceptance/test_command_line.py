"""The command line against a running server, and without one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests import judge
from tests.media import Recipe, recipe
from tests.server import Server


def facts(text: str) -> dict[str, str]:
    return {key: value.strip() for key, _, value in (line.partition(" ") for line in text.splitlines())}


def test_import_clip_export(serve: Callable[..., Server], source: Callable[[Recipe], Path], tmp_path: Path) -> None:
    server = serve()
    path = source(recipe("tiny-30"))
    imported = server.run("import", str(path), "--fill")
    assert imported.returncode == 0, imported.stderr
    media = facts(imported.stdout)
    fill = server.client.get(f"/api/v1/media/{media['id']}").json()["fill"]
    assert (fill["made"], fill["total"], fill["ended"], fill["whole"]) == (4, 4, True, ["180p"])
    assert media["duration"] == "3.000 s, 90 frames at 30"
    clipped = server.run("clip", media["id"], "--start", "0:01.0", "--end", "2.5")
    assert clipped.returncode == 0, clipped.stderr
    clip = facts(clipped.stdout)
    assert clip["duration"] == "1.500 s, 45 frames at 30"
    tracks = judge.variants(server.client, clip["plays"])
    assert judge.numbers(judge.track(server.client, tracks["video-180p"]).data) == list(range(30, 75))
    exported = server.run("export", clip["id"], str(tmp_path / "clip.mp4"))
    assert exported.returncode == 0, exported.stderr
    assert judge.numbers((tmp_path / "clip.mp4").read_bytes()) == list(range(30, 75))
    assert server.client.get(f"/v1/on-demand/{media['id']}").json()["data"]["title"] == path.name


def test_an_export_whose_client_hangs_up_is_given_up(
    serve: Callable[..., Server], files: str, source: Callable[[Recipe], Path]
) -> None:
    own = serve(INPOINT_FILL="none")
    media = own.wait(own.create(f"{files}/{source(recipe('h264-30')).name}")["id"])
    with pytest.raises(httpx.ReadTimeout):
        own.client.get(f"/api/v1/media/{media['id']}/file.mp4", timeout=0.3)
    time.sleep(1.5)  # what was nearly done may end
    made = own.blobs("**/segments/**/*.m4s")
    time.sleep(1.5)
    assert own.blobs("**/segments/**/*.m4s") == made
    assert len([one for one in made if "-720p/" in one]) < 5
    whole = own.client.get(f"/api/v1/media/{media['id']}/file.mp4", timeout=120)  # it is made before the first byte
    assert judge.numbers(whole.content) == list(range(300))


def test_errors_say_what_to_do(server: Server, tmp_path: Path) -> None:
    nobody = server.run("clip", "x", "--server", "http://127.0.0.1:9")
    assert nobody.returncode == 1
    assert "inpoint serve" in nobody.stderr
    unknown = server.run("clip", "0b1e9a8e-0000-4000-8000-000000000000", "--start", "1")
    assert (unknown.returncode, "no such thing" in unknown.stderr) == (1, True)
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"no video" * 1000)
    failed = server.run("import", str(junk))
    assert failed.returncode == 1
    assert "not a video that this server can read" in failed.stderr
    assert server.run("import", "missing.mp4").returncode == 2
    assert server.run("nonsense").returncode == 2
    wrong = server.run("clip", "x", "--token-secret", "wrong")
    assert "No valid credential" in wrong.stderr


def test_doctor_finds_this_machine_in_order(server: Server) -> None:
    done = server.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "ok     media is opened in" in done.stdout or "note   media is opened in" in done.stdout
    assert "WRONG" not in done.stdout


def test_tokens_are_made_listed_and_revoked(server: Server) -> None:
    made = facts(server.run("token", "create", "--workspace", "third", "--scope", "read").stdout)
    assert made["id"] in server.run("token", "list").stdout
    assert made["secret"] not in server.run("token", "list").stdout
    assert server.run("token", "revoke", made["id"]).returncode == 0
    assert server.run("token", "revoke", made["id"]).returncode == 1
    assert made["id"] not in server.run("token", "list").stdout


def test_migrate_is_safe_to_repeat(server: Server) -> None:
    for _ in range(2):
        done = server.run("migrate")
        assert (done.returncode, done.stdout.strip()) == (0, "The database is up to date.")


def test_our_own_api_names_what_is_wrong(server: Server) -> None:
    wrong = server.client.post("/api/v1/media?max_height=tall", content=b"x")
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "max_height")
    wrong = server.client.post("/api/v1/media?policy=secret", content=b"x")
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "policy")
    for start in (b"1e999999999", b'"' + b"9" * 5000 + b'"', b'"1:2:3:4"', b"true"):
        path = "/api/v1/media/0b1e9a8e-0000-4000-8000-000000000000/clips"
        assert server.client.post(path, content=b'{"start": ' + start + b"}").status_code in (400, 404, 422)
    assert server.client.get("/api/v1/nothing").json()["error"]["code"] == "no_such_address"
    assert server.client.get("/api/v1/media/x").status_code == 404


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(serve: Callable[..., Server], tmp_path: Path) -> None:
    own = serve(INPOINT_MAX_BYTES="1000")
    answer = own.client.post("/api/v1/media", content=b"x" * 5000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert own.client.get("/v1/on-demand").json()["pagination"]["totalRecords"] == 0
    assert not list((own.data / "staging").iterdir())
