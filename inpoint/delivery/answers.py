"""Answers to a viewing: manifests, segments, captions. Knows no vendor: a dialect says which playback, and
with what right; here is judged and served."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import Response

from inpoint.delivery.caching import MANIFEST_AGE, SEGMENT_AGE, Lifetime, blob_response, text_response
from inpoint.delivery.hangup import while_connected
from inpoint.delivery.previews import PreviewLeases
from inpoint.delivery.resources import (
    I_FRAMES,
    WantedCues,
    WantedData,
    WantedInit,
    WantedPlaylist,
    WantedSectionCues,
    resource_at,
)
from inpoint.errors import Invalid, NotFound
from inpoint.making.encodings import Encodings
from inpoint.making.segments import Segments
from inpoint.model.media import Media
from inpoint.model.playback import Filters, Playback, Viewing
from inpoint.model.timeline import Kind, Timeline
from inpoint.ports import EncodingRows, PlaybackRows, Priority
from inpoint.presentation import bandwidth, captions, dash, hls, policy
from inpoint.presentation.bandwidth import Costs, Weighed
from inpoint.presentation.tracks import Presentation, Section, Track, present
from inpoint.shelf.encodings import EncodingShelf
from inpoint.web.app import with_cors

#: Players give up after 5 to 10 s: an answer that takes longer is better told to come back.
_PATIENCE = 4.0
#: A viewer's segment is followed by the next ones of its rung, from the same open decoder.
_AHEAD = 2
_KEPT = 64
_HLS = "application/vnd.apple.mpegurl"
_DASH = "application/dash+xml"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a viewing may play. ``query`` is what every address in a manifest carries."""

    timeline: Timeline
    media: Media
    playback: Playback
    lifetime: Lifetime
    query: str


class Answers:
    """An answer over HTTP to each thing that a player can ask for."""

    def __init__(
        self,
        playbacks: PlaybackRows,
        made: EncodingRows,
        shelf: EncodingShelf,
        encodings: Encodings,
        segments: Segments,
        previews: PreviewLeases,
    ) -> None:
        self._playbacks = playbacks
        self._made = made
        self._previews = previews
        self._shelf = shelf
        self._encodings = encodings
        self._segments = segments
        #: Timelines never change, and each segment's request asks for one.
        self._presentations: LRUCache[tuple[Timeline, tuple[str, ...] | None], Presentation] = LRUCache(_KEPT)
        self._counted: LRUCache[tuple[int, ...], tuple[Presentation, Weighed, Costs]] = LRUCache(_KEPT)
        #: Pixels a second that this machine can encode while somebody watches.
        self.pixel_budget = 60e6

    async def judge(self, viewing: Viewing, seconds: int) -> Judged:
        """What a viewing plays, for so many seconds. Raises NotFound, and what ``policy.judge`` raises."""
        found = await self._playbacks.playback(viewing.playback_id)
        if found is None:
            raise NotFound
        playback, media = found
        timeline = policy.judge(viewing, playback, media)
        if viewing.range is not None:
            timeline = await self._previews.slice(media, timeline, viewing.range, viewing.client)
        most = min(playback.max_height or media.treatment.max_height, media.treatment.max_height)
        playback = replace(playback, max_height=most)
        query = f"?{viewing.passed_on}" if viewing.passed_on else ""
        return Judged(timeline, media, playback, Lifetime(seconds, not playback.is_open), query)

    async def presentation(self, timeline: Timeline, renditions: Sequence[str] | None = None) -> Presentation:
        """The timeline's tracks; of the picture all renditions, the lowest first, or those named, in their order."""
        encodings = await self._encodings.played(timeline)
        known = (timeline, None if renditions is None else tuple(renditions))
        presentation = self._presentations.get(known)
        if presentation is None:
            presentation = self._presentations[known] = present(timeline, encodings, renditions)
        return presentation

    async def _offered(self, judged: Judged, filters: Filters) -> tuple[Presentation, Costs]:
        """What a manifest lists: what the viewing may and wants to play, without the rungs that this machine can't
        make in time; and what it costs. Raises Invalid if that is nothing."""
        main = (await self._encodings.main(judged.timeline)).encoding
        filled = frozenset.intersection(*[await self._made.filled(one) for one in judged.timeline.pictured])
        in_time = [
            one
            for one in main.renditions
            if one is main.lowest
            or one.name in filled
            or one.width * one.height * main.grid.rate <= self.pixel_budget
        ]
        chosen = policy.listed(in_time, judged.playback, filters)
        if not chosen and not main.is_sound_alone:
            raise Invalid("resolution", "there is no such rendition of this video")
        offered = await self.presentation(judged.timeline, [one.name for one in chosen])
        costs = await self._costs(judged.timeline, offered)
        if filters.bandwidth is None:
            return offered, costs
        return bandwidth.nearest(offered, filters.bandwidth, costs), costs

    async def _costs(self, timeline: Timeline, presentation: Presentation) -> Costs:
        """What is known of bandwidths by now."""
        weighed = {one: await self._shelf.weights(one) for one in timeline.encodings}
        key = id(presentation), *map(id, weighed.values())
        if key not in self._counted:
            costs = await asyncio.to_thread(bandwidth.costs, presentation, weighed)
            self._counted[key] = presentation, weighed, costs  # which all stay, and so do their ids
        return self._counted[key][2]

    # Manifests

    async def hls(self, viewing: Viewing, request: Request, base: str) -> Response:
        """The multivariant playlist; ``base`` is the folder of the rest, relative to it."""
        judged = await self.judge(viewing, MANIFEST_AGE)
        offered, costs = await self._offered(judged, viewing.filters)
        text = hls.multivariant(offered, base, costs, judged.query)
        return with_cors(text_response(request, text, _HLS, judged.lifetime))

    async def dash(self, viewing: Viewing, request: Request, base: str) -> Response:
        """The MPD; ``base`` is the folder of the rest, relative to it."""
        judged = await self.judge(viewing, MANIFEST_AGE)
        offered, costs = await self._offered(judged, viewing.filters)
        text = dash.mpd(offered, base, costs, judged.query)
        return with_cors(text_response(request, text, _DASH, judged.lifetime))

    # What manifests name

    async def resource(self, viewing: Viewing, path: str, request: Request) -> Response:
        """A media playlist, an init segment, a segment or captions."""
        judged = await self.judge(viewing, SEGMENT_AGE)
        wanted = resource_at(path)
        presentation = await self.presentation(judged.timeline)
        match wanted:
            case WantedPlaylist():
                answer = self._playlist(presentation, judged, wanted, request)
            case WantedInit():
                answer = await self._init(presentation, judged, wanted, request)
            case WantedData():
                answer = await self._data(presentation, judged, wanted, request)
            case WantedCues():
                answer = await self._cues(presentation, judged, wanted, request)
            case WantedSectionCues():
                answer = await self._section_cues(presentation, judged, wanted, request)
        return with_cors(answer)

    def _playlist(
        self, presentation: Presentation, judged: Judged, wanted: WantedPlaylist, request: Request
    ) -> Response:
        if wanted.track == I_FRAMES:
            text = hls.i_frames(_playable(presentation, judged.playback, I_FRAMES, "video"), judged.query)
        else:
            text = hls.media(_playable(presentation, judged.playback, wanted.track), judged.query)
        return text_response(request, text, _HLS, judged.lifetime)

    async def _init(
        self, presentation: Presentation, judged: Judged, wanted: WantedInit, request: Request
    ) -> Response:
        track = _playable(presentation, judged.playback, wanted.track, "video", "audio")
        section = _section(track, wanted.section)
        blob = self._shelf.init_blob(section.encoding, section.names[0].rendition)
        return await blob_response(request, blob, "video/mp4", judged.lifetime)

    async def _data(
        self, presentation: Presentation, judged: Judged, wanted: WantedData, request: Request
    ) -> Response:
        track = _playable(presentation, judged.playback, wanted.track, "video", "audio")
        segment = track.segment(wanted.number)
        if segment is None:
            raise NotFound
        following = range(wanted.number + 1, wanted.number + 1 + _AHEAD)
        ahead = [one for number in following if (one := track.segment(number)) is not None]
        if wanted.track == I_FRAMES:
            segment, ahead = replace(segment, end=segment.start + 1), []
        await while_connected(request, self._segments.ensure(segment, Priority.VIEWER, ahead), _PATIENCE)
        return await blob_response(request, self._shelf.segment_blob(segment), "video/mp4", judged.lifetime)

    async def _cues(
        self, presentation: Presentation, judged: Judged, wanted: WantedCues, request: Request
    ) -> Response:
        track = _playable(presentation, judged.playback, wanted.track, "text")
        number = wanted.number
        for section in track.sections:
            if number < len(section.names):
                name = section.names[number]
                text = await self._vtt(section, name.start, name.end, hls_map=True)
                return text_response(request, text, "text/vtt", judged.lifetime)
            number -= len(section.names)
        raise NotFound

    async def _section_cues(
        self, presentation: Presentation, judged: Judged, wanted: WantedSectionCues, request: Request
    ) -> Response:
        section = _section(_playable(presentation, judged.playback, wanted.track, "text"), wanted.section)
        text = await self._vtt(section, section.piece.start, section.piece.end, hls_map=False)
        return text_response(request, text, "text/vtt", judged.lifetime)

    async def _vtt(self, section: Section, start: int, end: int, *, hls_map: bool) -> str:
        """The cues of frames ``[start, end)``, timed from the section's first frame."""
        rate = section.encoding.grid.rate
        kept = await self._shelf.captions(section.encoding.mezzanine, section.piece.track)
        origin = Fraction(section.piece.start) / rate
        shown = captions.within(kept.cues, start / rate, end / rate, origin)
        return captions.webvtt(shown, kept.head, origin if hls_map else None)


def _section(track: Track, number: int) -> Section:
    if number >= len(track.sections):
        raise NotFound
    return track.sections[number]


def _playable(presentation: Presentation, playback: Playback, key: str, *kinds: Kind) -> Track:
    """A track by its key, of these kinds. Raises NotFound, also for a rendition above what the playback may play."""
    if key == I_FRAMES and "video" in kinds and presentation.video:
        return presentation.video[0]
    track = presentation.track(key)
    if track is None or (kinds and track.kind not in kinds):
        raise NotFound
    if track.rendition and not policy.listed([track.rendition], playback, Filters()):
        raise NotFound
    return track
