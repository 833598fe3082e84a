"""Times on the wire (RFC 3339)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def moment(moment: datetime) -> str:
    """As replies spell it: in UTC, to the microsecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parsed_moment(told: str) -> datetime | None:
    """The time in UTC; a day alone is its beginning. None for anything else."""
    if _DAY.fullmatch(told):
        told += "T00:00:00Z"
    if not _SHAPE.fullmatch(told):
        return None
    try:
        return datetime.fromisoformat(told.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
