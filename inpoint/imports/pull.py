"""Fetch a URL into the staging folder, telling how far it is."""

from __future__ import annotations

from pathlib import Path

from inpoint.imports.progress import ProgressReporter
from inpoint.model.media import Media
from inpoint.ports import Outgoing


class SourcePull:
    """Brings what a media's address names onto the disk, telling how far it is."""

    def __init__(self, outgoing: Outgoing, max_bytes: int) -> None:
        self._outgoing = outgoing
        self._max_bytes = max_bytes

    async def other(self, url: str, to: Path, most: int | None = None) -> None:
        """Another file that the media is made of, of ``most`` bytes. Raises Unreachable or TooLarge."""
        await self._outgoing.fetch(url, to, min(self._max_bytes, most or self._max_bytes))

    async def pull(self, media: Media, to: Path, told: ProgressReporter) -> None:
        """Raises Unreachable or TooLarge."""
        assert media.source_url is not None
        await self._outgoing.fetch(
            media.source_url,
            to,
            self._max_bytes,
            lambda done, total: told.tell("fetching", 100.0 * done / total if total else 0.0),
        )
