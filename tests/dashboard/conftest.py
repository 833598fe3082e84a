"""A browser, and pages in it that are signed in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.server import TOKEN, Server

Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Open]:
    """Opens a page of the dashboard, signed in. Whatever goes wrong on it, and whatever it asks of another host,
    fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(path: str = "", at: Server = server, signed_in: bool = True, **context: Any) -> Page:
        contexts.append(browser.new_context(base_url=at.url, **context))
        if signed_in:
            told = {"id": TOKEN[0], "secret": TOKEN[1]}
            assert contexts[-1].request.post(f"{at.url}/api/v1/session", data=told).ok
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
        page.on("request", lambda asked: None if _is_ours(asked.url, at.url) else wrong.append(asked.url))
        page.on("response", lambda told: wrong.append(f"{told.status} {told.url}") if told.status >= 500 else None)
        page.goto(f"/dashboard{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in wrong if not one.startswith("503")] == []  # "come back later" is no error


def until(page: Page, expression: str, seconds: float = 20) -> None:
    """Wait for what a script says (the page's policy forbids scripts that wait by themselves)."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(100)


def _is_ours(url: str, base: str) -> bool:
    return url.startswith((f"{base}/", "blob:", "data:"))
