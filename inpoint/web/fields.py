"""A request's fields, checked one by one. Each raises Invalid, naming the field; ``field`` is what its name begins
with. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn
from urllib.parse import urlsplit

from inpoint.errors import Invalid

_MOST_NAMES = 100
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_URL = re.compile(r"[\x21-\x7e\u00a1-\U0010ffff]+")


def text(source: Mapping[str, Any], name: str, field: str, *, required: bool = False) -> str | None:
    """A text. Raises Invalid."""
    value = source.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not value or "\0" in value:
        raise Invalid(field, "is required" if value is None else "must be a text")
    return value


def limited(body: Mapping[str, Any], name: str, field: str = "") -> str | None:
    """A text of at most so many characters. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 255 or "\0" in value:
        raise Invalid(f"{field}{name}", "must be a text of at most 255 characters")
    return value


def choice(body: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str, field: str = "") -> str:
    """One of these. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return default
    if value not in allowed:
        raise Invalid(f"{field}{name}", "must be one of " + ", ".join(allowed))
    return str(value)


def flag(body: Mapping[str, Any], name: str, field: str = "") -> bool:
    """True or false. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Invalid(f"{field}{name}", "must be true or false")
    return value


def missing(name: str) -> NoReturn:
    """Raises Invalid: the field has to be there."""
    raise Invalid(name, "is required")


def seconds(source: Mapping[str, Any], name: str, field: str) -> Fraction | None:
    """A time in seconds. Raises Invalid."""
    value = source.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Invalid(field, "must be a number of seconds")
    return Fraction(value)


def is_http(url: str) -> bool:
    """Whether it is an address of http or https."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and _URL.fullmatch(url) is not None


def names(told: Mapping[str, Any], name: str, field: str) -> tuple[str, ...]:
    """A list of texts, such as hosts or countries; empty if there is none. Raises Invalid."""
    found = told.get(name)
    if found is None:
        return ()
    valid = isinstance(found, list) and len(found) <= _MOST_NAMES
    if not valid or not all(isinstance(one, str) and 0 < len(one) <= 255 for one in found):
        raise Invalid(f"{field}{name}", f"must be a list of at most {_MOST_NAMES} texts of at most 255 characters")
    return tuple(found)


def number(told: str) -> Decimal | None:
    """What a form or a header says as a text: a plain decimal number of a size that means something."""
    return Decimal(told) if _NUMBER.fullmatch(told) else None
