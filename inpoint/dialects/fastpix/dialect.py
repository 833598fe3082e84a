"""FastPix as a dialect: its routes, its viewings, its failures."""

from __future__ import annotations

from fastapi import APIRouter

from inpoint.dialects.fastpix.description import DESCRIPTION
from inpoint.dialects.fastpix.failures import failure
from inpoint.dialects.fastpix.images import image_routes
from inpoint.dialects.fastpix.keys import key_routes
from inpoint.dialects.fastpix.not_offered import not_offered_routes
from inpoint.dialects.fastpix.notices import FastPixNotices
from inpoint.dialects.fastpix.playbacks import playback_routes
from inpoint.dialects.fastpix.routes import FastPixApi, routes
from inpoint.dialects.fastpix.shapes import DurationFormat, FastPixWords
from inpoint.dialects.fastpix.tracks import track_routes
from inpoint.dialects.fastpix.uploads import upload_routes
from inpoint.dialects.fastpix.viewings import viewings
from inpoint.dialects.house import House
from inpoint.model.ids import is_id
from inpoint.web.dialect import Dialect
from inpoint.web.webhooks import Telling


def fastpix(house: House, durations: DurationFormat = "auto") -> Dialect:
    """All of it; ``durations`` is how replies spell them."""
    words = FastPixWords(durations, house.images_base)
    router, api = APIRouter(), FastPixApi(house, words)
    router.include_router(upload_routes(api))  # fixed names win over media ids
    router.include_router(not_offered_routes(api))
    router.include_router(routes(api))
    router.include_router(playback_routes(api))
    router.include_router(track_routes(api))
    router.include_router(key_routes(api))
    router.include_router(image_routes(house))
    router.include_router(viewings(house))
    return Dialect(
        "fastpix", router, owns=lambda path: path.startswith("/v1/") or _is_delivery(path),
        is_delivery=_is_delivery, failure=failure, description=DESCRIPTION,
        telling=Telling(FastPixNotices(house.desk, words).spell, is_usual=True),
    )  # fmt: skip


def _is_delivery(path: str) -> bool:
    """Paths under a playback id: a hyphenated UUID."""
    first = path.lstrip("/").partition("/")[0]
    return is_id(first.partition(".")[0])
