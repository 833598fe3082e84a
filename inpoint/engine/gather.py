"""Chunks' packets into one Matroska file, at their times in milliseconds. Nothing is decoded."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.packet import Packet

from inpoint.engine.chunks import read_chunk
from inpoint.engine.failures import translated
from inpoint.errors import Unsupported
from inpoint.model.packets import is_packed
from inpoint.ports.orders import GatheredTrack

_MILLISECOND = Fraction(1, 1000)
_DELAY = 2000  # milliseconds by which decoding may precede showing


def gather(tracks: Sequence[GatheredTrack], out: Path) -> None:
    """Write all tracks, packets in the order of their decode times."""
    with translated(), av.open(str(out), "w", format="matroska", options={"fflags": "+bitexact"}) as file:
        streams = []
        for track in tracks:
            if _is_packed(track.paths[0]):
                raise Unsupported("Matroska does not hold what the source is coded in")
            with av.open(str(track.paths[0]), "r", format="matroska") as first:
                stream = file.add_stream_from_template(first.streams[0], opaque=True)
                stream.metadata["language"] = track.language
                streams.append(stream)
        merged = heapq.merge(
            *(_timed(track, number) for number, track in enumerate(tracks)), key=lambda one: (one[0], one[1])
        )
        for _, number, packet in merged:
            packet.stream = streams[number]
            file.mux_one(packet)


def _is_packed(path: Path) -> bool:
    with path.open("rb") as chunk:
        return is_packed(chunk.read(8))


def _timed(track: GatheredTrack, track_number: int) -> Iterator[tuple[int, int, Packet[Any]]]:
    last = -_DELAY - 1
    times = _times(track)
    coded: set[tuple[str, bytes]] = set()
    for path, number in zip(track.paths, track.numbers, strict=True):
        told, packets = read_chunk(path.read_bytes())
        coded.add((told.codec, told.extradata))
        if len(coded) > 1:
            raise Unsupported("the source is kept in more than one form, which one file does not hold")
        ranks = [packet.pts or 0 for packet in packets]
        shown = _shown(times, number, max(ranks, default=0) + 1)
        ordered = sorted(shown[rank] for rank in ranks)
        for packet, rank, decoded in zip(packets, ranks, ordered, strict=True):
            last = max(last + 1, min(decoded, shown[rank]) - _DELAY)
            packet.time_base = _MILLISECOND
            packet.pts, packet.dts, packet.duration = shown[rank], min(last, shown[rank]), 0
            yield last, track_number, packet


def _times(track: GatheredTrack) -> dict[tuple[int, int], int]:
    """In milliseconds, by chunk and rank."""
    chunks, ranks, times = (array("q", told) for told in (track.chunks, track.ranks, track.times))
    return {(chunk, rank): time for chunk, rank, time in zip(chunks, ranks, times, strict=True)}


def _shown(known: dict[tuple[int, int], int], number: int, count: int) -> list[int]:
    """Times by rank; a packet that is never shown has the time of what is shown next."""
    times, following = [0] * count, 0
    for rank in reversed(range(count)):
        following = known.get((number, rank), following)
        times[rank] = following
    return times
