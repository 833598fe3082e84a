"""The DASH manifest of the same presentation: text, pure. ISO/IEC 23009-1, live profile's templates, static."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from inpoint.model import aac
from inpoint.model.runs import Runs
from inpoint.presentation.bandwidth import Costs
from inpoint.presentation.tracks import Presentation, Section, Track

#: The first wants templates throughout (ISO/IEC 23009-1, 8.4), which captions as one file have not; the other wants
#: nothing more than the format's own rules.
_LIVE, _FULL = "urn:mpeg:dash:profile:isoff-live:2011", "urn:mpeg:dash:profile:full:2011"


def mpd(presentation: Presentation, base: str, declared: Costs, query: str = "") -> str:
    """The MPD; ``base`` is the path of segments, relative to it, and ``query`` what every address carries ("?token=…"
    or nothing). A section is a Period."""
    query = escape(query)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="{_LIVE if not presentation.text else _FULL}" '
        f'type="static" mediaPresentationDuration="{_duration(presentation.duration)}" '
        f'minBufferTime="PT{presentation.recipe.picture.segment_seconds}S">'
    )
    lines = [head]
    start = Fraction(0)
    for place, length in enumerate(presentation.durations):
        lines.append(f'<Period id="{place}" start="{_duration(start)}" duration="{_duration(length)}">')
        lines += _period(presentation, place, base, query, declared)
        lines.append("</Period>")
        start += length
    return "\n".join([*lines, "</MPD>"]) + "\n"


def _period(presentation: Presentation, place: int, base: str, query: str, declared: Costs) -> Iterator[str]:
    sets = [
        *_picture(presentation, place, base, query, declared),
        *_sound(presentation, place, base, query, declared),
    ]
    for number, lines in enumerate(sets):
        yield f'<AdaptationSet id="{number}" {lines[0]}>'
        yield from lines[1:]
        yield "</AdaptationSet>"
    for number, track in enumerate(presentation.text, len(sets)):
        yield (
            f'<AdaptationSet id="{number}" contentType="text" mimeType="text/vtt" '
            f"lang={quoteattr(track.lane.language)}>"
            f"<Label>{escape(track.lane.title or track.lane.name)}</Label>"
            '<Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle"/>'
            f'<Representation id="{track.key}" bandwidth="1000">'
            f"<BaseURL>{base}/{track.key}/section-{place}.vtt{query}</BaseURL></Representation></AdaptationSet>"
        )


def _picture(presentation: Presentation, place: int, base: str, query: str, declared: Costs) -> Iterator[list[str]]:
    """Each set's attributes, and what is in it: renditions of one codec whose segments begin alike are one set."""
    rate = presentation.rate
    for _, alike in groupby(presentation.video, key=_kind):
        tracks = list(alike)
        lines = [
            'contentType="video" mimeType="video/mp4" segmentAlignment="true" '
            f'startWithSAP="1" frameRate="{rate.numerator}/{rate.denominator}"',
            *_template(tracks[0], place, base, query),
        ]
        for track in tracks:
            rendition = track.rendition
            assert rendition is not None
            most = declared.sections[track.key][place]
            lines.append(
                f'<Representation id="{track.key}" codecs="{rendition.codec_text}" width="{rendition.width}" '
                f'height="{rendition.height}" sar="1:1" bandwidth="{most}"/>'
            )
        yield lines


def _kind(track: Track) -> tuple[str, Runs]:
    assert track.rendition is not None
    return track.rendition.codec, track.rendition.runs


def _sound(presentation: Presentation, place: int, base: str, query: str, declared: Costs) -> Iterator[list[str]]:
    for number, track in enumerate(presentation.audio):
        most = declared.sections[track.key][place]
        role = "main" if number == 0 else "alternate"
        yield [
            'contentType="audio" mimeType="audio/mp4" segmentAlignment="true" startWithSAP="1" '
            f"lang={quoteattr(track.lane.language)}",
            f"<Label>{escape(track.lane.title or track.lane.name)}</Label>",
            f'<Role schemeIdUri="urn:mpeg:dash:role:2011" value="{role}"/>',
            *_template(track, place, base, query),
            f'<Representation id="{track.key}" codecs="{aac.TEXT}" '
            f'audioSamplingRate="{aac.RATE}" bandwidth="{most}">'
            "<AudioChannelConfiguration "
            'schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>'
            "</Representation>",
        ]


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
    for number, (ticks, same) in enumerate(groupby(section.ticks)):
        count = len(list(same))
        time = f' t="{section.first_tick}"' if number == 0 else ""
        repeat = f' r="{count - 1}"' if count > 1 else ""
        yield f'<S{time} d="{ticks}"{repeat}/>'


def _duration(seconds: Fraction) -> str:
    return f"PT{float(seconds):.6f}S"
