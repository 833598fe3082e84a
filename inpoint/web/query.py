"""A query's parameters as declared types: what one may be is said once, and checks what is sent as well as describing
it in the OpenAPI document (``web/forms.py`` does so for bodies)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import Field
from starlette.requests import Request

from inpoint.web.forms import Form, May, Schema, read

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,12})?s?", re.ASCII)
_WHOLE = re.compile(r"\d{1,10}", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,30})?(e-?\d{1,2})?", re.ASCII)
_ON, _OFF = ("true", "1"), ("false", "0")
_TEXT: Schema = {"type": "string"}
#: What JSON Schema's types are here.
_KINDS: Mapping[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool}


class Query(Form):
    """Parameters of an address. What is not known is passed over; of one that is sent twice the last counts."""


Q = TypeVar("Q", bound=Query)


def asked(query: type[Q], request: Request) -> Q:
    """What the request's address asks for. Raises Invalid, naming the parameter."""
    return read(query, dict(request.query_params))


def parameters_of(query: type[Query]) -> Iterator[dict[str, Any]]:
    """Each parameter as the OpenAPI document has it (3.1, "Parameter Object")."""
    query.model_rebuild()  # names are spelled then
    for field in query.model_fields.values():
        may = next(one for one in field.metadata if isinstance(one, May))
        kind = _KINDS.get(may.schema.get("type", ""))
        usual = {"default": field.default} if kind and type(field.default) is kind and field.default != "" else {}
        yield {
            "name": field.alias,
            "in": "query",
            "required": field.is_required(),
            "schema": {**may.schema, **usual},
            "description": field.description,
        }


def means(words: str, *, name: str | None = None) -> Any:
    """What a parameter is for, in words; its ``name`` where that isn't in camelCase."""
    return Field(description=words, alias=name) if name else Field(description=words)


def count(least: int, most: int) -> May:
    """A whole number within limits."""

    def check(told: str) -> int:
        if _WHOLE.fullmatch(told) is None or not least <= int(told) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(told)

    return May(check, {"type": "integer", "minimum": least, "maximum": most})


def amount(least: int, most: int) -> May:
    """A number within limits."""

    def check(told: str) -> float:
        if _NUMBER.fullmatch(told) is None or not least <= float(told) <= most:
            raise ValueError(f"must be a number from {least} to {most}")
        return float(told)

    return May(check, {"type": "number", "minimum": least, "maximum": most})


def several(allowed: tuple[str, ...]) -> May:
    """One or more of these, with commas."""

    def check(told: str) -> list[str]:
        found = [one.strip() for one in told.split(",")]
        if any(one not in allowed for one in found):
            raise ValueError("must be one or more of " + ", ".join(allowed))
        return found

    return May(check, {"type": "string"})


def _seconds(told: str) -> Fraction:
    if _SECONDS.fullmatch(told) is None:
        raise ValueError("must be a number of seconds")
    return Fraction(told.removesuffix("s"))


def _switch(told: str) -> bool:
    if told.lower() not in (*_ON, *_OFF):
        raise ValueError("must be true or false")
    return told.lower() in _ON


#: A time: ``12.4``, or ``12.4s``.
TIME = May(_seconds, _TEXT)
#: ``true``, ``1``, ``false`` or ``0``.
SWITCH = May(_switch, {"type": "boolean"})
#: Any text: what it must be is judged where it is used.
ANY = May(str, _TEXT)
