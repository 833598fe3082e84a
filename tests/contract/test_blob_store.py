"""One suite for every store of blobs, and for the in-memory twin."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from inpoint.errors import NotFound
from inpoint.ports import BlobStore, LocalBlobs
from inpoint.storage.blobs import FolderBlobs, ObjectBlobs
from inpoint.testing.blobs import MemoryStore


@pytest.fixture(params=["folder", "obstore memory", "twin"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    made: dict[str, BlobStore] = {
        "folder": FolderBlobs(tmp_path / "blobs"), "obstore memory": ObjectBlobs.in_memory(), "twin": MemoryStore(),
    }  # fmt: skip
    return made[request.param]


async def test_the_first_stored_wins(store: BlobStore) -> None:
    assert await store.put("a/b", b"first")
    assert not await store.put("a/b", b"second")
    assert await store.get("a/b") == b"first"


async def test_of_many_at_once_one_wins(store: BlobStore) -> None:
    stored = await asyncio.gather(*(store.put("a/b", b"%d" % number) for number in range(8)))
    assert stored.count(True) == 1
    assert await store.get("a/b") == b"%d" % stored.index(True)


async def test_what_is_missing_is_not_found(store: BlobStore) -> None:
    assert not await store.exists("a/b")
    for ask in (store.get("a/b"), store.size("a/b"), store.get_range("a/b", 0, 1)):
        with pytest.raises(NotFound):
            await ask
    await store.delete(["a/b"])


@pytest.mark.parametrize("size", [0, 1, 5 << 20])
async def test_sizes_and_ranges(store: BlobStore, size: int) -> None:
    data = bytes(number % 251 for number in range(1000)) * (size // 1000) + b"x" * (size % 1000)
    await store.put("a/b", data)
    assert await store.size("a/b") == size
    assert await store.get("a/b") == data
    for start, end in ((0, size), (size // 3, size // 2), (size - 1, size)):
        if 0 <= start < end:
            assert await store.get_range("a/b", start, end) == data[start:end]


async def test_lists_what_lies_under_a_prefix(store: BlobStore) -> None:
    for key in ("a/1", "a/b/2", "ab/3"):
        await store.put(key, key.encode())
    assert await store.list("a/") == {"a/1": 3, "a/b/2": 5}
    await store.delete(["a/1", "ab/3"])
    assert await store.list("a/") == {"a/b/2": 5}
    assert await store.list("nothing/") == {}


async def test_files_move_in_and_replace(store: BlobStore, tmp_path: Path) -> None:
    for text in ("old", "new"):
        file = tmp_path / "file"
        file.write_text(text)
        await store.put_files({"x/y": file})
        assert not file.exists()
    assert await store.get("x/y") == b"new"
    assert await store.exists("x/y")


async def test_what_is_half_written_is_not_there(store: BlobStore, tmp_path: Path) -> None:
    """What a crash left of a write is no blob: neither read nor listed."""
    if isinstance(store, FolderBlobs):  # the only one whose writes outlive the process
        folder = tmp_path / "blobs/a"
        folder.mkdir()
        (folder / "b#1").write_bytes(b"hal")
    assert not await store.exists("a/b")
    assert "a/b" not in await store.list("a/")
    assert await store.put("a/b", b"whole")
    assert await store.get("a/b") == b"whole"


async def test_a_local_store_tells_where_a_blob_lies(store: BlobStore) -> None:
    await store.put("a/b", b"here")
    if isinstance(store, LocalBlobs):
        path = store.path("a/b")
        assert path is not None
        assert path.read_bytes() == b"here"
        assert store.path("a/c") is None
    assert isinstance(store, LocalBlobs) == isinstance(store, FolderBlobs)
