"""Text tracks inside a container: from a codec's packet to a WebVTT cue's text."""

from __future__ import annotations

import codecs
import io
import re
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Stream

from inpoint.engine.failures import translated
from inpoint.errors import Unsupported
from inpoint.model.index import Cue
from inpoint.model.language import plain_name, tag
from inpoint.model.source import TextFacts

#: Looked up now: a confined process can import nothing any more.
_UTF_8, _UTF_16, _OLDER = (codecs.lookup(name) for name in ("utf-8-sig", "utf-16", "cp1252"))

_TEXT_CODECS = ("subrip", "srt", "mov_text", "webvtt", "ass", "ssa", "text")
_ASS_TAGS = re.compile(r"\{[^}]*\}")
_FONT_TAGS = re.compile(r"</?font[^>]*>", re.IGNORECASE)


def is_text(stream: Stream) -> bool:
    """Whether a stream's captions are text, not pictures."""
    return stream.codec_context is not None and stream.codec_context.name in _TEXT_CODECS


def plain(codec: str, packet: bytes) -> str:
    """A packet's text, line breaks kept, a player's positions and fonts dropped."""
    if codec == "mov_text":
        length = int.from_bytes(packet[:2], "big")
        packet = packet[2 : 2 + length]
    text = packet.decode("utf-8", "replace")
    if codec in ("ass", "ssa"):
        text = _ASS_TAGS.sub("", text.split(",", 8)[-1]).replace("\\N", "\n").replace("\\n", "\n")
    text = _FONT_TAGS.sub("", text).replace("\r\n", "\n").replace("-->", "→").strip()
    return "\n".join(line for line in text.split("\n") if line.strip())


def read_captions(path: Path, shift: Fraction) -> list[Cue]:
    """The cues of a WebVTT, SubRip or SSA file, ``shift`` seconds later. Raises Unsupported."""
    text = _text(path.read_bytes())
    kind = "webvtt" if text.startswith("WEBVTT") else "ass" if "[Script Info]" in text[:4096] else "srt"
    later = round(shift * 1000)
    cues = []
    with translated(), av.open(io.BytesIO(text.encode()), "r", format=kind) as source:
        stream = source.streams.subtitles[0]
        base = stream.time_base or Fraction(1, 1000)
        for packet in source.demux(stream):
            words = plain(stream.codec_context.name, bytes(packet)) if packet.size else ""
            if words and packet.pts is not None and packet.duration and packet.pts >= 0:
                start = round(packet.pts * base * 1000)
                end = start + round(packet.duration * base * 1000)
                cues.append(Cue(start + later, end + later, words))
    if not cues:
        raise Unsupported("the file holds no subtitles that this server can read: WebVTT, SubRip or SSA")
    return sorted((cue for cue in cues if cue.end > cue.start), key=lambda cue: (cue.start, cue.end))


def _text(data: bytes) -> str:
    """UTF-8 or UTF-16 with its mark; else what older editors write."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text, _ = _UTF_16.decode(data, "replace")
    else:
        try:
            text, _ = _UTF_8.decode(data)
        except UnicodeDecodeError:
            text, _ = _OLDER.decode(data, "replace")
    return text.replace("\r\n", "\n").lstrip("\n")


def told(stream: Stream) -> TextFacts:
    """As the server is told of a text track."""
    return TextFacts(tag(stream.metadata.get("language")), plain_name(stream.metadata))
