"""FastPix as a dialect: its routes, its viewings, its failures."""

from __future__ import annotations

from fastapi import APIRouter

from inpoint.delivery.answers import Delivery
from inpoint.delivery.files import Files
from inpoint.delivery.images import Images
from inpoint.delivery.pages import Pages
from inpoint.dialects.fastpix.description import DESCRIPTION
from inpoint.dialects.fastpix.failures import failure
from inpoint.dialects.fastpix.images import image_routes
from inpoint.dialects.fastpix.keys import key_routes
from inpoint.dialects.fastpix.not_offered import not_offered_routes
from inpoint.dialects.fastpix.playbacks import playback_routes
from inpoint.dialects.fastpix.routes import Api, routes
from inpoint.dialects.fastpix.tracks import track_routes
from inpoint.dialects.fastpix.uploads import upload_routes
from inpoint.dialects.fastpix.viewings import Watching, viewings
from inpoint.model.ids import is_id
from inpoint.web.client import Clients
from inpoint.web.dialect import Dialect


def fastpix(api: Api, delivery: Delivery, images: Images, files: Files, pages: Pages, clients: Clients) -> Dialect:
    router = APIRouter()
    router.include_router(upload_routes(api))  # fixed names win over media ids
    router.include_router(not_offered_routes(api))
    router.include_router(routes(api))
    router.include_router(playback_routes(api))
    router.include_router(track_routes(api))
    router.include_router(key_routes(api))
    watching = Watching(api.catalog, clients)
    router.include_router(image_routes(watching, images, api.words.images))
    router.include_router(viewings(watching, delivery, files, pages))
    return Dialect(
        "fastpix", router, owns=lambda path: path.startswith("/v1/") or _is_delivery(path),
        is_delivery=_is_delivery, failure=failure, description=DESCRIPTION,
    )  # fmt: skip


def _is_delivery(path: str) -> bool:
    """Paths under a playback id: a hyphenated UUID."""
    first = path.lstrip("/").partition("/")[0]
    return is_id(first.partition(".")[0])
