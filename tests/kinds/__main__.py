"""Tries every kind, and writes the page: ``python -m tests.kinds``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.kinds import GROUPS
from tests.kinds.judged import judged, row
from tests.kinds.kind import Workshop
from tests.kinds.page import PAGE, written
from tests.media import make
from tests.server import Server, file_server


def main() -> None:
    rows: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sources, data = Path(folder) / "sources", Path(folder) / "server"
        sources.mkdir()
        data.mkdir()
        shop = Workshop(lambda recipe: make(recipe, sources), sources)
        server = Server(data, INPOINT_FILL="none").start()
        try:
            with file_server(sources) as files:
                for heading, kinds in GROUPS.items():
                    rows[heading] = []
                    for kind in kinds:
                        try:
                            rows[heading].append(row(kind, judged(server, files, shop, kind, 1, "page")))
                            print(rows[heading][-1], flush=True)
                        except Exception as error:
                            print(
                                f"WRONG {kind.name}: {type(error).__name__} {str(error)[:600]}",
                                file=sys.stderr,
                                flush=True,
                            )
        finally:
            server.end()
    PAGE.write_text(written(rows))


if __name__ == "__main__":
    main()
