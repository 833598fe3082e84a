"""``Upload-Metadata`` (tus 1.0.0, "Creation") → a request's body. Pure."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

from inpoint.errors import Invalid
from inpoint.web.forms import number

_METADATA = {
    "name": "name",
    "scheduleddeletion": "scheduledDeletion",
    "expiry": "expiry",
}


def told_metadata(header: str) -> dict[str, Any]:
    """``Upload-Metadata`` as a request's body would say it. Raises Invalid."""
    body: dict[str, Any] = {"meta": {}}
    for pair in header.split(",") if header.strip() else []:
        key, _, encoded = pair.strip().partition(" ")
        try:
            value = base64.b64decode(encoded.strip(), validate=True).decode()
        except ValueError as error:
            raise Invalid("Upload-Metadata", f"the value of {key[:100]} is no base64 of a text") from error
        _tell(body, key, value)
    return body


def _tell(body: dict[str, Any], key: str, value: str) -> None:
    low = key.lower()
    if low == "requiresignedurls":
        body["requireSignedURLs"] = True
    elif low == "allowedorigins":
        body["allowedOrigins"] = [one.strip() for one in value.split(",") if one.strip()]
    elif low == "watermark":
        body["watermark"] = {"uid": value}
    elif low in ("thumbnailtimestamppct", "maxdurationseconds"):
        name = "thumbnailTimestampPct" if low == "thumbnailtimestamppct" else "maxDurationSeconds"
        body[name] = _number(name, value)
    elif low in _METADATA:
        body[_METADATA[low]] = value
    else:
        body["meta"][key] = value


def _number(name: str, value: str) -> int | Decimal:
    found = number(value)
    if found is None:
        raise Invalid(name, "must be a number")
    return int(found) if found == found.to_integral_value() else found
