"""Where bytes wait between their arrival and their rewrapping."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path


class StagingFolder:
    """A folder of arrivals, by media id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def source(self, media_id: str) -> Path:
        """The file that a media's bytes arrive in."""
        return self._ready() / f"{media_id}.source"

    def arriving(self, upload_id: str) -> Path:
        """What has come of a direct upload."""
        return self._ready() / f"{upload_id}.arriving"

    def admit(self, media_id: str) -> bool:
        """Whether a media's source is here; one that came as a direct upload is now it."""
        source, arriving = self.source(media_id), self.arriving(media_id)
        if not source.exists() and arriving.exists():
            arriving.replace(source)
        return source.exists()

    def image(self, media_id: str, number: int) -> Path:
        """An image that is to lie over the picture."""
        return self._ready() / f"{media_id}.image-{number}"

    def joined(self, media_id: str, number: int) -> Path:
        """Another video that is joined to a media's own."""
        return self._ready() / f"{media_id}.joined-{number}"

    def sound(self, media_id: str) -> Path:
        """The sound that replaces a source's own."""
        return self._ready() / f"{media_id}.sound"

    def laid(self, media_id: str, number: int) -> Path:
        """A sound that is to be laid over a media's."""
        return self._ready() / f"{media_id}.laid-{number}"

    def mixed(self, media_id: str) -> Path:
        """A folder for the sound that comes of it."""
        return self._ready() / f"{media_id}.mixed"

    def work(self, media_id: str) -> Path:
        """A folder for the rewrap to fill."""
        return self._ready() / f"{media_id}.work"

    def clear(self, media_id: str) -> None:
        """Remove a source, arrived or half arrived."""
        for path in self._ready().glob(f"{media_id}.*"):
            _remove(path)

    def keep_only(self, ids: Collection[str], untouched_since: datetime | None = None) -> None:
        """Remove what arrived for nobody: a crash came between the bytes and the row, or what they were for is gone.
        What was written later may still get its row."""
        for path in self._ready().iterdir():
            if path.name.partition(".")[0] in ids:
                continue
            if untouched_since is None or path.stat().st_mtime < untouched_since.timestamp():
                _remove(path)

    def _ready(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
