"""Failures in FastPix's envelope (contract: FastPix API reference, "Errors")."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from inpoint.errors import Forbidden, InpointError, Invalid, NoSuchKey, NoSuchPlayback, NotFound, Unauthorized

_MEDIA_GONE = (
    "media workspace relation not found",
    "The requested resource (eg:mediaId) doesn't exist in the workspace",
)
_FORBIDDEN = (
    "forbidden",
    "The Access token does not have permissions to perform the request",
)


_PLAYBACK_GONE = ("media/playbackId not Found", "The requested playbackId doesn't exist on this media")
_KEY_GONE = ("signing key not found", "The requested signing key doesn't exist in the workspace")


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
    if isinstance(error, NoSuchPlayback):
        return _PLAYBACK_GONE
    if isinstance(error, NoSuchKey):
        return _KEY_GONE
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
