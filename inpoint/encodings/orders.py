"""What the engine is told to make a segment: pure, but for the chunks' bytes that the caller brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inpoint.encodings.loaded import Loaded
from inpoint.model.encoding import SegmentName
from inpoint.model.grid import LOOKAHEAD
from inpoint.model.index import AudioIndex, AudioRun, FramePlace, audio_chunk_of, audio_runs, needs, places
from inpoint.model.overlay import Overlay
from inpoint.ports import Picture, SoundOrder, VideoOrder

#: Seconds of packets that any sound codec is content to have decoded before the first wanted sample
#: (Opus asks for 80 ms, MP3 for 10 frames).
_PRE_ROLL = 3, 10


def video_chunks(loaded: Loaded, start: int, end: int) -> list[int]:
    return needs(loaded.index.video, start, end)


def video_order(loaded: Loaded, names: Sequence[SegmentName], chunks: Mapping[int, bytes]) -> VideoOrder:
    """An order for segments of one mezzanine in one pass. Their chunks: ``video_chunks`` of their whole span."""
    encoding = loaded.encoding
    grid = encoding.grid
    first = min(name.start for name in names)
    last = min(max(name.end for name in names) + LOOKAHEAD, grid.frames)
    wanted = []
    for name in names:
        rendition = encoding.rendition(name.rendition)
        assert rendition is not None
        wanted.append((rendition, name.start, name.end))
    return VideoOrder(
        mezzanine=encoding.mezzanine,
        picture=Picture(grid.rate, encoding.rotation, encoding.color, encoding.fitting),
        chunks=chunks,
        places=places(loaded.index.video, first, last),
        first=first,
        at_end=last == grid.frames,
        wanted=wanted,
        images=images(loaded),
    )


def still_chunks(loaded: Loaded, wanted: Sequence[FramePlace]) -> list[int]:
    """What decoding some frames, ascending, takes: no more than these, for nothing is encoded."""
    first, last = wanted[0].chunk, wanted[-1].chunk
    if not loaded.index.video.alone[first] and first > 0:
        first -= 1
    return list(range(first, last + 1))


def images(loaded: Loaded) -> list[tuple[bytes, Overlay]]:
    """What lies over the encoding's picture."""
    return list(zip(loaded.images, loaded.encoding.overlays, strict=True))


@dataclass(frozen=True, slots=True)
class SoundNeed:
    """The runs of packets that a segment is made of, and the chunks that hold them."""

    runs: list[AudioRun]
    chunks: list[int]


def sound_need(track: AudioIndex, window: tuple[int, int]) -> SoundNeed:
    """``window`` is the engine's, in samples of the track's rate; its codec's pre-roll is added here."""
    roll = track.rate * _PRE_ROLL[0] // _PRE_ROLL[1]
    runs = audio_runs(track, window[0] - roll, window[1])
    chunks = {
        chunk
        for run in runs
        for chunk in range(audio_chunk_of(track, run.first), audio_chunk_of(track, run.end - 1) + 1)
    }
    return SoundNeed(runs, sorted(chunks))


def sound_order(
    loaded: Loaded, track: int, need: SoundNeed, name: SegmentName, chunks: Mapping[int, bytes]
) -> SoundOrder:
    index = loaded.index.audio[track]
    return SoundOrder(
        mezzanine=loaded.encoding.mezzanine,
        chunks={number: (index.first[number], data) for number, data in chunks.items()},
        runs=need.runs,
        rate=index.rate,
        start=name.start,
        end=name.end,
        gain=loaded.encoding.audio[track].gain,
    )
