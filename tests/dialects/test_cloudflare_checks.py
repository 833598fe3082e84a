"""Every conformance check of the Cloudflare Stream API with the official Python SDK: the fifth generation, strict and
lenient, and the fourth in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dialects import stream_checks
from tests.dialects.stream_checks import CHECKS, World
from tests.media import Recipe, recipe
from tests.server import ACCOUNT, TOKEN, Server

Uploaded = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def told(server: Server, uploaded: Uploaded, files: str, source: Callable[[Recipe], Path]) -> tuple[str, ...]:
    """What a world is made of."""
    name = source(recipe("h264-30")).name
    return server.url, TOKEN[1], ACCOUNT, str(uploaded("h264-30")["uid"]), f"{files}/{name}"


@pytest.fixture(scope="module", params=["strict", "lenient"])
def world(request: pytest.FixtureRequest, told: tuple[str, ...]) -> Iterator[World]:
    made = World(*told, strict=request.param == "strict")
    yield made
    made.close()


@pytest.mark.parametrize("number", sorted(CHECKS))
def test_fifth_generation(number: int, world: World) -> None:
    CHECKS[number](world)


@pytest.fixture(scope="module")
def fourth(told: tuple[str, ...]) -> Any:
    python = Path(sys.prefix) / "cloudflare4" / "bin" / "python"
    assert python.exists(), "make test brings it"
    done = subprocess.run(
        [str(python), stream_checks.__file__, *told], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("number", sorted(CHECKS))
def test_fourth_generation(number: int, fourth: Any) -> None:
    assert fourth["version"].startswith("4.")
    assert number in fourth["ran"]
    assert str(number) not in fourth["failed"], fourth["failed"][str(number)]


def test_all_checks_are_there() -> None:
    assert sorted(CHECKS) == list(range(1, 49))
