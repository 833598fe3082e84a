"""Connections, and the migrations that bring a database up to this code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_MIGRATIONS = Path(__file__).parent / "migrations"

#: Execution option of a transaction that only reads: on SQLite it then waits for no writer.
READ_ONLY = "inpoint_read_only"


def sqlite_url(path: Path) -> str:
    """Of a database in a file."""
    return f"sqlite:///{path}"


def open_database(url: str) -> AsyncEngine:
    """An engine for ``sqlite:///…`` or ``postgresql://…``."""
    if url.startswith("sqlite"):
        engine = create_async_engine(url.replace("sqlite://", "sqlite+aiosqlite://", 1))
        _prepare_sqlite(engine)
        return engine
    return create_async_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """A plain BEGIN fails when it turns into a write beside another; BEGIN IMMEDIATE waits for its turn."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "busy_timeout=15000", "foreign_keys=ON", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READ_ONLY)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


async def migrate(engine: AsyncEngine) -> None:
    """Bring the schema up to date; safe to call again."""

    def upgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
