"""The way out, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inpoint.errors import TooLarge, Unreachable
from inpoint.ports.storage import Told


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class ScriptedOutgoing:
    """``ports.Outgoing``: ``pages`` by address; ``statuses`` that posts to an address are answered with, 200 unless
    told otherwise."""

    pages: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)

    async def fetch(self, url: str, to: Path, max_bytes: int, progress: Told | None = None) -> None:
        if url not in self.pages:
            raise Unreachable
        data = self.pages[url]
        if len(data) > max_bytes:
            raise TooLarge
        await asyncio.to_thread(to.write_bytes, data)
        if progress is not None:
            progress(len(data), len(data))

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
        del seconds
        self.posted.append(Posted(url, headers, body))
        return self.statuses.get(url, 200)
