"""Our own API as a dialect: its routes, its failures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from inpoint.dialects.house import House
from inpoint.dialects.own.access import access_routes
from inpoint.dialects.own.description import DESCRIPTION
from inpoint.dialects.own.routes import OwnApi, media_routes
from inpoint.dialects.own.session import SessionApi, session_routes
from inpoint.dialects.own.sharing import sharing_routes
from inpoint.dialects.own.survey import survey_routes
from inpoint.dialects.own.viewings import OwnViewings, view_routes
from inpoint.dialects.own.webhooks import webhook_routes
from inpoint.errors import InpointError, Invalid
from inpoint.web.dialect import Dialect


def own(house: House) -> Dialect:
    """All of it."""
    router, viewings = APIRouter(), OwnViewings(house)
    api = OwnApi(house, viewings)
    router.include_router(media_routes(api))
    router.include_router(sharing_routes(api))
    router.include_router(survey_routes(api))
    router.include_router(access_routes(api))
    router.include_router(webhook_routes(api))
    router.include_router(session_routes(SessionApi(house)))
    router.include_router(view_routes(viewings))
    return Dialect(
        "inpoint", router, owns=lambda path: path.startswith("/api/"), is_delivery=lambda _: False,
        failure=_failure, description=DESCRIPTION,
    )  # fmt: skip


def _failure(status: int, error: InpointError) -> Response:
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if isinstance(error, Invalid):
        body["field"] = error.field
    return JSONResponse({"error": body}, status)
