"""Files that arrive: what is refused leaves nothing, one writer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inpoint.errors import Refused, TooLarge
from inpoint.storage.files import LocalFiles

FILES = LocalFiles()


async def blocks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_parts_make_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for at, data in ((0, b"abc"), (3, b"def"), (1, b"bcdefgh"), (0, b"ab")):
        async with FILES.arriving(path) as file:
            await file.append(at, len(data), blocks(data[:1], data[1:]), 100)
    assert path.read_bytes() == b"abcdefgh"
    async with FILES.arriving(path) as file:
        assert await file.append(None, None, blocks(b"new"), 100) == 3
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("at", "count", "most"), [(0, 66_037, 1 << 20), (0, 66_035, 1 << 20), (0, None, 66_000), (9, 5, 1 << 20)]
)
async def test_what_is_refused_leaves_the_file_as_it_was(
    tmp_path: Path, at: int, count: int | None, most: int
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"kept")
    with pytest.raises((Refused, TooLarge)):
        async with FILES.arriving(path) as file:
            await file.append(at, count, blocks(b"k" * 65_536, b"z" * 500), most)
    assert path.read_bytes() == b"kept"


async def test_a_file_that_is_removed_meanwhile_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "x"
    async with FILES.arriving(path) as file:
        path.unlink()
        assert await file.append(0, 3, blocks(b"abc"), 100) == 3
    assert await FILES.size(path) == 0


async def test_one_writer_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "x"
    order = []

    async def write(name: bytes, seconds: float) -> None:
        async with FILES.arriving(path) as file:
            order.append(name)
            await asyncio.sleep(seconds)
            await file.append(None, None, blocks(name), 100)
            order.append(name)

    await asyncio.gather(write(b"a", 0.2), write(b"b", 0))
    assert order[0] == order[1]
    assert order[2] == order[3]
