"""``/dashboard``: one page for all its addresses, and the files that it is made of, which npm's build leaves here."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from inpoint.errors import NoSuchAddress

_BUILT = Path(__file__).parent / "built"
_FOREVER = "public, max-age=31536000, immutable"  # their names change with what they hold
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class _File:
    plain: bytes
    packed: bytes
    media_type: str


def dashboard_routes() -> APIRouter:
    """The dashboard's built pages and what belongs to them, each with a policy that lets nothing else in."""
    router = APIRouter(include_in_schema=False)
    files = {path.relative_to(_BUILT).as_posix(): _read(path) for path in _BUILT.rglob("*") if path.is_file()}

    @router.get("/dashboard/assets/{name}")
    async def asset(request: Request, name: str) -> Response:
        file = files.get(f"assets/{name}")
        if file is None:
            raise NoSuchAddress
        return _answer(request, file, {"Cache-Control": _FOREVER, "X-Content-Type-Options": "nosniff"})

    @router.get("/dashboard")
    @router.get("/dashboard/{path:path}")
    async def page(request: Request, path: str = "") -> Response:
        """What is shown under an address, the page itself knows."""
        del path
        return _answer(request, files["index.html"], _PAGE)

    return router


def _read(path: Path) -> _File:
    plain = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(plain, gzip.compress(plain, 9, mtime=0), kind)


def _answer(request: Request, file: _File, headers: dict[str, str]) -> Response:
    headers = headers | {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(file.packed, media_type=file.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(file.plain, media_type=file.media_type, headers=headers)
