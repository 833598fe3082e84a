"""The OpenAPI document against the running server: generated requests meet no 5xx and nothing that isn't declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from inpoint.dialects.cloudflare import description as cloudflare
from inpoint.dialects.fastpix import description as fastpix
from inpoint.dialects.own import description as own
from tests.media import Recipe, recipe, write_picture
from tests.server import ACCOUNT, TOKEN, Server, file_server
from tests.stream import Stream


@schemathesis.serializer("application/offset+octet-stream")
def as_they_are(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


_CHECKS: list[Any] = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance
]  # fmt: skip
#: Busy is no failure: a segment that is made for the first time may take longer than a player waits.
_PATIENT = ("/{playback_id}/{path}", "/{shown}/manifest/{path}", "/api/v1/media/{media_id}/file.mp4")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("openapi")).start()
    yield running
    running.end()


@pytest.fixture(scope="module")
def known(here: Server, source: Callable[[Recipe], Path]) -> dict[str, str]:
    """Ids of things that there are."""
    path = source(recipe("tiny-30"))
    with file_server(path.parent) as files:
        media = here.wait(here.create(f"{files}/{path.name}")["id"])
    upload = here.client.post("/v1/on-demand/upload", json={}).json()["data"]
    key = here.client.post("/v1/iam/signing-keys").json()["data"]
    hook = here.client.post("/api/v1/webhooks", json={"url": "http://127.0.0.1:1/"}).json()
    delivery = here.client.post(f"/api/v1/webhooks/{hook['id']}/test").json()
    with Stream(here) as stream:
        uid = media["id"].replace("-", "")
        stream.ask("POST", f"/{uid}", json={"requireSignedURLs": False})
        stream.ask("PUT", f"/{uid}/captions/en", files={"file": "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"})
        stream.ask("POST", f"/{uid}/downloads")
        write_picture(path.parent / "mark.png")
        sent = {"file": (path.parent / "mark.png").read_bytes()}
        mark = stream.ask("POST", "/watermarks", files=sent)["uid"]
    return {
        "account": ACCOUNT, "uid": uid, "shown": uid, "language": "en", "watermark_uid": mark, "name": "default",
        "media_id": media["id"], "playback_id": media["playbackIds"][0]["id"], "upload_id": upload["uploadId"],
        "key_id": key["id"], "track_id": media["tracks"][1]["id"], "webhook_id": hook["id"],
        "delivery_id": delivery["id"], "number": "5", "token_id": "nobody",
        "grant": here.client.get(f"/api/v1/media/{media['id']}").json()["view"].rpartition("/")[2],
    }  # fmt: skip


@pytest.fixture(scope="module")
def document(here: Server) -> Any:
    return schemathesis.openapi.from_url(f"{here.url}/openapi.json")


OPERATIONS = sorted(
    {**fastpix.DESCRIPTION.operations, **cloudflare.DESCRIPTION.operations, **own.DESCRIPTION.operations}
)


#: Open to all, and without a parameter: there is no invalid request.
_NOTHING_TO_GET_WRONG = {("get", "/api/v1/session")}
_CASES = [
    (*one, mode)
    for one in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or one not in _NOTHING_TO_GET_WRONG
]


@pytest.mark.parametrize(("method", "path", "mode"), _CASES, ids=lambda part: getattr(part, "value", part))
def test_requests_meet_what_is_declared(
    method: str, path: str, mode: GenerationMode, document: Any, known: dict[str, str]
) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=document[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        _call(case)
        if method != "delete" and set(case.path_parameters or ()) & set(known):
            case.path_parameters = {name: known.get(name, told) for name, told in case.path_parameters.items()}
            _call(case)

    ask()


def _call(case: Any) -> None:
    ours = case.path.startswith("/client/")
    shown = {"headers": {"Authorization": f"Bearer {TOKEN[1]}"}} if ours else {"auth": TOKEN}
    response = case.call(timeout=30, **shown)
    if response.status_code == 503 and case.path in _PATIENT:
        assert "Retry-After" in response.headers
        return
    if case.path.startswith("/{shown}") and response.content.startswith(b'{"error":"'):
        return  # what is neither a uid nor a token is nobody's address
    case.validate_response(response, checks=_CHECKS)
