"""Ways to watch a media: added, restricted, removed."""

from __future__ import annotations

from collections.abc import Callable

from inpoint.model.once import Once
from inpoint.model.playback import Playback
from inpoint.ports import PlaybackRows


class Playbacks:
    """Ways of playing a media: whose, under which rules."""

    def __init__(self, rows: PlaybackRows) -> None:
        self._rows = rows

    async def exists(self, playback_id: str) -> bool:
        """Whether anything plays under an id."""
        return await self._rows.playback(playback_id) is not None

    async def add(self, workspace_id: str, playback: Playback, once: Once | None = None) -> None:
        """Raises NotFound, Repeated."""
        await self._rows.add_playback(workspace_id, playback, once)

    async def edit(
        self, workspace_id: str, media_id: str, playback_id: str, change: Callable[[Playback], Playback]
    ) -> Playback:
        """Raises NotFound, or NoSuchPlayback of a media that there is."""
        return await self._rows.edit_playback(workspace_id, media_id, playback_id, change)

    async def remove(self, workspace_id: str, media_id: str, playback_id: str) -> None:
        """It stops playing at once. Raises NotFound, or NoSuchPlayback of a media that there is."""
        await self._rows.remove_playback(workspace_id, media_id, playback_id)
