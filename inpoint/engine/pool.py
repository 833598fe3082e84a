"""Warm processes and who gets one: viewers before clips' edges; the fill has processes of its own that give way.

A process serves one mezzanine and dies, so that a crafted file never meets another tenant's.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from inpoint.engine.processes import Process, Zygote
from inpoint.ports import Priority


@dataclass(order=True, slots=True)
class _Turn:
    priority: int
    number: int
    granted: asyncio.Future[None] = field(compare=False)


class Slots:
    """``count`` at once, the most urgent first, then in order of asking."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._queue: list[_Turn] = []
        self._numbers = itertools.count()

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        """A turn, the more urgent first."""
        await self._acquire(priority)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, priority: Priority) -> None:
        if self._free > 0:
            self._free -= 1
            return
        turn = _Turn(priority, next(self._numbers), asyncio.get_running_loop().create_future())
        heapq.heappush(self._queue, turn)
        try:
            await turn.granted
        except asyncio.CancelledError:
            if turn.granted.done() and not turn.granted.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        while self._queue:
            turn = heapq.heappop(self._queue)
            if not turn.granted.done():
                turn.granted.set_result(None)
                return
        self._free += 1


class Pool:
    """``size`` processes for those who wait, and as many for what nobody waits for. A fresh one stands ready."""

    def __init__(self, zygote: Zygote, size: int) -> None:
        self._zygote = zygote
        self._size = size
        self._slots = {False: Slots(size), True: Slots(size)}
        self._warm: dict[bool, list[Process]] = {False: [], True: []}
        self._fresh: list[Process] = []
        self._forking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Processes can be had from now on."""
        await self._fork_ahead()

    async def stop(self) -> None:
        """All end."""
        if self._forking is not None:
            self._forking.cancel()
            await asyncio.gather(self._forking, return_exceptions=True)
        for process in [*self._warm[False], *self._warm[True], *self._fresh]:
            self._zygote.end(process)

    async def _fork_ahead(self) -> None:
        """Forking takes as long as encoding a few frames: it is done ahead of need, for those who wait."""
        while len(self._fresh) < self._size:
            self._fresh.append(await self._zygote.fork())

    @asynccontextmanager
    async def process(self, mezzanine: str, priority: Priority) -> AsyncIterator[Process]:
        """A process for this mezzanine, when its turn comes."""
        idle = not priority.waits
        async with self._slots[idle].turn(priority):
            process = await self._take(mezzanine, idle)
            try:
                yield process
            finally:
                self._give_back(process, idle)

    async def _take(self, mezzanine: str, idle: bool) -> Process:
        warm = self._warm[idle]
        for kept in (warm, self._fresh):
            for process in [one for one in kept if one.gone]:
                kept.remove(process)
                self._zygote.end(process)
        chosen = next((process for process in warm if process.mezzanine == mezzanine), None)
        if chosen is not None:
            warm.remove(chosen)
            return chosen
        chosen = self._fresh.pop() if self._fresh and not idle else await self._zygote.fork(idle=idle)
        chosen.mezzanine = mezzanine
        return chosen

    def _give_back(self, process: Process, idle: bool) -> None:
        warm = self._warm[idle]
        if process.dead:
            self._zygote.end(process)
        else:
            warm.append(process)
        while len(warm) > self._size:
            self._zygote.end(warm.pop(0))
        if self._forking is None or self._forking.done():
            self._forking = asyncio.create_task(self._fork_ahead())

    def forget(self, mezzanine: str) -> None:
        """End the idle processes that served a mezzanine which is gone."""
        for warm in self._warm.values():
            for process in [p for p in warm if p.mezzanine == mezzanine]:
                warm.remove(process)
                self._zygote.end(process)
