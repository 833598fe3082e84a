"""``/stream/webhook``: the one address of an account that is told of videos that are ready, or have failed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.desk.desk import Desk
from inpoint.dialects.cloudflare import shapes
from inpoint.dialects.cloudflare.api import STREAM, TAG, StreamApi
from inpoint.dialects.cloudflare.requests import NewWebhook
from inpoint.errors import NoSuchWebhook
from inpoint.model.event import Delivery, EventKind, Webhook
from inpoint.model.ids import new_id
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.moments import moment
from inpoint.web.webhooks import Notice

DIALECT = "cloudflare"
KINDS: tuple[EventKind, ...] = ("ready", "failed")
_PATH = STREAM + "/webhook"


def webhook_routes(api: StreamApi) -> APIRouter:
    """Its fixed name wins over uids."""
    router = APIRouter(tags=[TAG])

    async def known(workspace_id: str) -> Webhook | None:
        found = await api.desk.webhooks.all_of(workspace_id)
        return next((one for one in found if one.dialect == DIALECT), None)

    @router.put(_PATH)
    async def set_webhook(request: Request, account: str) -> Response:
        """Tell this address from now on; the secret that signs the messages stays once it is made."""
        credential = await api.writer(request, account)
        url = read(NewWebhook, await json_object(request)).address
        before = await known(credential.workspace_id)
        if before is not None and api.sealing.opened(before.secret) is None:  # sealed with another INPOINT_SECRET
            await api.desk.webhooks.remove(before.workspace_id, before.id)
        sealed = api.sealing.seal(os.urandom(32).hex())
        wanted = Webhook(new_id(), credential.workspace_id, url, DIALECT, sealed, api.desk.now(), KINDS)
        webhook = await api.desk.webhooks.put(wanted)
        return JSONResponse(shapes.envelope(_shape(webhook, api.sealing.open(webhook.secret))))

    @router.get(_PATH)
    async def get_webhook(request: Request, account: str) -> Response:
        """The address that is told when a video is ready or has failed."""
        credential = await api.reader(request, account)
        webhook = await known(credential.workspace_id)
        if webhook is None:
            raise NoSuchWebhook
        shown = _shape(webhook, api.sealing.opened(webhook.secret) or "")
        if not credential.can_write:  # who has the secret can tell whatever they like
            del shown["secret"]
        return JSONResponse(shapes.envelope(shown))

    @router.delete(_PATH)
    async def delete_webhook(request: Request, account: str) -> Response:
        """Tell it nothing from now on."""
        credential = await api.writer(request, account)
        webhook = await known(credential.workspace_id)
        if webhook is None:
            raise NoSuchWebhook
        await api.desk.webhooks.remove(webhook.workspace_id, webhook.id)
        return JSONResponse(shapes.envelope(""))

    return router


def _shape(webhook: Webhook, secret: str) -> dict[str, Any]:
    return {
        "notificationUrl": webhook.url,
        "notification_url": webhook.url,
        "modified": moment(webhook.created_at),
        "secret": secret,
    }


class StreamNotices:
    """Events as Cloudflare Stream's webhooks tell them: the video, bare."""

    def __init__(self, desk: Desk, base: str) -> None:
        self._desk = desk
        self._base = base

    async def spell(self, delivery: Delivery, webhook: Webhook, secret: str) -> Notice:
        """A delivery as the real service sends it, signed."""
        media = delivery.event.media
        told: dict[str, Any] = {"test": True, "notificationUrl": webhook.url}
        if media is not None:
            told = shapes.video(media, await self._desk.videos.pictured(media), self._base)
        body = json.dumps(told, separators=(",", ":")).encode()
        now = int(self._desk.now().timestamp())
        headers = {"Content-Type": "application/json", "Webhook-Signature": signature(secret, body, now)}
        return Notice(headers, body)


def signature(secret: str, body: bytes, now: int) -> str:
    """The header: hex HMAC-SHA256 of the time, a dot and the body, its key the secret's own text."""
    made = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return f"time={now},sig1={made}"
