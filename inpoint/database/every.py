"""Every subject's rows over one session."""

from __future__ import annotations

from dataclasses import dataclass

from inpoint.database.credentials import SqlCredentials
from inpoint.database.deliveries import SqlDeliveries
from inpoint.database.encodings import SqlEncodings
from inpoint.database.files import SqlFiles
from inpoint.database.keys import SqlKeys
from inpoint.database.ledger import Ledger
from inpoint.database.media import SqlMedia
from inpoint.database.playbacks import SqlPlaybacks
from inpoint.database.replies import SqlReplies
from inpoint.database.retention import SqlRetention
from inpoint.database.session import Session
from inpoint.database.sessions import SqlSessions
from inpoint.database.tracks import SqlTracks
from inpoint.database.uploads import SqlUploads
from inpoint.database.watermarks import SqlWatermarks
from inpoint.database.webhooks import SqlWebhooks


@dataclass(frozen=True, slots=True)
class SqlRows:
    """One for each Protocol of ``ports``."""

    credentials: SqlCredentials
    sessions: SqlSessions
    keys: SqlKeys
    replies: SqlReplies
    uploads: SqlUploads
    webhooks: SqlWebhooks
    deliveries: SqlDeliveries
    media: SqlMedia
    playbacks: SqlPlaybacks
    files: SqlFiles
    tracks: SqlTracks
    watermarks: SqlWatermarks
    encodings: SqlEncodings
    retention: SqlRetention


def sql_rows(session: Session) -> SqlRows:
    """All of them."""
    replies, ledger = SqlReplies(session), Ledger(session)
    return SqlRows(
        SqlCredentials(session),
        SqlSessions(session),
        SqlKeys(session, replies),
        replies,
        SqlUploads(session, replies, ledger),
        SqlWebhooks(session, ledger),
        SqlDeliveries(session),
        SqlMedia(session, replies, ledger),
        SqlPlaybacks(session, replies, ledger),
        SqlFiles(session, ledger),
        SqlTracks(session, replies, ledger),
        SqlWatermarks(session),
        SqlEncodings(session),
        SqlRetention(session),
    )
