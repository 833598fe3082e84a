"""Chunks for a decoder, and more of what lies before them while it finds no picture there that is whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from inpoint.errors import NotFound
from inpoint.making.encodings import Loaded
from inpoint.ports.orders import Chunk
from inpoint.shelf.encodings import EncodingShelf

_BACK = (0, 1, 2, 4, 8, 16, 32, 64)  # chunks


async def feeds(
    shelf: EncodingShelf, loaded: Loaded, numbers: Sequence[int]
) -> AsyncGenerator[tuple[list[Chunk], bool]]:
    """The chunks of these ``numbers``, then the same with ever more before them; and whether these are all that there
    is to be had. Raises NotFound."""
    mezzanine, first = loaded.encoding.mezzanine, numbers[0]
    chunks = await shelf.chunks(mezzanine, numbers)
    for back in _BACK:
        earlier = range(max(0, first - back), chunks[0].number)
        try:
            chunks = [*await shelf.chunks(mezzanine, earlier), *chunks]
        except NotFound:  # swept: nothing that plays needs them
            yield chunks, True
            return
        is_first = chunks[0].number == 0 or back == _BACK[-1]
        yield chunks, is_first
        if is_first:
            return
