"""The document's examples are what a server answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from inpoint.settings import Settings
from inpoint.wiring import Server as House
from tests.examples.conversations import FILES, conversation
from tests.examples.recorder import written
from tests.media import Recipe, recipe


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("INPOINT_DATA", str(tmp_path))
    made: dict[str, Any] = House(Settings()).app().openapi()
    return made


@pytest.mark.parametrize("name", FILES)
def test_replayed_they_are_the_same(name: str, source: Callable[[Recipe], Path], tmp_path: Path) -> None:
    """``python -m tests.examples`` writes them anew."""
    said = conversation(name, tmp_path, source(recipe("tiny-30")))
    known = json.loads(FILES[name].read_text())
    assert json.loads(written(said)) == known


def test_every_operation_has_one(document: dict[str, Any]) -> None:
    told = {name for file in FILES.values() for name in json.loads(file.read_text())}
    operations = {f"{method} {path}" for path, methods in document["paths"].items() for method in methods}
    assert told == operations - {"get /health"}


def test_what_is_shown_is_what_is_declared(document: dict[str, Any]) -> None:
    """Every example fits its schema; every request and every reply that is JSON has one."""
    shown = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [one.get("content", {}) for one in operation["responses"].values()]
            for content in contents:
                for kind, told in content.items():
                    if kind == "application/json" and "example" in told:
                        schema = told["schema"] | {"components": document["components"]}
                        jsonschema_rs.validate(schema, told["example"])
                        shown += 1
            made = [one for status, one in operation["responses"].items() if int(status) < 300 and path != "/health"]
            replies = [one.get("content", {}).get("application/json") for one in made]
            assert all("example" in one for one in replies if one is not None), (method, path)
    assert shown > 100
