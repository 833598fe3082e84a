"""What of a source is not taken in as it was recorded, in sentences: warnings of the media that it becomes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Stream

from inpoint.engine import iso
from inpoint.engine.endings import is_cut_off, is_fragmented
from inpoint.engine.intake import AudioIntake
from inpoint.engine.pictures import VideoIntake
from inpoint.engine.probe import COVERS
from inpoint.model.appearance import Scan
from inpoint.model.grid import Grid, Laid
from inpoint.model.index import AudioIndex, tells_times
from inpoint.model.warning import MediaWarning, damage, silence, spans

_LITTLE = Fraction(1, 20)  # seconds of sound, and of a length, that are not worth a word
_FALSE = 100  # times the length that there is: what says more is no length
_ASIDE = 20  # one hole among so many pictures is an accident; more are how the source was made


def of_tracks(source: InputContainer, taken: Collection[int], programmes: int) -> Iterator[MediaWarning]:
    """What is left out; ``taken`` are the numbers of the tracks that are not."""
    if programmes > 1:
        yield _left_out(f"Of the source's {programmes} programmes, one is played.")
    for streams, name in ((source.streams.audio, "Soundtrack"), (source.streams.subtitles, "Captions")):
        for number, stream in enumerate(streams, 1):
            if stream.index not in taken and programmes < 2:
                yield _left_out(f"{name} {number}{_named(stream)} can't be read by this server, and is left out.")
    others = [one for one in source.streams.video if one.index not in taken and not one.disposition & COVERS]
    if others and programmes < 2:
        yield _left_out(f"Of the source's {len(others) + 1} video tracks, one is played.")


def of_codings(path: Path) -> Iterator[MediaWarning]:
    """What of a track is coded otherwise."""
    if other := iso.other_codings(path):
        yield _left_out(
            f"Parts of the recording are coded in {' and '.join(other)}, unlike the rest: they are left out."
        )


def of_scan(scan: Scan) -> Iterator[MediaWarning]:
    """What was seen of fields, and isn't told."""
    if scan == "progressive":
        yield _guessed(
            "The file says that its pictures are interlaced, and they don't look so: they are left as they are."
        )
    else:
        yield _guessed("The pictures look interlaced, though the file doesn't say so: they are deinterlaced.")


def of_order(*, is_untold: bool) -> Iterator[MediaWarning]:
    """What nobody tells."""
    if is_untold:
        yield _guessed("The file doesn't tell in which order its pictures are shown: it was found by decoding them.")


def of_end(source: InputContainer, path: Path, seconds: Fraction, frames: int) -> Iterator[MediaWarning]:
    """Whether the recording is all there; ``seconds`` and ``frames`` of it are."""
    declared = Fraction(source.duration or 0, av.time_base)
    is_longer = seconds + 1 < declared < seconds * _FALSE
    if is_cut_off(path) or (is_longer and is_fragmented(path)):
        of = f": {_seconds(seconds)} of {_seconds(declared)} seconds are there" if is_longer else " at its end"
        yield MediaWarning("cut_off", f"The file is cut off{of}.", frames - 1, frames)


def of_pictures(video: VideoIntake, laid: Laid, held: int, longer: int) -> Iterator[MediaWarning]:
    """What the grid does to the pictures: it begins with the first for ``held`` frames, and goes on with the last one
    for ``longer`` ones."""
    if video.lost:
        yield MediaWarning(
            "left_out", f"{_count(video.lost)} before the first that can be decoded alone can't be shown.", 0, 1
        )
    dropped = len(video.times) - len(set(laid.shown))
    if dropped:
        yield MediaWarning("dropped", f"{_count(dropped)} of {len(video.times)} are left out: they come too close.")
    if held:
        yield MediaWarning("held", "The first picture is held: the sound begins before it.", 0, held)
    end = held + len(laid.shown)
    if longer:
        yield MediaWarning("held", "The last picture is held: the sound goes on after it.", end, end + longer)
    if video.damaged:
        lost = set(video.damaged)
        frames = (held + number for number, shown in enumerate(laid.shown) if shown in lost)
        yield from damage(spans(frames), Grid(laid.rate, end), is_sound=False)
    yield from (
        MediaWarning("held", "Pictures are missing: the one before is held.", held + start, held + stop)
        for start, stop in _holes(laid.shown)
    )


def _holes(shown: Sequence[int]) -> list[tuple[int, int]]:
    """Where a picture is shown for longer than nearly all of them are; nothing where that is how they were made."""
    begins = [number for number, (before, now) in enumerate(pairwise(shown), 1) if now != before]
    spans = list(pairwise([0, *begins]))
    if not spans:
        return []
    lengths = sorted(end - start for start, end in spans)
    usual = lengths[len(lengths) // 2]
    found = [(start + usual, end) for start, end in spans if end - start > usual]
    return found if len(found) * _ASIDE <= len(spans) else []


def of_sound(
    number: int, track: AudioIntake, placed: AudioIndex, zero: Fraction, rate: Fraction
) -> Iterator[MediaWarning]:
    """Where a soundtrack is lost, or pieces of it lie over each other, and what its times are worth; ``zero`` seconds
    of the source's own time are where the grid, of so many frames a second, begins."""
    for ticks in track.lost:
        at = max(0, int((ticks * track.facts.time_base - zero) * rate))
        yield silence(at, at + 1)
    if not tells_times(track.times, track.samples, track.facts.time_base, placed.rate):
        yield _guessed(f"The times of soundtrack {number + 1} can't be true: it is played without a gap.")
        return
    begins, samples = placed.start, placed.samples
    over = [
        (begins[at + 1], lost)
        for at in range(len(begins) - 1)
        if at + 1 not in track.anew and (lost := begins[at] + samples[at] - begins[at + 1]) > 0
    ]
    total = Fraction(sum(lost for _, lost in over), placed.rate)
    if total >= _LITTLE:
        said = f"{_seconds(total)} seconds of soundtrack {number + 1} are left out: its pieces overlap."
        frames = (max(0, int(at * rate / placed.rate)) for at, _ in over)
        yield from (MediaWarning("dropped", said, frame, frame + 1) for frame in frames)


def of_clocks(leaps: Sequence[Fraction], rate: Fraction, frames: int) -> Iterator[MediaWarning]:
    """Where the recording's clock leapt, in seconds of the media."""
    for leap in leaps:
        at = min(max(0, int(leap * rate)), frames - 1)
        yield MediaWarning(
            "guessed", "The recording's clock leaps: what follows is played without a gap.", at, at + 1
        )


def _count(pictures: int) -> str:
    return f"{pictures} picture{'s' if pictures > 1 else ''}"


def _seconds(length: Fraction) -> str:
    return f"{float(length):.2f}".rstrip("0").rstrip(".")


def _named(stream: Stream) -> str:
    known = stream.codec_context
    return "" if known is None else f" ({known.name})"


def _left_out(message: str) -> MediaWarning:
    return MediaWarning("left_out", message)


def _guessed(message: str) -> MediaWarning:
    return MediaWarning("guessed", message)
