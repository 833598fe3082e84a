"""What the OpenAPI document says of each operation beyond its path: bodies, replies, parameters, refusals.

A dialect describes its own in tables; here they are written into the document (OpenAPI 3.1, "Operation Object").
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any

from inpoint.web.forms import Form, Schema, schemas_of
from inpoint.web.query import Query, parameters_of

_SCHEMAS = "#/components/schemas/"

TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}


def ref(name: str) -> Schema:
    """A schema of the dialect's own."""
    return {"$ref": _SCHEMAS + name}


def obj(required: Sequence[str] = (), **properties: Schema) -> Schema:
    """An object's schema."""
    body: dict[str, Any] = {"type": "object", "properties": dict(properties)}
    return body | ({"required": list(required)} if required else {})


def array(items: Schema) -> Schema:
    """A list's schema."""
    return {"type": "array", "items": items}


def one_of(*values: str) -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": list(values)}


def limited(most: int) -> Schema:
    """A text of at most so many characters."""
    return {"type": "string", "maxLength": most}


def nullable(schema: Schema) -> Schema:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def header(name: str, schema: Schema, description: str) -> dict[str, Any]:
    """A parameter in a header."""
    return {"name": name, "in": "header", "required": False, "schema": schema, "description": description}


#: A creation that is sent again with the same key is made once.
IDEMPOTENCY = header(
    "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "Sent again with the same key, within a day, a creation is made once, and answered as the first time",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Described:
    """``replies`` by status: a JSON schema, a media type, or None for no body. ``open`` needs no credential."""

    replies: Mapping[int, Schema | str | None]
    body: type[Form] | Schema | str | None = None
    query: Sequence[type[Query]] = ()
    headers: Sequence[Mapping[str, Any]] = ()
    refusals: Sequence[int] = ()
    open: bool = False
    #: A form that may be sent (instead of the body).
    form: Schema | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """``namespace`` is what its schemas' names begin with in the document: dialects share no name. ``failure`` and
    ``invalid`` are the schemas of a refusal, and of one that names fields."""

    namespace: str
    failure: Schema
    invalid: Schema
    operations: Mapping[tuple[str, str], Described]
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    #: What parameters mean, by name, where they don't say so themselves.
    words: Mapping[str, str] = field(default_factory=dict)
    #: What each path parameter may be.
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    #: A file of what each operation was asked and what it answered: JSON, by method and path.
    examples: Path | None = None
    #: How a credential is shown: OpenAPI's security schemes, any of which will do.
    security: Mapping[str, Schema] = field(default_factory=lambda: {"basic": {"type": "http", "scheme": "basic"}})


def describe(document: dict[str, Any], description: Description) -> None:
    """Write a description into an OpenAPI document."""
    components = document.setdefault("components", {})
    schemas = {**description.schemas}
    for told in description.operations.values():
        if isinstance(told.body, type):
            schemas |= schemas_of(told.body, _SCHEMAS + "{model}")
    named = {description.namespace + name: schema for name, schema in schemas.items()}
    components.setdefault("schemas", {}).update(_named(named, description.namespace))
    components.setdefault("securitySchemes", {}).update(description.security)
    examples = json.loads(description.examples.read_text()) if description.examples else {}
    names = Counter(_name(document["paths"][path][method]) for method, path in description.operations)
    for (method, path), told in description.operations.items():
        operation = document["paths"][path][method]
        if names[_name(operation)] == 1:  # a generated client's function is called by it
            operation["operationId"] = f"{description.namespace.lower()}_{_name(operation)}"
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and parameter["name"] in description.parameters:
                parameter["schema"] = description.parameters[parameter["name"]]
        asked = chain.from_iterable(map(parameters_of, told.query))
        parameters = [*operation.get("parameters", ()), *asked, *told.headers]
        if parameters:
            operation["parameters"] = [_meant(one, description) for one in parameters]
        content = _content(told.body) if told.body is not None else {}
        if told.form is not None:
            content["multipart/form-data"] = {"schema": told.form}
        if content:
            operation["requestBody"] = _named({"required": True, "content": content}, description.namespace)
        if not told.open:
            operation["security"] = [{name: []} for name in description.security]
        operation["responses"] = _named(_responses(told, description), description.namespace)
        if (example := examples.get(f"{method} {path}")) is not None:
            _show(operation, example)


def _show(operation: dict[str, Any], example: Mapping[str, Any]) -> None:
    """An operation with an example request and reply."""
    sent = {"path": example.get("path", {}), "query": example.get("query", {}), "header": example.get("headers", {})}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in sent[parameter["in"]]:
            parameter["example"] = sent[parameter["in"]][parameter["name"]]
    if "body" in example:
        operation["requestBody"]["content"][example["as"]]["example"] = example["body"]
    if "reply" in example:
        content = operation["responses"][str(example["status"])]["content"]
        content.get(example["type"], next(iter(content.values())))["example"] = example["reply"]


def _name(operation: Mapping[str, Any]) -> str:
    return re.sub(r"\W+", "_", str(operation["summary"]).lower())


def _meant(parameter: Mapping[str, Any], description: Description) -> dict[str, Any]:
    """A parameter with what it means."""
    words = parameter.get("description") or description.words.get(parameter["name"], "")
    return {**parameter, "description": words}


def _named(schema: Any, namespace: str) -> Any:
    """A schema whose references lead into the namespace."""
    if isinstance(schema, Mapping):
        return {
            key: value.replace(_SCHEMAS, _SCHEMAS + namespace) if key == "$ref" else _named(value, namespace)
            for key, value in schema.items()
        }
    return [_named(one, namespace) for one in schema] if isinstance(schema, list) else schema


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


def _content(what: type[Form] | Schema | str) -> dict[str, Any]:
    if isinstance(what, type):
        return _content(ref(what.__name__))
    if isinstance(what, str):
        return {what: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": what}}
