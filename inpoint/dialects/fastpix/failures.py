"""Failures in FastPix's envelope (contract: FastPix API reference, "Errors")."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from inpoint.errors import Forbidden, InpointError, Invalid, NotFound, Unauthorized

_MEDIA_GONE = (
    "media workspace relation not found",
    "The requested resource (eg:mediaId) doesn't exist in the workspace",
)
_FORBIDDEN = (
    "forbidden",
    "The Access token does not have permissions to perform the request",
)


def failure(status: int, error: InpointError) -> Response:
    if isinstance(error, Invalid):
        body = {
            "code": 422,
            "message": "payload validation failed",
            "fields": [{"field": error.field, "message": error.message}],
        }
        return JSONResponse({"success": False, "error": body}, 422)
    message, description = _words(error)
    body = {"code": status, "message": message, "description": description}
    return JSONResponse({"success": False, "error": body}, status)


def _words(error: InpointError) -> tuple[str, str]:
    own = error.message != type(error)().message if _has_default(error) else True
    if isinstance(error, NotFound) and not own:
        return _MEDIA_GONE
    if isinstance(error, Forbidden) and not own:
        return _FORBIDDEN
    if isinstance(error, Unauthorized) and not own:
        return "unauthorized", "The request has no valid access token ID and secret key"
    return error.message, error.message


def _has_default(error: InpointError) -> bool:
    return not isinstance(error, Invalid)
