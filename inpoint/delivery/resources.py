"""What manifests name, by path: each form parsed once into a value. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from inpoint.errors import NotFound

#: The key of the I-frame playlist and of its segments, beside those of tracks.
I_FRAMES = "iframes"


@dataclass(frozen=True, slots=True)
class WantedPlaylist:
    """``{track}.m3u8``."""

    track: str


@dataclass(frozen=True, slots=True)
class WantedInit:
    """``{track}/init-{section}.mp4``."""

    track: str
    section: int


@dataclass(frozen=True, slots=True)
class WantedData:
    """``{track}/{number}.m4s``, counted over all sections."""

    track: str
    number: int


@dataclass(frozen=True, slots=True)
class WantedCues:
    """``{track}/{number}.vtt``, counted over all sections."""

    track: str
    number: int


@dataclass(frozen=True, slots=True)
class WantedSectionCues:
    """``{track}/section-{section}.vtt``."""

    track: str
    section: int


Resource = WantedPlaylist | WantedInit | WantedData | WantedCues | WantedSectionCues


def resource_at(path: str) -> Resource:
    """Raises NotFound for a path of no form."""
    track, slash, name = path.partition("/")
    stem, _, suffix = (name if slash else track).rpartition(".")
    if not slash:
        if stem and suffix == "m3u8":
            return WantedPlaylist(stem)
        raise NotFound
    label, dash, number = stem.rpartition("-")
    match (label, suffix) if dash else ("", suffix):
        case ("init", "mp4"):
            return WantedInit(track, _number(number))
        case ("section", "vtt"):
            return WantedSectionCues(track, _number(number))
        case ("", "m4s"):
            return WantedData(track, _number(stem))
        case ("", "vtt"):
            return WantedCues(track, _number(stem))
    raise NotFound


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise NotFound
