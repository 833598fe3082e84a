"""Languages' own names (CLDR)."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError


def own_name(tag: str) -> str:
    """What a language calls itself: "Deutsch" for "de". The tag itself where that isn't known."""
    if tag == "und":
        return "Undetermined"
    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError, TypeError):
        return tag
    return name[:1].upper() + name[1:] if name else tag
