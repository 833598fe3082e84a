"""The clean parent: imports everything once, opens nothing, and forks a confined process in milliseconds.

``python -m inpoint.engine.zygote FD``: FD is a socket to the server. It lives as long as the server does.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import av

from inpoint.engine.calls import START, STARTED, Started
from inpoint.engine.confine import Limits, confine, run_when_idle
from inpoint.engine.wire import pack, written
from inpoint.engine.worker import serve


def _import_everything() -> None:
    """A confined process can open no file of code: whatever PyAV loads when it is first used is loaded now."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    "".encode("idna")


def main() -> None:
    """Until the server ends, however it ends."""
    _import_everything()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when we end
    children: set[int] = set()
    signal.signal(signal.SIGCHLD, lambda *_: _reap(children))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _obey(control, children)


def _obey(control: socket.socket, children: set[int]) -> None:
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 1)
        if not data:
            return
        order = json.loads(data)
        if "kill" in order:
            if order["kill"] in children:
                children.discard(order["kill"])
                with contextlib.suppress(ProcessLookupError):
                    os.kill(order["kill"], signal.SIGKILL)
            continue
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            _child(order, socket.socket(fileno=descriptors[0]))
        os.close(descriptors[0])
        children.add(pid)
        _reap(children)
        control.sendall(json.dumps({"pid": pid}).encode())


def _reap(children: set[int]) -> None:
    """Bury the dead; a pid that is no child of ours any more must never be killed."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        children.discard(pid)


def _child(order: dict[str, Any], sock: socket.socket) -> None:
    code = 1
    try:
        if order["idle"]:
            run_when_idle()
        missing = confine(
            Limits(order["cpu_seconds"], order["memory_bytes"], order["file_bytes"]),
            [Path(path) for path in order["readable"]],
            [Path(path) for path in order["writable"]],
        )
        sock.sendall(pack(written(STARTED, Started(missing), START)))
        serve(sock)
        code = 0
    except (BrokenPipeError, ConnectionResetError):
        code = 0  # the server hung up
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
