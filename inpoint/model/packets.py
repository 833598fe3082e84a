"""Packets of a track as they came, with what their decoder must be told: for codecs that no container of ours holds.

A file is a magic, the length of a JSON header, the header, and the packets' bytes one after another. A packet's place
is its rank in display order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MAGIC = b"INPTPKT1"


@dataclass(frozen=True, slots=True)
class CodedTrack:
    """``codec`` is a decoder's name; ``settings`` are those of its context that are not left to it."""

    codec: str
    extradata: bytes
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CodedPacket:
    """``beside`` is what comes with it, by kind: a palette, new parameters."""

    data: bytes
    rank: int
    is_key: bool
    beside: Mapping[str, bytes] = field(default_factory=dict)


def pack(track: CodedTrack, packets: Sequence[CodedPacket]) -> bytes:
    """A file of them."""
    header = json.dumps(
        {
            "codec": track.codec,
            "extradata": _text(track.extradata),
            "settings": dict(track.settings),
            "packets": [
                [len(one.data), one.rank, int(one.is_key), {name: _text(data) for name, data in one.beside.items()}]
                for one in packets
            ],
        }
    ).encode()
    return b"".join([_MAGIC, len(header).to_bytes(4, "little"), header, *(one.data for one in packets)])


def is_packed(blob: bytes) -> bool:
    """Whether it is such a file."""
    return blob[:8] == _MAGIC


def unpack(blob: bytes) -> tuple[CodedTrack, list[CodedPacket]]:
    """The inverse of ``pack``. Raises ValueError if the blob is none."""
    if not is_packed(blob):
        raise ValueError("not a file of packets")
    at = 12 + int.from_bytes(blob[8:12], "little")
    header = json.loads(blob[12:at])
    packets = []
    for size, rank, is_key, beside in header["packets"]:
        told = {name: base64.b64decode(text) for name, text in beside.items()}
        packets.append(CodedPacket(blob[at : at + size], rank, bool(is_key), told))
        at += size
    return CodedTrack(header["codec"], base64.b64decode(header["extradata"]), header["settings"]), packets


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
