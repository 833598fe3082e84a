"""Clips are exact: in every rendition each frame of the range once, in sync at both seams and at the end."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import httpx
import pytest

from inpoint.model.cmaf import read_segment
from tests import judge
from tests.media import RECIPES, Recipe
from tests.server import Server

CLIPS = 9  # of each kind
AAC = 1024


def ranges(recipe: Recipe, rate: Fraction, frames: int) -> list[tuple[int, int]]:
    """Ranges of frames: one frame, the whole, on boundaries, within one segment, and random ones."""
    rng = random.Random(recipe.name)
    segment = round(rate * 2)
    found = [(0, frames), (segment, min(2 * segment, frames)), (segment + 3, segment + 4)]
    found.append((segment + 5, segment + 11))
    while len(found) < CLIPS:
        start = rng.randrange(frames - 1)
        found.append((start, rng.randrange(start + 1, frames + 1)))
    return found


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_random_clips_of_every_kind(
    recipe: Recipe, server: Server, imported: Callable[[str], dict[str, Any]]
) -> None:
    media = imported(recipe.name)
    rate = Fraction(media["frameRate"])
    frames = round(Fraction(media["duration"]).limit_denominator(100_000) * rate)
    if recipe.times is None:
        assert (rate, frames) == (recipe.rate, recipe.frames)
    for first, last in ranges(recipe, rate, frames):
        clip = server.clip(media["id"], float(first / rate), float(last / rate))
        assert clip["duration"] == pytest.approx(float((last - first) / rate), abs=1e-9)
        expected = [recipe.frame_at(rate, number) for number in range(first, last)]
        check(server.client, server.playlist(clip), expected, first, rate, has_audio=recipe.audio is not None)


def check(
    client: httpx.Client, url: str, expected: list[int], first: int, rate: Fraction, *, has_audio: bool
) -> None:
    """The whole of what a clip promises, rendition by rendition."""
    tracks = judge.variants(client, url)
    videos = [name for name in tracks if name.startswith("video-")]
    assert videos
    length = len(expected) / rate
    for name in videos:
        video = judge.track(client, tracks[name])
        assert judge.numbers(video.data) == expected, (name, first)
        assert sum(video.seconds) == pytest.approx(float(length), abs=1e-4)
        evenly_spaced(video, first, len(expected), rate)
    if has_audio:
        check_sound(judge.track(client, tracks["audio-0"]), first / rate, (first + len(expected)) / rate)
    else:
        assert "audio-0" not in tracks


def evenly_spaced(video: judge.Track, first: int, count: int, rate: Fraction) -> None:
    """Decode times go on from segment to segment, a frame apart."""
    at = None
    total = 0
    for data in video.segments:
        segment = read_segment(data)
        ticks = segment.duration
        at = first * ticks if at is None else at
        assert segment.time == at
        at += ticks * len(segment.sizes)
        total += len(segment.sizes)
    assert total == count


def check_sound(audio: judge.Track, start: Fraction, end: Fraction) -> None:
    """Whole AAC frames within half of one of the picture's edges, each sample where it belongs."""
    frames = sum(len(read_segment(data).sizes) for data in audio.segments)
    begins = Fraction(audio.start, 48_000)
    ends = begins + Fraction(frames * AAC, 48_000)
    assert abs(begins - start) <= Fraction(AAC, 48_000)
    assert abs(ends - end) <= Fraction(AAC, 48_000)
    heard = judge.sound(audio.data)
    assert len(heard) == frames * AAC
    if len(heard) < 4 * AAC:
        return
    # From the second AAC frame on: a decoder that starts here has no overlap for the first.
    places = [AAC, len(heard) // 2, len(heard) - 4096]
    for place in places:
        length = min(4096, len(heard) - place)
        if length >= 2048 and place >= AAC:
            away, sure = judge.lag(heard[place:], audio.start + place, length)
            assert away == 0, (place, away, sure)
            assert sure > 0.9, (place, sure)
