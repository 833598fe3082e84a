"""Chunks for a decoder, and more of what lies around them while it finds no picture there that is whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from inpoint.errors import NotFound
from inpoint.making.encodings import Loaded
from inpoint.ports.orders import Chunk
from inpoint.shelf.encodings import EncodingShelf

_AROUND = ((0, 0), (1, 0), (3, 2))  # chunks before and after: as far away as a picture may be that stands for another


async def feeds(
    shelf: EncodingShelf, loaded: Loaded, numbers: Sequence[int]
) -> AsyncGenerator[tuple[list[Chunk], bool]]:
    """The chunks of these ``numbers``, then the same with ever more around them; and whether these are all from which
    a picture may come. Raises NotFound."""
    mezzanine, count = loaded.encoding.mezzanine, len(loaded.index.video.alone)
    chunks = await shelf.chunks(mezzanine, numbers)
    for before, after in _AROUND:
        earlier = range(max(0, numbers[0] - before), chunks[0].number)
        later = range(chunks[-1].number + 1, min(numbers[-1] + 1 + after, count))
        chunks = [*await _there(shelf, mezzanine, earlier), *chunks, *await _there(shelf, mezzanine, later)]
        yield chunks, (before, after) == _AROUND[-1]


async def _there(shelf: EncodingShelf, mezzanine: str, numbers: Sequence[int]) -> list[Chunk]:
    """None where any was swept, for nothing that plays needs it."""
    try:
        return await shelf.chunks(mezzanine, numbers)
    except NotFound:
        return []
