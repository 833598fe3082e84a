"""Generators read the OpenAPI document, and what they make of it works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.media import Recipe, recipe
from tests.npm import node
from tests.server import ACCOUNT, TOKEN, Server

BIN = Path(sys.prefix) / "clients" / "bin"
NODE = Path(__file__).parents[1] / "browser" / "node_modules"


def test_a_python_client_imports_clips_lists_and_deletes(
    server: Server, files: str, source: Callable[[Recipe], Path], tmp_path: Path
) -> None:
    (tmp_path / "openapi.json").write_bytes(server.client.get("/openapi.json").content)
    path = source(recipe("tiny-30"))
    made = subprocess.run(
        [BIN / "openapi-python-client", "generate", "--meta", "none", "--path", "openapi.json",
         "--output-path", "made"],
        cwd=tmp_path, env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout
    # Bodies that are media of their own kind are not for this generator; everything that is JSON is.
    assert "application/json" not in made.stdout
    walked = subprocess.run(
        [BIN / "python", Path(__file__).with_name("walk.py"), tmp_path, server.url, *TOKEN, ACCOUNT,
         f"{files}/{path.name}", path],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert walked.returncode == 0, walked.stderr[-4000:]
    assert_walked(walked.stdout)


def test_a_typescript_client_imports_clips_lists_and_deletes(
    server: Server, files: str, source: Callable[[Recipe], Path], tmp_path: Path
) -> None:
    """Types as strict as there are; what is not declared, or declared otherwise, does not compile."""
    (tmp_path / "openapi.json").write_bytes(server.client.get("/openapi.json").content)
    (tmp_path / "node_modules").symlink_to(NODE)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(Path(__file__).with_name("walk.ts"), tmp_path)
    path = source(recipe("tiny-30"))
    strict = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2023,dom", "--skipLibCheck"]
    for command in (
        ["openapi-typescript", "openapi.json", "-o", "openapi.d.ts"],
        ["tsc", *strict, "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "walk.ts"],
    ):
        made = subprocess.run(
            [node(), NODE / ".bin" / command[0], *command[1:]],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
    walked = subprocess.run(
        [node(), "walk.js", server.url, *TOKEN, ACCOUNT, f"{files}/{path.name}", path],
        cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert walked.returncode == 0, walked.stderr[-4000:]
    assert_walked(walked.stdout)


def assert_walked(told: str) -> None:
    for dialect, (listed, duration, gone) in json.loads(told).items():
        assert (listed, gone) == (True, [True, True]), dialect
        assert duration in (1.5, "00:00:01.500", "0:00:01.5", "00:00:01"), (dialect, duration)
