"""A playback is a way to watch a media; a viewing is one request to watch, judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Policy = Literal["public", "signed"]


@dataclass(frozen=True, slots=True)
class Playback:
    id: str
    media_id: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Viewing:
    """A request to watch: which playback, and whether a valid token for it was shown."""

    playback_id: str
    authorised: bool = False
