"""Text tracks inside a container: from a codec's packet to a WebVTT cue's text."""

from __future__ import annotations

import html
import re
from contextlib import suppress
from typing import Any

from av.packet import Packet
from av.stream import Stream

from inpoint.model.cmaf import boxes
from inpoint.model.cues import escaped
from inpoint.model.language import plain_name, tag
from inpoint.model.source import TextFacts

_TEXT_CODECS = ("subrip", "srt", "mov_text", "webvtt", "ass", "ssa", "text")
_ASS_TAGS = re.compile(r"\{[^{}]*\}")
_OVERRIDES = re.compile(r"\{\\[^{}]*\}")
_AT_TOP = re.compile(r"\\an?[789]")
_FONT_TAGS = re.compile(r"</?(?:font|span)\b[^<>]*>", re.IGNORECASE)
_HEADS = ("STYLE", "REGION")


def is_text(stream: Stream) -> bool:
    """Whether a stream's captions are text, not pictures."""
    return stream.codec_context is not None and stream.codec_context.name in _TEXT_CODECS


def worded(codec: str, packet: Packet[Any]) -> tuple[str, str, str]:
    """A packet's text as a cue's, its settings and its identifier."""
    data = bytes(packet)
    if codec != "webvtt":
        return *spoken(codec, data), ""
    beside = {one.data_type: bytes(one).rstrip(b"\0").decode("utf-8", "replace") for one in packet.iter_sidedata()}
    settings, identifier = beside.get("webvtt_settings", ""), beside.get("webvtt_identifier", "")
    if data[4:8] in (b"vttc", b"vtte", b"vtta"):  # as MP4 has it (ISO/IEC 14496-30)
        settings, identifier = _plain(_boxed(data, b"sttg")), _plain(_boxed(data, b"iden"))
        data = _boxed(data, b"payl")
    return _lines(_plain(data)), _one_line(settings), _one_line(identifier)


def _boxed(data: bytes, wanted: bytes) -> bytes:
    """The first of a kind in a sample's first cue; nothing of boxes that aren't what they say."""
    with suppress(ValueError):
        cue = next((data[start:end] for kind, start, end in boxes(data) if kind == b"vttc"), b"")
        return next((cue[start:end] for kind, start, end in boxes(cue) if kind == wanted), b"")
    return b""


def spoken(codec: str, data: bytes) -> tuple[str, str]:
    """What a packet, or a cue of a file, says as a cue's text, and where it stands if not below."""
    if codec == "mov_text":
        length = int.from_bytes(data[:2], "big")
        return _lines(escaped(_plain(data[2 : 2 + length]))), ""
    text = _plain(data)
    settings = "line:0" if any(_AT_TOP.search(one) for one in _ASS_TAGS.findall(text)) else ""
    if codec in ("ass", "ssa"):
        text = _ASS_TAGS.sub("", text.split(",", 8)[-1])
        text = re.sub(r"\\[Nn]", "\n", text).replace("\\h", "\u00a0")
        return _lines(escaped(text)), settings
    if codec == "text":
        return _lines(escaped(text)), ""
    text = _OVERRIDES.sub("", _FONT_TAGS.sub("", text))
    return _lines(escaped(html.unescape(text), is_tagged=True)), settings


def heads(stream: Stream) -> list[str]:
    """Styles and regions of a WebVTT track."""
    context = stream.codec_context
    if context is None or context.name != "webvtt":
        return []
    blocks = _plain(context.extradata or b"").replace("\r\n", "\n").split("\n\n")
    return [block.strip() for block in blocks if block.strip().startswith(_HEADS) and "-->" not in block]


def told(stream: Stream) -> TextFacts:
    """As the server is told of a text track."""
    return TextFacts(tag(stream.metadata.get("language")), plain_name(stream.metadata))


def _plain(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _one_line(text: str) -> str:
    return " ".join(text.replace("-->", "").replace("\0", "").split())


def _lines(text: str) -> str:
    """No line is empty, and none looks like a cue's times: either would end the cue."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("-->", "--&gt;").replace("\0", "")
    return "\n".join(line for line in text.split("\n") if line.strip()).strip()
