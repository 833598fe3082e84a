"""``python -m tests.unit.giving_up FILE FOLDER`` begins to decode at many places, and gives each time up early."""

from __future__ import annotations

import random
import sys
from itertools import islice
from pathlib import Path

from inpoint.engine.decode import ahead, frames
from inpoint.engine.rewrap import rewrap
from inpoint.model.index import load, places
from inpoint.ports.orders import Chunk, RewrapOrder


def give_up(path: Path, folder: Path) -> None:
    index = load(rewrap(RewrapOrder(path, folder, 3600), lambda _: None).index).video
    chunks = [Chunk(number, (folder / f"v-{number:06d}.mkv").read_bytes()) for number in range(len(index.alone))]
    chance, count = random.Random(1), len(index.grid)
    for number in range(60):
        start = chance.randrange(count - 5)
        wanted = places(index, start, min(count, start + chance.randrange(1, 60)))
        decoded = ahead(frames(chunks[wanted[0].chunk : wanted[-1].chunk + 1], wanted, 2))
        for _ in islice(decoded, chance.randrange(1, len(wanted) + 1)):
            pass
        if number % 2:
            decoded.close()  # type: ignore[attr-defined]


if __name__ == "__main__":
    give_up(Path(sys.argv[1]), Path(sys.argv[2]))
