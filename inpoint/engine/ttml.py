"""TTML: timed text as XML (W3C TTML 1 and IMSC 1), as far as WebVTT can say the same."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from inpoint.errors import Unsupported
from inpoint.model.cues import Cue, escaped

_ROOT = re.compile(r"<(?:\w+:)?tt[\s>]")
_SPACE = re.compile(r"\s+")
_CLOCK = re.compile(r"(\d{1,6}):(\d\d):(\d\d)(?:(\.\d{1,9})|:(\d{1,6}))?")
_OFFSET = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)(h|ms|m|s|f|t)")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_SECONDS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
_PARAMETER, _STYLE = "{http://www.w3.org/ns/ttml#parameter}", "{http://www.w3.org/ns/ttml#styling}"


@dataclass(frozen=True, slots=True)
class _Clock:
    """Frames and ticks a second."""

    frames: Fraction
    ticks: Fraction

    def moment(self, told: str | None) -> Fraction | None:
        """Seconds; None for nothing, and for what is none."""
        if told is None:
            return None
        if clock := _CLOCK.fullmatch(told.strip()):
            hours, minutes, seconds, part, frames = clock.groups()
            whole = Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
            return whole + Fraction(part or 0) + Fraction(int(frames or 0)) / self.frames
        if offset := _OFFSET.fullmatch(told.strip()):
            count, unit = Fraction(offset[1]), offset[2]
            if unit in _SECONDS:
                return count * _SECONDS[unit]
            return count / (self.frames if unit == "f" else self.ticks)
        return None


def is_ttml(text: str) -> bool:
    """Whether a file looks like it."""
    return _ROOT.search(text[:4096]) is not None


def read_ttml(text: str) -> list[Cue]:
    """Its paragraphs that last for a time. Raises Unsupported for what is no TTML, or declares entities."""
    if "<!" in text.replace("<!--", "").replace("<![CDATA[", ""):
        raise Unsupported("the TTML file declares a document type, which this server doesn't read")
    try:
        root = ET.fromstring(text)  # noqa: S314 - nothing is declared in it
        return list(_read(root))
    except (ET.ParseError, ValueError, ZeroDivisionError, RecursionError) as error:
        raise Unsupported("the TTML file can't be read", detail=str(error)) from error


def _read(root: ET.Element) -> Iterator[Cue]:
    above, below = (root.get(f"{_PARAMETER}frameRateMultiplier") or "1 1").split()
    rate = _count(root.get(f"{_PARAMETER}frameRate") or "30") * _count(above) / _count(below)
    clock = _Clock(rate, _count(root.get(f"{_PARAMETER}tickRate") or "1"))
    body = next((one for one in root if _name(one) == "body"), None)
    if body is not None:
        yield from _within(body, clock, Fraction(0), None)


def _count(told: str) -> Fraction:
    """Raises ValueError for what is no number above zero."""
    if not _NUMBER.fullmatch(told):
        raise ValueError(told)
    return 1 / (1 / Fraction(told))


def _within(element: ET.Element, clock: _Clock, origin: Fraction, until: Fraction | None) -> Iterator[Cue]:
    """The cues of an element that begins and ends within ``origin`` and ``until``."""
    begin = origin + (clock.moment(element.get("begin")) or 0)
    end, lasts = clock.moment(element.get("end")), clock.moment(element.get("dur"))
    ends = [one for one in (until, None if end is None else origin + end, None if lasts is None else begin + lasts)
            if one is not None]  # fmt: skip
    close = min(ends, default=None)
    if _name(element) == "p":
        words = "\n".join(line.strip() for line in _words(element).split("\n") if line.strip())
        if words and close is not None:
            yield Cue(round(begin * 1000), round(close * 1000), words)
        return
    for child in element:
        if _name(child) in ("div", "p"):
            yield from _within(child, clock, begin, close)


def _words(element: ET.Element) -> str:
    tag = "i" if element.get(f"{_STYLE}fontStyle") == "italic" else ""
    parts = [_said(element.text)]
    for child in element:
        if _name(child) == "br":
            parts.append("\n")
        elif _name(child) == "span":
            parts.append(_words(child))
        parts.append(_said(child.tail))
    text = "".join(parts)
    return f"<{tag}>{text}</{tag}>" if tag and text.strip() else text


def _said(text: str | None) -> str:
    return escaped(_SPACE.sub(" ", text or "")).replace("-->", "--&gt;")


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
