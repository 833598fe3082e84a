"""What the OpenAPI document says of each operation beyond its path: bodies, replies, parameters, refusals.

A dialect describes its own in tables; here they are written into the document (OpenAPI 3.1, "Operation Object").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def obj(required: Sequence[str] = (), **properties: Schema) -> Schema:
    body: dict[str, Any] = {"type": "object", "properties": dict(properties)}
    return body | ({"required": list(required)} if required else {})


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def limited(most: int) -> Schema:
    return {"type": "string", "maxLength": most}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def query(name: str, schema: Schema, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


@dataclass(frozen=True, slots=True)
class Described:
    """``replies`` by status: a JSON schema, a media type, or None for no body. ``open`` needs no credential."""

    replies: Mapping[int, Schema | str | None]
    body: Schema | str | None = None
    query: Sequence[Mapping[str, Any]] = ()
    refusals: Sequence[int] = ()
    open: bool = False
    #: A form that may be sent (instead of the body).
    form: Schema | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """``failure`` and ``invalid`` are the schemas of a refusal, and of one that names fields."""

    failure: Schema
    invalid: Schema
    operations: Mapping[tuple[str, str], Described]
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    #: What each path parameter may be.
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    #: How a credential is shown: OpenAPI's security schemes, any of which will do.
    security: Mapping[str, Schema] = field(default_factory=lambda: {"basic": {"type": "http", "scheme": "basic"}})


def describe(document: dict[str, Any], description: Description) -> None:
    """Write a description into an OpenAPI document."""
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(description.schemas)
    components.setdefault("securitySchemes", {}).update(description.security)
    for (method, path), told in description.operations.items():
        operation = document["paths"][path][method]
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and parameter["name"] in description.parameters:
                parameter["schema"] = description.parameters[parameter["name"]]
        if told.query:
            operation["parameters"] = [*operation.get("parameters", ()), *told.query]
        content = _content(told.body) if told.body is not None else {}
        if told.form is not None:
            content["multipart/form-data"] = {"schema": told.form}
        if content:
            operation["requestBody"] = {"required": True, "content": content}
        if not told.open:
            operation["security"] = [{name: []} for name in description.security]
        operation["responses"] = _responses(told, description)


def _responses(told: Described, description: Description) -> dict[str, Any]:
    refusals = {*told.refusals, *(() if told.open else (401, 403))}
    found: dict[str, Any] = {}
    for status, reply in told.replies.items():
        found[str(status)] = {"description": _phrase(status)}
        if reply is not None:
            found[str(status)]["content"] = _content(reply)
    for status in sorted(refusals):
        schema = description.invalid if status == 422 else description.failure
        found[str(status)] = {"description": _phrase(status), "content": _content(schema)}
    return found


#: Statuses of upload protocols, without a name in HTTP's registry.
_UNREGISTERED = {460: "Checksum Mismatch"}


def _phrase(status: int) -> str:
    return _UNREGISTERED.get(status) or HTTPStatus(status).phrase


def _content(what: Schema | str) -> dict[str, Any]:
    if isinstance(what, str):
        return {what: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": what}}
