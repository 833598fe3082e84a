"""Ids: lowercase UUIDs. A delivery id is one too, and says nothing about what it opens."""

from __future__ import annotations

import re
import uuid

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """A random UUID (version 4), spelled in lower case with hyphens."""
    return str(uuid.uuid4())


def is_id(text: str) -> bool:
    """Whether the text is spelled exactly as we spell ids."""
    return _UUID.fullmatch(text) is not None


def part_id(media_id: str, number: int) -> str:
    """The encoding of a source that is joined to a media's own: the same step done again makes the same one."""
    return str(uuid.uuid5(uuid.UUID(media_id), f"part {number}"))


def sound_id(media_id: str) -> str:
    """The encoding of the sound that replaces a source's own."""
    return str(uuid.uuid5(uuid.UUID(media_id), "sound"))
