"""Which decoded pictures are whole: damage spreads to all that refer to it, until the next key frame.

What a decoder makes of a damaged picture, or of one that refers to it, depends on what it held before, so it is never
shown. Which pictures these are follows from the packets, wherever decoding began.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from av.packet import Packet

from inpoint.engine.entry import holds_picture, is_reference, recovery, stands_alone

_ENTRIES = 100  # that are remembered


@dataclass(slots=True)
class _Entry:
    """A key frame: the packet's number and key, and how many reference pictures there are once all is right."""

    number: int
    key: int
    ready: int


@dataclass(slots=True)
class _Fed:
    """A packet: the one that entered what it belongs to, and the greatest key until here."""

    key: int
    is_referred: bool
    entered: int
    highest: int


@dataclass(slots=True)
class Health:
    """Told of packets in the order in which they are decoded, each by its key: its place in display order."""

    codec: str
    extradata: bytes
    _fed: list[_Fed] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)
    _entries: list[_Entry] = field(default_factory=list)
    _references: int = 0
    #: The first packet from which a decoder that began here can vouch for its pictures.
    _recovered: int | None = None
    #: Packets that aren't what they should be, or whose pictures the decoder doesn't vouch for.
    _damaged: set[int] = field(default_factory=set)
    #: Those that can't be whole, since decoding began too late for them: nobody asks for these.
    _early: set[int] = field(default_factory=set)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was amiss yet."""
        return not self._damaged

    def feed(self, packet: Packet[Any], key: int) -> None:
        """The next packet that is decoded."""
        data, number = bytes(packet), len(self._fed)
        if packet.is_keyframe:
            is_alone = stands_alone(self.codec, self.extradata, data)
            takes = 0 if is_alone else recovery(self.codec, self.extradata, data)
            self._entries = [*self._entries[-_ENTRIES:], _Entry(number, key, self._references + takes)]
        if self._recovered is None and any(self._references >= entry.ready for entry in self._entries):
            self._recovered = number
        is_referred = is_reference(self.codec, self.extradata, data)
        highest = max(key, self._fed[-1].highest) if self._fed else key
        self._fed.append(_Fed(key, is_referred, self._entered(key), highest))
        self._numbers[key] = number
        self._references += is_referred
        if not holds_picture(self.codec, self.extradata, data):
            self._note(number)

    def _entered(self, key: int) -> int:
        of = (one for one in reversed(self._entries) if one.key <= key and one.ready <= self._references)
        return next((entry.number for entry in of), 0)

    def lose(self) -> None:
        """The decoder gave the last packet up."""
        if self._fed:
            self._note(len(self._fed) - 1)

    def doubt(self, key: int) -> None:
        """The decoder doesn't vouch for a picture."""
        if (number := self._numbers.get(key)) is not None:
            self._note(number)

    def _note(self, number: int) -> None:
        is_early = self._recovered is None or number < self._recovered or self._fed[number].key < self._fed[0].key
        (self._early if is_early else self._damaged).add(number)

    def last_before(self, key: int) -> int:
        """The key that must have come before it is known whether a picture is whole."""
        number = self._numbers.get(key)
        return key if number is None else self._fed[number].highest

    def is_whole(self, key: int) -> bool:
        """Whether neither a picture nor what it refers to is damaged."""
        number = self._numbers.get(key)
        if number is None or (self.is_sound and not self._early):
            return True
        if number in self._early:
            return False
        one = self._fed[number]
        least = self._fed[one.entered].key

        def spoils(other: int) -> bool:
            """Pictures that lead a key frame are referred to by none after it."""
            damaged = self._fed[other]
            return other == number or (damaged.is_referred and damaged.key >= least)

        return not any(one.entered <= other <= number and spoils(other) for other in self._damaged)
