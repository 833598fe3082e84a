"""A request's JSON, read exactly: numbers keep every digit that was sent."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from starlette.requests import Request

from inpoint.errors import BodyTooLarge, Malformed

_LIMIT = 1 << 20
_DIGITS = 40
_LEVELS = 32


async def json_object(request: Request, *, or_nothing: bool = False) -> dict[str, Any]:
    """The body as an object, its fractions as Decimal; an empty body is an empty one with ``or_nothing``.

    Raises Refused if it is none.
    """
    raw = bytearray()
    async for block in request.stream():
        raw += block
        if len(raw) > _LIMIT:
            raise BodyTooLarge("the request body is too large")
    if or_nothing and not raw.strip():
        return {}
    try:
        body = json.loads(raw.decode(), parse_float=_decimal, parse_int=_whole, parse_constant=_not_a_number)
        json.dumps(body, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(body, dict):
        raise Malformed("the request body must be a JSON object")
    if _depth(body) > _LEVELS:
        raise Malformed("the request body is nested too deeply")
    return body


def _depth(value: Any) -> int:
    """Levels of objects and lists; the parser has bounded them already."""
    deepest, level = 0, [value]
    while level:
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [part for one in inner for part in (one.values() if isinstance(one, dict) else one)]
        deepest += bool(inner)
    return deepest


def _decimal(text: str) -> Decimal:
    """A number of a size that means something: 1e999999999 would take all memory when it is used."""
    number = Decimal(text)
    if len(text) > _DIGITS or (number and abs(number.adjusted()) > _DIGITS):
        raise ValueError("a number is too long")
    return number


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError("a number is too long")
    return int(text)


def _not_a_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def plain(value: Any) -> Any:
    """JSON values with Decimals as the numbers that were sent."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and "." not in str(value) else float(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value
