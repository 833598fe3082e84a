"""A checked request → the model's values. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from inpoint.dialects.fastpix.requests import (
    HEIGHTS,
    AddedTrack,
    AudioInput,
    Cut,
    MediaEdit,
    MediaSettings,
    NewMedia,
    NewPlaybackId,
    NewRule,
    PushSettings,
    SubtitleInput,
    TrackEdit,
    Watched,
    WatermarkInput,
)
from inpoint.errors import ChosenAtImport
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.model.overlay import Length, Placement
from inpoint.model.playback import Playback, Policy, Rule
from inpoint.model.range import Range
from inpoint.model.timeline import Lane
from inpoint.model.track import PendingTrack, TrackKind
from inpoint.model.treatment import Imposition, Insert, Quality, Treatment
from inpoint.web.body import plain
from inpoint.web.forms import Form

QUALITIES: Mapping[str, Quality] = {"standard": "usual", "pro": "better", "premium": "best"}
FILES: Mapping[str, tuple[FileKind, ...]] = {
    "none": (),
    "capped_4k": ("video",),
    "audioOnly": ("audio",),
    "audioOnly,capped_4k": ("video", "audio"),
    "capped_4k,audioOnly": ("video", "audio"),
}
_NONE = Length(Fraction(0), is_part=True)


def new_media(told: NewMedia, sent: Mapping[str, Any], workspace_id: str, now: datetime) -> Media:
    """A media to import, or to cut from another. Raises ChosenAtImport for what a clip has of its source."""
    video = told.video
    media = _media(told, video, told.inputs, sent, workspace_id, now)
    if video.source_id is None:
        return replace(media, source_url=video.url)
    _require_shareable(media.treatment)
    return replace(media, parent_id=video.source_id, title=told.title or video.source_id, range=_range(video))


def sent_media(told: PushSettings, sent: Mapping[str, Any], workspace_id: str, now: datetime) -> Media:
    """A media whose bytes will be sent."""
    return _media(told, told, told.inputs, sent, workspace_id, now)


def _media(
    told: MediaSettings, cut: Cut, inputs: Sequence[Form], sent: Mapping[str, Any], workspace_id: str, now: datetime
) -> Media:
    media_id = new_id()
    kinds: tuple[FileKind, ...] = (*FILES[told.mp4_support], *(("source",) if told.source_access else ()))
    return Media(
        id=media_id,
        workspace_id=workspace_id,
        created_at=now,
        updated_at=now,
        treatment=_treatment(told, cut, inputs),
        title=told.title,
        metadata=told.metadata or {},
        request={
            "inputs": plain(sent.get("inputs") or []),
            "maxResolution": told.max_resolution,
            "metadata": told.metadata,
        },
        creator=told.creator_id,
        files=tuple(MediaFile(new_id(), kind) for kind in kinds),
        pending=tuple(pending_track(one) for one in inputs if isinstance(one, SubtitleInput)),
        playbacks=(playback(told, media_id),),
        range=part if (part := _range(cut)).is_part else None,
    )


def _range(cut: Cut) -> Range:
    return Range(cut.start_time, cut.end_time, cut.expunge_segments)


def _treatment(told: MediaSettings, cut: Cut, inputs: Sequence[Form]) -> Treatment:
    sounds = [one for one in inputs if isinstance(one, AudioInput)]
    return Treatment(
        HEIGHTS[told.max_resolution],
        QUALITIES[told.media_quality],
        told.optimize_audio,
        tuple(_placement(one) for one in inputs if isinstance(one, WatermarkInput)),
        _inserts(cut),
        next((one.swap_track_url for one in sounds if one.swap_track_url), None),
        tuple(
            Imposition(each.url, each.start_time, each.end_time, each.fade_in_level, each.fade_out_level)
            for one in sounds
            for each in one.impose_tracks
        ),
    )


def _inserts(cut: Cut) -> tuple[Insert, ...]:
    first = (Insert(cut.intro_url, Fraction(0)),) if cut.intro_url else ()
    last = (Insert(cut.outro_url, None),) if cut.outro_url else ()
    return (*first, *(Insert(one.url, one.insert_at) for one in cut.segments), *last)


def _placement(told: WatermarkInput) -> Placement:
    where = told.placement
    return Placement(
        told.url,
        where.x_align,
        where.y_align,
        where.x_margin or _NONE,
        where.y_margin or _NONE,
        told.width,
        told.height,
        Fraction(1) if told.opacity is None else told.opacity.value,
    )


def _require_shareable(treatment: Treatment) -> None:
    """A clip plays its source's own segments. Raises ChosenAtImport for what would need others."""
    if treatment.loudness:
        raise ChosenAtImport("optimizeAudio is chosen at import: a clip has its source's sound")
    if treatment.inserts or not treatment.has_own_sound:
        raise ChosenAtImport("other videos and sounds are joined at import: a clip has its source's")
    if treatment.overlays:
        raise ChosenAtImport("watermarks are chosen at import: a clip has its source's picture")
    if treatment.quality != "usual":
        raise ChosenAtImport("mediaQuality is chosen at import: a clip has its source's")


def playback(told: Watched, media_id: str) -> Playback:
    """A way of watching a media."""
    policy: Policy = "public" if told.access_policy == "public" else "signed"
    allowed = told.access_restrictions
    most = told.resolution if isinstance(told, NewPlaybackId) else None
    return Playback(
        new_id(), media_id, policy, rule(allowed.domains), rule(allowed.user_agents), HEIGHTS[most] if most else None
    )


def rule(told: NewRule) -> Rule:
    """One restriction."""
    return Rule("deny" if told.default_policy == "deny" else "allow", told.allow, told.deny)


def pending_track(told: AddedTrack | SubtitleInput) -> PendingTrack:
    """A soundtrack, or subtitles, to be fetched."""
    kind: TrackKind = "audio" if told.type == "audio" else "text"
    name = told.language_name or told.language_code
    return PendingTrack(new_id(), kind, told.url, told.language_code, name, told.title or "")


def editing(told: MediaEdit) -> Callable[[Media], Media]:
    """What isn't sent stays."""
    changes = {"title": told.title, "metadata": told.metadata, "creator": told.creator_id}
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    return lambda media: replace(media, **given)


def renaming(told: TrackEdit) -> Callable[[Lane], Lane]:
    """What isn't sent stays."""
    changes = {"language": told.language_code, "name": told.language_name, "title": told.title}
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    return lambda lane: replace(lane, **given)
