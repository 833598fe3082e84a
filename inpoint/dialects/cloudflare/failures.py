"""Failures in Cloudflare's envelope, with Stream's codes (Cloudflare Stream, "Error codes")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from inpoint import errors
from inpoint.dialects.cloudflare.access import MalformedCredential, NoCredential, OtherAccount


class TooManyKeys(errors.Forbidden):
    """An account has at most 1,000 signing keys."""


#: The more special error first.
_CODES: Mapping[type[errors.InpointError], int] = {
    errors.EmptyRange: 10008,
    errors.Malformed: 10004,
    errors.AlreadyUsed: 10018,
    errors.UploadExpired: 10017,
    MalformedCredential: 6003,
    NoCredential: 9106,
    OtherAccount: 10000,
    TooManyKeys: 10009,
    errors.NoSuchAddress: 7003,
    errors.NotFound: 10003,
    errors.NotReady: 10003,
    errors.Unauthorized: 10001,
    errors.Forbidden: 10002,
    errors.TooLarge: 10011,
    errors.TooMany: 10016,
    errors.Busy: 10016,
    errors.Invalid: 10005,
    errors.Refused: 10005,
    errors.Unsupported: 10059,
    errors.MediaError: 10005,
}
_FIELDS: Mapping[str, int] = {
    "startTimeSeconds": 10008,
    "endTimeSeconds": 10008,
    "thumbnailTimestampPct": 10019,
    "input": 10010,
    "url": 10010,
    "notificationUrl": 10010,
}
#: What a viewing's part is called here.
_OURS = {"start": "time", "end": "time"}
#: A place in a list, as ours are named.
_PLACE = re.compile(r"\[(\d+)\]")
#: Where ours are other ones.
_STATUSES: Mapping[type[errors.InpointError], int] = {
    errors.Invalid: 400,
    errors.NotReady: 404,
    errors.MediaFailed: 424,
    errors.TooLarge: 413,
    errors.Unsupported: 400,
    errors.Damaged: 400,
}
_CHAINS: Mapping[int, tuple[int, str]] = {
    6003: (6111, "Invalid format for Authorization header"),
    7003: (7000, "No route for that URI"),
}


def failure(status: int, error: errors.InpointError) -> Response:
    """A refusal in their envelope."""
    status = next((ours for kind, ours in _STATUSES.items() if isinstance(error, kind)), status)
    told: dict[str, Any] = {"code": code_of(error), "message": _message(error)}
    if isinstance(error, errors.Invalid):
        field = _PLACE.sub(r".\1", _OURS.get(error.field, error.field))
        told["message"] = f"{field}: {error.message}"
        told["source"] = {"pointer": "/" + field.replace(".", "/")}
    if told["code"] in _CHAINS:
        code, message = _CHAINS[told["code"]]
        told["error_chain"] = [{"code": code, "message": message}]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"result": None, "success": False, "errors": [told], "messages": []}, status, headers)


def code_of(error: errors.InpointError) -> int:
    """Stream's number for it."""
    if isinstance(error, errors.Invalid) and error.field in _FIELDS:
        return _FIELDS[error.field]
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), 10000)


def _message(error: errors.InpointError) -> str:
    if isinstance(error, errors.NotFound) and error.is_usual and type(error) is errors.NotFound:
        return "Not Found: there is no such video in this account"
    return error.message
