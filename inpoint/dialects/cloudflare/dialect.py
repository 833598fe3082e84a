"""Cloudflare Stream as a dialect: its routes, its viewings, its failures."""

from __future__ import annotations

from fastapi import APIRouter

from inpoint.dialects.cloudflare.api import StreamApi
from inpoint.dialects.cloudflare.audio import audio_routes
from inpoint.dialects.cloudflare.captions import caption_routes
from inpoint.dialects.cloudflare.delivery import delivery_routes
from inpoint.dialects.cloudflare.description import DESCRIPTION
from inpoint.dialects.cloudflare.downloads import download_routes
from inpoint.dialects.cloudflare.failures import failure
from inpoint.dialects.cloudflare.keys import key_routes
from inpoint.dialects.cloudflare.routes import making_routes, video_routes
from inpoint.dialects.cloudflare.tus import tus_routes
from inpoint.dialects.cloudflare.uploads import upload_routes
from inpoint.dialects.cloudflare.viewings import is_shown
from inpoint.dialects.cloudflare.watermarks import watermark_routes
from inpoint.dialects.cloudflare.webhook import DIALECT, KINDS, StreamNotices, webhook_routes
from inpoint.dialects.house import House
from inpoint.web.dialect import Dialect
from inpoint.web.webhooks import Telling


def cloudflare(house: House) -> Dialect:
    """All of it."""
    router, api = APIRouter(), StreamApi(house)
    router.include_router(making_routes(api))  # fixed names win over uids
    router.include_router(upload_routes(api))
    router.include_router(tus_routes(api))
    router.include_router(key_routes(api))
    router.include_router(watermark_routes(api))
    router.include_router(webhook_routes(api))
    router.include_router(video_routes(api))
    router.include_router(caption_routes(api))
    router.include_router(audio_routes(api))
    router.include_router(download_routes(api))
    router.include_router(delivery_routes(house))
    return Dialect(
        DIALECT, router, owns=lambda path: path.startswith("/client/v4/") or _is_delivery(path),
        is_delivery=_is_delivery, failure=failure, description=DESCRIPTION,
        telling=Telling(StreamNotices(house.desk, house.base_url).spell, KINDS, is_single=True),
    )  # fmt: skip


def _is_delivery(path: str) -> bool:
    """Paths under a uid, or a token in its place."""
    return is_shown(path.lstrip("/").partition("/")[0])
