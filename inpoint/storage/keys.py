"""How a key is spelled; nothing else knows."""

from __future__ import annotations

from inpoint.model.encoding import GENERATION, SegmentName


def encoding(encoding_id: str) -> str:
    """The prefix of all that an encoding has."""
    return f"encodings/{encoding_id}/"


def index(encoding_id: str) -> str:
    return f"{encoding(encoding_id)}index"


def video_chunk(encoding_id: str, number: int) -> str:
    return f"{encoding(encoding_id)}chunks/v-{number:06d}.mkv"


def audio_chunk(encoding_id: str, track: int, number: int) -> str:
    return f"{encoding(encoding_id)}chunks/a{track}-{number:06d}.mkv"


def chunks(encoding_id: str) -> str:
    return f"{encoding(encoding_id)}chunks/"


def text(encoding_id: str, track: int) -> str:
    return f"{encoding(encoding_id)}text/t{track}.json"


def survey(encoding_id: str) -> str:
    """The prefix of what was found in it."""
    return f"{encoding(encoding_id)}survey/"


def levels(encoding_id: str, track: int, run: int) -> str:
    return f"{survey(encoding_id)}levels-{track}-{run:05d}"


def shots(encoding_id: str, run: int) -> str:
    return f"{survey(encoding_id)}shots-{run:05d}.json"


def files(media_id: str) -> str:
    """The prefix of the files that are kept ready of a media."""
    return f"media/{media_id}/"


def file(media_id: str, name: str) -> str:
    return f"{files(media_id)}{name}"


def watermark(watermark_id: str) -> str:
    return f"watermarks/{watermark_id}.png"


def image(encoding_id: str, number: int) -> str:
    """An image over the encoding's picture."""
    return f"{encoding(encoding_id)}images/{number}.png"


def init(encoding_id: str, rendition: str) -> str:
    return f"{encoding(encoding_id)}init/g{GENERATION}-{rendition}.mp4"


def segments(encoding_id: str) -> str:
    return f"{encoding(encoding_id)}segments/"


def segment(name: SegmentName) -> str:
    return f"{segments(name.encoding)}g{GENERATION}-{name.rendition}/{name.start}-{name.end}.m4s"


def segment_name(encoding_id: str, key: str) -> SegmentName | None:
    """The inverse of ``segment``; None for a key of another kind or generation."""
    prefix = f"{segments(encoding_id)}g{GENERATION}-"
    if not key.startswith(prefix) or not key.endswith(".m4s"):
        return None
    rendition, _, frames = key[len(prefix) : -len(".m4s")].partition("/")
    start, _, end = frames.partition("-")
    return SegmentName(encoding_id, rendition, int(start), int(end))
