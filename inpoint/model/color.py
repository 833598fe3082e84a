"""What a picture's numbers mean as colours, and what that is where nobody says. Pure.

Numbers are those of ITU-T H.273 (ISO/IEC 23091-2): 1 is BT.709, and 2 says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from inpoint.model.fitting import Size

UNTOLD = 2
BT709, BT601, BT2020 = 1, 6, 9
#: Transfers of more light than a screen of standard range shows.
PQ, HLG = 16, 18
UNTOLD_RANGE, LIMITED, FULL = 0, 1, 2
_LONG, _SHORT = 1280, 576  # sides from which on, or above which, untold video is of high definition


@dataclass(frozen=True, slots=True)
class Color:
    """``primaries``, ``transfer`` and ``matrix``; ``range`` is 1 where numbers are limited to 16 to 235 (of 255), 2
    where they are not, 0 where nobody says."""

    primaries: int = UNTOLD
    transfer: int = UNTOLD
    matrix: int = UNTOLD
    range: int = UNTOLD_RANGE

    def over(self, other: Color) -> Color:
        """What this one says, and else the other."""
        return Color(
            other.primaries if self.primaries == UNTOLD else self.primaries,
            other.transfer if self.transfer == UNTOLD else self.transfer,
            other.matrix if self.matrix == UNTOLD else self.matrix,
            self.range or other.range,
        )

    def meant(self, size: Size) -> Color:
        """What players take it for where it says nothing, by its size."""
        if self.is_hdr:
            return self.over(Color(BT2020, self.transfer, BT2020, LIMITED))
        is_high = max(size) >= _LONG or min(size) > _SHORT
        return self.over(Color(BT709, BT709, BT709 if is_high else BT601, LIMITED))

    @property
    def is_hdr(self) -> bool:
        """Whether it holds more light than a screen of standard range shows."""
        return self.transfer in (PQ, HLG)


#: What pictures are made in: what every screen shows.
STANDARD = Color(BT709, BT709, BT709, LIMITED)
