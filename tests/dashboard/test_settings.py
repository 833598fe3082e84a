"""Settings: tokens, signing keys, webhooks, watermarks, storage."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import Open
from tests.media import write_picture
from tests.server import Server

pytestmark = pytest.mark.browser
Imported = Callable[[str], dict[str, Any]]


def test_a_token_is_shown_once_works_and_is_revoked(visit: Open, server: Server) -> None:
    page = visit("/settings/tokens")
    page.get_by_role("combobox", name="May").select_option("read")
    page.get_by_role("textbox", name="Email").fill("ada@example.com")
    page.get_by_role("button", name="Make a token").click()
    identity = page.get_by_label("Access token ID", exact=True).input_value()
    secret = page.get_by_label("Secret key", exact=True).input_value()
    assert httpx.get(f"{server.url}/v1/on-demand", auth=(identity, secret)).status_code == 200
    assert httpx.post(f"{server.url}/v1/on-demand", auth=(identity, secret), json={}).status_code == 403
    page.reload()
    row = page.get_by_role("row").filter(has_text=identity)
    expect(row).to_contain_text("ada@example.com")
    expect(page.get_by_text(secret)).to_have_count(0)
    row.get_by_role("button", name="Revoke").click()
    row.get_by_role("button", name="Revoke for good").click()
    expect(row).to_have_count(0)
    assert httpx.get(f"{server.url}/v1/on-demand", auth=(identity, secret)).status_code == 401


def test_a_signing_key_is_shown_once_and_signs(visit: Open, server: Server, imported: Imported) -> None:
    media = imported("tiny-30")
    made = server.client.post(f"/v1/on-demand/{media['id']}/playback-ids", json={"accessPolicy": "private"})
    playback = made.json()["data"]["id"]
    page = visit("/settings/keys")
    page.get_by_role("button", name="Make a signing key").click()
    key = page.get_by_label("Key ID", exact=True).input_value()
    private = base64.b64decode(page.get_by_role("textbox", name="Private key").input_value())
    claims = {"kid": key, "aud": f"media:{playback}", "exp": 4_000_000_000}
    token = jwt.encode(claims, private, algorithm="RS256", headers={"kid": key})
    address = f"{server.url}/{playback}.m3u8?token={token}"
    assert httpx.get(address).status_code == 200
    page.get_by_role("button", name="Done").click()
    row = page.get_by_role("row").filter(has_text=key)
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Remove for good").click()
    expect(row).to_have_count(0)
    assert httpx.get(address).status_code == 403


@contextmanager
def listener() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """What a webhook is told: signatures and bodies. The first message is refused."""
    heard: list[tuple[str, bytes]] = []

    class Hearing(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers["FastPix-Signature"], body))
            self.send_response(500 if len(heard) == 1 else 200)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Hearing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", heard
        server.shutdown()


def test_a_webhook_is_tested_and_told_again(visit: Open) -> None:
    with listener() as (address, heard):
        page = visit("/settings/webhooks")
        page.get_by_label("Address").fill(address)
        page.get_by_role("button", name="Add a webhook").click()
        secret = base64.b64decode(page.get_by_label("Webhook secret", exact=True).input_value())
        page.get_by_role("button", name="Done").click()
        hook = page.get_by_role("article").filter(has_text=address)
        hook.get_by_role("button", name="Send a test event").click()
        row = hook.get_by_role("row").filter(has_text="test")
        expect(row).to_contain_text("pending: 500", timeout=10_000)
        row.get_by_role("button", name="Tell again").click()
        expect(row).to_contain_text("delivered after 2 tries: 200", timeout=10_000)
        for signature, body in heard:
            made = hmac.new(secret, body, hashlib.sha256).digest()
            assert base64.b64encode(made).decode() == signature
        hook.get_by_role("button", name="Remove").click()
        hook.get_by_role("button", name="Remove for good").click()
        expect(hook).to_have_count(0)
        page.get_by_label("Address").fill("http://")
        assert page.get_by_label("Address").evaluate("one => !one.checkValidity()")


def test_a_watermark_is_added_and_removed(visit: Open, tmp_path: Path) -> None:
    write_picture(tmp_path / "mark.png")
    page = visit("/settings/watermarks")
    page.get_by_label("PNG image").set_input_files(tmp_path / "mark.png")
    page.get_by_role("textbox", name="Name").fill("Corner mark")
    page.get_by_role("combobox", name="Place").select_option("lowerLeft")
    page.get_by_role("button", name="Add a watermark").click()
    row = page.get_by_role("row").filter(has_text="Corner mark")
    expect(row).to_contain_text("lowerLeft, 15 % wide, 100 % opaque")
    (tmp_path / "no.png").write_text("nothing")
    page.get_by_label("PNG image").set_input_files(tmp_path / "no.png")
    page.get_by_role("button", name="Add a watermark").click()
    expect(page.get_by_role("alert")).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Remove for good").click()
    expect(row).to_have_count(0)


def test_storage_tells_what_sharing_saves(serve: Callable[..., Server], visit: Open, files: str, source: Any) -> None:
    from tests.media import recipe

    server = serve()
    media = server.wait(server.create(f"{files}/{source(recipe('tiny-30')).name}")["id"])
    server.wait_fill_ended(media["id"])
    server.clip(media["id"], 0, 3)
    told = server.client.get("/api/v1/storage").json()
    stored = sum(one.stat().st_size for one in (server.data / "blobs/encodings").rglob("*") if one.is_file())
    assert told["physical"] == stored
    assert told["logical"] > told["physical"] * 1.7  # the clip is the whole of it again
    page = visit("/settings/storage", at=server)
    expect(page.get_by_role("heading", name="2 videos")).to_be_visible()
    expect(page.get_by_text(re.compile(r"kB, 4\d %"))).to_be_visible()
