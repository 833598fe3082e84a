"""Encodings, and who needs them, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from inpoint.model.encoding import Encoding
from inpoint.model.fill import FillProgress
from inpoint.model.sweep import Sweep
from inpoint.model.timeline import Timeline
from inpoint.model.warning import MediaWarning, merged
from inpoint.testing.tables import Tables


class MemoryEncodings:
    """``ports.EncodingRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add_encodings(self, made: Sequence[Encoding], media_id: str, timeline: Timeline, size: int) -> bool:
        tables = self._tables
        media = tables.media.get(media_id)
        if media is None:
            return False
        for encoding in made:
            tables.encodings.setdefault(encoding.id, encoding)
            played = max(
                sum(piece.frames for piece in lane.pieces if piece.encoding == encoding.id) for lane in timeline.lanes
            )
            if played < encoding.grid.frames:
                tables.plan_sweep(encoding.id, tables.clock.now())
        tables.lay(media, timeline, size)
        return True

    async def encoding(self, encoding_id: str) -> Encoding | None:
        return self._tables.encodings.get(encoding_id)

    async def encodings(self, encoding_ids: Collection[str]) -> dict[str, Encoding]:
        return {one: self._tables.encodings[one] for one in encoding_ids if one in self._tables.encodings}

    async def encodings_of(self, workspace_id: str) -> list[str]:
        return [one.id for one in self._tables.encodings.values() if one.workspace_id == workspace_id]

    async def filled(self, encoding_id: str) -> frozenset[str]:
        return self._tables.filled.get(encoding_id, frozenset())

    async def set_filled(self, encoding_id: str, renditions: Collection[str]) -> None:
        if encoding_id in self._tables.encodings:
            self._tables.filled[encoding_id] = frozenset(renditions)

    async def fill_progress(self, encoding_id: str) -> FillProgress | None:
        return self._tables.progress.get(encoding_id)

    async def warn(self, encoding_id: str, found: Sequence[MediaWarning]) -> None:
        tables = self._tables
        known = tables.encodings.get(encoding_id)
        if known is None:
            return
        tables.encodings[encoding_id] = replace(known, warnings=merged([*known.warnings, *found]))
        tables.media.update({one.id: tables.warned(one) for one in tables.media.values()})

    async def set_fill_progress(self, encoding_id: str, progress: FillProgress) -> None:
        if encoding_id in self._tables.encodings:
            self._tables.progress[encoding_id] = progress


class MemoryRetention:
    """``ports.RetentionRows``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def needing(self, encoding_id: str, without: str | None = None) -> tuple[set[str], list[Timeline]]:
        sharing = {one.id for one in self._tables.encodings.values() if one.mezzanine_id == encoding_id}
        return sharing, self._timelines({encoding_id, *sharing}, without)

    async def timelines_of(self, encoding_id: str) -> list[Timeline]:
        return self._timelines({encoding_id}, None)

    def _timelines(self, encoding_ids: set[str], without: str | None) -> list[Timeline]:
        now = self._tables.clock.now()
        owned = [
            one.timeline for one in self._tables.media.values() if one.timeline is not None and one.id != without
        ]
        lent = [] if without is not None else [one for one, until in self._tables.leases.items() if until > now]
        return [one for one in (*owned, *lent) if one.encodings & encoding_ids]

    async def lease(self, media_id: str, timeline: Timeline, until: datetime) -> bool:
        tables = self._tables
        if media_id not in tables.media:
            return False
        tables.leases = {one: end for one, end in tables.leases.items() if end > tables.clock.now()}
        tables.leases[timeline] = until
        for encoding_id in tables.with_mezzanines(timeline.encodings):
            tables.plan_sweep(encoding_id, until)
        return True

    async def delete_encoding(self, encoding_id: str) -> bool:
        tables = self._tables
        known = tables.encodings.get(encoding_id)
        shared = any(one.mezzanine_id == encoding_id for one in tables.encodings.values())
        if known is None or shared or self._timelines({encoding_id}, None):
            return False
        for table in (tables.encodings, tables.filled, tables.progress):
            table.pop(encoding_id, None)
        if known.mezzanine_id is not None:
            tables.plan_sweep(known.mezzanine_id, tables.clock.now())
        return True

    async def due_sweeps(self, now: datetime) -> list[Sweep]:
        due = sorted((one for one in self._tables.sweeps if one[1] <= now), key=lambda one: one[1])
        return [Sweep(*one) for one in due]

    async def finish_sweep(self, sweep: Sweep) -> None:
        self._tables.sweeps = {
            one for one in self._tables.sweeps if one[0] != sweep.encoding_id or one[1] > sweep.due
        }
