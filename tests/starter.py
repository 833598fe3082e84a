"""Starts the program often and quickly: a process that has imported it forks for each start that is asked for.

What runs then is what ``python -m inpoint …`` runs, in a process of its own with its own environment; what is saved
are seconds of imports, the same each time.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path


class Started:
    """A process that was started, or another's: as ``subprocess.Popen`` has it, but for its return code."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._fd = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it runs."""
        return 0 if select.select([self._fd], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> None:
        """Until it is gone. Raises TimeoutExpired."""
        if not select.select([self._fd], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)

    def send_signal(self, number: signal.Signals) -> None:
        """To it alone, even if another has its number by now."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._fd, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def __del__(self) -> None:
        os.close(self._fd)


class Starter:
    """The process that forks, and the way to it."""

    def __init__(self) -> None:
        ours, its = socket.socketpair()
        command = [sys.executable, "-m", "tests.starter", str(its.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[its.fileno()], cwd=Path(__file__).parents[1])
        its.close()
        self._socket, self._lock = ours, threading.Lock()
        self._replies = ours.makefile("r")

    def start(self, program: Sequence[str], environment: Mapping[str, str], log: Path) -> Started:
        """``program`` is a module, and its arguments; what it prints is added to ``log``."""
        log.touch()
        order = {"program": list(program), "environment": dict(environment), "log": str(log)}
        with self._lock:
            self._socket.sendall(json.dumps(order).encode() + b"\n")
            return Started(int(self._replies.readline()))

    def end(self) -> None:
        """It forks no more; what it started goes on."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._process.wait()


@cache
def starter() -> Starter:
    """One for all tests of a session."""
    found = Starter()
    atexit.register(found.end)
    return found


def _orders(way: socket.socket) -> Iterator[dict[str, object]]:
    with way.makefile("r") as lines:
        for line in lines:
            yield json.loads(line)


def main(way: socket.socket) -> None:
    """Fork for each order, until nobody is there to give one."""
    for module in ("inpoint.cli", "inpoint.serving", "inpoint.wiring"):
        importlib.import_module(module)
    assert threading.active_count() == 1, "a process of several threads can't be forked safely"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks what became of them
    for order in _orders(way):
        pid = os.fork()
        if pid == 0:
            way.close()
            _become(**order)  # type: ignore[arg-type]
        way.sendall(f"{pid}\n".encode())


def _become(program: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    """Run the program as the one that this process is."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(opened, stream)
    os.close(opened)
    sys.argv = list(program)
    try:
        runpy.run_module(program[0], run_name="__main__", alter_sys=True)
    except SystemExit as leaving:
        sys.stdout.flush()
        os._exit(leaving.code if isinstance(leaving.code, int) else 1)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
