"""What a rendition may cost a network, held in every case: pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from inpoint.model.encoding import Rendition
from inpoint.model.recipe import Recipe

_BOXES = 20_000  # bit/s: boxes around samples
_FULLNESS = Fraction(9, 10)  # of the VBV buffer, at a segment's beginning


def peak(rendition: Rendition, seconds: Sequence[Fraction], recipe: Recipe, has_audio: bool) -> int:
    """BANDWIDTH in bit/s (RFC 8216, 4.3.4.2): the largest rate over runs of 0.5 to 1.5 target durations.

    Each segment may empty its buffer once beside its capped rate, so short ones at a clip's edges weigh more.
    """
    target = Fraction(recipe.picture.segment_seconds)
    worst = Fraction(0)
    for first in range(len(seconds)):
        total = Fraction(0)
        for last in range(first, len(seconds)):
            total += seconds[last]
            if total > target * 3 / 2 and last > first:
                break
            if total >= target / 2 or len(seconds) == 1:
                count = last - first + 1
                worst = max(worst, (count * _FULLNESS * rendition.buffer + rendition.max_rate * total) / total)
    if not worst:  # a few short segments, together under half a target duration
        total = sum(seconds, Fraction(0))
        worst = (len(seconds) * _FULLNESS * rendition.buffer + rendition.max_rate * total) / total
    return int(worst) + _BOXES + (sound(recipe) if has_audio else 0)


def sound(recipe: Recipe) -> int:
    """BANDWIDTH of a soundtrack."""
    return recipe.sound.bit_rate + _BOXES


def i_frames(rendition: Rendition, recipe: Recipe) -> int:
    """BANDWIDTH of the I-frame playlist: a key frame empties the buffer at most once a segment."""
    return int(_FULLNESS * rendition.buffer / recipe.picture.segment_seconds) * 2 + _BOXES
