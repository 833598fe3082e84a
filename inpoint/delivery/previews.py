"""Previews: a slice that no media owns, played as the clip that it would be, in the bytes that the clip would have.

What a preview plays is leased: kept for an hour after it was last asked for. New ones are limited, because each of
them may cost two edges in every rendition.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cachetools import LRUCache

from inpoint.delivery.allowance import Allowance
from inpoint.errors import NotFound
from inpoint.model.media import Media
from inpoint.model.range import Range
from inpoint.model.timeline import Timeline
from inpoint.ports import Clock, RetentionRows

LEASE = timedelta(hours=1)
_RENEWED = timedelta(minutes=30)  # before its end
_WINDOW = timedelta(minutes=1)
_PER_CLIENT, _PER_WORKSPACE = 60, 600  # new previews in a window
_KEPT = 10_000


class PreviewLeases:
    """What is cut but not kept: held by a lease for as long as somebody looks at it."""

    def __init__(self, rows: RetentionRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._leased: LRUCache[Timeline, datetime] = LRUCache(_KEPT)
        self._clients = Allowance(_PER_CLIENT, _WINDOW)
        self._workspaces = Allowance(_PER_WORKSPACE, _WINDOW)

    async def slice(self, media: Media, timeline: Timeline, wanted: Range, client: str) -> Timeline:
        """The part of a media's timeline that a range names, leased. Raises EmptyRange, or TooMany."""
        part = timeline.within(wanted)
        now = self._clock.now()
        until = self._leased.get(part)
        if until is None or until <= now:
            if client:
                self._clients.take(client, now)
            self._workspaces.take(media.workspace_id, now)
        if until is None or until - now < _RENEWED:
            if not await self._rows.lease(media.id, part, now + LEASE):
                raise NotFound
            self._leased[part] = now + LEASE
        return part
