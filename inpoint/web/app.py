"""The HTTP application: dialects mounted side by side, each failing in its own words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from inpoint import __version__, errors
from inpoint.web.description import describe
from inpoint.web.dialect import Dialect
from inpoint.web.failures import headers_of, status_of
from inpoint.web.whole_requests import WholeRequests

_log = structlog.get_logger()
_DOCS = Path(__file__).parent / "docs"
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-None-Match, CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, Date, ETag, Retry-After",
    "Access-Control-Max-Age": "86400",
}


def build_app(
    dialects: Sequence[Dialect],
    lifespan: Callable[[], AbstractAsyncContextManager[None]],
    healthy: Callable[[], Awaitable[bool]],
    script: Callable[[str], Response],
    dashboard: APIRouter,
) -> FastAPI:
    """A path that no dialect owns fails neutrally. ``script`` gives the player's by their names."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with lifespan():
            yield

    app = FastAPI(
        title="Inpoint", version=__version__, lifespan=life, docs_url=None, redoc_url=None, redirect_slashes=False
    )

    app.add_middleware(WholeRequests)

    @app.head("/", include_in_schema=False)
    async def here() -> Response:
        return Response()

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return RedirectResponse("/dashboard")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Inpoint API",
            swagger_js_url="/docs/swagger-ui-bundle.js",
            swagger_css_url="/docs/swagger-ui.css",
            swagger_favicon_url="data:,",
        )

    @app.get("/docs/{name}", include_in_schema=False)
    async def docs_file(name: str) -> Response:
        if name not in ("swagger-ui-bundle.js", "swagger-ui.css"):
            raise errors.NoSuchAddress("there is no such address")
        return FileResponse(_DOCS / name)

    @app.get("/player/{name}", include_in_schema=False)
    async def player_script(name: str) -> Response:
        return script(name)

    @app.get("/health", responses={503: {"description": "Starting, or stopping"}})
    async def health() -> Response:
        """200 when the server can take work."""
        ready = await healthy()
        return JSONResponse({"status": "ok" if ready else "starting"}, 200 if ready else 503)

    app.include_router(dashboard)
    app.router.routes.extend(map(OwnedPaths, dialects))
    _described(app, dialects)

    def fail(request: Request, status: int, error: errors.InpointError) -> Response:
        path = request.url.path
        dialect = next((one for one in dialects if one.owns(path)), None)
        if dialect is None:
            return JSONResponse({"error": error.message}, status)
        response = dialect.failure(status, error)
        return with_cors(response) if dialect.is_delivery(path) else response

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.InpointError)
        status = status_of(error)
        if status >= 500:
            _log.warning("request.failed", path=request.url.path, error=repr(error), detail=error.detail)
        response = fail(request, status, error)
        for name, value in headers_of(error).items():
            response.headers.setdefault(name, value)
        return response

    async def refused(request: Request, error: Exception) -> Response:
        """What the framework refuses by itself: unknown routes and methods."""
        assert isinstance(error, HTTPException)
        kind = errors.NoSuchAddress if error.status_code == 404 else errors.MethodNotAllowed
        message = "there is no such address" if error.status_code == 404 else "this method is not allowed here"
        response = fail(request, error.status_code, kind(message))
        response.headers.update(error.headers or {})
        return response

    async def malformed(request: Request, error: Exception) -> Response:
        """Parameters that the framework checks by their declared types."""
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        return fail(request, 422, errors.Invalid(str(first["loc"][-1]), first["msg"]))

    async def crashed(request: Request, error: Exception) -> Response:
        _log.error("request.crashed", path=request.url.path, exc_info=error)
        return fail(request, 500, errors.Crashed())

    app.add_exception_handler(errors.InpointError, failed)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(Exception, crashed)
    return app


class OwnedPaths(BaseRoute):
    """A dialect's paths: it alone answers them, whatever others' patterns would match, so dialects have no order."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        dialect.router.redirect_slashes = False

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Of an HTTP request's scope."""
        owns = scope["type"] == "http" and self._dialect.owns(scope["path"])
        return (Match.FULL if owns else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By the dialect's own routes."""
        await self._dialect.router(scope, receive, send)


def _described(app: FastAPI, dialects: Sequence[Dialect]) -> None:
    """The OpenAPI document, with what the dialects say of their operations."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            routes = [*app.routes, *(route for dialect in dialects for route in dialect.router.routes)]
            made = app.openapi_schema = get_openapi(title=app.title, version=app.version, routes=routes)
            for dialect in dialects:
                describe(made, dialect.description)
            made["components"]["schemas"].pop("HTTPValidationError", None)
            made["components"]["schemas"].pop("ValidationError", None)
        return app.openapi_schema or {}

    app.openapi = document  # type: ignore[method-assign]


def with_cors(response: Response) -> Response:
    """Players on any page may read what delivery serves."""
    response.headers.update(_CORS)
    return response
