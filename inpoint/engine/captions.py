"""Text tracks inside a container: from a codec's packet to a WebVTT cue's text."""

from __future__ import annotations

import re

from av.stream import Stream

from inpoint.model.language import plain_name, tag

_TEXT_CODECS = ("subrip", "srt", "mov_text", "webvtt", "ass", "ssa", "text")
_ASS_TAGS = re.compile(r"\{[^}]*\}")
_FONT_TAGS = re.compile(r"</?font[^>]*>", re.IGNORECASE)


def is_text(stream: Stream) -> bool:
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


def report(stream: Stream) -> dict[str, str]:
    return {
        "language": tag(stream.metadata.get("language")),
        "name": plain_name(stream.metadata),
    }
