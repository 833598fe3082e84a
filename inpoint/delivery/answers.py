"""Answers to a viewing: manifests, segments, captions. Knows no vendor: a dialect says which playback, and
with what right; here is judged and served."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from inpoint.delivery.caching import (
    MANIFEST_AGE,
    SEGMENT_AGE,
    Lifetime,
    not_modified,
    requested_range,
    tag_of,
    text_response,
)
from inpoint.delivery.hangup import while_connected
from inpoint.delivery.previews import Previews
from inpoint.encodings.loaded import Library
from inpoint.encodings.segments import Segments
from inpoint.errors import Invalid, NotFound
from inpoint.model.encoding import Encoding, SegmentName
from inpoint.model.index import load_cues
from inpoint.model.media import Media
from inpoint.model.playback import Filters, Playback, Viewing
from inpoint.model.timeline import Timeline
from inpoint.playback import captions, dash, hls, policy
from inpoint.playback.tracks import Presentation, Section, Track, nearest, present
from inpoint.ports import BlobStore, Catalog, Keys, Priority
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


class Delivery:
    def __init__(
        self,
        catalog: Catalog,
        store: BlobStore,
        keys: Keys,
        library: Library,
        segments: Segments,
        previews: Previews,
    ) -> None:
        self._catalog = catalog
        self._previews = previews
        self._store = store
        self._keys = keys
        self._library = library
        self._segments = segments
        #: Timelines never change, and each segment's request asks for one.
        self._presentations: OrderedDict[tuple[Timeline, tuple[str, ...] | None], Presentation] = OrderedDict()
        #: Pixels a second that this machine can encode while somebody watches.
        self.pixel_budget = 60e6

    async def judge(self, viewing: Viewing, seconds: int) -> Judged:
        found = await self._catalog.playback(viewing.playback_id)
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
        encodings = await self._encodings(timeline)
        known = (timeline, None if renditions is None else tuple(renditions))
        presentation = self._presentations.get(known) or present(timeline, encodings, renditions)
        self._presentations[known] = presentation
        self._presentations.move_to_end(known)
        while len(self._presentations) > _KEPT:
            self._presentations.popitem(last=False)
        return presentation

    async def _encodings(self, timeline: Timeline) -> dict[str, Encoding]:
        return {encoding_id: (await self._library.load(encoding_id)).encoding for encoding_id in timeline.encodings}

    async def _offered(self, judged: Judged, filters: Filters) -> Presentation:
        """What a manifest lists: what the viewing may and wants to play, without the rungs that this machine can't
        make in time. Raises Invalid if that is nothing."""
        main = (await self._library.main(judged.timeline)).encoding
        filled = frozenset.intersection(*[await self._catalog.filled(one) for one in judged.timeline.pictured])
        in_time = [
            one
            for one in main.renditions
            if one is main.lowest
            or one.name in filled
            or one.width * one.height * main.grid.rate <= self.pixel_budget
        ]
        chosen = policy.listed(in_time, judged.playback, filters)
        if not chosen:
            raise Invalid("resolution", "there is no such rendition of this video")
        offered = await self.presentation(judged.timeline, [one.name for one in chosen])
        return offered if filters.bandwidth is None else nearest(offered, filters.bandwidth)

    # Manifests

    async def hls(self, viewing: Viewing, request: Request, base: str) -> Response:
        """The multivariant playlist; ``base`` is the folder of the rest, relative to it."""
        judged = await self.judge(viewing, MANIFEST_AGE)
        text = hls.multivariant(await self._offered(judged, viewing.filters), base, judged.query)
        return with_cors(text_response(request, text, _HLS, judged.lifetime))

    async def dash(self, viewing: Viewing, request: Request, base: str) -> Response:
        judged = await self.judge(viewing, MANIFEST_AGE)
        text = dash.mpd(await self._offered(judged, viewing.filters), base, judged.query)
        return with_cors(text_response(request, text, _DASH, judged.lifetime))

    # What manifests name

    async def resource(self, viewing: Viewing, path: str, request: Request) -> Response:
        """``{track}.m3u8``, ``iframes.m3u8``, ``{track}/init-N.mp4``, ``{track}/N.m4s`` or ``N.vtt``."""
        judged = await self.judge(viewing, SEGMENT_AGE)
        presentation = await self.presentation(judged.timeline)
        key, _, name = path.partition("/")
        if not name:
            return with_cors(self._playlist(presentation, judged, key, request))
        track = presentation.video[0] if key == "iframes" else _playable(presentation, judged.playback, key)
        if track.kind == "text":
            return with_cors(await self._captions(track, name, request, judged.lifetime))
        return with_cors(await self._bytes(track, key, name, request, judged.lifetime))

    def _playlist(self, presentation: Presentation, judged: Judged, name: str, request: Request) -> Response:
        key, dot, suffix = name.rpartition(".")
        if not dot or suffix != "m3u8":
            raise NotFound
        if key == "iframes":
            text = hls.i_frames(presentation.video[0], judged.query)
        else:
            text = hls.media(_playable(presentation, judged.playback, key), judged.query)
        return text_response(request, text, _HLS, judged.lifetime)

    async def _bytes(self, track: Track, key: str, name: str, request: Request, lifetime: Lifetime) -> Response:
        stem, _, suffix = name.rpartition(".")
        if suffix == "mp4" and (place := _number(stem.removeprefix("init-"))) is not None:
            if not stem.startswith("init-") or place >= len(track.sections):
                raise NotFound
            section = track.sections[place]
            rendition = section.names[0].rendition
            return await self._blob(self._keys.init(section.encoding.id, rendition), request, lifetime)
        number = _number(stem)
        segment = track.segment(number) if suffix == "m4s" and number is not None else None
        if segment is None:
            raise NotFound
        places = range(number + 1, number + 1 + _AHEAD) if number is not None and key != "iframes" else ()
        ahead = [following for place in places if (following := track.segment(place)) is not None]
        if key == "iframes":
            segment = SegmentName(segment.encoding, segment.rendition, segment.start, segment.start + 1)
        await while_connected(request, self._segments.ensure(segment, Priority.VIEWER, ahead), _PATIENCE)
        return await self._blob(self._keys.segment(segment), request, lifetime)

    async def _blob(self, key: str, request: Request, lifetime: Lifetime) -> Response:
        tag = tag_of(key)  # a key never names other bytes
        headers = {"ETag": tag, "Cache-Control": lifetime.header, "Accept-Ranges": "bytes"}
        if not_modified(request, tag):
            return Response(status_code=304, headers=headers)
        path = self._store.path(key)
        if path is not None and "range" not in request.headers:
            headers["Content-Length"] = str(path.stat().st_size)
            return FileResponse(path, media_type="video/mp4", headers=headers)
        data = await self._store.get(key)
        try:
            wanted = requested_range(request, len(data), tag)
        except ValueError:
            headers["Content-Range"] = f"bytes */{len(data)}"
            return Response(status_code=416, headers=headers)
        if wanted is None:
            return Response(data, media_type="video/mp4", headers=headers)
        headers["Content-Range"] = f"bytes {wanted[0]}-{wanted[1] - 1}/{len(data)}"
        return Response(data[wanted[0] : wanted[1]], 206, media_type="video/mp4", headers=headers)

    # Captions

    async def _captions(self, track: Track, name: str, request: Request, lifetime: Lifetime) -> Response:
        stem, _, suffix = name.rpartition(".")
        if suffix != "vtt":
            raise NotFound
        if stem.startswith("section-"):
            place = _number(stem.removeprefix("section-"))
            if place is None or place >= len(track.sections):
                raise NotFound
            section = track.sections[place]
            text = await self._vtt(section, section.piece.start, section.piece.end, hls_map=False)
            return text_response(request, text, "text/vtt", lifetime)
        number = _number(stem)
        for section in track.sections:
            if number is not None and number < len(section.names):
                name_ = section.names[number]
                text = await self._vtt(section, name_.start, name_.end, hls_map=True)
                return text_response(request, text, "text/vtt", lifetime)
            number = None if number is None else number - len(section.names)
        raise NotFound

    async def _vtt(self, section: Section, start: int, end: int, *, hls_map: bool) -> str:
        """The cues of frames ``[start, end)``, timed from the section's first frame."""
        rate = section.encoding.grid.rate
        cues = load_cues(await self._store.get(self._keys.text(section.encoding.mezzanine, section.piece.track)))
        origin = Fraction(section.piece.start) / rate
        shown = captions.within(cues, start / rate, end / rate, origin)
        return captions.webvtt(shown, origin if hls_map else None)


def _playable(presentation: Presentation, playback: Playback, key: str) -> Track:
    """A track by its key. Raises NotFound, also for a rendition above what the playback may play."""
    track = presentation.track(key)
    if track is None or (track.rendition and not policy.listed([track.rendition], playback, Filters())):
        raise NotFound
    return track


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
