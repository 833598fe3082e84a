"""Where bytes wait between their arrival and their rewrapping."""

from __future__ import annotations

from pathlib import Path


class Staging:
    """A folder of arrivals, by media id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def source(self, media_id: str) -> Path:
        return self._ready() / f"{media_id}.source"

    def work(self, media_id: str) -> Path:
        """A folder for the rewrap to fill."""
        return self._ready() / f"{media_id}.work"

    def clear(self, media_id: str) -> None:
        """Remove a source, arrived or half arrived."""
        for path in self._ready().glob(f"{media_id}.*"):
            if path.is_file():
                path.unlink(missing_ok=True)

    def _ready(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder
