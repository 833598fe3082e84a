"""What a kind plays: the whole, and random clips of it, in every rendition, by another decoder."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from inpoint.model.grid import SLACK
from tests import judge
from tests.kinds.kind import Heard, Kind, Workshop
from tests.server import Server

_SAMPLES = 48_000
_SURE, _WINDOW = 0.5, 4096


@dataclass(frozen=True)
class Seen:
    """What was found right; ``away`` is the greatest distance of sound from its place, in samples."""

    frames: int
    pictures: int
    rate: Fraction
    away: int | None
    warned: frozenset[str]

    def __str__(self) -> str:
        said = "sound alone"
        if self.pictures:
            said = f"{self.pictures} pictures in {self.frames} frames of {float(self.rate):.5g} a second"
        if self.away is not None:
            said += f"; sound within {max(1, ceil(self.away / 48))} ms"
        return said + (f"; warns: {', '.join(sorted(self.warned))}" if self.warned else "")


def row(kind: Kind, seen: Seen) -> str:
    """Of the page's table."""
    return f"| {kind.name} | {kind.made} | {kind.right} | {seen} |"


def judged(server: Server, files: str, shop: Workshop, kind: Kind, clips: int, seed: str) -> Seen:
    """Import it, look at all of it, and at clips of it from anywhere. Raises AssertionError."""
    media = server.wait(server.create(f"{files}/{kind.make(shop).name}")["id"])
    told = server.client.get(f"/api/v1/media/{media['id']}").json()
    rate = Fraction(told["rate"])
    assert kind.rate in (None, rate), rate
    whole = _shown(server, media, kind, 0)
    for rendition, numbers in whole.items():
        right = kind.shown(numbers) if callable(kind.shown) else numbers == list(kind.shown or ())
        assert right, (rendition, numbers)
    assert bool(whole) is (kind.shown is not None)
    found = {one["code"] for one in told["warnings"]}
    assert found == kind.warned, told["warnings"]
    away = _away(server, media, kind, kind.heard or ())
    chance = random.Random(f"{seed} {kind.name}")
    for _ in range(clips):
        away = max(away, _clipped(server, media, kind, whole, rate, chance))
    numbers = next(iter(whole.values()), [])
    heard = None if kind.heard is None else away
    return Seen(told["frames"], len(set(numbers)), rate, heard, frozenset(found))


def _clipped(
    server: Server,
    media: dict[str, Any],
    kind: Kind,
    whole: dict[str, list[int]],
    rate: Fraction,
    chance: random.Random,
) -> int:
    length = Fraction(str(media["duration"]))
    start = min(Fraction(chance.randrange(max(1, int(length * 800))), 1000), length - 1 / rate)
    end = min(length, start + Fraction(chance.randrange(300, 3000), 1000))
    clip = server.clip(media["id"], float(start), float(end))
    first, last = (max(0, ceil((at - SLACK) * rate)) for at in (start, end))
    cut = _shown(server, clip, kind, first)
    for rendition, numbers in whole.items():
        assert cut[rendition] == numbers[first:last], (float(start), float(end), rendition)
    assert cut.keys() == whole.keys()
    inside = [
        (
            max(at, first / rate),
            source + max(Fraction(0), first / rate - at),
            min(at + lasts, last / rate) - max(at, first / rate),
        )
        for at, source, lasts in kind.heard or ()
    ]
    return _away(server, clip, kind, [one for one in inside if one[2] > Fraction(1, 5)])


def _shown(server: Server, media: dict[str, Any], kind: Kind, first: int) -> dict[str, list[int]]:
    """Each rendition's numbers."""
    tracks = judge.variants(server.client, server.playlist(media))
    return {
        name: kind.read(judge.track(server.client, url).data, first)
        for name, url in tracks.items()
        if name.startswith("video-")
    }


def _away(server: Server, media: dict[str, Any], kind: Kind, heard: Sequence[Heard]) -> int:
    """By how much its sound lies away from where it is meant to be, at most, in samples."""
    if not heard:
        return 0
    track = judge.track(server.client, judge.variants(server.client, server.playlist(media))["audio-0"])
    samples = judge.sound(track.data)
    found = [0]
    for at, source, lasts in heard:
        begin = round(at * _SAMPLES) - track.start
        end = begin + round(lasts * _SAMPLES)
        for place in range(max(begin, 0) + 2048, min(end, len(samples)) - _WINDOW, max(9600, (end - begin) // 8)):
            expected = round(source * _SAMPLES) + place - begin - kind.late
            if expected < 0:
                continue
            away, sure = judge.lag(samples[place:], expected)
            assert sure > _SURE, (place, sure)
            assert abs(away) <= kind.within, (place / _SAMPLES, away, sure)
            found.append(abs(away))
    return max(found)
