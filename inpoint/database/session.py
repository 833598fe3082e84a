"""What all subjects' rows share: connections, the clock, the recipes that rows name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from inpoint.database import rows
from inpoint.database.connect import READ_ONLY
from inpoint.model.recipe import RECIPES, Recipes
from inpoint.ports import Clock


@dataclass(frozen=True, slots=True)
class Session:
    """A connection to the database for reading, and the one transaction at a time that writes."""

    engine: AsyncEngine
    clock: Clock
    recipes: Recipes = RECIPES

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads: it waits for no writer."""
        async with self.engine.connect() as connection:
            await connection.execution_options(**{READ_ONLY: True})
            async with connection.begin():
                yield connection

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that changes something: whole or not at all."""
        return self.engine.begin()

    def now(self) -> int:
        """Microseconds since 1970."""
        return rows.to_micros(self.clock.now())
