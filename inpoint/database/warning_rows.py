"""Warnings ↔ what is kept of them in rows, pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from inpoint.model.warning import MediaWarning


def warning_facts(found: Iterable[MediaWarning]) -> list[dict[str, Any]] | None:
    """As JSON; None where there are none."""
    return [asdict(one) for one in found] or None


def to_warnings(told: Sequence[Mapping[str, Any]] | None) -> tuple[MediaWarning, ...]:
    """From JSON."""
    return tuple(MediaWarning(**one) for one in told or ())
