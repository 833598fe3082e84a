"""Messages between the server and its confined processes: a JSON header and any number of byte strings.

Never pickle: a process that has opened a hostile file may send anything.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LIMIT = 1 << 31
_HEADER_LIMIT = 1 << 24
_ANSWER_LIMIT = 1 << 28  # more than any segment or index has


@dataclass(frozen=True, slots=True)
class Message:
    header: dict[str, Any]
    blobs: Sequence[bytes] = ()


def pack(message: Message) -> bytes:
    header = json.dumps({**message.header, "_blobs": [len(blob) for blob in message.blobs]}).encode()
    return b"".join([struct.pack(">I", len(header)), header, *message.blobs])


def _sizes(header: dict[str, Any]) -> list[int]:
    sizes = header.pop("_blobs", [])
    if not all(isinstance(size, int) and 0 <= size < _LIMIT for size in sizes) or sum(sizes) >= _LIMIT:
        raise ValueError("impossible message")
    return list(sizes)


def receive(sock: socket.socket) -> Message | None:
    """The next message; None at the end of the connection. For the process side, which is single-threaded."""
    prefix = _exactly(sock, 4)
    if prefix is None:
        return None
    raw = _exactly(sock, struct.unpack(">I", prefix)[0])
    if raw is None:
        return None
    header = json.loads(raw)
    blobs = [_exactly(sock, size) or b"" for size in _sizes(header)]
    return Message(header, blobs)


def _exactly(sock: socket.socket, size: int) -> bytes | None:
    buffer = bytearray(size)
    view, at = memoryview(buffer), 0
    while at < size:
        count = sock.recv_into(view[at:])
        if count == 0:
            return None
        at += count
    return bytes(buffer)


async def send(sock: socket.socket, message: Message) -> None:
    """From the server's side; ``sock`` doesn't block. A stream writer would move megabytes again at every step."""
    await asyncio.get_running_loop().sock_sendall(sock, pack(message))


async def read(sock: socket.socket) -> Message:
    """The next message, on the server's side. Raises EOFError when the process is gone, ValueError on nonsense."""
    (size,) = struct.unpack(">I", await _read_exactly(sock, 4))
    if size > _HEADER_LIMIT:
        raise ValueError("impossible message")
    header = json.loads(await _read_exactly(sock, size))
    if not isinstance(header, dict):
        raise ValueError("impossible message")
    sizes = _sizes(header)
    if sum(sizes) > _ANSWER_LIMIT:
        raise ValueError("impossible message")
    blobs = [await _read_exactly(sock, count) for count in sizes]
    return Message(header, blobs)


async def _read_exactly(sock: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view, at = memoryview(buffer), 0
    while at < size:
        count = await asyncio.get_running_loop().sock_recv_into(sock, view[at:])
        if count == 0:
            raise EOFError("the process is gone")
        at += count
    return bytes(buffer)
