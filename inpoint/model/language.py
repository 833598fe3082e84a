"""Languages: containers name them by ISO 639-2 ("eng", "ger"), players by BCP 47 ("en", "de")."""

from __future__ import annotations

from collections.abc import Mapping

from langcodes import Language, standardize_tag
from langcodes.tag_parser import LanguageTagError

UNDETERMINED = "und"
_LONGEST = 35  # characters that RFC 5646 (4.4.1) asks everyone to have room for


def plain_name(told: Mapping[str, str]) -> str:
    """A track's name, from what its container tells: printable, of a sensible length."""
    name = told.get("title") or told.get("language") or "default"
    return "".join(character for character in name if character.isprintable())[:100] or "default"


def tag(told: str | None) -> str:
    """The BCP 47 tag of what a container tells, in its shortest form; "und" for nothing or nonsense."""
    text = (told or UNDETERMINED).strip()
    try:
        return standardize_tag(text) if _is_short(text) else UNDETERMINED
    except LanguageTagError:
        return UNDETERMINED


def spelled(told: str) -> str | None:
    """A client's BCP 47 tag as RFC 5646 (2.1.1) recommends to write it, and no other; None for what is none."""
    try:
        return Language.get(told, normalize=False).to_tag() if _is_short(told) and "_" not in told else None
    except LanguageTagError:
        return None


def _is_short(text: str) -> bool:
    return 1 < len(text) <= _LONGEST and text.isascii()
