"""A direct upload: a place that somebody without a credential may send one source to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from inpoint.model.media import Media

UploadStatus = Literal["waiting", "used", "cancelled", "expired"]


@dataclass(frozen=True, slots=True)
class Upload:
    """``media`` is what it becomes, under the upload's own id, when the last byte is here."""

    id: str
    workspace_id: str
    created_at: datetime
    #: Until when it may be begun.
    expires_at: datetime
    #: The site that browsers may send from; "*" for any.
    origin: str
    media: Media
    status: UploadStatus = "waiting"
    #: Bytes in all, once the client has said so.
    total: int | None = None
    #: Whether its media is in the library already, pending.
    has_media: bool = False
