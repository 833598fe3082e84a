"""Import of sound alone: a podcast, a recording of a voice. Its cover is the picture that stands for it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame

from inpoint.engine import captions, iso, notes
from inpoint.engine.chunks import write_chunk
from inpoint.engine.dense import write_pictures
from inpoint.engine.edits import add_edited, edits_of
from inpoint.engine.intake import AudioIntake, TextIntake
from inpoint.engine.probe import COVERS, cover_of, look_at_audio
from inpoint.engine.reading import SECOND, Progress, epochs_of, packets, shift
from inpoint.errors import TooLong, Unsupported
from inpoint.model import aac
from inpoint.model.appearance import Appearance
from inpoint.model.chunk import ChunkName, text_file
from inpoint.model.cues import dump_captions
from inpoint.model.index import AudioIndex, Index, VideoIndex, dump
from inpoint.model.source import PictureFacts, SourceFacts
from inpoint.model.warning import merged
from inpoint.ports.orders import RewrapOrder, Rewrapped

#: What is cut on, if nothing else is asked for: the frames that its segments are made of.
_RATE = Fraction(aac.RATE, aac.FRAME)
_WIDTH, _HEIGHT, _DARK = 640, 360, b"\x20"  # of the picture of a sound that has no cover


def has_sound_alone(source: InputContainer, path: Path) -> bool:
    """Whether there is sound, and no picture but covers."""
    shown = [one for one in source.streams.video if not one.disposition & COVERS]
    return bool(source.streams.audio) and not shown and not iso.is_encrypted(path)


def rewrap_alone(source: InputContainer, order: RewrapOrder, progress: Progress) -> Rewrapped:
    """Chunks of the soundtracks, and one of the cover, which is shown all along. Raises as ``rewrap``."""
    path, out = order.source, order.out
    audio = [AudioIntake(*found, number, out) for number, found in enumerate(look_at_audio(source, path))]
    text = [TextIntake(stream) for stream in source.streams.subtitles if captions.is_text(stream)]
    if not audio:
        raise Unsupported("the source has neither pictures nor a soundtrack that this server can read")
    gathered: list[AudioIntake | TextIntake] = [*audio, *text]
    tracks = {track.stream.index: track for track in gathered}
    epochs = epochs_of(source)
    apart = edits_of(source, path)
    for packet in packets(source, [one.stream for one in gathered if one.stream.index not in apart], path, progress):
        shift(packet, epochs)
        track = tracks[packet.stream_index]
        track.add(packet)
        if isinstance(track, AudioIntake) and track.lasts > order.max_seconds + 1:
            raise TooLong
    add_edited(audio, path, apart, order.max_seconds)
    for sound_track in audio:
        sound_track.flush()
    heard = [track for track in audio if track.times]
    if not heard:
        raise Unsupported("the source's soundtrack is empty")
    zero, rate = min(track.begins for track in heard), order.rate or _RATE
    sound = [track.laid(zero) for track in audio]
    frames = _frames(sound, rate)
    if frames > order.max_seconds * rate:
        raise TooLong
    for number, captions_track in enumerate(text):
        (out / text_file(number)).write_bytes(dump_captions(captions_track.shifted(zero)))
    warnings = [*notes.of_tracks(source, tracks, 0)]
    for number, (taken, laid_out) in enumerate(zip(audio, sound, strict=True)):
        warnings += notes.of_sound(number, taken, laid_out, zero, rate)
    warnings += notes.of_clocks([Fraction(leap, SECOND) - zero for leap in epochs.leaps], rate, frames)
    warnings += notes.of_codings(path)
    warnings += notes.of_end(source, path, frames / rate, frames)
    facts = SourceFacts(
        rate,
        zero,
        frames,
        _cover(source, path, out / ChunkName(None, 0).file),
        tuple(track.facts.told for track in audio),
        tuple(captions.told(track.stream) for track in text),
        merged(warnings),
        is_sound_alone=True,
    )
    once = array("I", [0])
    return Rewrapped(facts, dump(Index(VideoIndex(once, once, once * frames, array("I", [1])), sound)))


def _frames(sound: Sequence[AudioIndex], rate: Fraction) -> int:
    """As many as last until the last soundtrack has ended."""
    ends = [Fraction(one.start[-1] + one.samples[-1], one.rate) for one in sound if one.start]
    return max(1, ceil(max(ends) * rate))


def _cover(source: InputContainer, path: Path, out: Path) -> PictureFacts:
    """The chunk of the picture that stands for the sound: its cover, or a dark one."""
    found = cover_of(source, path)
    if found is not None:
        stream, packet, facts = found
        write_chunk(out, stream, [packet], [0], 0)
        return facts.told(0, {facts.stored: (facts.width, facts.height)})
    dark = VideoFrame(_WIDTH, _HEIGHT, "yuv420p")
    for plane, value in zip(dark.planes, (_DARK, b"\x80", b"\x80"), strict=True):
        plane.update(value * plane.buffer_size)
    write_pictures(out, iter([dark]))
    return PictureFacts("h264", _WIDTH, _HEIGHT, Appearance(), 0)
