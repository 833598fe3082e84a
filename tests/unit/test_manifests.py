"""Playlists and boxes as pure values."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpoint.imports.ladder import ladder
from inpoint.model import cmaf
from inpoint.model.appearance import Appearance
from inpoint.model.cues import Cue
from inpoint.model.encoding import Encoding
from inpoint.model.recipe import FIRST
from inpoint.model.runs import Runs
from inpoint.model.source import PictureFacts
from inpoint.model.timeline import Lane, Piece, Timeline, concatenate
from inpoint.model.treatment import Treatment
from inpoint.model.weights import Weights, dump_weights, load_weights, weigh
from inpoint.presentation import bandwidth, captions, dash, hls
from inpoint.presentation.bandwidth import Bandwidth, costs
from inpoint.presentation.tracks import present
from tests.recipes import LATEST
from tests.unit.test_timeline import HIGH, LOW, encoding, whole


def made(rate: Fraction = Fraction(30), frames: int = 300) -> Encoding:
    return encoding(rate, frames)


def source(width: int, height: int, bit_rate: int) -> PictureFacts:
    return PictureFacts("h264", width, height, Appearance(), bit_rate)


@given(st.integers(0, 299), st.integers(1, 300))
def test_playlists_last_as_long_as_the_clip(start: int, length: int) -> None:
    source = made()
    clip = whole(source).slice(start, min(300, start + length))
    shown = present(clip, {source.id: source})
    playlist = hls.media(shown.video[0])
    seconds = [float(line[8:-1]) for line in playlist.splitlines() if line.startswith("#EXTINF")]
    target = int(playlist.split("TARGETDURATION:")[1].split("\n")[0])
    assert sum(seconds) == pytest.approx(float(clip.duration), abs=1e-4)
    assert all(round(one) <= target for one in seconds)
    assert "DISCONTINUITY" not in playlist
    assert playlist.endswith("#EXT-X-ENDLIST\n")


def test_the_mpd_presents_the_first_frame_at_zero() -> None:
    source = made(Fraction(30000, 1001), 600)
    shown = present(whole(source).slice(37, 200), {source.id: source})
    root = ET.fromstring(dash.mpd(shown, "base", costs(shown, {})))
    name = {"d": "urn:mpeg:dash:schema:mpd:2011"}
    template = root.find(".//d:SegmentTemplate", name)
    assert template is not None
    first = root.find(".//d:S", name)
    assert first is not None
    assert template.get("presentationTimeOffset") == first.get("t") == str(37 * 1001)
    total = sum(
        int(s.get("d", "0")) * (int(s.get("r", "0")) + 1) for s in template.iter("{urn:mpeg:dash:schema:mpd:2011}S")
    )
    assert total == (200 - 37) * 1001


def test_renditions_whose_segments_begin_elsewhere_are_a_set_of_their_own() -> None:
    source = made()
    odd = replace(source.renditions[1], name="720p-long", runs=Runs(100))
    mixed = replace(source, renditions=(*source.renditions, odd))
    shown = present(whole(mixed).slice(30, 250), {mixed.id: mixed})
    assert [name.start for name in shown.video[2].sections[0].names] == [30, 100, 200]
    root = ET.fromstring(dash.mpd(shown, "base", costs(shown, {})))
    space = {"d": "urn:mpeg:dash:schema:mpd:2011"}
    sets = root.findall(".//d:AdaptationSet[@contentType='video']", space)
    told = [[one.get("id") for one in every.findall("d:Representation", space)] for every in sets]
    assert told == [["video-360p", "video-720p"], ["video-720p-long"]]
    assert [one.get("id") for one in root.findall(".//d:AdaptationSet", space)] == ["0", "1", "2"]
    assert hls.multivariant(shown, ".", costs(shown, {})).count("RESOLUTION=1280x720") == 2


def test_parts_of_two_recipes_are_played_one_after_another() -> None:
    """Each section keeps its own segments and init; the first one's target holds for all."""
    first, second = made(), replace(encoding(Fraction(30), 300, LATEST), id="f")
    joined = concatenate([whole(first).slice(30, 200), whole(second).slice(50, 190)])
    shown = present(joined, {first.id: first, second.id: second})
    names = [[(name.generation, name.start) for name in part.names] for part in shown.video[0].sections]
    assert names == [[(1, 30), (1, 60), (1, 120), (1, 180)], [(LATEST.number, start) for start in (50, 90, 180)]]
    playlist = hls.media(shown.video[0])
    assert int(playlist.split("TARGETDURATION:")[1].split("\n")[0]) == 3
    assert dash.mpd(shown, "base", costs(shown, {})).count("<Period ") == 2


def test_cues_are_shortened_at_edges_and_shifted() -> None:
    cues = [Cue(0, 900, "before"), Cue(900, 2500, "across"), Cue(2600, 2700, "inside"), Cue(2900, 9000, "out")]
    kept = list(captions.within(cues, Fraction(1), Fraction(3), Fraction(1)))
    assert kept == [Cue(0, 1500, "across"), Cue(1600, 1700, "inside"), Cue(1900, 2000, "out")]
    text = captions.webvtt(kept, (), Fraction(1))
    assert text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90000,LOCAL:00:00:00.000\n\n00:00:00.000 --> 00:00:01.500")


@given(st.lists(st.fractions(Fraction(1, 60), Fraction(2)), min_size=1, max_size=30))
def test_bandwidth_holds_for_every_run_of_segments(seconds: list[Fraction]) -> None:
    declared = bandwidth.peak(LOW, [float(one) for one in seconds], 2)
    for first in range(len(seconds)):
        for last in range(first + 1, len(seconds) + 1):
            run = seconds[first:last]
            if Fraction(1) <= sum(run) <= 3:
                worst = (len(run) * Fraction(9, 10) * LOW.buffer + LOW.max_rate * sum(run)) / sum(run)
                assert declared >= worst


def weighed(source: Encoding, each: dict[str, int]) -> Weights:
    """Whole segments of so many bytes, the third one of twice as many."""
    shown = present(whole(source), {source.id: source})
    tracks = {track.sections[0].names[0].rendition: track for track in (*shown.video, *shown.audio)}
    return weigh(
        {
            name: size * (2 if number == 2 else 1)
            for rendition, size in each.items()
            for number, name in enumerate(tracks[rendition].sections[0].names)
        },
        each,
    )


def test_what_was_measured_is_declared() -> None:
    source = made()
    known = load_weights(dump_weights(weighed(source, {"360p": 100_000, "720p": 100_000, "audio-0": 32_000})))
    shown = present(whole(source), {source.id: source})
    told = costs(shown, {source.id: known})
    sound = told.tracks["audio-0"]
    assert told.tracks["video-360p"] == Bandwidth(800_000, 480_000)
    assert told.variants["video-360p"] == Bandwidth(800_000 + sound.peak, 480_000 + sound.average)
    assert told.variants["video-720p"].peak == told.variants["video-360p"].peak + 1, "it rises with the rungs"
    clip = present(whole(source).slice(70, 300), {source.id: source})
    assert costs(clip, {source.id: known}).tracks["video-360p"].peak == 800_000, "an edge is a part of a whole one"
    half = weigh(dict.fromkeys(shown.video[0].sections[0].names, 1), ["360p"])
    unknown = costs(shown, {source.id: half}).tracks["video-720p"]
    assert (unknown.peak > HIGH.max_rate, unknown.average >= HIGH.max_rate) == (True, True)


#: ISO/IEC 23009-1, annex B: what an AdaptationSet holds stands in this order.
ORDER = (
    "FramePacking", "AudioChannelConfiguration", "ContentProtection", "OutputProtection", "EssentialProperty",
    "SupplementalProperty", "InbandEventStream", "Switching", "RandomAccess", "GroupLabel", "Label",
    "ProducerReferenceTime", "ContentPopularityRate", "Resync", "Accessibility", "Role", "Rating", "Viewpoint",
    "ContentComponent", "BaseURL", "SegmentBase", "SegmentList", "SegmentTemplate", "Representation",
)  # fmt: skip
LIVE = "urn:mpeg:dash:profile:isoff-live:2011"


@pytest.mark.parametrize("captioned", [False, True])
@pytest.mark.parametrize("periods", [1, 2, 50])
def test_manifests_are_valid(periods: int, captioned: bool) -> None:
    source = made()
    piece = (Piece(source.id, 0, 0, 300),)
    lanes = [Lane("video", piece), Lane("audio", piece, "en", "<A & B>"), Lane("audio", piece, "de", "C")]
    timeline = Timeline(Fraction(30), (*lanes, *([Lane("text", piece, "en", "D")] if captioned else [])))
    parts = [timeline.slice(4 * number, 4 * number + 61) for number in range(periods)]
    shown = present(concatenate(parts) if periods > 1 else parts[0], {source.id: source})
    root = ET.fromstring(dash.mpd(shown, "base", costs(shown, {}), "?token=a&x=%3C"))
    assert {"profiles", "minBufferTime", "type", "mediaPresentationDuration"} <= set(root.attrib)
    found = [one for one in root if one.tag.endswith("Period")]
    assert len(found) == periods
    for period in found:
        assert [one.get("id") for one in period] == [str(number) for number in range(len(period))]
        for adaptation in period:
            names = [one.tag.partition("}")[2] for one in adaptation]
            assert names == sorted(names, key=ORDER.index)
            assert "SegmentTemplate" in names or root.get("profiles") != LIVE
            representations = [one for one in adaptation if one.tag.endswith("Representation")]
            assert representations
            assert all({"id", "bandwidth"} <= set(one.attrib) for one in representations)
            assert adaptation.get("mimeType")
    assert (root.get("profiles") == LIVE) is not captioned


def test_segments_are_cut_at_their_own_times() -> None:
    samples = [bytes([n]) * (n + 3) for n in range(10)]
    segment = cmaf.media_segment(6000, 100, samples, delta_flags=cmaf.DELTA_SAMPLE)
    read = cmaf.read_segment(segment)
    assert (read.time, read.duration, read.samples) == (6000, 100, samples)
    part = cmaf.read_segment(cmaf.cut(segment, 2, 7))
    assert (part.time, part.samples) == (6200, samples[2:7])
    assert cmaf.cut(segment, 0, 10) == segment
    for wrong in (b"", segment[:-1], segment[8:40], b"\0\0\0\x04moof"):
        with pytest.raises(ValueError):
            cmaf.read_segment(wrong)


@pytest.mark.parametrize(
    ("size", "limit", "names"),
    [
        ((1920, 1080), 1080, ["360p", "480p", "720p", "1080p"]),
        ((1920, 1080), 720, ["360p", "480p", "720p"]),
        ((3840, 2160), 2160, ["360p", "480p", "720p", "1080p", "1440p", "2160p"]),
        ((1080, 1920), 1080, ["360p", "480p", "720p", "1080p"]),
        ((1920, 800), 1080, ["360p", "480p", "720p", "1080p"]),
        ((320, 180), 1080, ["180p"]),
        ((640, 480), 1080, ["360p", "480p"]),
    ],
)
def test_ladders_never_exceed_the_source(size: tuple[int, int], limit: int, names: list[str]) -> None:
    rungs = ladder(source(*size, 50_000_000), Fraction(30), Treatment(limit), FIRST.picture)
    assert [rung.name for rung in rungs] == names
    for rung in rungs:
        assert rung.width <= size[0]
        assert rung.height <= size[1]
        assert rung.width % 2 == rung.height % 2 == 0
        assert rung.width / rung.height == pytest.approx(size[0] / size[1], rel=0.02)


def test_slides_are_not_declared_heavy() -> None:
    slides = source(1920, 1080, 200_000)
    for codec, most in (("h264", 300_000), ("hevc", 600_000)):
        rungs = ladder(replace(slides, codec=codec), Fraction(30), Treatment(), FIRST.picture)
        assert rungs[-1].max_rate == most
