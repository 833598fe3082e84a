"""A source's packets, one after another: of the tracks that are taken in, on one clock, pictures in display order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from inpoint.engine.order import counted, display_times, in_order, unpacked
from inpoint.engine.probe import open_source
from inpoint.model.epochs import Epochs
from inpoint.model.pace import Pace

SECOND = 1_000_000  # microseconds: what epochs are told in
_TELL_EVERY = 0.25  # seconds
#: Containers of what was broadcast or streamed: a long step ahead is their clock's.
_LEAPING = ("mpegts", "flv", "mpeg")

Progress = Callable[[float], None]


class Told:
    """Progress that is told ``again`` while nothing new is known, lest a wait is taken for a standstill."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._percent = 0.0

    def __call__(self, percent: float) -> None:
        """What is known now."""
        self._percent = percent
        self._progress(percent)

    def again(self) -> None:
        """What was told last."""
        self._progress(self._percent)


def epochs_of(source: InputContainer) -> Epochs:
    """What its clock may do."""
    return Epochs(leaps=source.format.name in _LEAPING)


def as_told(
    source: InputContainer, streams: list[Any], video: VideoStream, path: Path, progress: Progress
) -> Iterator[Packet[Any]]:
    """All packets, each picture in one of its own; ``progress`` hears percents."""
    found = unpacked(packets(source, streams, path, progress), video)
    return counted(found, video) if source.format.name == "avi" else found


def as_decoded(
    source: InputContainer, streams: list[Any], video: VideoStream, path: Path, progress: Progress
) -> Iterator[Packet[Any]]:
    """The same where nobody tells at which times pictures are shown: to find these is most of the work."""
    with open_source(path) as again:
        track = next(one for one in again.streams.video if one.index == video.index)
        times = display_times(
            unpacked(packets(again, [track], path, lambda done: progress(done * 0.8)), track), track
        )
    found = packets(source, streams, path, lambda done: progress(80 + done * 0.2))
    return in_order(unpacked(found, video), video, times)


def packets(
    source: InputContainer, streams: list[Any], path: Path, progress: Progress | None = None
) -> Iterator[Packet[Any]]:
    """Packets of some tracks as they lie in the file."""
    if not streams:
        return  # to libav no track is every track
    size, pace = path.stat().st_size, Pace(_TELL_EVERY)
    for packet in source.demux(*streams):
        if packet.dts is None and packet.pts is None:
            continue  # the demuxer's flush
        yield packet
        if progress is not None and packet.pos is not None and size and pace.is_due(time.monotonic()):
            progress(min(99.0, 100.0 * packet.pos / size))


def shift(packet: Packet[Any], epochs: Epochs) -> None:
    """Onto the one clock that all of a recording's epochs lie on, end to end."""
    base, shown = packet.stream.time_base, packet.pts if packet.pts is not None else packet.dts
    if base is None or shown is None or packet.is_discard:
        return
    decoded, seen, lasts = (
        None if at is None else at * SECOND * base.numerator // base.denominator
        for at in (packet.dts, shown, packet.duration or 0)
    )
    moved = round(epochs.shift(packet.stream_index, decoded, seen or 0, lasts or 0) / (SECOND * base))
    if moved:
        packet.pts = None if packet.pts is None else packet.pts + moved
        packet.dts = None if packet.dts is None else packet.dts + moved
