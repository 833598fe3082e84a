"""Requests' bodies as declared types: what a field may be is said once, and checks what is sent as well as describing
it in the OpenAPI document. Pure.

A field is annotated with what it may be (``Annotated[str | None, text(255)]``); null is as if nothing was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import CoreSchema, core_schema

from inpoint.errors import Invalid
from inpoint.model.language import spelled
from inpoint.web.moments import parsed_moment

Schema = Mapping[str, Any]
_MOST_NAMES = 100
_LONGEST_FIELD = 300
_URL = re.compile(r"[\x21-\x7e\u00a1-\U0010ffff]+")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)


class Fault(ValueError):
    """What is wrong with a form as a whole: ``field`` is named within it, and may be empty."""

    def __init__(self, field: str | int, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(message)


class Form(BaseModel):
    """A body, or an object in it. Fields are spelled in camelCase; what is not known is passed over."""

    #: Built when the first is read: a server has dozens, and should start at once.
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, arbitrary_types_allowed=True, defer_build=True)
    #: What is said of a field that there is not, where these are refused.
    unknown: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _told(cls, sent: Any) -> Any:
        if not isinstance(sent, dict):
            raise Fault("", "must be an object")
        cls.refuse(sent)
        known = {field.alias for field in cls.model_fields.values()}
        strange = next((one for one in sent if one not in known), None)
        if cls.unknown is not None and strange is not None:
            raise Fault(strange, cls.unknown)
        return {name: value for name, value in sent.items() if value is not None and name in known}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        made = handler(core)
        if cls.unknown is not None:
            handler.resolve_ref_schema(made)["additionalProperties"] = False
        return made

    @model_validator(mode="after")
    def _whole(self) -> Form:
        self.require()
        return self

    @classmethod
    def refuse(cls, sent: Mapping[str, Any]) -> None:
        """Raises what is said of fields that are known, and not offered."""

    def require(self) -> None:
        """Raises Fault where fields don't go together."""


F = TypeVar("F", bound=Form)


def read(form: type[F], sent: Mapping[str, Any]) -> F:
    """The body, checked. Raises Invalid, naming the field: those in lists as ``inputs[0].url``."""
    try:
        return form.model_validate(sent)
    except ValidationError as error:
        place, message = _first(error)
        raise Invalid(_spelled(place), message) from error


def _first(error: ValidationError) -> tuple[list[str | int], str]:
    """The first fault: where, and what to say."""
    told = error.errors(include_url=False, include_input=False)[0]
    place, cause = list(told["loc"]), told.get("ctx", {}).get("error")
    if isinstance(cause, ValidationError):
        inner, message = _first(cause)
        return [*place, *inner], message
    if isinstance(cause, Fault):
        return [*place, *(() if cause.field == "" else (cause.field,))], cause.message
    return place, "is required" if told["type"] == "missing" else str(cause or told["msg"])


def _spelled(place: Sequence[str | int]) -> str:
    name = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in place)
    return name.removeprefix(".")[:_LONGEST_FIELD]


@dataclass(frozen=True, slots=True, eq=False)
class May:
    """What a field may be: ``check`` gives the value or raises ValueError with what it must be; ``schema`` says the
    same as JSON Schema."""

    check: Callable[[Any], Any]
    schema: Schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


@dataclass(frozen=True, slots=True)
class Several:
    """A list of forms, bounded: ``what`` they are called in a refusal."""

    most: int
    what: str
    least: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), "maxItems": self.most, **({"minItems": self.least} if self.least else {})}

    def _checked(self, value: Any) -> Any:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            bounds = f"{self.least} to {self.most}" if self.least else f"at most {self.most}"
            raise ValueError(f"must be a list of {bounds} {self.what}")
        return value


@dataclass(frozen=True, slots=True, eq=False)
class ByType:
    """One of several forms: its ``type`` says which."""

    forms: Mapping[str, type[Form]]
    #: What it is without a type.
    usual: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._checked, handler(source))

    def _checked(self, value: Any, _: Any) -> Form:
        if not isinstance(value, dict):
            raise Fault("", "must be an object")
        kind = self.usual if value.get("type") is None else value["type"]
        if not isinstance(kind, str) or kind not in self.forms:
            raise Fault("type", "is required" if kind is None else "must be one of " + ", ".join(self.forms))
        return self.forms[kind].model_validate(value)


def text(most: int = 255, *, least: int = 0) -> May:
    """A text of so many characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            raise ValueError(f"must be a text of at most {most} characters")
        if len(value) < least:
            raise ValueError("must not be empty")
        return value

    return May(check, {"type": "string", "maxLength": most, **({"minLength": least} if least else {})})


def url(most: int = 1 << 20) -> May:
    """An address of http or https."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or not is_http(value):
            raise ValueError("must be an http or https URL")
        return value

    return May(check, {"type": "string"})


def one_of(*allowed: str) -> May:
    """One of these texts."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError("must be one of " + ", ".join(allowed))
        return value

    return May(check, {"type": "string", "enum": list(allowed)})


def whole(least: int, most: int) -> May:
    """A whole number within limits."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return May(check, {"type": "integer", "minimum": least, "maximum": most})


def _language(value: Any) -> str:
    found = spelled(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a BCP 47 language tag, such as en or pt-BR")
    return found


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _seconds(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number of seconds")
    return Fraction(value)


def _part(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1:
        raise ValueError("must be a number from 0 to 1")
    return Fraction(value)


def _loose_part(value: Any) -> Fraction:
    return _part(number(value) if isinstance(value, str) else value)


def _names(value: Any) -> tuple[str, ...]:
    valid = isinstance(value, list) and len(value) <= _MOST_NAMES
    if not valid or not all(isinstance(one, str) and 0 < len(one) <= 255 and "\0" not in one for one in value):
        raise ValueError(f"must be a list of at most {_MOST_NAMES} texts of at most 255 characters")
    return tuple(value)


def _moment(value: Any) -> datetime:
    found = parsed_moment(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a time such as 2030-01-31T12:00:00Z")
    return found


#: A language tag (BCP 47).
LANGUAGE = May(_language, {"type": "string", "maxLength": 35, "examples": ["en", "pt-BR"]})
#: True or false.
FLAG = May(_flag, {"type": "boolean"})
#: A time in seconds, as exact as it was sent: null stands for either end.
SECONDS = May(_seconds, {"anyOf": [{"type": "number"}, {"type": "null"}]})
#: A number from 0 to 1.
PART = May(_part, {"type": "number", "minimum": 0, "maximum": 1})
#: The same, which a multipart form says as a text.
LOOSE_PART = May(_loose_part, PART.schema)
#: A list of texts, such as hosts or countries.
NAMES = May(_names, {"type": "array", "items": {"type": "string", "maxLength": 255}, "maxItems": _MOST_NAMES})
#: A point in time (RFC 3339).
MOMENT = May(_moment, {"type": "string", "format": "date-time"})


def is_http(told: str) -> bool:
    """Whether it is an address of http or https."""
    try:
        parts = urlsplit(told)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and _URL.fullmatch(told) is not None


def number(told: str) -> Decimal | None:
    """What a form or a header says as a text: a plain decimal number of a size that means something."""
    return Decimal(told) if _NUMBER.fullmatch(told) else None


class _Schemas(GenerateJsonSchema):
    """Without pydantic's own titles; defaults are told in words, for generators take what has one for required."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False

    def default_schema(self, schema: Any) -> dict[str, Any]:
        inner = self.generate_inner(schema["schema"])
        told = schema.get("default")
        return {"description": f"{json.dumps(told)} unless sent", **inner} if isinstance(told, str | int) else inner

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> dict[str, Any]:
        made = super().generate(schema, mode)
        for one in (made, *made.get("$defs", {}).values()):
            one.pop("title", None)
        return made


_WAY: Literal["validation"] = "validation"


def schemas_of(form: type[Form], template: str) -> dict[str, Schema]:
    """A form's schema and those that it refers to, by name; ``template`` says where references lead."""
    made = form.model_json_schema(by_alias=True, ref_template=template, schema_generator=_Schemas, mode=_WAY)
    inner = made.pop("$defs", {})
    return {**inner, form.__name__: made}
