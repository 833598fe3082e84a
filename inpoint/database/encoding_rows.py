"""Encodings ↔ their rows, pure. What the first release stored is read here too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from sqlalchemy import Row

from inpoint.database.warning_rows import to_warnings, warning_facts
from inpoint.model.appearance import Appearance
from inpoint.model.color import Color
from inpoint.model.encoding import AudioTrack, Encoding, Rendition, TextTrack
from inpoint.model.fitting import Shapes
from inpoint.model.grid import Grid
from inpoint.model.overlay import overlay_facts, to_overlay
from inpoint.model.recipe import Recipe, Recipes
from inpoint.model.runs import Runs


def encoding_row(encoding: Encoding) -> dict[str, Any]:
    """A new encoding's: nothing of it is filled."""
    return {
        "id": encoding.id,
        "workspace_id": encoding.workspace_id,
        "generation": encoding.recipe.number,
        "mezzanine_id": encoding.mezzanine_id,
        "facts": _encoding_facts(encoding),
        "filled": [],
        "warnings": warning_facts(encoding.warnings),
    }


def _encoding_facts(encoding: Encoding) -> dict[str, Any]:
    return {
        "rate": str(encoding.grid.rate),
        "frames": encoding.grid.frames,
        "segment_frames": encoding.runs.length,
        "width": encoding.width,
        "height": encoding.height,
        "rotation": encoding.appearance.rotation,
        "mirrored": encoding.appearance.is_mirrored,
        "color": asdict(encoding.appearance.color),
        "scan": encoding.appearance.scan,
        "renditions": [asdict(one) | {"runs": one.runs.length} for one in encoding.renditions],
        "audio": [asdict(one) for one in encoding.audio],
        "text": [asdict(one) for one in encoding.text],
        "overlays": [overlay_facts(one) for one in encoding.overlays],
        "shape": encoding.shape,
        "shapes": encoding.shapes,
        "poster": encoding.poster,
    }


def to_encoding(row: Row[Any], recipes: Recipes) -> Encoding:
    """Raises LaterRelease for one that a later release made."""
    r = row._mapping
    facts: Mapping[str, Any] = r["facts"]
    recipe = recipes.of(r["generation"])
    return Encoding(
        id=r["id"],
        workspace_id=r["workspace_id"],
        recipe=recipe,
        grid=Grid(Fraction(facts["rate"]), facts["frames"]),
        runs=Runs(facts["segment_frames"]),
        width=facts["width"],
        height=facts["height"],
        appearance=_to_appearance(facts),
        renditions=tuple(_to_rendition(one, recipe, facts["segment_frames"]) for one in facts["renditions"]),
        audio=tuple(AudioTrack(**one) for one in facts["audio"]),
        text=tuple(TextTrack(**one) for one in facts["text"]),
        overlays=tuple(to_overlay(one) for one in facts.get("overlays", ())),
        shape=tuple(facts["shape"]) if facts.get("shape") else None,
        shapes=_to_shapes(facts.get("shapes", ())),
        poster=tuple(facts["poster"]) if facts.get("poster") else None,
        mezzanine_id=r["mezzanine_id"],
        warnings=to_warnings(r["warnings"]),
    )


def _to_appearance(told: Mapping[str, Any]) -> Appearance:
    """The first releases' rows tell neither of mirrors nor of fields, nor of a range."""
    return Appearance(
        told["rotation"], told.get("mirrored", False), Color(**told["color"]), told.get("scan", "progressive")
    )


def _to_shapes(told: Sequence[Sequence[Sequence[int]]]) -> Shapes:
    return tuple(((across, down), (wide, high)) for (across, down), (wide, high) in told)


def _to_rendition(told: Mapping[str, Any], recipe: Recipe, segment_frames: int) -> Rendition:
    """The first release's rows tell neither codec nor rung, which the name said, nor where segments begin."""
    since = {"rung": int(told["name"].removesuffix("p")) if "rung" not in told else told["rung"]}
    runs = Runs(told.get("runs", segment_frames))
    return Rendition(**{"codec": recipe.picture.codec, **told, **since, "runs": runs})
