"""What the dialects' suites share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloudflare import Cloudflare
from fastpix_python import Fastpix, models

from tests.media import Recipe, recipe
from tests.server import TOKEN, Server
from tests.stream import Stream


@pytest.fixture
def stranger(server: Server) -> Iterator[httpx.Client]:
    """Somebody without any credential."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture
def stream(server: Server) -> Iterator[Stream]:
    """The shared server's account, asked raw."""
    with Stream(server) as asked:
        yield asked


@pytest.fixture(scope="session")
def uploaded(server: Server, source: Callable[[Recipe], Path]) -> Callable[[str], dict[str, Any]]:
    """A ready video of a recipe, sent once."""
    known: dict[str, dict[str, Any]] = {}

    def video(name: str) -> dict[str, Any]:
        if name not in known:
            with Stream(server) as asked:
                known[name] = asked.wait(asked.upload(source(recipe(name)))["uid"])
        return known[name]

    return video


@pytest.fixture
def cf(server: Server) -> Iterator[Cloudflare]:
    """The official Python SDK, unmodified, which holds every reply against its declared types."""
    with Cloudflare(
        api_token=TOKEN[1], base_url=f"{server.url}/client/v4", _strict_response_validation=True
    ) as client:
        yield client


@pytest.fixture
def sdk(server: Server) -> Fastpix:
    """The official Python SDK, unmodified."""
    return Fastpix(
        server_url=f"{server.url}/v1",
        security=models.Security(username=TOKEN[0], password=TOKEN[1]),
        retry_config=None,
    )
