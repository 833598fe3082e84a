"""One suite for every store of blobs, and for the in-memory twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from inpoint.errors import NotFound
from inpoint.ports import BlobStore
from inpoint.storage.blobs import Blobs
from inpoint.testing import MemoryStore


@pytest.fixture(params=["folder", "obstore memory", "twin"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return Blobs.in_folder(tmp_path / "blobs")
    return Blobs.in_memory() if request.param == "obstore memory" else MemoryStore()


async def test_the_first_stored_wins(store: BlobStore) -> None:
    assert await store.put("a/b", b"first")
    assert not await store.put("a/b", b"second")
    assert await store.get("a/b") == b"first"


async def test_what_is_missing_is_not_found(store: BlobStore) -> None:
    assert not await store.exists("a/b")
    with pytest.raises(NotFound):
        await store.get("a/b")
    await store.delete(["a/b"])


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
