"""Sound by its track's edits, to the sample: libav plays whole packets, wherever in one an edit begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from inpoint.engine import iso
from inpoint.engine.intake import AudioIntake
from inpoint.engine.iso import PlayedStretch
from inpoint.engine.probe import open_source
from inpoint.errors import TooLong

_MOST = 200  # edits that are looked for one by one; of more, libav's are good enough
_BEFORE = Fraction(1, 2)  # seconds: a packet that begins earlier doesn't reach an edit


def edits_of(source: InputContainer, path: Path) -> dict[int, list[PlayedStretch]]:
    """Of the tracks, by their numbers, that are played in several stretches: these."""
    if "mov" not in source.format.name.split(","):
        return {}
    told = iso.edits(path)
    played = {one.index: told.get(one.id, []) for one in source.streams.audio}
    return {index: edits for index, edits in played.items() if 1 < sum(e.begins is not None for e in edits) <= _MOST}


def add_edited(
    audio: Sequence[AudioIntake], path: Path, apart: Mapping[int, list[PlayedStretch]], max_seconds: int
) -> None:
    """What these play, to those whose tracks they are. Raises TooLong."""
    for track in audio:
        if stretches := apart.get(track.stream.index):
            for packet, is_first in edited(path, track.stream, stretches):
                track.add(packet, is_edited=is_first)
                if track.lasts > max_seconds + 1:
                    raise TooLong


def edited(path: Path, stream: AudioStream, edits: list[PlayedStretch]) -> Iterator[tuple[Packet[Any], bool]]:
    """A track's packets at the times at which its edits play them, and whether each is an edit's first."""
    base = stream.time_base or Fraction(1, 48_000)
    with open_source(path, as_recorded=True) as source:
        track = source.streams[stream.index]
        at = Fraction(0)
        for edit in edits:
            is_first = True
            if edit.begins is not None:
                _seek(source, track, max(0, int((edit.begins - _BEFORE) / base)))
                for packet in source.demux(track):
                    if packet.pts is None or (packet.pts + (packet.duration or 0)) * base <= edit.begins:
                        continue
                    if packet.pts * base >= edit.begins + edit.lasts:
                        break
                    packet.pts = packet.dts = packet.pts + round((at - edit.begins) / base)
                    yield packet, is_first
                    is_first = False
            at += edit.lasts


def _seek(source: InputContainer, track: Stream, at: int) -> None:
    """To a place, or to the beginning, where the track has no such place."""
    for place in (at, 0):
        try:
            source.seek(place, stream=track)
            return
        except av.error.FFmpegError:
            continue
