"""What is particular to a picture's codec. A rendition names its own; nothing else knows one from another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol

from inpoint.model.avc import Avc


class Codec(Protocol):
    """A codec that renditions are made in."""

    #: As rows and recipes name it.
    name: str
    #: libav's name of its encoder.
    encoder: str
    #: Of files that hold it (ISO/IEC 14496-12, 4.3).
    brand: bytes

    def text(self, level: int) -> str:
        """The codec string of manifests (RFC 6381); ``level`` in the codec's own numbers."""
        ...

    def level(self, width: int, height: int, rate: Fraction, max_rate: int) -> int:
        """The least level that allows ``rate`` pictures of a size a second, at ``max_rate`` bit/s."""
        ...

    def options(
        self, preset: str, parameters: Mapping[str, str], level: int, crf: int, max_rate: int, buffer: int
    ) -> dict[str, str]:
        """What the encoder is told. ``max_rate`` in bit/s and ``buffer`` in bits are its VBV's."""
        ...

    def sample(self, packet: bytes) -> bytes:
        """An encoder's packet as a sample of a segment."""
        ...

    def entry(self, width: int, height: int, extradata: bytes) -> bytes:
        """The sample entry, with the parameter sets that the encoder tells in its ``extradata``."""
        ...


_CODECS: Mapping[str, Codec] = {codec.name: codec for codec in (Avc(),)}


def codec_of(name: str) -> Codec:
    """A codec by its name."""
    return _CODECS[name]
