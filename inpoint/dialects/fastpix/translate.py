"""Wire → model: a request to create, checked field by field. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from inpoint.dialects.fastpix.inputs import (
    input_list,
    input_tracks,
    inserts,
    require_known,
    sounds,
    watermarks,
)
from inpoint.errors import ChosenAtImport, Invalid, NotOffered
from inpoint.model.file import FileKind
from inpoint.model.ids import is_id
from inpoint.model.media import Media
from inpoint.model.playback import Policy, Rule
from inpoint.model.range import Range
from inpoint.model.track import PendingTrack
from inpoint.model.treatment import Quality, Treatment
from inpoint.web.fields import choice, flag, is_http, limited, missing, names, seconds, text

MEDIA_PREFIX = "fp_mediaId://"
_RESOLUTIONS = {"2160p": 2160, "1440p": 1440, "1080p": 1080, "720p": 720, "480p": 480, "360p": 360}
QUALITIES: Mapping[str, Quality] = {"standard": "usual", "pro": "better", "premium": "best"}

#: Asked for, these are refused in words rather than ignored.
_NOT_OFFERED = ("subtitles", "summary", "chapters", "namedEntities", "moderation")
_FILES: Mapping[str, tuple[FileKind, ...]] = {
    "none": (),
    "capped_4k": ("video",),
    "audioOnly": ("audio",),
    "audioOnly,capped_4k": ("video", "audio"),
    "capped_4k,audioOnly": ("video", "audio"),
}
_MOST_STRETCHES = 100
_STRETCH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)-(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Creation:
    """A checked request to create a media or a clip."""

    url: str
    source_id: str | None
    range: Range
    policy: Policy
    domains: Rule
    agents: Rule
    treatment: Treatment
    max_resolution: str
    title: str | None
    metadata: Mapping[str, str] | None
    creator_id: str | None
    files: tuple[FileKind, ...]
    tracks: tuple[PendingTrack, ...]
    inputs: list[Any]


def creation(body: Mapping[str, Any]) -> Creation:
    """Raises Invalid, naming the field, or Refused for what is not offered."""
    video = _video_input(body)
    url = text(video, "url", "inputs[0].url", required=True) or ""
    return _settings(body, url, _source(url), _range(video, "inputs[0]."))


def push_settings(told: Any) -> Creation:
    """What a direct upload is to become. Raises Invalid, naming the field, or Refused."""
    field = "pushMediaSettings"
    if not isinstance(told, dict):
        raise Invalid(field, "must be an object")
    try:
        for number, one in enumerate(input_list(told) if told.get("inputs") is not None else []):
            require_known(one, f"inputs[{number}].")
        return _settings(told, "", None, _range(told, ""))
    except Invalid as error:
        raise Invalid(f"{field}.{error.field}"[:300], error.message) from error


def _settings(body: Mapping[str, Any], url: str, source_id: str | None, wanted: Range) -> Creation:
    for name in _NOT_OFFERED:
        if body.get(name) is not None:
            raise NotOffered(f"{name} is not offered by this server")
    resolution = choice(body, "maxResolution", tuple(_RESOLUTIONS), "1080p")
    treatment = Treatment(
        _RESOLUTIONS[resolution],
        QUALITIES[choice(body, "mediaQuality", tuple(QUALITIES), "standard")],
        flag(body, "optimizeAudio"),
        watermarks(body.get("inputs") or []),
        inserts(body["inputs"][0], "inputs[0].") if url else inserts(body, ""),
        *sounds(body.get("inputs") or []),
    )
    if source_id is not None:
        _require_shareable(treatment)
    domains, agents = restrictions(body)
    return Creation(
        url=url,
        source_id=source_id,
        range=wanted,
        policy=policy(body),
        domains=domains,
        agents=agents,
        treatment=treatment,
        max_resolution=resolution,
        title=limited(body, "title"),
        metadata=metadata(body),
        creator_id=limited(body, "creatorId"),
        tracks=input_tracks(body.get("inputs") or []),
        files=(*mp4_support(body), *source_access(body)),
        inputs=body.get("inputs") or [],
    )


def _require_shareable(treatment: Treatment) -> None:
    """A clip plays its source's own segments. Raises Refused for what would need others."""
    if treatment.loudness:
        raise ChosenAtImport("optimizeAudio is chosen at import: a clip has its source's sound")
    if treatment.inserts or not treatment.has_own_sound:
        raise ChosenAtImport("other videos and sounds are joined at import: a clip has its source's")
    if treatment.overlays:
        raise ChosenAtImport("watermarks are chosen at import: a clip has its source's picture")
    if treatment.quality != "usual":
        raise ChosenAtImport("mediaQuality is chosen at import: a clip has its source's")


def policy(body: Mapping[str, Any]) -> Policy:
    """Private unless said otherwise."""
    if body.get("accessPolicy") == "drm" or body.get("drmConfigurationId") is not None:
        raise NotOffered("drm is not offered by this server")
    return "public" if choice(body, "accessPolicy", ("public", "private"), "private") == "public" else "signed"


def restrictions(body: Mapping[str, Any]) -> tuple[Rule, Rule]:
    """Of domains and of user agents; everybody is let in unless said otherwise."""
    told = body.get("accessRestrictions")
    if told is None:
        told = {}
    if not isinstance(told, dict):
        raise Invalid("accessRestrictions", "must be an object")
    if unknown := set(told) - {"domains", "userAgents"}:
        raise Invalid(f"accessRestrictions.{min(unknown)}"[:300], "is not known")
    domains, agents = told.get("domains"), told.get("userAgents")
    return (
        rule({} if domains is None else domains, "accessRestrictions.domains."),
        rule({} if agents is None else agents, "accessRestrictions.userAgents."),
    )


def rule(told: Any, field: str = "") -> Rule:
    """One restriction: ``defaultPolicy``, ``allow`` and ``deny``. ``field`` is what its fields' names begin with."""
    if not isinstance(told, dict):
        raise Invalid(field.rstrip("."), "must be an object")
    default = told.get("defaultPolicy")
    if default not in (None, "allow", "deny"):
        raise Invalid(f"{field}defaultPolicy", "must be allow or deny")
    return Rule("deny" if default == "deny" else "allow", names(told, "allow", field), names(told, "deny", field))


def greatest_height(body: Mapping[str, Any]) -> int | None:
    """A playback id's ``resolution``: the greatest that it may play."""
    if body.get("resolution") is None:
        return None
    return _RESOLUTIONS[choice(body, "resolution", tuple(_RESOLUTIONS), "")]


#: What may be changed of a media.
_EDITABLE = ("metadata", "title", "creatorId")


@dataclass(frozen=True, slots=True)
class MediaEdit:
    """None is as it was."""

    title: str | None
    metadata: Mapping[str, str] | None
    creator_id: str | None

    def __call__(self, media: Media) -> Media:
        return replace(
            media,
            title=media.title if self.title is None else self.title,
            metadata=media.metadata if self.metadata is None else self.metadata,
            creator=media.creator if self.creator_id is None else self.creator_id,
        )


def edit(body: Mapping[str, Any]) -> MediaEdit:
    """Raises Invalid, naming the field, also for one that can't be changed."""
    for name in body:
        if name not in _EDITABLE:
            raise Invalid(name[:300], "can't be changed")
    return MediaEdit(limited(body, "title"), metadata(body), limited(body, "creatorId"))


def _video_input(body: Mapping[str, Any]) -> Mapping[str, Any]:
    inputs = input_list(body)
    first: Mapping[str, Any] = inputs[0]
    kind = first.get("type", "video")
    if kind != "video":
        raise Invalid("inputs[0].type", "the first input must be of type video")
    for number, one in enumerate(inputs[1:], 1):
        require_known(one, f"inputs[{number}].")
    return first


def _source(url: str) -> str | None:
    """The media that an ``fp_mediaId://`` address names; None for an http one. Nothing is trimmed or guessed."""
    field = "inputs[0].url"
    if url.startswith(MEDIA_PREFIX):
        media_id = url[len(MEDIA_PREFIX) :]
        if not is_id(media_id):
            raise Invalid(field, f"{MEDIA_PREFIX} must be followed by one media id and nothing else")
        return media_id
    if not is_http(url):
        raise Invalid(field, f"must be an http or https URL, or {MEDIA_PREFIX} and a media id, without spaces")
    return None


def _range(video: Mapping[str, Any], field: str) -> Range:
    """``startTime``, ``endTime`` and ``expungeSegments``; ``field`` is what their names begin with."""
    start, end = (seconds(video, name, field + name) for name in ("startTime", "endTime"))
    return Range(start, end, _expunged(video.get("expungeSegments"), f"{field}expungeSegments"))


def _expunged(told: Any, field: str) -> tuple[tuple[Fraction, Fraction], ...]:
    """Stretches to leave out: ``["4-6", "15.5-19"]``, in seconds."""
    if told is None:
        return ()
    if not isinstance(told, list) or len(told) > _MOST_STRETCHES:
        raise Invalid(field, f"must be a list of at most {_MOST_STRETCHES} stretches")
    found = []
    for number, one in enumerate(told):
        match = _STRETCH.fullmatch(one) if isinstance(one, str) else None
        start, end = (Fraction(text) for text in match.groups()) if match else (Fraction(1), Fraction(0))
        if start >= end:
            raise Invalid(f"{field}[{number}]", 'must be two times in seconds, the later one last, such as "4-6.5"')
        found.append((start, end))
    return tuple(found)


def mp4_support(body: Mapping[str, Any], *, required: bool = False) -> tuple[FileKind, ...]:
    """``mp4Support``: the MP4 files to keep ready."""
    if body.get("mp4Support") is None and not required:
        return ()
    return _FILES[choice(body, "mp4Support", tuple(_FILES), "")] if body.get("mp4Support") else missing("mp4Support")


def source_access(body: Mapping[str, Any], *, required: bool = False) -> tuple[FileKind, ...]:
    """``sourceAccess``: whether the source's packets are kept ready as a file."""
    if body.get("sourceAccess") is None and required:
        missing("sourceAccess")
    return ("source",) if flag(body, "sourceAccess") else ()


def metadata(body: Mapping[str, Any]) -> Mapping[str, str] | None:
    """At most 10 keys, texts of at most 255 characters. None if not sent."""
    value = body.get("metadata")
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) > 10:
        raise Invalid("metadata", "must be an object of at most 10 keys")
    for key, told in value.items():
        if not isinstance(told, str) or len(told) > 255 or len(key) > 255:
            raise Invalid(f"metadata.{key}"[:300], "must be a text of at most 255 characters")
    return value


def origin(body: Mapping[str, Any]) -> str:
    """``corsOrigin``: the site that a browser may send from; any unless said otherwise."""
    told = body.get("corsOrigin")
    if told is None:
        return "*"
    if not isinstance(told, str) or not 0 < len(told) <= 255 or not told.isprintable() or " " in told:
        raise Invalid("corsOrigin", 'must be "*" or an origin such as https://example.com')
    return told
