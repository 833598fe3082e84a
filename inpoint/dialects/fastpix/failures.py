"""Failures in FastPix's envelope (contract: FastPix API reference, "Errors")."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from inpoint.errors import (
    Forbidden,
    InpointError,
    Invalid,
    NoSuchKey,
    NoSuchPlayback,
    NoSuchTrack,
    NoSuchUpload,
    NotFound,
    TokenNeeded,
    Unauthorized,
)


def failure(status: int, error: InpointError) -> Response:
    """A refusal in their envelope."""
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
    if error.is_usual:
        for kind, words in _WORDS.items():
            if isinstance(error, kind):
                return words
    return error.message, error.message


#: The real service's words; the more special error first.
_WORDS: Mapping[type[InpointError], tuple[str, str]] = {
    NoSuchPlayback: ("media/playbackId not Found", "The requested playbackId doesn't exist on this media"),
    NoSuchKey: ("signing key not found", "The requested signing key doesn't exist in the workspace"),
    NoSuchUpload: ("upload not found", "The requested uploadId doesn't exist in the workspace"),
    NoSuchTrack: ("track not found", "The requested trackId doesn't exist on this media"),
    NotFound: (
        "media workspace relation not found",
        "The requested resource (eg:mediaId) doesn't exist in the workspace",
    ),
    Forbidden: ("forbidden", "The Access token does not have permissions to perform the request"),
    TokenNeeded: ("unauthorized", "This playback is private: a signed token is needed"),
    Unauthorized: ("unauthorized", "The request has no valid access token ID and secret key"),
}
