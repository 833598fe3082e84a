"""All subjects in one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inpoint.background.survey import Survey
from inpoint.desk.access import Access
from inpoint.desk.clips import Clips
from inpoint.desk.files import KeptFiles
from inpoint.desk.tracks import Tracks
from inpoint.desk.uploads import Uploads
from inpoint.desk.videos import Videos
from inpoint.desk.watching import Playbacks
from inpoint.desk.watermarks import Watermarks
from inpoint.desk.webhooks import Webhooks
from inpoint.ports import Clock


@dataclass(frozen=True, slots=True)
class Desk:
    """What may be done. ``survey`` tells what was found in videos."""

    videos: Videos
    clips: Clips
    tracks: Tracks
    files: KeptFiles
    uploads: Uploads
    watching: Playbacks
    watermarks: Watermarks
    access: Access
    webhooks: Webhooks
    survey: Survey
    clock: Clock

    def now(self) -> datetime:
        """UTC."""
        return self.clock.now()
