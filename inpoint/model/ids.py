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
