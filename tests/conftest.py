"""Shared fixtures: sources made once, a server that imports them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser
from xdist.scheduler import LoadScopeScheduling

from tests.acceptance import browsers
from tests.media import Recipe, make, recipe
from tests.server import Server, file_server

hypothesis.settings.register_profile("shared", deadline=None)  # other tests run beside
hypothesis.settings.load_profile("shared")


#: Files of few and long tests that share no more than what the whole session does.
APART = ("test_players.py", "test_accessibility.py", "test_life_and_death.py", "test_exact_clips.py", "test_kinds.py")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Of tests that run at once, those of a file stay together, for what they share."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.endswith(APART) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of test sources."""
    return tmp_path_factory.mktemp("sources")


@pytest.fixture(scope="session")
def source(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Recipe], Path]:
    """Makes a recipe's file, once for all sessions that run at once."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made"
    made.mkdir(exist_ok=True)

    def path(wanted: Recipe) -> Path:
        here = sources / wanted.file
        if not here.exists():
            shutil.copy(make(wanted, made), here)
        return here

    return path


@pytest.fixture(scope="session")
def files(sources: Path) -> Iterator[str]:
    """The address of a web server over the sources."""
    with file_server(sources) as url:
        yield url


@pytest.fixture(scope="session")
def pages() -> Iterator[str]:
    """The address of the players' page."""
    with file_server(Path(__file__).parent / "browser") as url:
        yield f"{url}/page.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a file."""
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def view(browser: Browser) -> browsers.View:
    """Opens pages in it."""
    return partial(browsers.page, browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that don't harm it. It makes what is asked for, and no more."""
    running = Server(tmp_path_factory.mktemp("server"), INPOINT_FILL="none").start()
    yield running
    running.end()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server of the test's own, with settings; it may be killed, and is ended when the test is."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(Server(folder, **settings).start())
        return started[-1]

    yield start
    for server in started:
        server.end()


@pytest.fixture(scope="session")
def imported(server: Server, files: str, source: Callable[[Recipe], Path]) -> Callable[[str], dict[str, Any]]:
    """A ready media of a recipe, imported once."""
    known: dict[str, dict[str, Any]] = {}

    def media(name: str) -> dict[str, Any]:
        if name not in known:
            path = source(recipe(name))
            known[name] = server.wait(server.create(f"{files}/{path.name}")["id"])
        return known[name]

    return media
