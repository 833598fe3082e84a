"""``python -m benchmarks.library``: pages of a library of a hundred thousand media, and of one of a thousand."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from inpoint.clock import SystemClock
from inpoint.database import rows
from inpoint.database.connect import migrate, open_database, sqlite_url
from inpoint.database.every import SqlRows, sql_rows
from inpoint.database.session import Session
from inpoint.database.tables import media
from inpoint.model.finding import Place, Sorting, WantedMedia
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.model.workspace import Workspace

SIZES = (1_000, 100_000)
_NEWEST, _TITLE, _LONGEST = Sorting(), Sorting("title", descending=False), Sorting("duration")


async def filled(folder: Path, size: int) -> tuple[SqlRows, str]:
    """A library, and its workspace."""
    engine = open_database(sqlite_url(folder / f"{size}.db"))
    await migrate(engine)
    clock, workspace = SystemClock(), Workspace(new_id(), "large")
    made = sql_rows(Session(engine, clock))
    await made.credentials.add_workspace(workspace)
    chance = random.Random(size)
    for part in range(size // 1000):
        batch = []
        for number in range(1000):
            at = clock.now() - timedelta(seconds=part * 1000 + number)
            one = Media(new_id(), workspace.id, at, at, status="ready", title=f"Recording {chance.randrange(10**9)}")
            batch.append(rows.media_row(one) | {"seconds": chance.randrange(9000)})
        async with engine.begin() as db:
            await db.execute(insert(media), batch)
    return made, workspace.id


async def page(kept: SqlRows, workspace_id: str, wanted: WantedMedia, sorting: Sorting, after: Place | None) -> float:
    """The median of five, in milliseconds."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        await kept.media.find_media(workspace_id, wanted, sorting, after, 25)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[2]


async def measure(folder: Path, size: int) -> dict[str, float]:
    kept, workspace_id = await filled(folder, size)
    middle = rows.to_micros(SystemClock().now() - timedelta(seconds=size // 2))
    asked: dict[str, tuple[WantedMedia, Sorting, Place | None]] = {
        "first page, newest": (WantedMedia(), _NEWEST, None),
        "page in the middle": (WantedMedia(), _NEWEST, (middle, new_id())),
        "first page, by title": (WantedMedia(), _TITLE, None),
        "first page, longest": (WantedMedia(), _LONGEST, None),
        "search that finds much": (WantedMedia(search="recording"), _NEWEST, None),
        "search that finds nothing": (WantedMedia(search="nowhere"), _NEWEST, None),
    }
    return {name: await page(kept, workspace_id, *told) for name, told in asked.items()}


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = [await measure(Path(folder), size) for size in SIZES]
    print(f"{'milliseconds':28}" + "".join(f"{size:>10,}" for size in SIZES))
    for name in found[0]:
        print(f"{name:28}" + "".join(f"{one[name]:10.1f}" for one in found))


if __name__ == "__main__":
    asyncio.run(main())
