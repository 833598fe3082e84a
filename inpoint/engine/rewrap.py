"""Import: a source's packets into self-contained chunks, and the index of every frame's time and place.

Runs in a confined process. Little is decoded: a few frames to look at, what else nobody tells the order or the length
of, and pictures that are far from a key frame.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from inpoint.engine import captions, notes
from inpoint.engine.alone import has_sound_alone, rewrap_alone
from inpoint.engine.chunks import write_chunk
from inpoint.engine.dense import write_pictures
from inpoint.engine.edits import add_edited, edits_of
from inpoint.engine.failures import translated
from inpoint.engine.intake import AudioIntake, TextIntake
from inpoint.engine.order import is_untold
from inpoint.engine.paired import paired
from inpoint.engine.pictures import VideoIntake
from inpoint.engine.probe import cover_of, look_at_audio, look_at_video, open_source, whole_picture
from inpoint.engine.programmes import programmes
from inpoint.engine.reading import SECOND, Told, as_decoded, as_told, epochs_of, packets, shift
from inpoint.engine.rotate import Rotator
from inpoint.engine.scan import look_at
from inpoint.errors import TooLong, Unsupported
from inpoint.model.chunk import POSTER, text_file
from inpoint.model.cues import dump_captions
from inpoint.model.fitting import Size
from inpoint.model.grid import lay
from inpoint.model.index import AudioIndex, Index, VideoIndex, dump
from inpoint.model.source import SourceFacts
from inpoint.model.warning import merged
from inpoint.ports.orders import RewrapOrder, Rewrapped, SoundRewrapOrder, SoundRewrapped


def rewrap(order: RewrapOrder, progress: Callable[[float], None]) -> Rewrapped:
    """Write chunks and captions; ``progress`` hears percents. Raises Unsupported, Damaged or TooLong."""
    path, out, max_seconds = order.source, order.out, order.max_seconds
    with translated(), open_source(path) as source:
        if has_sound_alone(source, path):
            return rewrap_alone(source, order, progress)
        pace = Told(progress)
        is_sent = source.format.name == "mpegts"
        video = VideoIntake(*look_at_video(source, path), out, may_lose=is_sent, waits=pace.again)
        known = programmes(path) if is_sent else []
        beside = next((one for one in known if video.stream.id in one), None)
        sounds = [one for one in look_at_audio(source, path) if beside is None or one[0].id in beside]
        audio = [AudioIntake(stream, facts, number, out) for number, (stream, facts) in enumerate(sounds)]
        captioned = (one for one in source.streams.subtitles if beside is None or one.id in beside)
        text = [TextIntake(stream) for stream in captioned if captions.is_text(stream)]
        gathered: list[VideoIntake | AudioIntake | TextIntake] = [video, *audio, *text]
        tracks = {track.stream.index: track for track in gathered}
        epochs = epochs_of(source)
        untold = is_untold(source, video.stream, path)
        warnings = [*notes.of_tracks(source, tracks, len(known)), *notes.of_order(is_untold=untold)]
        read, apart = as_decoded if untold else as_told, edits_of(source, path)
        together = [track.stream for track in gathered if track.stream.index not in apart]
        try:
            for packet in paired(read(source, together, video.stream, path, pace), video.stream):
                shift(packet, epochs)
                track = tracks[packet.stream_index]
                track.add(packet)
                if isinstance(track, AudioIntake) and track.lasts > max_seconds + 1:
                    raise TooLong
                if len(video.times) > 1 and (video.times[-1] - video.times[0]) * video.facts.time_base > max_seconds:
                    raise TooLong
            video.flush()
        finally:
            video.give_up()
        add_edited(audio, path, apart, max_seconds)
        for sound in audio:
            sound.flush()
        scan, is_seen = look_at(video.index, out, video.facts.stored[1], video.interlaced).judged()
        video.facts = video.facts.scanned(scan)
        made = _facts_and_index(video, audio, text, order)
        facts, zero = made.facts, made.facts.zero
        leaps = [Fraction(leap, SECOND) - zero for leap in epochs.leaps]
        warnings += facts.warnings
        warnings += notes.of_clocks(leaps, facts.rate, facts.frames)
        warnings += notes.of_codings(path)
        warnings += notes.of_scan(scan) if is_seen else ()
        warnings += notes.of_end(source, path, facts.frames / facts.rate, facts.frames)
        poster = keep_poster(source, path, video.stream, out)
        return replace(made, facts=replace(facts, warnings=merged(warnings), poster=poster))


def keep_poster(source: InputContainer, path: Path, shown: VideoStream, out: Path) -> Size | None:
    """The picture that its maker meant to stand for it, as a chunk, upright, and its size; None if there is none."""
    found = cover_of(source, path, shown)
    if found is None:
        return None
    stream, packet, facts = found
    picture = whole_picture(stream, packet) if facts.appearance.is_turned else None
    if picture is None:
        write_chunk(out / POSTER, stream, [packet], [0], 0)
    else:
        picture.time_base = facts.time_base
        write_pictures(out / POSTER, iter([Rotator(facts.appearance).turn(picture)]))
    return facts.width, facts.height


def rewrap_sound(order: SoundRewrapOrder) -> SoundRewrapped:
    """Write the chunks of a file's first soundtrack. Raises Unsupported, Damaged or TooLong."""
    path, out = order.source, order.out
    with translated(), open_source(path) as source:
        if source.duration is not None and source.duration > order.max_seconds * av.time_base:
            raise TooLong
        found = look_at_audio(source, path)
        if not found:
            raise Unsupported("the source has no soundtrack that this server can read")
        stream, facts = found[0]
        track = AudioIntake(stream, facts, 0, out)
        apart = edits_of(source, path)
        for packet in packets(source, [] if stream.index in apart else [stream], path):
            track.add(packet)
        add_edited([track], path, apart, order.max_seconds)
        track.flush()
    if not track.times:
        raise Unsupported("the source's soundtrack is empty")
    sound = track.laid(track.begins - order.shift)
    return SoundRewrapped(facts.told, dump(Index(VideoIndex(), [sound])))


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
    sound = [track.laid(zero) for track in audio]
    longer = _hold_last_frame(video.index, laid.rate, sound, [track.margin for track in audio], max_seconds)
    warnings = [*notes.of_pictures(video, laid, held, longer)]
    for number, (taken, laid_out) in enumerate(zip(audio, sound, strict=True)):
        warnings += notes.of_sound(number, taken, laid_out, zero, laid.rate)
    for number, captions_track in enumerate(text):
        (order.out / text_file(number)).write_bytes(dump_captions(captions_track.shifted(zero)))
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
