"""Parameters of a query, checked. Each raises Invalid, naming the parameter."""

from __future__ import annotations

import re
from fractions import Fraction

from starlette.requests import Request

from inpoint.errors import Invalid

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,12})?s?", re.ASCII)


def seconds(request: Request, *names: str) -> Fraction | None:
    """``12.4``, or ``12.4s``, under the first name that was sent."""
    for name in names:
        told = request.query_params.get(name)
        if told is not None:
            if _SECONDS.fullmatch(told) is None:
                raise Invalid(name, "must be a number of seconds")
            return Fraction(told.removesuffix("s"))
    return None


def whole(request: Request, name: str, default: int | None, least: int, most: int) -> int | None:
    """A whole number of the query, within limits. Raises Invalid."""
    told = request.query_params.get(name)
    if told is None:
        return default
    if not told.isascii() or not told.isdigit() or len(told) > 10 or not least <= int(told) <= most:
        raise Invalid(name, f"must be a whole number from {least} to {most}")
    return int(told)
