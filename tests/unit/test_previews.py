"""Previews are leased for an hour, renewed in time, and limited."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import cast

import pytest

from inpoint.delivery.allowance import Allowance
from inpoint.delivery.previews import LEASE, PreviewLeases
from inpoint.errors import EmptyRange, NotFound, TooMany
from inpoint.model.media import Media
from inpoint.model.range import Range
from inpoint.model.timeline import Timeline
from inpoint.ports import RetentionRows
from inpoint.testing.clock import SettableClock
from tests.unit.test_timeline import encoding, whole


class Leases:
    """As many rows as previews ask for."""

    def __init__(self) -> None:
        self.taken: list[tuple[Timeline, datetime]] = []
        self.there = True

    async def lease(self, media_id: str, timeline: Timeline, until: datetime) -> bool:
        del media_id
        self.taken.append((timeline, until))
        return self.there


CLOCK = SettableClock()
MEDIA = Media("m", "w", CLOCK.now(), CLOCK.now())
TIMELINE = whole(encoding(Fraction(30), 9000))


def part(first: int) -> Range:
    return Range(Fraction(first), Fraction(first + 1))


async def test_a_lease_is_renewed_before_it_ends_and_not_at_every_request() -> None:
    leases, clock = Leases(), SettableClock()
    previews = PreviewLeases(cast(RetentionRows, leases), clock)
    for _ in range(100):
        assert await previews.slice(MEDIA, TIMELINE, part(3), "client") == TIMELINE.slice(90, 120)
        clock.advance(60)
    gaps = [later - earlier for (_, earlier), (_, later) in zip(leases.taken, leases.taken[1:], strict=False)]
    assert len(leases.taken) == 4
    assert all(gap < LEASE for gap in gaps)


async def test_new_previews_are_limited_for_each_client() -> None:
    leases, clock = Leases(), SettableClock()
    previews = PreviewLeases(cast(RetentionRows, leases), clock)
    for first in range(60):
        await previews.slice(MEDIA, TIMELINE, part(first), "greedy")
    with pytest.raises(TooMany) as refused:
        await previews.slice(MEDIA, TIMELINE, part(60), "greedy")
    assert 0 < refused.value.retry_after <= 61
    await previews.slice(MEDIA, TIMELINE, part(59), "greedy")  # known already
    await previews.slice(MEDIA, TIMELINE, part(60), "another")
    clock.advance(61)
    await previews.slice(MEDIA, TIMELINE, part(61), "greedy")


async def test_what_can_not_be_previewed() -> None:
    leases = Leases()
    previews = PreviewLeases(cast(RetentionRows, leases), SettableClock())
    with pytest.raises(EmptyRange):
        await previews.slice(MEDIA, TIMELINE, Range(Fraction(5), Fraction(4)), "client")
    assert not leases.taken
    leases.there = False  # the media was deleted at that moment
    with pytest.raises(NotFound):
        await previews.slice(MEDIA, TIMELINE, part(3), "client")


def test_an_allowance_forgets_what_lies_outside_its_window() -> None:
    clock = SettableClock()
    allowance = Allowance(2, timedelta(seconds=10))
    allowance.take("key", clock.now())
    clock.advance(6)
    allowance.take("key", clock.now())
    with pytest.raises(TooMany) as refused:
        allowance.take("key", clock.now())
    assert refused.value.retry_after == 5
    clock.advance(4)
    allowance.take("key", clock.now())
