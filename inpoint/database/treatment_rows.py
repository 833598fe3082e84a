"""Treatments ↔ the JSON of their column, pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from inpoint.database import older
from inpoint.model.overlay import placement_facts, to_placement
from inpoint.model.treatment import Imposition, Insert, Treatment


def treatment_facts(treatment: Treatment) -> dict[str, Any]:
    """As JSON: exact fractions as text."""
    facts = {name: getattr(treatment, name) for name in ("max_height", "quality", "loudness", "sound_url")}
    inserts = [{"url": one.url, "at": _text(one.at)} for one in treatment.inserts]
    laid = [
        {"url": one.url, "start": str(one.start), "end": _text(one.end), "fade_in": str(one.fade_in),
         "fade_out": str(one.fade_out)}
        for one in treatment.impositions
    ]  # fmt: skip
    overlays = [placement_facts(one) for one in treatment.overlays]
    return facts | {"overlays": overlays, "inserts": inserts, "impositions": laid}


def to_treatment(told: Mapping[str, Any]) -> Treatment:
    """From JSON; what is lacking is as usual."""
    overlays = tuple(to_placement(one) for one in told.get("overlays", ()))
    inserts = tuple(Insert(one["url"], _fraction(one["at"])) for one in told.get("inserts", ()))
    laid = tuple(
        Imposition(
            one["url"],
            Fraction(one["start"]),
            _fraction(one["end"]),
            Fraction(one["fade_in"]),
            Fraction(one["fade_out"]),
        )
        for one in told.get("impositions", ())
    )
    quality = older.quality(told["quality"]) if "quality" in told else "usual"
    return Treatment(**{**told, "quality": quality, "overlays": overlays, "inserts": inserts, "impositions": laid})


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)
