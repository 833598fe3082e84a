"""Files of captions, as people add them: WebVTT with all that stands in it, TTML, SubRip, SSA."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import webvtt

from inpoint.engine.captions import spoken
from inpoint.engine.failures import translated
from inpoint.engine.ttml import is_ttml, read_ttml
from inpoint.errors import Unsupported
from inpoint.model.cues import Captions, Cue

#: Looked up now: a confined process can import nothing any more.
_UTF_8, _UTF_16, _OLDER = (codecs.lookup(name) for name in ("utf-8-sig", "utf-16", "cp1252"))


def read_captions(path: Path, shift: Fraction) -> Captions:
    """The cues of a WebVTT, TTML, SubRip or SSA file, ``shift`` seconds later. Raises Unsupported."""
    found = _read(_text(path.read_bytes()))
    later = round(shift * 1000)
    cues = [
        Cue(cue.start + later, cue.end + later, cue.text, cue.settings, cue.identifier, cue.notes)
        for cue in found.cues
        if cue.end > cue.start and cue.text
    ]
    if not cues:
        raise Unsupported("the file holds no subtitles that this server can read: WebVTT, TTML, SubRip or SSA")
    return Captions(sorted(cues, key=lambda cue: (cue.start, cue.end)), found.head)


def _read(text: str) -> Captions:
    if is_ttml(text):
        return Captions(read_ttml(text))
    if text.startswith("WEBVTT"):
        found = _webvtt(text)
        return found if found.cues else Captions(list(_by_libav(text, "webvtt")))
    return Captions(list(_by_libav(text, "ass" if "[Script Info]" in text[:4096] else "srt")))


def _webvtt(text: str) -> Captions:
    """With its settings, styles, regions and notes."""
    file = webvtt.from_string(text)
    cues = [
        Cue(
            one.start_time.in_milliseconds(), one.end_time.in_milliseconds(), one.raw_text.strip(),
            str(one.settings).replace("-->", ""), one.identifier or "", tuple(map(_note, one.comments)),
        )
        for one in file.captions
    ]  # fmt: skip
    notes = [f"NOTE\n{_note(one)}" for one in file.header_comments]
    styles = [f"STYLE\n{one.text}" for one in file.styles]
    regions = ["\n".join(["REGION", *one]) for one in file.regions]
    return Captions(cues, (*notes, *styles, *regions))


def _note(text: str) -> str:
    """What looks like a cue's times would be one, where nothing is said before it."""
    return text.replace("-->", "->")


def _by_libav(text: str, kind: str) -> Iterator[Cue]:
    with translated(), av.open(io.BytesIO(text.encode()), "r", format=kind) as source:
        stream = source.streams.subtitles[0]
        base = stream.time_base or Fraction(1, 1000)
        for packet in source.demux(stream):
            if packet.size and packet.pts is not None and packet.duration and packet.pts >= 0:
                words, settings = spoken(stream.codec_context.name, bytes(packet))
                start = round(packet.pts * base * 1000)
                yield Cue(start, start + round(packet.duration * base * 1000), words, settings)


def _text(data: bytes) -> str:
    """UTF-8 or UTF-16 with its mark; else what older editors write."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text, _ = _UTF_16.decode(data, "replace")
    else:
        try:
            text, _ = _UTF_8.decode(data)
        except UnicodeDecodeError:
            text, _ = _OLDER.decode(data, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").lstrip("\n")
