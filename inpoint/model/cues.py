"""Captions: cues as WebVTT has them, and what stands before them. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

#: What WebVTT knows within a cue (W3C WebVTT, 3.3); all else is text.
_KEPT = re.compile(r"(</?[biu]>)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    """In milliseconds of media time. ``text`` is a WebVTT cue's, with its tags and escapes; ``settings`` and
    ``identifier`` are as they stand in the file."""

    start: int
    end: int
    text: str
    settings: str = ""
    identifier: str = ""
    #: What is noted before it.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Captions:
    """Cues in order, and the ``head``: blocks of notes, styles and regions, as WebVTT has them."""

    cues: Sequence[Cue] = field(default_factory=list)
    head: Sequence[str] = ()


def escaped(text: str, *, is_tagged: bool = False) -> str:
    """Text as a cue shows it, character for character; if it is ``is_tagged``, bold, italic and underlined stay."""
    parts = _KEPT.split(text) if is_tagged else [text]
    return "".join(
        part.lower() if number % 2 else html.escape(part, quote=False) for number, part in enumerate(parts)
    )


def dump_captions(captions: Captions) -> bytes:
    """As JSON, for the shelf."""
    cues = [{key: value for key, value in asdict(cue).items() if value not in ("", ())} for cue in captions.cues]
    return json.dumps({"head": list(captions.head), "cues": cues}, ensure_ascii=False).encode()


def load_captions(blob: bytes) -> Captions:
    """From the shelf; the first release kept cues alone."""
    told = json.loads(blob)
    if isinstance(told, list):
        return Captions([Cue(**cue) for cue in told])
    cues = [Cue(**{"text": "", **cue, "notes": tuple(cue.get("notes", ()))}) for cue in told["cues"]]
    return Captions(cues, tuple(told["head"]))
