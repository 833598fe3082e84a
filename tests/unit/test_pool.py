"""Who gets a process: viewers before clips' edges, then in order of asking; nobody is lost."""

from __future__ import annotations

import asyncio

from inpoint.engine.pool import Slots
from inpoint.ports import Priority


async def test_the_most_urgent_comes_first() -> None:
    slots, order = Slots(1), []

    async def ask(name: str, priority: Priority) -> None:
        async with slots.turn(priority):
            order.append(name)
            await asyncio.sleep(0)

    async with slots.turn(Priority.EDGE):
        asked = [
            asyncio.create_task(ask("edge 1", Priority.EDGE)),
            asyncio.create_task(ask("viewer 1", Priority.VIEWER)),
            asyncio.create_task(ask("edge 2", Priority.EDGE)),
            asyncio.create_task(ask("viewer 2", Priority.VIEWER)),
        ]
        await asyncio.sleep(0.01)
    await asyncio.gather(*asked)
    assert order == ["viewer 1", "viewer 2", "edge 1", "edge 2"]


async def test_who_gives_up_in_the_queue_leaves_no_hole() -> None:
    slots = Slots(1)
    async with slots.turn(Priority.EDGE):
        waiting = asyncio.create_task(slots.turn(Priority.EDGE).__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), slots.turn(Priority.VIEWER):
        pass
