"""What an import writes, by name: the one place that spells the files of chunks and captions. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The file of the picture that stands for the rest: a chunk of that alone.
POSTER = "poster.mkv"
_CHUNK = re.compile(r"(?:v|a(\d{1,4}))-(\d{6,9})\.mkv", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChunkName:
    """A chunk of a mezzanine: of its picture (no ``track``) or of a soundtrack, both counted from 0."""

    track: int | None
    number: int

    @property
    def file(self) -> str:
        """Its file's name."""
        return f"{'v' if self.track is None else f'a{self.track}'}-{self.number:06d}.mkv"


def chunk_name(file: str) -> ChunkName | None:
    """The inverse of ``ChunkName.file``; None for any other file."""
    match = _CHUNK.fullmatch(file)
    return None if match is None else ChunkName(None if match[1] is None else int(match[1]), int(match[2]))


def text_file(track: int) -> str:
    """The file of a text track's cues."""
    return f"t{track}.json"
