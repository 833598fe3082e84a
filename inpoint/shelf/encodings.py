"""An encoding's blobs: its mezzanine's chunks, index and cues; its init segments, segments and images."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from cachetools import TTLCache

from inpoint.errors import NotFound, NotLocal
from inpoint.model import aac
from inpoint.model import index as indexes
from inpoint.model.chunk import POSTER, ChunkName, chunk_name
from inpoint.model.cues import Captions, load_captions
from inpoint.model.encoding import Encoding, SegmentName, audio_rendition
from inpoint.model.index import Index
from inpoint.model.weights import Weights, dump_weights, load_weights
from inpoint.ports import BlobStore, LocalBlobs
from inpoint.ports.orders import Chunk
from inpoint.shelf import keys
from inpoint.shelf.blob import Blob

#: What a sweep looks at; a text is a key that names nothing of ours.
Part = ChunkName | SegmentName | str

_WEIGHED, _FRESH = 256, 10.0  # encodings at hand, for so many seconds: others fill, too


class EncodingShelf:
    """Every method raises NotFound for what isn't stored."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self._weights: TTLCache[str, Weights] = TTLCache(_WEIGHED, _FRESH)

    # What an import wrote

    async def keep(self, encoding: Encoding, work: Path, index: bytes, inits: Mapping[str, bytes]) -> None:
        """Move what a rewrap wrote in, the index last: where it is, all is. ``inits`` are the renditions'."""
        number, sound = encoding.recipe.number, encoding.recipe.sound
        own = {keys.init(encoding.id, number, name): data for name, data in inits.items()}
        for track in encoding.audio:
            init = aac.init(encoding.recipe.boxes, sound.bit_rate)
            own[keys.init(encoding.id, number, audio_rendition(track.number))] = init
        files = await asyncio.to_thread(_written, encoding.id, work, {**own, keys.index(encoding.id): index})
        await self._store.put_files(files)

    async def index(self, mezzanine_id: str) -> Index:
        """Where every frame and packet of a mezzanine is."""
        return await asyncio.to_thread(indexes.load, await self._store.get(keys.index(mezzanine_id)))

    async def chunks(self, mezzanine_id: str, numbers: Iterable[int], track: int | None = None) -> list[Chunk]:
        """Of the picture, or of a soundtrack."""
        return [
            Chunk(number, await self._store.get(keys.chunk(mezzanine_id, ChunkName(track, number))))
            for number in numbers
        ]

    def chunk_files(self, mezzanine_id: str, numbers: Iterable[int], track: int | None = None) -> list[Path]:
        """The same as local files. Raises Refused where the store keeps none."""
        names = [keys.chunk(mezzanine_id, ChunkName(track, number)) for number in numbers]
        paths = [self._store.path(name) if isinstance(self._store, LocalBlobs) else None for name in names]
        found = [path for path in paths if path is not None]
        if len(found) < len(names):
            raise NotLocal("source access needs chunks that are kept as local files")
        return found

    async def poster(self, mezzanine_id: str) -> Chunk:
        """The picture that stands for the source."""
        return Chunk(0, await self._store.get(keys.poster(mezzanine_id)))

    async def captions(self, mezzanine_id: str, track: int) -> Captions:
        """Of a text track."""
        return load_captions(await self._store.get(keys.text(mezzanine_id, track)))

    # What lies over its picture

    async def image(self, encoding_id: str, number: int) -> bytes:
        """As PNG."""
        return await self._store.get(keys.image(encoding_id, number))

    async def put_image(self, encoding_id: str, number: int, data: bytes) -> None:
        """In place of the one that is there."""
        await self._store.delete([keys.image(encoding_id, number)])
        await self._store.put(keys.image(encoding_id, number), data)

    # Init segments and segments

    async def init(self, encoding: Encoding, rendition: str) -> bytes:
        """The init segment of a rendition or a soundtrack."""
        return await self._store.get(keys.init(encoding.id, encoding.recipe.number, rendition))

    async def put_init(self, encoding: Encoding, rendition: str, data: bytes) -> None:
        """The first stored stays."""
        await self._store.put(keys.init(encoding.id, encoding.recipe.number, rendition), data)

    def init_blob(self, encoding: Encoding, rendition: str) -> Blob:
        """To be sent."""
        return Blob(self._store, keys.init(encoding.id, encoding.recipe.number, rendition))

    async def has(self, name: SegmentName) -> bool:
        """Whether a segment is stored."""
        return await self._store.exists(keys.segment(name))

    async def segment(self, name: SegmentName) -> bytes:
        """A segment's bytes."""
        return await self._store.get(keys.segment(name))

    def segment_blob(self, name: SegmentName) -> Blob:
        """To be sent."""
        return Blob(self._store, keys.segment(name))

    async def put_segment(self, name: SegmentName, data: bytes) -> None:
        """The first stored stays."""
        await self._store.put(keys.segment(name), data)

    async def segments(self, encoding_id: str) -> dict[SegmentName, int]:
        """Those that are stored, whatever made them, with their sizes in bytes."""
        listed = await self._store.list(keys.segments(encoding_id))
        named = ((keys.segment_name(encoding_id, key), size) for key, size in listed.items())
        return {name: size for name, size in named if name is not None}

    async def weights(self, encoding_id: str) -> Weights:
        """Of the segments of its whole renditions, as they were when it was last filled; of none before."""
        kept = self._weights.get(encoding_id)
        if kept is None:
            try:
                kept = await asyncio.to_thread(load_weights, await self._store.get(keys.weights(encoding_id)))
            except NotFound:
                kept = Weights()
            self._weights[encoding_id] = kept
        return kept

    async def put_weights(self, encoding_id: str, weights: Weights) -> None:
        """In place of those that are there."""
        await self._store.delete([keys.weights(encoding_id)])
        await self._store.put(keys.weights(encoding_id), await asyncio.to_thread(dump_weights, weights))
        self._weights.pop(encoding_id, None)

    # What may go

    async def parts(self, encoding_id: str) -> dict[Part, int]:
        """Chunks and segments with their sizes in bytes."""
        chunks, segments = keys.chunks(encoding_id), keys.segments(encoding_id)
        found: dict[Part, int] = {}
        for key, size in (await self._store.list(chunks)).items():
            found[chunk_name(key.removeprefix(chunks)) or key] = size
        for key, size in (await self._store.list(segments)).items():
            found[keys.segment_name(encoding_id, key) or key] = size
        return found

    async def discard(self, encoding_id: str, parts: Collection[Part]) -> None:
        """Missing ones are no error."""
        await self._store.delete([_key(encoding_id, part) for part in parts])

    async def size(self, encoding_id: str) -> int:
        """Bytes of all that an encoding has."""
        return sum((await self._store.list(keys.encoding(encoding_id))).values())

    async def drop(self, encoding_id: str) -> tuple[int, int]:
        """Delete all that an encoding has: how many blobs, and how many bytes."""
        listed = await self._store.list(keys.encoding(encoding_id))
        await self._store.delete(list(listed))
        return len(listed), sum(listed.values())


def _key(encoding_id: str, part: Part) -> str:
    if isinstance(part, str):
        return part
    return keys.segment(part) if isinstance(part, SegmentName) else keys.chunk(encoding_id, part)


def _written(encoding_id: str, work: Path, own: Mapping[str, bytes]) -> dict[str, Path]:
    """The folder's files by their keys, and the blobs of ``own`` as files among them, in their order."""
    files: dict[str, Path] = {}
    for path in sorted(work.iterdir()):
        files[_file_key(encoding_id, path)] = path
    for number, (key, data) in enumerate(own.items()):
        files[key] = work / f"own-{number}"
        files[key].write_bytes(data)
    return files


def _file_key(encoding_id: str, path: Path) -> str:
    if path.name == POSTER:
        return keys.poster(encoding_id)
    name = chunk_name(path.name)
    return keys.chunk(encoding_id, name) if name else keys.text(encoding_id, int(path.stem.removeprefix("t")))
