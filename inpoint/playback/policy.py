"""Who may watch."""

from __future__ import annotations

from inpoint.errors import NotReady, Refused, Unauthorized
from inpoint.model.media import Media
from inpoint.model.playback import Playback, Viewing
from inpoint.model.timeline import Timeline


def judge(viewing: Viewing, playback: Playback, media: Media) -> Timeline:
    """What the viewing may play. Raises Unauthorized, NotReady, or Refused for a failed media."""
    if playback.policy == "signed" and not viewing.authorised:
        raise Unauthorized("this playback is private: a signed token is needed")
    if media.status == "failed":
        raise Refused("the media failed and will not be ready")
    if media.status != "ready" or media.timeline is None:
        raise NotReady("the media is not ready yet")
    return media.timeline
