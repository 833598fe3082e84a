"""What the dialects' suites share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastpix_python import Fastpix, models

from tests.server import TOKEN, Server


@pytest.fixture
def stranger(server: Server) -> Iterator[httpx.Client]:
    """Somebody without any credential."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture
def sdk(server: Server) -> Fastpix:
    """The official Python SDK, unmodified."""
    return Fastpix(
        server_url=f"{server.url}/v1",
        security=models.Security(username=TOKEN[0], password=TOKEN[1]),
        retry_config=None,
    )
