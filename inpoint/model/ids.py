"""Ids: lowercase UUIDs. A delivery id is one too, and says nothing about what it opens."""

from __future__ import annotations

import re
import uuid

_HEX = re.compile(r"[0-9a-f]{32}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """A random UUID (version 4), spelled in lower case with hyphens."""
    return str(uuid.uuid4())


def is_id(text: str) -> bool:
    """Whether the text is spelled exactly as we spell ids."""
    return _UUID.fullmatch(text) is not None


def uid_of(media_id: str) -> str:
    """A media's own id as the id of a playback: without hyphens, so that it is never another playback's."""
    return media_id.replace("-", "")


def from_uid(text: str) -> str | None:
    """The id that 32 lowercase hex characters spell; None for anything else."""
    return str(uuid.UUID(text)) if _HEX.fullmatch(text) else None


def covered_id(clip_id: str, mezzanine_id: str) -> str:
    """The encoding of a mezzanine with images over its picture that a clip has of its own."""
    return str(uuid.uuid5(uuid.UUID(clip_id), f"covered {mezzanine_id}"))


def part_id(media_id: str, number: int) -> str:
    """The encoding of a source that is joined to a media's own: the same step done again makes the same one."""
    return str(uuid.uuid5(uuid.UUID(media_id), f"part {number}"))


def sound_id(media_id: str) -> str:
    """The encoding of the sound that replaces a source's own."""
    return str(uuid.uuid5(uuid.UUID(media_id), "sound"))
