"""What requests of the FastPix API may say: a form each (FastPix API reference, "Create media" and others)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Any, cast

from inpoint.errors import NotOffered
from inpoint.model.ids import is_id
from inpoint.model.overlay import Length, XAlign, YAlign
from inpoint.web.forms import (
    FLAG,
    LANGUAGE,
    NAMES,
    SECONDS,
    ByType,
    Fault,
    Form,
    May,
    Several,
    is_http,
    one_of,
    text,
    url,
)

MEDIA_PREFIX = "fp_mediaId://"
HEIGHTS = {"2160p": 2160, "1440p": 1440, "1080p": 1080, "720p": 720, "480p": 480, "360p": 360}
_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)(%|px)", re.ASCII)
_STRETCH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)-(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_MOST_INPUTS = 50
_MOST_STRETCHES = 100
_LONGEST = 1_000_000  # seconds

Stretches = tuple[tuple[Fraction, Fraction], ...]


def _length(value: Any) -> Length:
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('must be a length such as "10%" or "20px"')
    number, unit = match.groups()
    return Length(Fraction(number) / 100, is_part=True) if unit == "%" else Length(Fraction(number), is_part=False)


def _stretches(value: Any) -> Stretches:
    if not isinstance(value, list) or len(value) > _MOST_STRETCHES:
        raise ValueError(f"must be a list of at most {_MOST_STRETCHES} stretches")
    found = []
    for number, one in enumerate(value):
        match = _STRETCH.fullmatch(one) if isinstance(one, str) else None
        start, end = (Fraction(told) for told in match.groups()) if match else (Fraction(1), Fraction(0))
        if start >= end:
            raise Fault(number, 'must be two times in seconds, the later one last, such as "4-6.5"')
        found.append((start, end))
    return tuple(found)


def _metadata(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > 10:
        raise ValueError("must be an object of at most 10 keys")
    for key, told in value.items():
        if not isinstance(told, str) or len(told) > 255 or len(key) > 255 or "\0" in key + told:
            raise Fault(key, "must be a text of at most 255 characters")
    return value


def _within(value: Any) -> Fraction:
    found: Fraction = SECONDS.check(value)
    if not 0 <= found <= _LONGEST:
        raise ValueError("must be seconds of the video")
    return found


def _origin(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255 or not value.isprintable() or " " in value:
        raise ValueError('must be "*" or an origin such as https://example.com')
    return value


_ORIGIN = May(_origin, {"type": "string", "maxLength": 255})
_LENGTHS = May(_length, {"type": "string", "examples": ["10%", "20px"]})
_STRETCHES = May(
    _stretches, {"type": "array", "maxItems": _MOST_STRETCHES, "items": {"type": "string", "examples": ["4-6.5"]}}
)
_METADATA = May(
    _metadata,
    {"type": "object", "maxProperties": 10, "additionalProperties": {"type": "string", "maxLength": 255}},
)
_WITHIN = May(_within, {"type": "number", "minimum": 0, "maximum": _LONGEST})
_SUPPORT = one_of("none", "capped_4k", "audioOnly", "audioOnly,capped_4k", "capped_4k,audioOnly")

_POLICY = one_of("public", "private")
_TEXT = text()

Text = Annotated[str | None, _TEXT]
Flag = Annotated[bool, FLAG]
Seconds = Annotated[Fraction | None, SECONDS]
Within = Annotated[Fraction, _WITHIN]
Lengths = Annotated[Length | None, _LENGTHS]
Url = Annotated[str, url()]


class NewRule(Form):
    """Who may show a video, by site or by client."""

    default_policy: Annotated[str, one_of("allow", "deny")] = "allow"
    allow: Annotated[tuple[str, ...], NAMES] = ()
    deny: Annotated[tuple[str, ...], NAMES] = ()


class NewRestrictions(Form):
    """Everybody is let in unless said otherwise."""

    unknown = "is not known"
    domains: NewRule = NewRule()
    user_agents: NewRule = NewRule()


class Inserted(Form):
    """A video that is put into another."""

    url: Url
    insert_at: Seconds = None
    insert_at_end: Flag = False

    def require(self) -> None:
        """It says where, once."""
        if (self.insert_at is None) == (not self.insert_at_end):
            raise Fault("insertAt", "is required, or insertAtEnd, and not both")
        if self.insert_at is not None and self.insert_at < 0:
            raise Fault("insertAt", "must not be negative")


class Cut(Form):
    """What is played of a video, and what is joined to it."""

    start_time: Seconds = None
    end_time: Seconds = None
    expunge_segments: Annotated[Stretches, _STRETCHES] = ()
    intro_url: Url | None = None
    outro_url: Url | None = None
    segments: Annotated[tuple[Inserted, ...], Several(_MOST_INPUTS, "parts")] = ()


def _source(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("must be a text")
    if value.startswith(MEDIA_PREFIX):
        if not is_id(value.removeprefix(MEDIA_PREFIX)):
            raise ValueError(f"{MEDIA_PREFIX} must be followed by one media id and nothing else")
    elif not is_http(value):
        raise ValueError(f"must be an http or https URL, or {MEDIA_PREFIX} and a media id, without spaces")
    return value


class VideoInput(Cut):
    """The video: from an address, or cut from a media that is here. Nothing is trimmed or guessed."""

    type: Annotated[str, one_of("video")] = "video"
    url: Annotated[str, May(_source, {"type": "string", "description": "http(s), or fp_mediaId:// and a media's id"})]

    @property
    def source_id(self) -> str | None:
        """The media that ``fp_mediaId://`` names."""
        return self.url.removeprefix(MEDIA_PREFIX) if self.url.startswith(MEDIA_PREFIX) else None


class SubtitleInput(Form):
    """Captions, as a file."""

    type: Annotated[str, one_of("subtitle")]
    url: Url
    language_code: Annotated[str, LANGUAGE]
    language_name: Text = None
    title: Text = None


class WatermarkPlace(Form):
    """Where a watermark lies."""

    x_align: Annotated[XAlign, one_of("left", "center", "right")] = "left"
    x_margin: Lengths = None
    y_align: Annotated[YAlign, one_of("top", "middle", "bottom")] = "top"
    y_margin: Lengths = None


class WatermarkInput(Form):
    """An image that lies over the picture."""

    type: Annotated[str, one_of("watermark")]
    url: Url
    width: Lengths = None
    height: Lengths = None
    opacity: Lengths = None
    placement: WatermarkPlace = WatermarkPlace()

    def require(self) -> None:
        """Parts are parts of something, and there is something to see."""
        if self.opacity is not None and not (self.opacity.is_part and self.opacity.value <= 1):
            raise Fault("opacity", 'must be from "0%" to "100%"')
        for name, size in (("width", self.width), ("height", self.height)):
            if size is not None and (size.value == 0 or (size.is_part and size.value > 1)):
                raise Fault(name, 'must be more than nothing, and at most "100%"')


class ImposedTrack(Form):
    """A sound that is laid over the video's own."""

    url: Url
    start_time: Within = Fraction(0)
    end_time: Within | None = None
    fade_in_level: Within = Fraction(0)
    fade_out_level: Within = Fraction(0)

    def require(self) -> None:
        """It ends after its start, and knows where it fades out."""
        if self.end_time is not None and self.end_time <= self.start_time:
            raise Fault("endTime", "must lie after the start")
        if self.fade_out_level and self.end_time is None:
            raise Fault("endTime", "is required with fadeOutLevel")


class AudioInput(Form):
    """What replaces the video's sound, and what is laid over it."""

    type: Annotated[str, one_of("audio")]
    swap_track_url: Url | None = None
    impose_tracks: Annotated[tuple[ImposedTrack, ...], Several(_MOST_INPUTS, "sounds")] = ()

    def require(self) -> None:
        """It says something."""
        if self.swap_track_url is None and not self.impose_tracks:
            raise Fault("swapTrackUrl", "is required, or imposeTracks")


_BESIDE = {"watermark": WatermarkInput, "audio": AudioInput, "subtitle": SubtitleInput}
BesideInput = Annotated[WatermarkInput | AudioInput | SubtitleInput, ByType(_BESIDE)]
AnyInput = Annotated[
    VideoInput | WatermarkInput | AudioInput | SubtitleInput, ByType({"video": VideoInput, **_BESIDE}, usual="video")
]

_ONE_VIDEO = "there is one video: the first input, or what is uploaded"
#: Asked for, these are refused in words rather than ignored.
_NOT_OFFERED = ("subtitles", "summary", "chapters", "namedEntities", "moderation")


class Watched(Form):
    """Who may watch: private unless said otherwise."""

    access_policy: Annotated[str, _POLICY] = "private"
    access_restrictions: NewRestrictions = NewRestrictions()

    @classmethod
    def refuse(cls, sent: Mapping[str, Any]) -> None:
        """Raises NotOffered for rights management."""
        if sent.get("accessPolicy") == "drm" or sent.get("drmConfigurationId") is not None:
            raise NotOffered("drm is not offered by this server")


class MediaSettings(Watched):
    """What a media is to be."""

    metadata: Annotated[dict[str, str] | None, _METADATA] = None
    title: Text = None
    creator_id: Text = None
    max_resolution: Annotated[str, one_of(*HEIGHTS)] = "1080p"
    media_quality: Annotated[str, one_of("standard", "pro", "premium")] = "standard"
    mp4_support: Annotated[str, _SUPPORT] = "none"
    source_access: Flag = False
    optimize_audio: Flag = False

    @classmethod
    def refuse(cls, sent: Mapping[str, Any]) -> None:
        """Raises NotOffered for what others make of a video by listening to it."""
        super().refuse(sent)
        for name in _NOT_OFFERED:
            if sent.get(name) is not None:
                raise NotOffered(f"{name} is not offered by this server")


class NewMedia(MediaSettings):
    """A media to import, or a clip to cut: the first input is its video."""

    inputs: Annotated[tuple[AnyInput, ...], Several(_MOST_INPUTS, "inputs", least=1)]

    @classmethod
    def refuse(cls, sent: Mapping[str, Any]) -> None:
        """Raises Fault unless the first input, and no other, is a video."""
        super().refuse(sent)
        inputs = sent.get("inputs")
        for number, one in enumerate(inputs if isinstance(inputs, list) else ()):
            kind = one.get("type", "video" if number == 0 else None) if isinstance(one, dict) else None
            if isinstance(one, dict) and (kind == "video") != (number == 0):
                message = _ONE_VIDEO if number else "the first input must be of type video"
                raise Fault(f"inputs[{number}].type", message if kind else "is required")

    def require(self) -> None:
        """One soundtrack in the place of its own; one subtitle a language."""
        _require_single(self.inputs)

    @property
    def video(self) -> VideoInput:
        """The first input."""
        return cast("VideoInput", self.inputs[0])


class PushSettings(MediaSettings, Cut):
    """What a direct upload is to become: the video is what is sent."""

    inputs: Annotated[tuple[BesideInput, ...], Several(_MOST_INPUTS, "inputs", least=1)] = ()

    def require(self) -> None:
        """One soundtrack in the place of its own; one subtitle a language."""
        _require_single(self.inputs)


def _require_single(inputs: Sequence[Form]) -> None:
    languages: set[str] = set()
    swapped = False
    for number, one in enumerate(inputs):
        if isinstance(one, SubtitleInput):
            if one.language_code in languages:
                raise Fault(f"inputs[{number}].languageCode", "is another subtitle's already")
            languages.add(one.language_code)
        if isinstance(one, AudioInput) and one.swap_track_url:
            if swapped:
                raise Fault(f"inputs[{number}].swapTrackUrl", "is there already")
            swapped = True


class NewUpload(Form):
    """A signed address to send a video to."""

    cors_origin: Annotated[str, _ORIGIN] = "*"
    push_media_settings: PushSettings = PushSettings()


class MediaEdit(Form):
    """A change of a media: what isn't sent stays."""

    unknown = "can't be changed"
    metadata: Annotated[dict[str, str] | None, _METADATA] = None
    title: Text = None
    creator_id: Text = None


class NewPlaybackId(Watched):
    """Another way to watch a media; ``resolution`` is the greatest that it may play."""

    resolution: Annotated[str | None, one_of(*HEIGHTS)] = None


class AddedTrack(Form):
    """A soundtrack, or subtitles, at an address."""

    type: Annotated[str, one_of("audio", "subtitle")]
    url: Url
    language_code: Annotated[str, LANGUAGE]
    language_name: Text = None
    title: Text = None


class NewTrack(Form):
    """A track to add."""

    tracks: AddedTrack


class TrackEdit(Form):
    """A change of a track: what isn't sent stays."""

    unknown = "can't be changed"
    language_code: Annotated[str | None, LANGUAGE] = None
    language_name: Text = None
    title: Text = None


class FilesWanted(Form):
    """The MP4 files to keep ready."""

    mp4_support: Annotated[str, _SUPPORT]


class SourceWanted(Form):
    """Whether the source's own packets are kept ready as a file."""

    source_access: Flag
