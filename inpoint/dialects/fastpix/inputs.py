"""Wire → model: the inputs of a creation beside its video, and tracks. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from inpoint.errors import Invalid
from inpoint.model.ids import new_id
from inpoint.model.overlay import Length, Placement, XAlign, YAlign
from inpoint.model.timeline import Lane
from inpoint.model.track import PendingTrack, TrackKind
from inpoint.model.treatment import Imposition, Insert
from inpoint.web.fields import choice, flag, is_http, limited, seconds, text

_MOST_INPUTS = 50
_INPUTS = ("video", "watermark", "audio", "subtitle")
_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)(%|px)", re.ASCII)
_IMPOSED = ("startTime", "endTime", "fadeInLevel", "fadeOutLevel")
_LONGEST = 1_000_000
_NONE = Length(Fraction(0), is_part=True)
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)


def input_list(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The request's inputs. Raises Invalid."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not 0 < len(inputs) <= _MOST_INPUTS:
        raise Invalid("inputs", f"must be a list of one to {_MOST_INPUTS} inputs")
    for number, one in enumerate(inputs):
        if not isinstance(one, dict):
            raise Invalid(f"inputs[{number}]", "must be an object")
    return inputs


def require_known(one: Mapping[str, Any], field: str) -> None:
    """Raises Invalid for a field that there is not."""
    kind = choice(one, "type", _INPUTS, "", field)
    if kind == "":
        raise Invalid(f"{field}type", "is required")
    if kind == "video":
        raise Invalid(f"{field}type", "there is one video: the first input, or what is uploaded")


def input_tracks(inputs: Sequence[Mapping[str, Any]]) -> tuple[PendingTrack, ...]:
    """The subtitles among the inputs. Raises Invalid for two of one language."""
    found: list[PendingTrack] = []
    for number, one in enumerate(inputs):
        if one.get("type") == "subtitle":
            track = _track(one, "text", f"inputs[{number}].")
            if track.language in [other.language for other in found]:
                raise Invalid(f"inputs[{number}].languageCode", "is another subtitle's already")
            found.append(track)
    return tuple(found)


def watermarks(inputs: Sequence[Mapping[str, Any]]) -> tuple[Placement, ...]:
    """The images that are to lie over the picture. Raises Invalid."""
    return tuple(
        _watermark(one, f"inputs[{number}].") for number, one in enumerate(inputs) if one.get("type") == "watermark"
    )


def _watermark(told: Mapping[str, Any], field: str) -> Placement:
    url = text(told, "url", f"{field}url", required=True) or ""
    if not is_http(url):
        raise Invalid(f"{field}url", "must be an http or https URL")
    where = {} if told.get("placement") is None else told["placement"]
    if not isinstance(where, dict):
        raise Invalid(f"{field}placement", "must be an object")
    inner = f"{field}placement."
    opacity = _length(told, "opacity", field)
    if opacity is not None and not (opacity.is_part and opacity.value <= 1):
        raise Invalid(f"{field}opacity", 'must be from "0%" to "100%"')
    width, height = _length(told, "width", field), _length(told, "height", field)
    for name, size in (("width", width), ("height", height)):
        if size is not None and (size.value == 0 or (size.is_part and size.value > 1)):
            raise Invalid(f"{field}{name}", 'must be more than nothing, and at most "100%"')
    return Placement(
        url,
        cast("XAlign", choice(where, "xAlign", ("left", "center", "right"), "left", inner)),
        cast("YAlign", choice(where, "yAlign", ("top", "middle", "bottom"), "top", inner)),
        _length(where, "xMargin", inner) or _NONE,
        _length(where, "yMargin", inner) or _NONE,
        width,
        height,
        Fraction(1) if opacity is None else opacity.value,
    )


def _length(told: Mapping[str, Any], name: str, field: str) -> Length | None:
    value = told.get(name)
    if value is None:
        return None
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Invalid(f"{field}{name}", 'must be a length such as "10%" or "20px"')
    number, unit = match.groups()
    return Length(Fraction(number) / 100, is_part=True) if unit == "%" else Length(Fraction(number), is_part=False)


def inserts(video: Mapping[str, Any], field: str) -> tuple[Insert, ...]:
    """``introUrl``, ``segments`` and ``outroUrl``: the videos that are joined to this one. Raises Invalid."""
    found = []
    if (intro := _other(video, "introUrl", field)) is not None:
        found.append(Insert(intro, Fraction(0)))
    told = video.get("segments")
    if told is not None and (not isinstance(told, list) or len(told) > _MOST_INPUTS):
        raise Invalid(f"{field}segments", f"must be a list of at most {_MOST_INPUTS} parts")
    for number, one in enumerate(told or ()):
        found.append(_segment(one, f"{field}segments[{number}]"))
    if (outro := _other(video, "outroUrl", field)) is not None:
        found.append(Insert(outro, None))
    return tuple(found)


def _segment(told: Any, field: str) -> Insert:
    if not isinstance(told, dict):
        raise Invalid(field, "must be an object")
    url = _other(told, "url", f"{field}.")
    if url is None:
        raise Invalid(f"{field}.url", "is required")
    at, at_end = seconds(told, "insertAt", f"{field}.insertAt"), flag(told, "insertAtEnd", f"{field}.")
    if (at is None) == (not at_end):
        raise Invalid(f"{field}.insertAt", "is required, or insertAtEnd, and not both")
    if at is not None and at < 0:
        raise Invalid(f"{field}.insertAt", "must not be negative")
    return Insert(url, at)


def _other(told: Mapping[str, Any], name: str, field: str) -> str | None:
    url = text(told, name, f"{field}{name}")
    if url is not None and not is_http(url):
        raise Invalid(f"{field}{name}", "must be an http or https URL")
    return url


def sounds(inputs: Sequence[Mapping[str, Any]]) -> tuple[str | None, tuple[Imposition, ...]]:
    """``swapTrackUrl`` and ``imposeTracks`` of the audio inputs: what replaces the video's sound, and what is laid
    over it. Raises Invalid."""
    replacing: str | None = None
    laid: list[Imposition] = []
    for number, one in enumerate(inputs):
        if one.get("type") != "audio":
            continue
        field = f"inputs[{number}]."
        url, told = _other(one, "swapTrackUrl", field), one.get("imposeTracks")
        if told is not None and (not isinstance(told, list) or len(told) > _MOST_INPUTS):
            raise Invalid(f"{field}imposeTracks", f"must be a list of at most {_MOST_INPUTS} sounds")
        if url is None and not told:
            raise Invalid(f"{field}swapTrackUrl", "is required, or imposeTracks")
        if url is not None and replacing is not None:
            raise Invalid(f"{field}swapTrackUrl", "is there already")
        replacing = url or replacing
        laid += [_imposition(part, f"{field}imposeTracks[{place}]") for place, part in enumerate(told or ())]
    return replacing, tuple(laid)


def _imposition(told: Any, field: str) -> Imposition:
    if not isinstance(told, dict):
        raise Invalid(field, "must be an object")
    url = _other(told, "url", f"{field}.")
    if url is None:
        raise Invalid(f"{field}.url", "is required")
    times = {name: seconds(told, name, f"{field}.{name}") for name in _IMPOSED}
    for name, value in times.items():
        if value is not None and not 0 <= value <= _LONGEST:
            raise Invalid(f"{field}.{name}", "must be seconds of the video")
    start, end, fade_in, fade_out = (times[name] for name in _IMPOSED)
    if end is not None and end <= (start or 0):
        raise Invalid(f"{field}.endTime", "must lie after the start")
    if fade_out and end is None:
        raise Invalid(f"{field}.endTime", "is required with fadeOutLevel")
    return Imposition(url, start or Fraction(0), end, fade_in or Fraction(0), fade_out or Fraction(0))


def new_track(body: Mapping[str, Any]) -> PendingTrack:
    """A track to add: ``{"tracks": {…}}``. Raises Invalid, naming the field."""
    told = body.get("tracks")
    if not isinstance(told, dict):
        raise Invalid("tracks", "must be an object")
    if told.get("type") is None:
        raise Invalid("tracks.type", "is required")
    kind = choice(told, "type", ("audio", "subtitle"), "", "tracks.")
    return _track(told, "audio" if kind == "audio" else "text", "tracks.")


def _track(told: Mapping[str, Any], kind: TrackKind, field: str) -> PendingTrack:
    url = text(told, "url", f"{field}url", required=True) or ""
    if not is_http(url):
        raise Invalid(f"{field}url", "must be an http or https URL")
    language = _language(told, field, required=True) or "und"
    return PendingTrack(
        new_id(), kind, url, language, limited(told, "languageName", field) or language,
        limited(told, "title", field) or "",
    )  # fmt: skip


def _language(told: Mapping[str, Any], field: str, *, required: bool = False) -> str | None:
    """``languageCode``: a BCP 47 tag."""
    value = text(told, "languageCode", f"{field}languageCode", required=required)
    if value is not None and (len(value) > 35 or _TAG.fullmatch(value) is None):
        raise Invalid(f"{field}languageCode", "must be a BCP 47 language tag, such as en or pt-BR")
    return value


def renaming(body: Mapping[str, Any]) -> Callable[[Lane], Lane]:
    """A track's ``languageCode``, ``languageName`` and ``title``: what is not sent stays. Raises Invalid."""
    for name in body:
        if name not in ("languageCode", "languageName", "title"):
            raise Invalid(name[:300], "can't be changed")
    told = {
        "language": _language(body, ""),
        "name": limited(body, "languageName"),
        "title": limited(body, "title"),
    }
    given = {name: value for name, value in told.items() if value is not None}

    def change(lane: Lane) -> Lane:
        named: Lane = replace(lane, **given)  # type: ignore[arg-type]
        return named

    return change
