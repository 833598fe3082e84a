"""Who may come in, and what a browser holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import Open
from tests.server import ACCOUNT, TOKEN, Server

pytestmark = pytest.mark.browser
COOKIE = "inpoint_session"


def sign_in(server: Server, **told: str) -> httpx.Response:
    return httpx.post(f"{server.url}/api/v1/session", json=told or {"id": TOKEN[0], "secret": TOKEN[1]})


def test_with_id_and_secret_and_out_again(visit: Open) -> None:
    page = visit(signed_in=False)
    page.get_by_label("Access token ID").fill(TOKEN[0])
    page.get_by_label("Secret key").fill("wrong-secret-of-many-characters")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no such token, or this is not its secret.")
    page.get_by_label("Secret key").fill(TOKEN[1])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Media")).to_be_visible()
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Strict")
    assert TOKEN[1] not in cookie["value"]
    page.reload()
    expect(page.get_by_role("heading", name="Media")).to_be_visible()
    page.get_by_label("Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.context.cookies() == []


def test_the_link_that_the_server_prints_signs_in_once(visit: Open, server: Server) -> None:
    link = re.findall(r"\S+/dashboard#sign-in=\S+", server.run("link").stdout)[-1]
    page = visit(signed_in=False)
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("heading", name="Media")).to_be_visible()
    assert "sign-in" not in page.url
    other = visit(signed_in=False)
    other.goto("about:blank")
    other.goto(link)
    expect(other.get_by_role("alert")).to_contain_text("This link has been used")


def test_every_start_prints_a_link(serve: Callable[..., Server]) -> None:
    server = serve()
    assert "/dashboard#sign-in=" in server.log
    server.stop()
    server.start()
    first, second = re.findall(r"#sign-in=(\S+)", server.log)
    assert sign_in(server, link=second).status_code == 200
    assert sign_in(server, link=second).status_code == 401
    assert sign_in(server, link=first).status_code == 200  # an hour long


def test_the_cookie_alone_does_nothing(server: Server) -> None:
    """What another site's page could make a browser send: no header of ours, or no JSON."""
    signed = sign_in(server)
    cookies = {COOKIE: signed.cookies[COOKIE]}
    choice = {"Inpoint-Credential": TOKEN[0]}
    with httpx.Client(base_url=server.url, cookies=cookies) as client:
        assert client.get("/api/v1/media").status_code == 401
        assert client.get("/v1/on-demand").status_code == 401
        assert client.get("/api/v1/media", headers=choice).status_code == 200
        assert client.get("/v1/on-demand", headers=choice).status_code == 200
        stream = f"/client/v4/accounts/{ACCOUNT}/stream"
        assert client.get(stream, headers=choice).status_code == 200
        assert client.get(stream).status_code in (400, 401)
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        asked["Access-Control-Request-Headers"] = "inpoint-credential"
        preflight = client.options("/api/v1/tokens", headers=asked)
        assert "access-control-allow-origin" not in preflight.headers
        plain = client.post("/api/v1/session", content='{"link": "x"}', headers={"Content-Type": "text/plain"})
        assert plain.status_code == 400
    with httpx.Client(base_url=server.url, headers=choice) as stranger:
        refused = stranger.get("/api/v1/media")
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "signed_out"
        assert "basic" not in refused.headers["WWW-Authenticate"].lower()  # a browser would ask for a password


def test_a_revoked_token_is_signed_out_at_once(server: Server, visit: Open) -> None:
    made = server.client.post("/api/v1/tokens", json={}).json()
    page = visit(signed_in=False)
    page.get_by_label("Access token ID").fill(made["id"])
    page.get_by_label("Secret key").fill(made["secret"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Media")).to_be_visible()
    assert server.client.delete(f"/api/v1/tokens/{made['id']}").status_code == 200
    expect(page.get_by_text("You were signed out.")).to_be_visible(timeout=10_000)


def test_read_only_tokens_see_and_change_nothing(server: Server, visit: Open) -> None:
    made = server.client.post("/api/v1/tokens", json={"scope": "read"}).json()
    page = visit(signed_in=False)
    page.get_by_label("Access token ID").fill(made["id"])
    page.get_by_label("Secret key").fill(made["secret"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Read only")).to_be_visible()
    expect(page.get_by_role("button", name="Add videos")).to_have_count(0)
    for call in ("fetch('/api/v1/tokens', {method: 'POST', body: '{}', headers: head})",
                 "fetch('/v1/on-demand', {method: 'POST', body: '{}', headers: head})"):  # fmt: skip
        status = page.evaluate(
            f"async (id) => {{ const head = {{'Inpoint-Credential': id, 'Content-Type': 'application/json'}};"
            f" return (await {call}).status; }}",
            made["id"],
        )
        assert status == 403


def test_several_workspaces_in_one_browser(serve: Callable[..., Server], visit: Open) -> None:
    server = serve()
    told = server.run("token", "create", "--workspace", "Second").stdout
    found = dict(line.split(maxsplit=1) for line in told.splitlines())
    page = visit(at=server)
    page.get_by_label("Account").click()
    page.get_by_role("button", name="Add another workspace").click()
    page.get_by_label("Access token ID").fill(found["id"].strip())
    page.get_by_label("Secret key").fill(found["secret"].strip())
    page.get_by_role("button", name="Sign in").click()
    choice = page.get_by_label("Workspace", exact=True)
    expect(choice).to_have_value(found["id"].strip())
    choice.select_option(TOKEN[0])
    page.goto("/dashboard/settings")
    expect(page.get_by_text(TOKEN[0])).to_be_visible()
    choice.select_option(found["id"].strip())
    expect(page.get_by_role("heading", name="Media")).to_be_visible()
    page.goto("/dashboard/settings")
    expect(page.get_by_role("cell", name=re.compile(found["id"].strip()))).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile(f"^{TOKEN[0]}"))).to_have_count(0)  # nothing of the other
    assert httpx.get(f"{server.url}/api/v1/media", headers={"Inpoint-Credential": TOKEN[0]}).status_code == 401
