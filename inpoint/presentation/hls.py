"""HLS playlists from a presentation: text, pure. RFC 8216 and its second edition's rules for fMP4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from inpoint.model import aac
from inpoint.model.encoding import Rendition
from inpoint.presentation.bandwidth import Bandwidth, Costs, i_frames_cost
from inpoint.presentation.tracks import Presentation, Track

_VERSION = 7


def multivariant(presentation: Presentation, base: str, declared: Costs, query: str = "") -> str:
    """The multivariant playlist; ``base`` is the path of media playlists, relative to this one, and ``query`` what
    every address carries ("?token=…" or nothing)."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{_VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += _media(presentation.audio, "AUDIO", "audio", base, query)
    lines += _media(presentation.text, "SUBTITLES", "text", base, query)
    for track in presentation.video:
        lines += _variant(presentation, track, declared.variants[track.key])
        lines.append(f"{base}/{track.key}.m3u8{query}")
    if presentation.lowest is None:
        lines += _sound_alone(presentation, base, query, declared)
    else:
        lines.append(_i_frames_variant(presentation.lowest, presentation, base, query))
    return "\n".join(lines) + "\n"


def _sound_alone(presentation: Presentation, base: str, query: str, declared: Costs) -> Iterator[str]:
    for track in presentation.audio[:1]:
        attributes = _costs(declared.tracks[track.key])
        attributes |= {"CODECS": _quoted(aac.TEXT), "AUDIO": _quoted("audio")}
        if presentation.text:
            attributes["SUBTITLES"] = _quoted("text")
        yield "#EXT-X-STREAM-INF:" + _attributes(attributes)
        yield f"{base}/{track.key}.m3u8{query}"


def _i_frames_variant(lowest: Rendition, presentation: Presentation, base: str, query: str) -> str:
    attributes = _costs(i_frames_cost(lowest, presentation.recipe)) | {
        "CODECS": _quoted(lowest.codec_text),
        "RESOLUTION": f"{lowest.width}x{lowest.height}",
        **_range(presentation),
        "URI": _quoted(f"{base}/iframes.m3u8{query}"),
    }
    return "#EXT-X-I-FRAME-STREAM-INF:" + _attributes(attributes)


def _media(tracks: Sequence[Track], kind: str, group: str, base: str, query: str) -> Iterator[str]:
    names: set[str] = set()
    for number, track in enumerate(tracks):
        told = track.lane.title or track.lane.name
        name = told if told not in names else f"{told} {number + 1}"
        names.add(name)
        default = "YES" if kind == "AUDIO" and number == 0 else "NO"
        attributes = {"TYPE": kind, "GROUP-ID": _quoted(group), "NAME": _quoted(name)}
        if track.lane.language != "und":
            attributes["LANGUAGE"] = _quoted(track.lane.language)
        attributes |= {"DEFAULT": default, "AUTOSELECT": "YES"}
        if kind == "AUDIO":
            attributes["CHANNELS"] = _quoted("2")
        else:
            attributes["FORCED"] = "NO"
        attributes["STABLE-RENDITION-ID"] = _quoted(track.key)
        attributes["URI"] = _quoted(f"{base}/{track.key}.m3u8{query}")
        yield "#EXT-X-MEDIA:" + _attributes(attributes)


def _costs(declared: Bandwidth) -> dict[str, str]:
    return {"BANDWIDTH": str(declared.peak), "AVERAGE-BANDWIDTH": str(declared.average)}


def _range(presentation: Presentation) -> dict[str, str]:
    """Of what earlier recipes made, nobody knows it."""
    return {"VIDEO-RANGE": "SDR"} if presentation.recipe.picture.is_standard else {}


def _variant(presentation: Presentation, track: Track, declared: Bandwidth) -> Iterator[str]:
    rendition = track.rendition
    assert rendition is not None
    codecs = rendition.codec_text + (f",{aac.TEXT}" if presentation.audio else "")
    attributes = _costs(declared) | {
        "CODECS": _quoted(codecs),
        "RESOLUTION": f"{rendition.width}x{rendition.height}",
        "FRAME-RATE": f"{float(presentation.rate):.3f}",
        **_range(presentation),
        "STABLE-VARIANT-ID": _quoted(track.key),
    }
    if presentation.audio:
        attributes["AUDIO"] = _quoted("audio")
    if presentation.text:
        attributes["SUBTITLES"] = _quoted("text")
    attributes["CLOSED-CAPTIONS"] = "NONE"
    yield "#EXT-X-STREAM-INF:" + _attributes(attributes)


def media(track: Track, query: str = "") -> str:
    """A media playlist; addresses are relative to it: segments in a folder of the track's key."""
    suffix = "vtt" if track.kind == "text" else "m4s"
    lines = _head(max(_target(section.seconds) for section in track.sections))
    number = 0
    for place, section in enumerate(track.sections):
        if place:
            lines.append("#EXT-X-DISCONTINUITY")
        if track.kind != "text":
            lines.append(f'#EXT-X-MAP:URI="{track.key}/init-{place}.mp4{query}"')
        for length in section.seconds:
            lines += [f"#EXTINF:{_decimal(length)},", f"{track.key}/{number}.{suffix}{query}"]
            number += 1
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def i_frames(track: Track, query: str = "") -> str:
    """The I-frame playlist of the lowest rung: each segment's first frame, a segment of its own."""
    lines = _head(max(_target(section.seconds) for section in track.sections))
    lines.append("#EXT-X-I-FRAMES-ONLY")
    number = 0
    for place, section in enumerate(track.sections):
        if place:
            lines.append("#EXT-X-DISCONTINUITY")
        lines.append(f'#EXT-X-MAP:URI="{track.key}/init-{place}.mp4{query}"')
        for length in section.seconds:
            lines += [f"#EXTINF:{_decimal(length)},", f"iframes/{number}.m4s{query}"]
            number += 1
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _head(target: int) -> list[str]:
    return [
        "#EXTM3U",
        f"#EXT-X-VERSION:{_VERSION}",
        f"#EXT-X-TARGETDURATION:{target}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]


def _target(seconds: Sequence[Fraction]) -> int:
    """At least what the longest rounds to; the same for every variant, so never less than two."""
    return max(2, *(int(length + Fraction(1, 2)) for length in seconds))


def _decimal(seconds: Fraction) -> str:
    return f"{float(seconds):.6f}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'").replace("\n", " ").replace("\r", " ") + '"'


def _attributes(values: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())
