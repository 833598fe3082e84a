"""Sources that are damaged: packets of a track lost, emptied, cut short or with bits turned over."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from pathlib import Path

import av

Harm = Callable[[bytes, random.Random], bytes]


def flip(data: bytes, chance: random.Random) -> bytes:
    """Some bits in a packet's last three quarters."""
    turned = bytearray(data)
    for _ in range(max(2, len(data) // 400)):
        turned[chance.randrange(len(data) // 4, len(data))] ^= 1 << chance.randrange(8)
    return bytes(turned)


def cut(data: bytes, _: random.Random) -> bytes:
    """The second half is missing."""
    return data[: max(8, len(data) // 2)]


def empty(data: bytes, _: random.Random) -> bytes:
    """Zeros, as a disk has them that was never written."""
    return bytes(len(data))


HARMS: dict[str, Harm] = {"flip": flip, "cut": cut, "empty": empty}


def damaged(path: Path, out: Path, numbers: Collection[int], harm: Harm, seed: int = 1, kind: str = "video") -> Path:
    """The file with some packets of its first track of a kind harmed, by their numbers in the file's order."""
    chance = random.Random(seed)
    with av.open(str(path)) as source, av.open(str(out), "w", format="matroska") as made:
        tracks = {one.index: made.add_stream_from_template(one, opaque=True) for one in source.streams}
        number = 0
        for packet in source.demux():
            if packet.size == 0:
                continue
            if packet.stream.type == kind:
                if number in numbers:
                    harmed = av.Packet(harm(bytes(packet), chance))
                    harmed.pts, harmed.dts, harmed.duration = packet.pts, packet.dts, packet.duration
                    harmed.time_base, harmed.is_keyframe = packet.time_base, packet.is_keyframe
                    harmed.stream = packet.stream
                    packet = harmed
                number += 1
            packet.stream = tracks[packet.stream.index]
            made.mux_one(packet)
    return out
