"""Files that are kept ready beside a media's stream."""

from __future__ import annotations

from collections.abc import Collection

from inpoint.errors import NothingToAddTo
from inpoint.making.files import blob_names
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.ids import new_id
from inpoint.model.media import Media
from inpoint.ports import FileRows, Jobs, MediaRows
from inpoint.shelf.files import FileShelf


class KeptFiles:
    """Which files are kept of a media, and that they are made anew when what it plays changes."""

    def __init__(self, rows: FileRows, media: MediaRows, jobs: Jobs, shelf: FileShelf) -> None:
        self._rows = rows
        self._media = media
        self._jobs = jobs
        self._shelf = shelf

    async def keep(self, media: Media, wanted: Collection[FileKind], among: Collection[FileKind]) -> Media:
        """Of the kinds ``among`` keep those that are ``wanted`` ready, and the others no more. One that failed is
        made anew. Raises NotFound, or Refused for a media that failed."""
        have = {file.kind for file in media.files if file.status != "failed"}
        add = [MediaFile(new_id(), kind) for kind in wanted if kind not in have]
        if add and media.status == "failed":
            raise NothingToAddTo("the media failed, so no files can be made of it")
        kept = {file.kind for file in media.files}
        remove = {kind for kind in kept.intersection(among) if kind not in wanted or kind not in have}
        if not add and not remove:
            return media
        changed = await self._rows.change_files(media.workspace_id, media.id, add, remove)
        await self.begin(media.id)
        return changed

    async def begin(self, media_id: str) -> None:
        """Start to make what a ready media's files lack, and delete what is kept of none."""
        media = await self._media.media(media_id)
        if media is not None and media.status == "ready":
            kept = {name for file in media.files for name in blob_names(file)}
            stored = await self._shelf.sizes(media_id)
            await self._shelf.discard(media_id, [name for name in stored if name not in kept])
            for file in media.files:
                if file.status == "preparing":
                    await self._jobs.start("file", file.id)

    async def go_on(self) -> None:
        """Start what a crash kept from being started."""
        for file_id in await self._rows.unmade_files():
            await self._jobs.start("file", file_id)
