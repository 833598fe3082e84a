"""Import: a source's packets into self-contained chunks, and the index of every frame's time and place.

Runs in a confined process; nothing is decoded but a few frames to look at.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from inpoint.engine import captions, notes
from inpoint.engine.failures import translated
from inpoint.engine.intake import AudioIntake, TextIntake
from inpoint.engine.order import display_times, in_order, is_untold, unpacked
from inpoint.engine.pictures import VideoIntake
from inpoint.engine.probe import look_at_audio, look_at_video, open_source
from inpoint.engine.programmes import programmes
from inpoint.errors import TooLong, Unsupported
from inpoint.model.chunk import text_file
from inpoint.model.epochs import Epochs
from inpoint.model.grid import lay
from inpoint.model.index import AudioIndex, Index, VideoIndex, dump, dump_cues, place_packets
from inpoint.model.pace import Pace
from inpoint.model.source import SourceFacts
from inpoint.model.warning import merged
from inpoint.ports.orders import RewrapOrder, Rewrapped, SoundRewrapOrder, SoundRewrapped

_TELL_EVERY = 0.25  # seconds
_SECOND = 1_000_000  # microseconds
#: Containers of what was broadcast or streamed: a long step ahead is their clock's.
_LEAPING = ("mpegts", "flv", "mpeg")


def rewrap(order: RewrapOrder, progress: Callable[[float], None]) -> Rewrapped:
    """Write chunks and captions; ``progress`` hears percents. Raises Unsupported, Damaged or TooLong."""
    path, out, max_seconds = order.source, order.out, order.max_seconds
    with translated(), open_source(path) as source:
        video = VideoIntake(*look_at_video(source, path), out, may_lose=source.format.name == "mpegts")
        known = programmes(path) if source.format.name == "mpegts" else []
        beside = next((one for one in known if video.stream.id in one), None)
        sounds = [one for one in look_at_audio(source, path) if beside is None or one[0].id in beside]
        audio = [AudioIntake(stream, facts, number, out) for number, (stream, facts) in enumerate(sounds)]
        captioned = (one for one in source.streams.subtitles if beside is None or one.id in beside)
        text = [TextIntake(stream) for stream in captioned if captions.is_text(stream)]
        gathered: list[VideoIntake | AudioIntake | TextIntake] = [video, *audio, *text]
        tracks = {track.stream.index: track for track in gathered}
        epochs = Epochs(leaps=source.format.name in _LEAPING)
        untold = is_untold(source, video.stream, path)
        warnings = [*notes.of_tracks(source, tracks, len(known)), *notes.of_order(is_untold=untold)]
        packets = _in_order if untold else _as_told
        try:
            for packet in packets(source, [track.stream for track in gathered], video.stream, path, progress):
                _shift(packet, epochs)
                tracks[packet.stream_index].add(packet)
                if len(video.times) > 1 and (video.times[-1] - video.times[0]) * video.facts.time_base > max_seconds:
                    raise TooLong
            video.flush()
        finally:
            video.give_up()
        for sound in audio:
            sound.flush()
        made = _facts_and_index(video, audio, text, order)
        facts, zero = made.facts, made.facts.zero
        leaps = [Fraction(leap, _SECOND) - zero for leap in epochs.leaps]
        warnings += facts.warnings
        warnings += notes.of_clocks(leaps, facts.rate, facts.frames)
        warnings += notes.of_end(source, path, facts.frames / facts.rate, facts.frames)
        return replace(made, facts=replace(facts, warnings=merged(warnings)))


def _as_told(
    source: InputContainer, streams: list[Any], video: VideoStream, path: Path, progress: Callable[[float], None]
) -> Iterator[Packet[Any]]:
    """All packets, each picture in one of its own."""
    return unpacked(_packets(source, streams, path, progress), video)


def _in_order(
    source: InputContainer, streams: list[Any], video: VideoStream, path: Path, progress: Callable[[float], None]
) -> Iterator[Packet[Any]]:
    """The same where nobody tells at which times pictures are shown: to find these is most of the work."""
    with open_source(path) as again:
        track = next(one for one in again.streams.video if one.index == video.index)
        times = display_times(
            unpacked(_packets(again, [track], path, lambda done: progress(done * 0.8)), track), track
        )
    packets = _packets(source, streams, path, lambda done: progress(80 + done * 0.2))
    return in_order(unpacked(packets, video), video, times)


def _shift(packet: Packet[Any], epochs: Epochs) -> None:
    """Onto the one clock that all of a recording's epochs lie on, end to end."""
    base, shown = packet.stream.time_base, packet.pts if packet.pts is not None else packet.dts
    if base is None or shown is None or packet.is_discard:
        return
    decoded, seen, lasts = (
        None if at is None else at * _SECOND * base.numerator // base.denominator
        for at in (packet.dts, shown, packet.duration or 0)
    )
    shift = epochs.shift(packet.stream_index, decoded, seen or 0, lasts or 0)
    if shift:
        moved = round(shift / (_SECOND * base))
        packet.pts = None if packet.pts is None else packet.pts + moved
        packet.dts = None if packet.dts is None else packet.dts + moved


def rewrap_sound(order: SoundRewrapOrder) -> SoundRewrapped:
    """Write the chunks of a file's first soundtrack. Raises Unsupported, Damaged or TooLong."""
    path, out, shift = order.source, order.out, order.shift
    with translated(), open_source(path) as source:
        if source.duration is not None and source.duration > order.max_seconds * av.time_base:
            raise TooLong
        found = look_at_audio(source, path)
        if not found:
            raise Unsupported("the source has no soundtrack that this server can read")
        stream, facts = found[0]
        track = AudioIntake(stream, facts, 0, out)
        for packet in _packets(source, [stream], path):
            track.add(packet)
        track.flush()
    if not track.times:
        raise Unsupported("the source's soundtrack is empty")
    began = stream.start_time if stream.start_time is not None else track.times[0]
    zero = began * facts.time_base - shift  # after what the container says is to be skipped
    placed = place_packets(track.times, track.samples, facts.time_base, facts.sample_rate, zero, facts.priming)
    sound = AudioIndex(facts.sample_rate, placed, array("I", track.samples), track.first)
    return SoundRewrapped(facts.told, dump(Index(VideoIndex(), [sound])))


def _packets(
    source: InputContainer, streams: list[Any], path: Path, progress: Callable[[float], None] | None = None
) -> Iterator[Packet[Any]]:
    size, pace = path.stat().st_size, Pace(_TELL_EVERY)
    for packet in source.demux(*streams):
        if packet.dts is None and packet.pts is None:
            continue  # the demuxer's flush
        yield packet
        if progress is not None and packet.pos is not None and size and pace.is_due(time.monotonic()):
            progress(min(99.0, 100.0 * packet.pos / size))


def _facts_and_index(
    video: VideoIntake, audio: list[AudioIntake], text: list[TextIntake], order: RewrapOrder
) -> Rewrapped:
    max_seconds = order.max_seconds
    if not video.times:
        raise Unsupported("the source's video holds no frame")
    base = video.facts.time_base
    _sort_shown(video)
    zero = _zero(video, audio)
    if (video.times[-1] + video.stays) * base - zero > max_seconds:
        raise TooLong
    laid = lay(video.times, base, video.stays, order.rate)
    held = round((video.times[0] * base - zero) * laid.rate)  # until the first picture comes, it is shown
    video.index.grid = array("I", [0] * held + laid.shown)
    sound = []
    for track in audio:
        own = track.facts
        placed = place_packets(track.times, track.samples, own.time_base, own.sample_rate, zero, own.priming)
        sound.append(AudioIndex(track.facts.sample_rate, placed, array("I", track.samples), track.first))
    longer = _hold_last_frame(video.index, laid.rate, sound, [track.margin for track in audio], max_seconds)
    warnings = [*notes.of_pictures(video, laid, held, longer)]
    for number, (taken, laid_out) in enumerate(zip(audio, sound, strict=True)):
        warnings += notes.of_sound(number, taken, laid_out, zero, laid.rate)
    for number, captions_track in enumerate(text):
        (order.out / text_file(number)).write_bytes(dump_cues(captions_track.shifted(zero)))
    frames = len(video.index.grid)
    facts = SourceFacts(
        laid.rate,
        zero,
        frames,
        video.facts.told(int(video.bytes * 8 / (frames / laid.rate)), video.sizes.shapes),
        tuple(track.facts.told for track in audio),
        tuple(captions.told(track.stream) for track in text),
        tuple(warnings),
    )
    return Rewrapped(facts, dump(Index(video.index, sound)))


def _zero(video: VideoIntake, audio: Sequence[AudioIntake]) -> Fraction:
    """Where the source begins, in seconds of its own time: with its first picture, or with sound a while before."""
    first = (video.times[0] if video.earliest is None else video.earliest) * video.facts.time_base
    heard = [
        track.heard[0] * track.facts.time_base + Fraction(track.facts.priming, track.facts.sample_rate)
        for track in audio
        if track.heard and first - track.heard[0] * track.facts.time_base > track.margin
    ]
    return min([video.times[0] * video.facts.time_base, *heard])


def _sort_shown(video: VideoIntake) -> None:
    """Display order across chunks too, should leading pictures of an odd stream overlap the chunk before."""
    if any(a > b for a, b in zip(video.times, video.times[1:], strict=False)):
        raise Unsupported("the source's video times jump back")


def _hold_last_frame(
    index: VideoIndex, rate: Fraction, sound: Sequence[AudioIndex], margins: Sequence[Fraction], max_seconds: int
) -> int:
    """Sound that goes on after the picture is heard to its end: the last picture stays, for so many frames."""
    frames = len(index.grid)
    ends = [
        end
        for track, margin in zip(sound, margins, strict=True)
        if track.start and (end := Fraction(track.start[-1] + track.samples[-1], track.rate)) > frames / rate + margin
    ]
    longer = max(0, int(min(max(ends), Fraction(max_seconds)) * rate) - frames) if ends else 0
    index.grid.extend([index.grid[-1]] * longer)
    return longer
