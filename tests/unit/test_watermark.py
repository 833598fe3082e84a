"""Where a watermark lies: its width in parts of the picture's longer side, as far as it fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from inpoint.clips.cover import repictured
from inpoint.imports.indexing import source_timeline
from inpoint.model.encoding import AudioTrack, TextTrack
from inpoint.model.overlay import Overlay, place
from inpoint.model.watermark import Position, Watermark
from inpoint.presentation.tracks import present
from tests.unit.test_timeline import encoding, whole


def laid(
    position: Position, scale: Fraction, padding: Fraction, image: tuple[int, int], picture: tuple[int, int]
) -> Overlay:
    mark = Watermark("w", "s", datetime(2030, 1, 1, tzinfo=UTC), "", Fraction(1), padding, scale, position, 1, *image)
    return place(0, mark.placement, image, picture)


@pytest.mark.parametrize(
    ("scale", "image", "picture", "size"),
    [
        (Fraction(1, 4), (200, 100), (1920, 1080), (480, 240)),
        (Fraction(1, 4), (200, 100), (1080, 1920), (480, 240)),  # of the longer side, either way up
        (Fraction(1), (200, 100), (1920, 1080), (1920, 960)),
        (Fraction(1), (100, 100), (1920, 1080), (1080, 1080)),  # as far as it fits
        (Fraction(1), (200, 100), (1080, 1920), (1080, 540)),
        (Fraction(0), (200, 100), (1920, 1080), (200, 100)),  # its own size
        (Fraction(0), (4000, 100), (1920, 1080), (1920, 48)),
    ],
)
def test_sizes(scale: Fraction, image: tuple[int, int], picture: tuple[int, int], size: tuple[int, int]) -> None:
    overlay = laid(("left", "top"), scale, Fraction(0), image, picture)
    assert [overlay.width * picture[0], overlay.height * picture[1]] == [*size]


@pytest.mark.parametrize(
    ("position", "corner"),
    [
        (("left", "top"), (192, 108)), (("right", "top"), (1920 - 192 - 480, 108)),
        (("left", "bottom"), (192, 1080 - 108 - 240)),
        (("right", "bottom"), (1920 - 192 - 480, 1080 - 108 - 240)), (("center", "middle"), (720, 420)),
    ],
)  # fmt: skip
def test_margins_are_parts_of_each_side_and_the_center_has_none(position: Position, corner: tuple[int, int]) -> None:
    overlay = laid(position, Fraction(1, 4), Fraction(1, 10), (200, 100), (1920, 1080))
    assert [overlay.left * 1920, overlay.top * 1080] == [*corner]


def test_only_the_picture_is_played_from_elsewhere() -> None:
    timeline = whole(encoding(Fraction(30), 300))
    covered = repictured(timeline, {"e": "covered"})
    assert [piece.encoding for piece in covered.lanes[0].pieces] == ["covered"]
    assert covered.lanes[1:] == timeline.lanes[1:]
    assert (covered.frames, covered.rate) == (timeline.frames, timeline.rate)


def test_every_lane_of_a_covered_clip_has_a_key_of_its_own() -> None:
    made = encoding(Fraction(30), 300)
    sounds = (AudioTrack(0, "aac", 48_000, 2), AudioTrack(1, "aac", 48_000, 2))
    made = replace(made, audio=sounds, text=(TextTrack(0), TextTrack(1)))
    covered = replace(made, id="covered", audio=(), text=(), mezzanine_id=made.id)
    timeline = repictured(source_timeline(made).slice(10, 100), {made.id: covered.id})
    shown = present(timeline, {made.id: made, covered.id: covered})
    assert [track.key for track in (*shown.audio, *shown.text)] == ["audio-0", "audio-1", "text-0", "text-1"]
