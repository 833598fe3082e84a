"""What a dialect is: a handful of functions in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from inpoint.errors import InpointError
from inpoint.web.description import Description
from inpoint.web.webhooks import Telling


@dataclass(frozen=True, slots=True)
class Dialect:
    """``owns`` says whether a path is answered in its words: never two of them, so their order doesn't matter.
    ``failure`` is a body in its shape; ``description`` what the OpenAPI document says of its operations; ``telling``
    how webhooks are told in its words, if they are."""

    name: str
    router: APIRouter
    owns: Callable[[str], bool]
    is_delivery: Callable[[str], bool]
    failure: Callable[[int, InpointError], Response]
    description: Description
    telling: Telling | None = None
