"""The program as a later release may be: new imports are made by a second recipe."""

from __future__ import annotations

import asyncio

from inpoint.database.connect import migrate
from inpoint.serving import serve
from inpoint.settings import Settings
from inpoint.wiring import Server, first_credential
from tests.recipes import LATER


async def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    server = Server(settings, LATER)
    await migrate(server.database)
    await first_credential(server.desk.access, settings)
    await serve(server.app(), settings.host, settings.port)


if __name__ == "__main__":
    asyncio.run(main())
