"""A media's files sent: whole, or the range that is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from urllib.parse import quote

from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from inpoint.delivery.answers import Answers, Judged
from inpoint.delivery.caching import SEGMENT_AGE, Lifetime, not_modified, requested_range, tag_of
from inpoint.delivery.hangup import while_connected
from inpoint.errors import Forbidden, Invalid, NotFound
from inpoint.making.encodings import Encodings
from inpoint.making.files import FileMaking, Packaged, greatest
from inpoint.making.gather import source_name
from inpoint.model.file import FileKind, MediaFile
from inpoint.model.playback import Viewing
from inpoint.model.timeline import Timeline
from inpoint.shelf.blob import Blob
from inpoint.shelf.files import FileShelf
from inpoint.web.app import with_cors

_KEPT = 8  # files' indexes
_BLOCK = 1 << 20
_VIDEO, _SOUND = ("video/mp4", "mp4"), ("audio/mp4", "m4a")


class FileAnswers:
    """A media's kept MP4, sound and source files, whole or in ranges."""

    def __init__(self, answers: Answers, encodings: Encodings, making: FileMaking, shelf: FileShelf) -> None:
        self._shelf = shelf
        self._answers = answers
        self._encodings = encodings
        self._making = making
        self._loaded: LRUCache[str, Packaged] = LRUCache(_KEPT)

    async def export(self, timeline: Timeline, rendition: str | None) -> Packaged:
        """An MP4 of a rendition, the highest unless one is named; of sound alone that. Raises Invalid for a rendition
        that there isn't."""
        main = (await self._encodings.main(timeline)).encoding
        chosen = greatest(main) if rendition is None else main.rendition(rendition)
        if chosen is None and (rendition is not None or not main.is_sound_alone):
            raise Invalid("rendition", "must be one of " + ", ".join(one.name for one in main.renditions))
        return await self._making.package(timeline, chosen)

    async def ready(self, viewing: Viewing, request: Request, kind: FileKind, save_as: str | None = None) -> Response:
        """A file that is kept ready; ``save_as`` is the name under which a browser is to save it. Raises NotFound for
        one that isn't, Forbidden for one of a greater picture than the playback may play."""
        judged = await self._judge(viewing)
        media = judged.media
        file = next((one for one in media.files if one.kind == kind and one.status == "ready"), None)
        if file is None or judged.timeline != media.timeline:
            raise NotFound("there is no such file of this media")
        if kind != "audio":
            await self._require_allowed(judged, kind)
        if kind == "source":
            blob = self._shelf.blob(media.id, source_name(file))
            size = await blob.size()
            sent = _Sent(size, lambda start, end: _stored(blob, start, end), file.id, "video/x-matroska", "mkv")
        else:
            packaged = await self._load(media.id, file)
            types = _VIDEO if kind == "video" else _SOUND
            sent = _Sent(packaged.size, lambda start, end: self.blocks(packaged, start, end), file.id, *types)
        return with_cors(_answer(sent, request, judged.lifetime, save_as))

    async def part(self, viewing: Viewing, request: Request, save_as: str | None) -> Response:
        """What a viewing plays as an MP4, of the greatest rendition that it may play. What it lacks is made first, as
        long as the client waits."""
        judged = await self._judge(viewing)
        main = (await self._encodings.main(judged.timeline)).encoding
        rendition = greatest(main, judged.playback.max_height)
        name = repr((judged.timeline, rendition and rendition.name))
        packaged = self._loaded.get(name)
        if packaged is None:
            packaged = await while_connected(request, self._making.package(judged.timeline, rendition))
            self._loaded[name] = packaged
        types = _VIDEO if rendition else _SOUND
        sent = _Sent(packaged.size, lambda start, end: self.blocks(packaged, start, end), name, *types)
        return with_cors(_answer(sent, request, judged.lifetime, save_as))

    async def _judge(self, viewing: Viewing) -> Judged:
        judged = await self._answers.judge(viewing, SEGMENT_AGE)
        if viewing.view_only and judged.playback.policy == "signed":
            raise Forbidden("the playback token is for watching only")
        return judged

    async def _require_allowed(self, judged: Judged, kind: FileKind) -> None:
        main = (await self._encodings.main(judged.timeline)).encoding
        shown = greatest(main, judged.media.treatment.max_height if kind == "video" else None)
        if shown is not None and shown.rung > (judged.playback.max_height or shown.rung):
            raise Forbidden("this playback may not play so great a picture")

    async def _load(self, media_id: str, file: MediaFile) -> Packaged:
        packaged = self._loaded.get(file.id)
        if packaged is None:
            packaged = self._loaded[file.id] = await self._making.load(media_id, file)
        return packaged

    async def blocks(self, packaged: Packaged, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes ``[start, end)`` of a file; only the segments that hold them are read."""
        at = len(packaged.head)
        if start < at:
            yield packaged.head[start:end]
        for part in packaged.parts:
            first, last = max(start, at), min(end, at + part.size)
            if first < last:
                yield (await self._making.data(part))[first - at : last - at]
            at += part.size
            if at >= end:
                return


async def _stored(blob: Blob, start: int, end: int) -> AsyncIterator[bytes]:
    for at in range(start, end, _BLOCK):
        yield await blob.read(at, min(at + _BLOCK, end))


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file of ``size`` bytes; ``blocks`` gives the bytes ``[start, end)``."""

    size: int
    blocks: Callable[[int, int], AsyncIterator[bytes]]
    name: str
    media_type: str
    suffix: str


def _answer(file: _Sent, request: Request, lifetime: Lifetime, save_as: str | None) -> Response:
    tag = tag_of(file.name)
    headers = {"ETag": tag, "Cache-Control": lifetime.header, "Accept-Ranges": "bytes"}
    if save_as is not None:
        headers["Content-Disposition"] = _attachment(save_as, file.suffix)
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    try:
        wanted = requested_range(request, file.size, tag)
    except ValueError:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{file.size}"})
    start, end = wanted or (0, file.size)
    headers["Content-Length"] = str(end - start)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return Response(status_code=status, media_type=file.media_type, headers=headers)
    return StreamingResponse(file.blocks(start, end), status, media_type=file.media_type, headers=headers)


def _attachment(asked: str, suffix: str) -> str:
    """As a browser is to save it (RFC 6266, 4.3), under the name that was asked for."""
    name = asked.rpartition("/")[2][:200] or "video"
    name = name if name.endswith(f".{suffix}") else f"{name}.{suffix}"
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
