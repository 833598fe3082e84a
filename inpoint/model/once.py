"""A creation that is asked for once, however often the request arrives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Once:
    """``key`` and ``request`` are hashes: of the client's key together with what it was sent to, and of the request.

    ``reply`` is the answer to the first request, sealed so that only who knows the client's key can read it.
    """

    key: str
    request: str
    reply: str
