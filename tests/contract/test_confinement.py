"""A confined process reads and writes what it was given, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CODE = """
import os, signal, socket, subprocess, sys, threading
from pathlib import Path
from inpoint.engine.confine import Limits, confine
mine, other, folder, attempt = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
missing = confine(Limits(memory_bytes=1 << 32, file_bytes=1 << 20), [mine], [folder])
if missing:
    sys.exit(f"this system lacks {missing}")
attempts = {
    "read mine": lambda: mine.read_bytes(),
    "write mine": lambda: mine.write_bytes(b"x"),
    "read other": lambda: other.read_bytes(),
    "write other": lambda: other.write_bytes(b"x"),
    "truncate other": lambda: os.truncate(other, 0),
    "chmod other": lambda: os.chmod(other, 0o777),
    "list root": lambda: os.listdir("/"),
    "write folder": lambda: (folder / "new").write_bytes(b"x"),
    "rewrite folder": lambda: [(folder / "again").write_bytes(b"x") for _ in range(2)],
    "write too much": lambda: (folder / "big").write_bytes(b"x" * (2 << 20)),
    "socket": lambda: socket.socket(),
    "run": lambda: subprocess.run(["/bin/true"], check=True),
    "kill parent": lambda: os.kill(os.getppid(), 0),
    "thread": lambda: threading.Thread(target=int).start(),
}
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
attempts[attempt]()
"""

ALLOWED = ["read mine", "write folder", "rewrite folder", "thread"]
REFUSED = [
    "write mine", "read other", "write other", "truncate other", "chmod other", "list root", "write too much",
    "socket", "run", "kill parent",
]  # fmt: skip

Attempt = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def attempt(tmp_path: Path) -> Attempt:
    mine, other, folder = tmp_path / "mine", tmp_path / "other", tmp_path / "folder"
    folder.mkdir()
    for path in (mine, other):
        path.write_bytes(b"bytes")

    def run(what: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", CODE, str(mine), str(other), str(folder), what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert other.read_bytes() == b"bytes"
        return done

    return run


@pytest.mark.parametrize("what", ALLOWED)
def test_what_it_was_given(what: str, attempt: Attempt) -> None:
    done = attempt(what)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("what", REFUSED)
def test_nothing_else(what: str, attempt: Attempt) -> None:
    done = attempt(what)
    assert done.returncode == 1
    assert "Error" in done.stderr
    assert "lacks" not in done.stderr, done.stderr
