"""The server's side of confined processes: start one, ask it, end it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from inpoint.engine.calls import DONE, FAILED, FAILURE, START, Call, Order, Part
from inpoint.engine.failures import from_report
from inpoint.engine.wire import read, read_value, send
from inpoint.errors import EngineFailed

_log = structlog.get_logger()
_MEMORY = 6 << 30


@dataclass(slots=True)
class Process:
    """One confined process; it answers one request at a time."""

    pid: int
    sock: socket.socket
    #: The mezzanine that it has served; it never serves another.
    mezzanine: str | None = None
    dead: bool = False

    @property
    def gone(self) -> bool:
        """Whether it has ended while nobody asked it anything, as it does when its parent is killed."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    async def ask(self, call: Call[Order, Part], order: Order, timeout: float) -> AsyncGenerator[Part]:
        """The parts of the answer. ``timeout`` is in seconds, between parts. Raises a MediaError."""
        try:
            async with asyncio.timeout(timeout):
                await send(self.sock, call.order(order))
            while True:
                async with asyncio.timeout(timeout):
                    message = await read(self.sock)
                if message.kind == DONE:
                    return
                if message.kind == FAILED:
                    failed = read_value(message, FAILURE)
                    raise from_report(failed.code, failed.message, failed.detail)
                yield call.read_part(message)
        except (TimeoutError, EOFError, OSError, ValueError, RecursionError) as error:
            self.dead = True
            raise EngineFailed(detail=f"process {self.pid}: {type(error).__name__} {error}") from error
        except (GeneratorExit, asyncio.CancelledError):
            self.dead = True  # it is in the middle of an answer that nobody reads
            raise

    async def answer(self, call: Call[Order, Part], order: Order, timeout: float) -> list[Part]:
        """All parts of the answer."""
        async with aclosing(self.ask(call, order, timeout)) as parts:
            return [part async for part in parts]


class Zygote:
    """The clean parent of all confined processes."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._lock = asyncio.Lock()
        self._forks: set[asyncio.Future[Process]] = set()
        #: Means of confinement that this system lacks; known after the first process.
        self.missing: list[str] | None = None

    async def start(self) -> None:
        """The process that others are forked from."""
        if self._control is not None:
            self._control.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # one order, one message
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "inpoint.engine.zygote", str(theirs.fileno())),
            pass_fds=(theirs.fileno(),),
            stdin=asyncio.subprocess.DEVNULL,
        )
        theirs.close()
        ours.setblocking(False)
        self._control = ours

    async def stop(self) -> None:
        """It ends, and all that it forked."""
        await asyncio.gather(*self._forks, return_exceptions=True)
        if self._control is not None and self._process is not None:
            self._control.close()
            await self._process.wait()

    async def fork(
        self,
        *,
        idle: bool = False,
        readable: Sequence[Path] = (),
        writable: Sequence[Path] = (),
        cpu_seconds: int | None = None,
        file_bytes: int | None = None,
    ) -> Process:
        """A new confined process that may read and write the paths named and no others.

        Who gives up waiting for it leaves none behind: it is ended as soon as it is there.
        """
        forking = asyncio.ensure_future(self._fork(idle, readable, writable, cpu_seconds, file_bytes))
        self._forks.add(forking)
        forking.add_done_callback(self._forks.discard)
        try:
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            forking.add_done_callback(self._unwanted)
            raise

    def _unwanted(self, forking: asyncio.Future[Process]) -> None:
        if not forking.cancelled() and forking.exception() is None:
            self.end(forking.result())

    async def _fork(
        self,
        idle: bool,
        readable: Sequence[Path],
        writable: Sequence[Path],
        cpu_seconds: int | None,
        file_bytes: int | None,
    ) -> Process:
        order = {
            "idle": idle,
            "readable": [str(path) for path in readable],
            "writable": [str(path) for path in writable],
            "cpu_seconds": cpu_seconds,
            "memory_bytes": _MEMORY,
            "file_bytes": file_bytes,
        }
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        async with self._lock:
            with theirs:
                answer = await self._order(order, theirs) or await self._order(
                    order, theirs
                )  # once more, of a new one
        if not answer:
            ours.close()
            raise EngineFailed(detail="the parent of confined processes is gone")
        try:
            hello = await read(ours)
        except (EOFError, OSError, ValueError) as error:
            ours.close()
            raise EngineFailed(detail="a confined process did not start") from error
        self._note(read_value(hello, START).missing)
        return Process(json.loads(answer)["pid"], ours)

    async def _order(self, order: dict[str, Any], theirs: socket.socket) -> bytes:
        """The clean parent's answer; empty if it is gone: the next order starts another."""
        if self._process is None or self._process.returncode is not None or self._control is None:
            await self.start()
        assert self._control is not None
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno()])
            answer = await asyncio.get_running_loop().sock_recv(self._control, 1 << 12)
        except OSError:
            answer = b""
        if not answer:
            self._control.close()
            self._control = None
        return answer

    def _note(self, missing: list[str]) -> None:
        if self.missing is None and missing:
            _log.warning("confinement.incomplete", missing=missing)
        self.missing = missing

    def end(self, process: Process) -> None:
        """Kill a process, whatever it is doing."""
        process.dead = True
        process.sock.close()
        if self._control is not None:
            with contextlib.suppress(OSError):  # without its parent it is gone already
                self._control.send(json.dumps({"kill": process.pid}).encode())
