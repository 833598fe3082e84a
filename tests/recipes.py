"""One recipe more, as a later release might have it: whatever obeys the newest alone shows."""

from __future__ import annotations

from dataclasses import replace

from inpoint.model.cmaf import Boxes
from inpoint.model.recipe import FIRST, RECIPES, Recipe, Recipes

_PARAMETERS = {**dict(FIRST.picture.parameters), "rc-lookahead": "16", "aq-strength": "0.8"}

LATEST = Recipe(
    RECIPES.newest.number + 1,
    replace(
        FIRST.picture, preset="superfast", parameters=tuple(_PARAMETERS.items()), lookahead=18, segment_seconds=3
    ),
    replace(FIRST.sound, bit_rate=96_000, run_up=6, follow_up=3),
    Boxes(init="iso6cmfccmf2mp41", segment="msdhcmfs"),
)

LATER = Recipes((*RECIPES.known, LATEST))
