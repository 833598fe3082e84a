"""Between the server and its confined processes: values as JSON, with the bytes that they hold beside it.

A value is one of the dataclasses of ``ports.orders``; bytes in it travel as they are, and the JSON names their place.
Never pickle: a process that has opened a hostile file may send anything, so whatever comes is checked by its type.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

_LIMIT = 1 << 31
_HEADER_LIMIT = 1 << 24
_ANSWER_LIMIT = 1 << 28  # more than any segment or index has
_BLOB = "$blob"


@dataclass(frozen=True, slots=True)
class Message:
    """``kind`` says what the value is, ``value`` is JSON, ``blobs`` are its bytes."""

    kind: str
    value: str
    blobs: Sequence[bytes] = ()


def written(kind: str, value: Any, adapter: TypeAdapter[Any]) -> Message:
    """A value as a message. The inverse of ``read_value``."""
    blobs: list[bytes] = []

    def plain(one: Any) -> Any:
        if isinstance(one, bytes):
            blobs.append(one)
            return {_BLOB: len(blobs) - 1}
        if isinstance(one, Path):
            return str(one)
        raise TypeError(f"{type(one).__name__} can't be sent")

    text = json.dumps(adapter.dump_python(value), default=plain)
    return Message(kind, text, blobs)


def read_value(message: Message, adapter: TypeAdapter[Any]) -> Any:
    """Raises ValueError for what isn't a value of the type."""

    def whole(one: dict[str, Any]) -> Any:
        if one.keys() != {_BLOB}:
            return one
        place = one[_BLOB]
        if type(place) is not int or not 0 <= place < len(message.blobs):
            raise ValueError("impossible message")
        return message.blobs[place]

    return adapter.validate_python(json.loads(message.value, object_hook=whole))


def pack(message: Message) -> bytes:
    """As it goes over a socket."""
    told = {"kind": message.kind, "value": message.value, "blobs": [len(blob) for blob in message.blobs]}
    header = json.dumps(told).encode()
    return b"".join([struct.pack(">I", len(header)), header, *message.blobs])


def _header(raw: bytes) -> tuple[str, str, list[int]]:
    """Kind, value and the blobs' sizes. Raises ValueError on nonsense."""
    told = json.loads(raw)
    if not isinstance(told, dict) or told.keys() != {"kind", "value", "blobs"} or not isinstance(told["kind"], str):
        raise ValueError("impossible message")
    sizes = told["blobs"]
    if not isinstance(told["value"], str) or not isinstance(sizes, list):
        raise ValueError("impossible message")
    if not all(type(size) is int and 0 <= size < _LIMIT for size in sizes) or sum(sizes) >= _LIMIT:
        raise ValueError("impossible message")
    return told["kind"], told["value"], sizes


def receive(sock: socket.socket) -> Message | None:
    """The next message; None at the end of the connection. For the process side, which is single-threaded."""
    prefix = _exactly(sock, 4)
    if prefix is None:
        return None
    raw = _exactly(sock, struct.unpack(">I", prefix)[0])
    if raw is None:
        return None
    kind, value, sizes = _header(raw)
    return Message(kind, value, [_exactly(sock, size) or b"" for size in sizes])


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
    kind, value, sizes = _header(await _read_exactly(sock, size))
    if sum(sizes) > _ANSWER_LIMIT:
        raise ValueError("impossible message")
    return Message(kind, value, [await _read_exactly(sock, count) for count in sizes])


async def _read_exactly(sock: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view, at = memoryview(buffer), 0
    while at < size:
        count = await asyncio.get_running_loop().sock_recv_into(sock, view[at:])
        if count == 0:
            raise EOFError("the process is gone")
        at += count
    return bytes(buffer)
