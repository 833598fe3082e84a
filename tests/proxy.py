"""A connection that breaks: a TCP proxy that resets a client's connection after so many bytes, once."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_BLOCK = 1 << 16


class Proxy:
    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        #: The port of the server behind.
        self.target = 0
        #: How many more bytes pass from clients until the connection that carries them is cut; None for no cut.
        self.cut_after: int | None = None
        self.cuts = 0

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()
            with contextlib.suppress(OSError):
                while data := client.recv(_BLOCK):
                    server.sendall(data)
                    if self.cut_after is not None:
                        self.cut_after -= len(data)
                        if self.cut_after <= 0:
                            self._cut(client, server)
                            return

    def _cut(self, *ends: socket.socket) -> None:
        self.cut_after, self.cuts = None, self.cuts + 1
        for end in ends:  # closed so, a connection is reset
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _back(server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(_BLOCK):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def proxy() -> Iterator[Proxy]:
    made = Proxy()
    threading.Thread(target=made.serve, daemon=True).start()
    yield made
    made.close()
