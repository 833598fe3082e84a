"""How far an encoding's fill is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FillProgress:
    """``made`` of ``total`` segments; ``rate`` in segments a second since the fill last went on. One that has ended
    with less has logged what could not be made."""

    made: int
    total: int
    rate: float = 0.0
    ended: bool = False

    @property
    def percent(self) -> float:
        """How much of it is made, 0 to 100."""
        return 100.0 * self.made / self.total if self.total else 100.0

    @property
    def remaining_seconds(self) -> float | None:
        """None as long as no rate is known."""
        return (self.total - self.made) / self.rate if self.rate else None
