"""A second recipe, as a later release might have it: whatever obeys the first alone shows."""

from __future__ import annotations

from dataclasses import replace

from inpoint.model.cmaf import Boxes
from inpoint.model.recipe import FIRST, Recipe, Recipes

_PARAMETERS = {**dict(FIRST.picture.parameters), "rc-lookahead": "16", "aq-strength": "0.8"}

SECOND = Recipe(
    2,
    replace(
        FIRST.picture, preset="superfast", parameters=tuple(_PARAMETERS.items()), lookahead=18, segment_seconds=3
    ),
    replace(FIRST.sound, bit_rate=96_000, run_up=6, follow_up=2),
    Boxes(init="iso6cmfccmf2mp41", segment="msdhcmfs"),
)

LATER = Recipes((FIRST, SECOND))
