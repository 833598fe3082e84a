"""How a key is spelled; no other room knows."""

from __future__ import annotations

import re

from inpoint.model.chunk import ChunkName, text_file
from inpoint.model.encoding import SegmentName

_SEGMENT = re.compile(r"g(\d{1,9})-([^/]+)/(\d{1,12})-(\d{1,12})\.m4s", re.ASCII)


def encoding(encoding_id: str) -> str:
    """The prefix of all that an encoding has."""
    return f"encodings/{encoding_id}/"


def index(encoding_id: str) -> str:
    """Of where a mezzanine's frames and packets lie."""
    return f"{encoding(encoding_id)}index"


def chunks(encoding_id: str) -> str:
    """The folder of all chunks."""
    return f"{encoding(encoding_id)}chunks/"


def chunk(encoding_id: str, name: ChunkName) -> str:
    """A chunk of packets."""
    return f"{chunks(encoding_id)}{name.file}"


def poster(encoding_id: str) -> str:
    """Of the picture that stands for a source."""
    return f"{encoding(encoding_id)}poster"


def text(encoding_id: str, track: int) -> str:
    """A text track's cues."""
    return f"{encoding(encoding_id)}text/{text_file(track)}"


def weights(encoding_id: str) -> str:
    """Of how many bytes its segments are."""
    return f"{encoding(encoding_id)}weights.json"


def found(encoding_id: str) -> str:
    """The prefix of what was found in it."""
    return f"{encoding(encoding_id)}survey/"


def levels(encoding_id: str, track: int, run: int) -> str:
    """How loud a run of AAC frames is."""
    return f"{found(encoding_id)}levels-{track}-{run:05d}"


def shots(encoding_id: str, run: int) -> str:
    """Which frames of a run begin a shot."""
    return f"{found(encoding_id)}shots-{run:05d}.json"


def files(media_id: str) -> str:
    """The prefix of the files that are kept ready of a media."""
    return f"media/{media_id}/"


def file(media_id: str, name: str) -> str:
    """A media's kept file, by its own id and suffix."""
    return f"{files(media_id)}{name}"


def watermark(watermark_id: str) -> str:
    """A kept image."""
    return f"watermarks/{watermark_id}.png"


def image(encoding_id: str, number: int) -> str:
    """An image over the encoding's picture."""
    return f"{encoding(encoding_id)}images/{number}.png"


def init(encoding_id: str, generation: int, rendition: str) -> str:
    """A rendition's init segment, by its recipe's number."""
    return f"{encoding(encoding_id)}init/g{generation}-{rendition}.mp4"


def segments(encoding_id: str) -> str:
    """The folder of all segments of all renditions."""
    return f"{encoding(encoding_id)}segments/"


def segment(name: SegmentName) -> str:
    """A segment, by all that its bytes follow from."""
    return f"{segments(name.encoding)}g{name.generation}-{name.rendition}/{name.start}-{name.end}.m4s"


def segment_name(encoding_id: str, key: str) -> SegmentName | None:
    """The inverse of ``segment``; None for a key of another kind."""
    match = _SEGMENT.fullmatch(key.removeprefix(segments(encoding_id)))
    if match is None:
        return None
    generation, rendition, start, end = match.groups()
    return SegmentName(encoding_id, int(generation), rendition, int(start), int(end))
