"""The DASH manifest of the same presentation: text, pure. ISO/IEC 23009-1, live profile's templates, static."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from xml.sax.saxutils import quoteattr

from inpoint.model.encoding import AUDIO_CODEC
from inpoint.model.grid import AUDIO_BITRATE, AUDIO_RATE, SEGMENT_SECONDS
from inpoint.playback import bandwidth
from inpoint.playback.tracks import Presentation, Section, Track


def mpd(presentation: Presentation, base: str, query: str = "") -> str:
    """The MPD; ``base`` is the path of segments, relative to it, and ``query`` what every address carries ("?token=…"
    or nothing). A section is a Period."""
    query = _escaped(query)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" '
        f'type="static" mediaPresentationDuration="{_duration(presentation.duration)}" '
        f'minBufferTime="PT{SEGMENT_SECONDS}S">'
    )
    lines = [head]
    start = Fraction(0)
    for place, length in enumerate(presentation.durations):
        lines.append(f'<Period id="{place}" start="{_duration(start)}" duration="{_duration(length)}">')
        lines += _period(presentation, place, base, query)
        lines.append("</Period>")
        start += length
    return "\n".join([*lines, "</MPD>"]) + "\n"


def _period(presentation: Presentation, place: int, base: str, query: str) -> Iterator[str]:
    frame_rate = f"{presentation.rate.numerator}/{presentation.rate.denominator}"
    yield (
        '<AdaptationSet id="0" contentType="video" mimeType="video/mp4" segmentAlignment="true" '
        f'startWithSAP="1" frameRate="{frame_rate}">'
    )
    yield from _template(presentation.video[0], place, base, query)
    for track in presentation.video:
        rendition = track.rendition
        assert rendition is not None
        rate = bandwidth.peak(rendition, track.sections[place].seconds, has_audio=False)
        yield (
            f'<Representation id="{track.key}" codecs="{rendition.codec}" width="{rendition.width}" '
            f'height="{rendition.height}" sar="1:1" bandwidth="{rate}"/>'
        )
    yield "</AdaptationSet>"
    for number, track in enumerate(presentation.audio, 1):
        yield (
            f'<AdaptationSet id="{number}" contentType="audio" mimeType="audio/mp4" '
            f'segmentAlignment="true" startWithSAP="1" lang={quoteattr(track.lane.language)}>'
        )
        if number == 1:
            yield '<Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>'
        yield f"<Label>{_escaped(track.lane.title or track.lane.name)}</Label>"
        yield from _template(track, place, base, query)
        yield (
            f'<Representation id="{track.key}" codecs="{AUDIO_CODEC}" '
            f'audioSamplingRate="{AUDIO_RATE}" bandwidth="{AUDIO_BITRATE + 20_000}">'
            "<AudioChannelConfiguration "
            'schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>'
            "</Representation>"
        )
        yield "</AdaptationSet>"
    for number, track in enumerate(presentation.text, 1 + len(presentation.audio)):
        yield (
            f'<AdaptationSet id="{number}" contentType="text" mimeType="text/vtt" '
            f"lang={quoteattr(track.lane.language)}>"
            '<Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle"/>'
            f"<Label>{_escaped(track.lane.title or track.lane.name)}</Label>"
            f'<Representation id="{track.key}" bandwidth="1000">'
            f"<BaseURL>{base}/{track.key}/section-{place}.vtt{query}</BaseURL></Representation></AdaptationSet>"
        )


def _template(track: Track, place: int, base: str, query: str) -> list[str]:
    key = "$RepresentationID$"
    section = track.sections[place]
    before = sum(len(earlier.names) for earlier in track.sections[:place])
    return [
        f'<SegmentTemplate timescale="{section.timescale}" presentationTimeOffset="{section.offset}" '
        f'startNumber="{before}" initialization="{base}/{key}/init-{place}.mp4{query}" '
        f'media="{base}/{key}/$Number$.m4s{query}"><SegmentTimeline>',
        *_timeline(section),
        "</SegmentTimeline></SegmentTemplate>",
    ]


def _timeline(section: Section) -> Iterator[str]:
    """Runs of equal durations as one S each."""
    for number, (ticks, count) in enumerate(_runs(section.ticks)):
        time = f' t="{section.first_tick}"' if number == 0 else ""
        repeat = f' r="{count - 1}"' if count > 1 else ""
        yield f'<S{time} d="{ticks}"{repeat}/>'


def _runs(values: Sequence[int]) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(values):
        end = at
        while end < len(values) and values[end] == values[at]:
            end += 1
        yield values[at], end - at
        at = end


def _duration(seconds: Fraction) -> str:
    return f"PT{float(seconds):.6f}S"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
