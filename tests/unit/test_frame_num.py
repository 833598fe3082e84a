"""Pictures that are missing from H.264 are known by the count of those that may be referred to."""

from __future__ import annotations

from fractions import Fraction

import av
import pytest

from inpoint.engine.entry import is_reference
from inpoint.model.frame_num import Counting
from inpoint.model.nal import split_annexb
from tests.media import picture

WAYS = {
    "plain": {"preset": "ultrafast", "bf": "0"},
    "pyramid": {"preset": "fast", "x264-params": "bframes=5:b-pyramid=normal:ref=4"},
    "open": {"preset": "fast", "x264-params": "bframes=3:open-gop=1:keyint=20"},
    "interlaced": {"preset": "fast", "x264-params": "interlaced=1:bframes=2"},
    "full colour": {"preset": "fast", "profile": "high444"},
    "lists": {"preset": "fast", "x264-params": "cqm=jvt:bframes=2"},
}


def packets(options: dict[str, str], pixels: str) -> list[bytes]:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 160, 96, pixels
    encoder.time_base, encoder.options = Fraction(1, 25), {"g": "40", **options}
    found: list[bytes] = []
    for number in range(80):
        frame = av.VideoFrame.from_ndarray(picture(number, 160, 96), format="gray").reformat(format=pixels)
        frame.pts = number
        found += [bytes(one) for one in encoder.encode(frame)]
    return found + [bytes(one) for one in encoder.encode(None)]


def missed(coded: list[bytes]) -> list[int]:
    counting = Counting()
    return [number for number, one in enumerate(coded) if counting.misses(split_annexb(one))]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_there_is_not_missed_and_what_is_not_is(way: str) -> None:
    coded = packets(WAYS[way], "yuv444p" if way == "full colour" else "yuv420p")
    assert missed(coded) == []
    for gone in range(3, 30):
        left = coded[:gone] + coded[gone + 1 :]
        if is_reference("h264", b"", coded[gone]):
            assert missed(left)[:1] == [gone], gone
        else:
            assert missed(left) == []


def test_nonsense_misses_nothing() -> None:
    counting = Counting()
    assert not any(counting.misses([bytes([kind]) + bytes(size)]) for kind in range(256) for size in (0, 1, 40))
