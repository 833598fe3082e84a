"""What a rewrap wrote into its folder, stored as an encoding's blobs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from inpoint.model.cmaf import audio_init
from inpoint.model.encoding import Encoding, audio_rendition
from inpoint.ports import BlobStore, Keys


async def keep(
    store: BlobStore, keys: Keys, encoding: Encoding, work: Path, index: bytes, inits: Mapping[str, bytes]
) -> None:
    """Move the folder's files in, the index last: where it is, all is. ``inits`` are the renditions'."""
    own = {f"init-{name}": data for name, data in inits.items()}
    own |= {f"init-{audio_rendition(track.number)}": audio_init() for track in encoding.audio}
    own["index"] = index
    paths = await asyncio.to_thread(_written, work, own)
    files = {_key(keys, encoding.id, path.name): path for path in paths}
    files[keys.index(encoding.id)] = files.pop(keys.index(encoding.id))
    await store.put_files(files)


def _key(keys: Keys, encoding_id: str, name: str) -> str:
    stem, _, number = name.removesuffix(".mkv").partition("-")
    if name == "index":
        return keys.index(encoding_id)
    if stem == "init":
        return keys.init(encoding_id, number)
    if stem == "v":
        return keys.video_chunk(encoding_id, int(number))
    if stem.startswith("a"):
        return keys.audio_chunk(encoding_id, int(stem[1:]), int(number))
    return keys.text(encoding_id, int(name.removesuffix(".json")[1:]))


def _written(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return sorted(folder.iterdir())
