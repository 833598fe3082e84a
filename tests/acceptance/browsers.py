"""A real browser: found on the machine, or the failure says how to get one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
#: Opens a page at an address.
View = Callable[[str], AbstractContextManager[Page]]
FOLDER = Path(__file__).parents[1] / "browser"


def find() -> str:
    """A Chromium that plays H.264. Raises AssertionError that says how to get one."""
    named = os.environ.get("INPOINT_TEST_BROWSER")
    if named:
        assert shutil.which(named), f"INPOINT_TEST_BROWSER names {named}, which is not there"
        return named
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise AssertionError(
        "No Chromium was found. Install one (on Debian or Ubuntu: apt-get install chromium), "
        "or name one that plays H.264 in INPOINT_TEST_BROWSER."
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    assert os.sched_getscheduler(0) == os.SCHED_OTHER, "a browser of real-time priority starves the machine"
    arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=arguments)
        yield browser
        browser.close()


@contextmanager
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that shares nothing with others of the browser's."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.goto(address)
        yield opened
