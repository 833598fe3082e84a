"""What a track costs a network: as it was measured, or else at most. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from inpoint.model.encoding import Rendition
from inpoint.model.recipe import Recipe
from inpoint.model.weights import Weights
from inpoint.presentation.tracks import Presentation, Section, Track

_BOXES = 20_000  # bit/s: boxes around samples
_FULLNESS = 0.9  # of the VBV buffer, at a segment's beginning
_ROUNDING = 1e-6  # seconds
_NOTHING = Weights()

#: By encoding.
Weighed = Mapping[str, Weights]


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """In bit/s, as RFC 8216, 4.3.4.2, has them."""

    peak: int
    average: int


@dataclass(frozen=True, slots=True)
class Costs:
    """What all of a presentation costs. ``variants`` are renditions with the heaviest soundtrack, by their tracks'
    keys; ``tracks`` each by itself; ``sections`` the peaks of each track in each section."""

    variants: Mapping[str, Bandwidth]
    tracks: Mapping[str, Bandwidth]
    sections: Mapping[str, Sequence[int]]


def costs(presentation: Presentation, weighed: Weighed) -> Costs:
    """A larger picture never says less than a smaller one: players take what says more for better."""
    heard_or_seen = (*presentation.video, *presentation.audio)
    tracks = {track.key: _over(track.sections, track.rendition, weighed) for track in heard_or_seen}
    sections = {
        track.key: [_over([one], track.rendition, weighed).peak for one in track.sections]
        if len(track.sections) > 1 else [tracks[track.key].peak]
        for track in heard_or_seen
    }  # fmt: skip
    sounds = [tracks[track.key] for track in presentation.audio]
    sound = Bandwidth(max((one.peak for one in sounds), default=0), max((one.average for one in sounds), default=0))
    variants: dict[str, Bandwidth] = {}
    before = Bandwidth(0, 0)
    for track in sorted(presentation.video, key=_pixels):
        own = tracks[track.key]
        before = variants[track.key] = Bandwidth(
            max(own.peak + sound.peak, before.peak + 1), max(own.average + sound.average, before.average + 1)
        )
    return Costs(variants, tracks, sections)


def nearest(presentation: Presentation, bandwidth: float, declared: Costs) -> Presentation:
    """With the one rendition whose declared bandwidth (bit/s) comes nearest; sound alone is as it is."""
    if not presentation.video:
        return presentation
    chosen = min(presentation.video, key=lambda track: abs(declared.variants[track.key].peak - bandwidth))
    return replace(presentation, video=(chosen,))


def i_frames_cost(rendition: Rendition, recipe: Recipe) -> Bandwidth:
    """Of the I-frame playlist: a key frame empties the buffer at most once a segment."""
    most = int(_FULLNESS * rendition.buffer / recipe.picture.segment_seconds)
    return Bandwidth(2 * most + _BOXES, most + _BOXES)


def _over(sections: Sequence[Section], rendition: Rendition | None, weighed: Weighed) -> Bandwidth:
    """Measured, if all of it is."""
    seconds = [float(length) for section in sections for length in section.seconds]
    sizes = [weighed.get(section.encoding.id, _NOTHING).of(name) for section in sections for name in section.names]
    known = [8.0 * size for size in sizes if size is not None]
    target = sections[0].encoding.recipe.picture.segment_seconds
    if len(known) == len(sizes):
        return Bandwidth(ceil(heaviest(seconds, known, target)), ceil(sum(known) / sum(seconds)))
    if rendition is None:
        rate = max(section.encoding.recipe.sound.bit_rate for section in sections) + _BOXES
        return Bandwidth(rate, rate)
    return Bandwidth(peak(rendition, seconds, target), rendition.max_rate + _BOXES)


def peak(rendition: Rendition, seconds: Sequence[float], target: int) -> int:
    """The most that a rendition can take, in bit/s. Each segment may empty its buffer once beside its capped rate, so
    short ones at a clip's edges weigh more."""
    most = [_FULLNESS * rendition.buffer + rendition.max_rate * length for length in seconds]
    return ceil(heaviest(seconds, most, target)) + _BOXES


def heaviest(seconds: Sequence[float], bits: Sequence[float], target: int) -> float:
    """The largest rate over runs of segments that last for 0.5 to 1.5 target durations, in bit/s; of a few that are
    shorter together, that of all."""
    worst = 0.0
    for first in range(len(seconds)):
        total = load = 0.0
        for last in range(first, len(seconds)):
            total, load = total + seconds[last], load + bits[last]
            if total > 1.5 * target + _ROUNDING and last > first:
                break
            if total >= 0.5 * target - _ROUNDING or len(seconds) == 1:
                worst = max(worst, load / total)
    return worst or sum(bits) / sum(seconds)


def _pixels(track: Track) -> tuple[int, int]:
    assert track.rendition is not None
    return track.rendition.height * track.rendition.width, track.rendition.max_rate
