"""Confined processes end, and others take their place."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from inpoint.engine.calls import PIXEL_RATE
from inpoint.engine.engine import ConfinedEngine
from inpoint.engine.pool import Pool
from inpoint.model.recipe import FIRST
from inpoint.ports import Priority
from inpoint.ports.orders import RateOrder

TRIAL = RateOrder(FIRST.picture, FIRST.boxes)


@pytest.fixture
async def engine() -> AsyncIterator[ConfinedEngine]:
    made = ConfinedEngine(2, 1 << 30)
    await made.start()
    yield made
    await made.stop()


async def test_a_killed_parent_takes_nobody_with_it(engine: ConfinedEngine) -> None:
    assert await engine.pixel_rate(TRIAL) > 0
    for _ in range(2):
        assert engine.zygote._process is not None
        os.kill(engine.zygote._process.pid, signal.SIGKILL)
        await asyncio.sleep(0.1)
        assert await engine.pixel_rate(TRIAL) > 0


async def test_a_process_serves_its_mezzanine_again_and_no_other(engine: ConfinedEngine) -> None:
    pool = Pool(engine.zygote, 2)
    seen: dict[str, set[int]] = {"a": set(), "b": set()}
    for mezzanine in ("a", "b", "a", "b", "a"):
        async with pool.process(mezzanine, Priority.EDGE) as process:
            assert await process.answer(PIXEL_RATE, TRIAL, 30)
            seen[mezzanine].add(process.pid)
    assert not seen["a"] & seen["b"]
    assert [len(pids) for pids in seen.values()] == [1, 1]
    await pool.stop()


async def test_a_request_that_is_given_up_ends_its_process(engine: ConfinedEngine) -> None:
    pool = Pool(engine.zygote, 1)
    async with pool.process("a", Priority.EDGE) as process:
        asked = asyncio.create_task(process.answer(PIXEL_RATE, TRIAL, 30))
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        assert process.dead
    async with pool.process("a", Priority.EDGE) as another:
        assert another.pid != process.pid
        assert await another.answer(PIXEL_RATE, TRIAL, 30)
    await pool.stop()
