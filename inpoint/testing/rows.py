"""All rows in memory: a dictionary a table, a class a subject, as ``database`` has them."""

from __future__ import annotations

from dataclasses import dataclass

from inpoint.ports import Clock
from inpoint.testing.access_rows import MemoryCredentials, MemoryKeys, MemoryReplies, MemorySessions
from inpoint.testing.encoding_rows import MemoryEncodings, MemoryRetention
from inpoint.testing.event_rows import MemoryDeliveries, MemoryWebhooks
from inpoint.testing.media_rows import MemoryFiles, MemoryMedia, MemoryPlaybacks, MemoryUploads, MemoryWatermarks
from inpoint.testing.tables import Tables
from inpoint.testing.track_rows import MemoryTracks


@dataclass(frozen=True, slots=True)
class MemoryRows:
    """One for each Protocol of ``ports``."""

    credentials: MemoryCredentials
    sessions: MemorySessions
    keys: MemoryKeys
    replies: MemoryReplies
    uploads: MemoryUploads
    webhooks: MemoryWebhooks
    deliveries: MemoryDeliveries
    media: MemoryMedia
    playbacks: MemoryPlaybacks
    files: MemoryFiles
    tracks: MemoryTracks
    watermarks: MemoryWatermarks
    encodings: MemoryEncodings
    retention: MemoryRetention


def memory_rows(clock: Clock) -> MemoryRows:
    """All of them, over one set of tables."""
    tables = Tables(clock)
    return MemoryRows(
        MemoryCredentials(tables),
        MemorySessions(tables),
        MemoryKeys(tables),
        MemoryReplies(tables),
        MemoryUploads(tables),
        MemoryWebhooks(tables),
        MemoryDeliveries(tables),
        MemoryMedia(tables),
        MemoryPlaybacks(tables),
        MemoryFiles(tables),
        MemoryTracks(tables),
        MemoryWatermarks(tables),
        MemoryEncodings(tables),
        MemoryRetention(tables),
    )
