"""What the engine is told to make a segment. Pure: the chunks' bytes are brought by who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inpoint.making.encodings import Loaded
from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.index import (
    AudioIndex,
    AudioRun,
    FramePlace,
    audio_chunk_of,
    audio_runs,
    fed_from,
    needs,
    neighbours,
    places,
)
from inpoint.model.recipe import SoundRecipe
from inpoint.ports.orders import Chunk, OverlayImage, Picture, SoundOrder, VideoOrder, WantedSegment


def picture(encoding: Encoding) -> Picture:
    """What all segments of an encoding's picture share."""
    recipe = encoding.recipe
    return Picture(recipe.picture, recipe.boxes, encoding.grid.rate, encoding.appearance, encoding.fitting)


def video_chunks(loaded: Loaded, start: int, end: int) -> list[int]:
    """The chunks that making the grid frames ``[start, end)`` takes."""
    lookahead = loaded.encoding.recipe.picture.lookahead
    return needs(loaded.index.video, start, end, lookahead, has_fields=loaded.encoding.has_fields)


def video_order(
    loaded: Loaded, names: Sequence[SegmentName], chunks: Sequence[Chunk], *, is_all: bool = True
) -> VideoOrder:
    """An order for segments of one mezzanine in one pass. Their chunks: ``video_chunks`` of their whole span;
    ``is_all`` as in VideoOrder."""
    encoding = loaded.encoding
    grid = encoding.grid
    first = min(name.start for name in names)
    last = min(max(name.end for name in names) + encoding.recipe.picture.lookahead, grid.frames)
    before, after = _neighbours(loaded, first, last)
    wanted = []
    for name in names:
        rendition = encoding.rendition(name.rendition)
        assert rendition is not None
        wanted.append(WantedSegment(rendition, name.start, name.end))
    return VideoOrder(
        mezzanine=encoding.mezzanine,
        picture=picture(encoding),
        chunks=chunks,
        places=places(loaded.index.video, first, last),
        first=first,
        at_end=last == grid.frames,
        wanted=wanted,
        images=images(loaded),
        is_all=is_all,
        before=before,
        after=after,
    )


def _neighbours(loaded: Loaded, first: int, last: int) -> tuple[FramePlace | None, FramePlace | None]:
    """Of the grid frames ``[first, last)``, if they are made of fields."""
    if not loaded.encoding.has_fields:
        return None, None
    index = loaded.index.video
    before, after = (
        None if frame is None else places(index, frame, frame + 1)[0] for frame in neighbours(index, first, last)
    )
    return before, after


def still_chunks(loaded: Loaded, wanted: Sequence[FramePlace]) -> list[int]:
    """What decoding some frames, ascending, takes: no more than these, for nothing is encoded."""
    return list(range(fed_from(loaded.index.video, wanted[0].chunk), wanted[-1].chunk + 1))


def images(loaded: Loaded) -> list[OverlayImage]:
    """What lies over the encoding's picture."""
    return [OverlayImage(*one) for one in zip(loaded.images, loaded.encoding.overlays, strict=True)]


@dataclass(frozen=True, slots=True)
class SoundNeed:
    """The runs of packets that a segment is made of, and the chunks that hold them."""

    runs: list[AudioRun]
    chunks: list[int]


def sound_need(track: AudioIndex, recipe: SoundRecipe, start: int, end: int) -> SoundNeed:
    """Of the AAC frames ``[start, end)``: what the encoder hears, and what its codec's decoder takes before."""
    first, last = recipe.window(start, end, track.rate)
    runs = audio_runs(track, first - int(track.rate * recipe.pre_roll), last)
    return kept_sound(track, runs)


def kept_sound(track: AudioIndex, runs: list[AudioRun]) -> SoundNeed:
    """The chunks that hold some runs of packets."""
    chunks = {
        chunk
        for run in runs
        for chunk in range(audio_chunk_of(track, run.first), audio_chunk_of(track, run.end - 1) + 1)
    }
    return SoundNeed(runs, sorted(chunks))


def sound_order(
    loaded: Loaded, track: int, need: SoundNeed, name: SegmentName, chunks: Sequence[Chunk]
) -> SoundOrder:
    """An order for AAC frames of one soundtrack. Their chunks: those that ``need`` names."""
    index, recipe = loaded.index.audio[track], loaded.encoding.recipe
    return SoundOrder(
        mezzanine=loaded.encoding.mezzanine,
        recipe=recipe.sound,
        boxes=recipe.boxes,
        chunks=chunks,
        firsts=[index.first[chunk.number] for chunk in chunks],
        runs=need.runs,
        rate=index.rate,
        start=name.start,
        end=name.end,
        gain=loaded.encoding.audio[track].gain,
    )
