"""ETags, lifetimes, compression, ranges."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from inpoint.shelf.blob import Blob

SEGMENT_AGE = 86_400  # seconds
MANIFEST_AGE = 5

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long caches may keep an answer, and whether shared ones may."""

    seconds: int
    private: bool

    @property
    def header(self) -> str:
        """As Cache-Control says it."""
        return f"{'private' if self.private else 'public'}, max-age={self.seconds}"


def tag_of(text: str | bytes) -> str:
    """An ETag: of these bytes, and no others."""
    raw = text.encode() if isinstance(text, str) else text
    return f'"{hashlib.sha256(raw).hexdigest()[:24]}"'


def not_modified(request: Request, tag: str) -> bool:
    """Whether the client has this already (RFC 9110, 13.1.2: weak comparison)."""
    known = request.headers.get("If-None-Match", "")
    return known == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]


def text_response(request: Request, text: str, media_type: str, lifetime: Lifetime) -> Response:
    """Text with its ETag, compressed where the client takes it."""
    tag = tag_of(text)
    headers = {"ETag": tag, "Cache-Control": lifetime.header, "Vary": "Accept-Encoding"}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    body = text.encode()
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=media_type, headers=headers)


def requested_range(request: Request, size: int, tag: str) -> tuple[int, int] | None:
    """The one byte range ``[start, end)`` that is asked for, or None for the whole.

    Raises ValueError if it lies outside (RFC 9110, 14.1.2). Several ranges at once are answered whole.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or match.groups() == ("", ""):
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and condition != tag:
        return None
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
    else:
        start, end = max(0, size - int(last)), size
    if start >= end or start >= size:
        raise ValueError
    return start, end


async def blob_response(request: Request, blob: Blob, media_type: str, lifetime: Lifetime) -> Response:
    """A stored blob, or the range of it that is asked for. Raises NotFound."""
    tag = tag_of(blob.key)
    headers = {"ETag": tag, "Cache-Control": lifetime.header, "Accept-Ranges": "bytes"}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    path = blob.path
    if path is not None and "range" not in request.headers:
        headers["Content-Length"] = str(path.stat().st_size)
        return FileResponse(path, media_type=media_type, headers=headers)
    size = await blob.size()
    try:
        wanted = requested_range(request, size, tag)
    except ValueError:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    start, end = wanted or (0, size)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Response(await blob.read(start, end), 200 if wanted is None else 206, headers, media_type)
