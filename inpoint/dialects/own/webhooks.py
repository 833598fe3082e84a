"""``/api/v1/webhooks``: who is told what happens, and how that went."""

from __future__ import annotations

import base64
import os
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.house import House
from inpoint.dialects.own import shapes
from inpoint.dialects.own.queries import DeliveriesQuery
from inpoint.dialects.own.requests import NewHook
from inpoint.dialects.own.routes import OwnApi
from inpoint.errors import Invalid, NoSuchDelivery, NoSuchWebhook
from inpoint.model.event import Webhook
from inpoint.model.finding import Page
from inpoint.model.ids import is_id, new_id
from inpoint.web.body import json_object
from inpoint.web.forms import read
from inpoint.web.query import asked

_PATH = "/webhooks/{webhook_id}"


def webhook_routes(api: OwnApi) -> APIRouter:
    """Who is told, and how that went."""
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    async def webhook_of(request: Request, webhook_id: str, *, write: bool = False) -> Webhook:
        credential = await (api.writer if write else api.reader)(request)
        if not is_id(webhook_id):
            raise NoSuchWebhook
        return await api.desk.webhooks.of(credential.workspace_id, webhook_id)

    @router.post("/webhooks", status_code=201)
    async def add_webhook(request: Request) -> Response:
        """Tell an address what happens to media. The secret that signs the messages is shown only now."""
        credential = await api.writer(request)
        wanted = read(NewHook, await json_object(request))
        made, secret = new_webhook(api.house, credential.workspace_id, wanted)
        await api.desk.webhooks.add(made)
        return JSONResponse(_shape(made) | {"secret": secret}, 201)

    @router.get("/webhooks")
    async def list_webhooks(request: Request) -> Response:
        """The workspace's webhooks, without their secrets."""
        credential = await api.reader(request)
        return JSONResponse(
            {"webhooks": [_shape(one) for one in await api.desk.webhooks.all_of(credential.workspace_id)]}
        )

    @router.get(_PATH)
    async def get_webhook(request: Request, webhook_id: str) -> Response:
        """One of them."""
        return JSONResponse(_shape(await webhook_of(request, webhook_id)))

    @router.delete(_PATH)
    async def remove_webhook(request: Request, webhook_id: str) -> Response:
        """It is told nothing from now on, and its log goes."""
        webhook = await webhook_of(request, webhook_id, write=True)
        await api.desk.webhooks.remove(webhook.workspace_id, webhook.id)
        return JSONResponse({"deleted": webhook.id})

    @router.post(_PATH + "/test", status_code=202)
    async def test_webhook(request: Request, webhook_id: str) -> Response:
        """Send it a test event; how that went is in its deliveries."""
        webhook = await webhook_of(request, webhook_id, write=True)
        return JSONResponse(shapes.delivery(await api.desk.webhooks.test(webhook)), 202)

    @router.get(_PATH + "/deliveries")
    async def list_deliveries(request: Request, webhook_id: str) -> Response:
        """What it was told, the newest first, with every attempt's outcome."""
        told = asked(DeliveriesQuery, request)
        webhook = await webhook_of(request, webhook_id)
        listed, total = await api.desk.webhooks.deliveries(webhook.id, Page(told.start, told.limit))
        return JSONResponse({"deliveries": [shapes.delivery(one) for one in listed], "total": total})

    @router.get(_PATH + "/deliveries/{delivery_id}")
    async def get_delivery(request: Request, webhook_id: str, delivery_id: str) -> Response:
        """One telling, with every attempt's outcome."""
        webhook = await webhook_of(request, webhook_id)
        return JSONResponse(shapes.delivery(await api.desk.webhooks.delivery(webhook.id, _checked(delivery_id))))

    @router.post(_PATH + "/deliveries/{delivery_id}/redeliver", status_code=202)
    async def redeliver(request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Tell it again, now."""
        webhook = await webhook_of(request, webhook_id, write=True)
        return JSONResponse(
            shapes.delivery(await api.desk.webhooks.redeliver(webhook.id, _checked(delivery_id))), 202
        )

    return router


def new_webhook(house: House, workspace_id: str, wanted: NewHook) -> tuple[Webhook, str]:
    """A webhook, and its secret: base64 of 32 random bytes. Raises Invalid."""
    secret = base64.b64encode(os.urandom(32)).decode()
    many = {name: telling for name, telling in house.tellings.items() if not telling.is_single}
    usual = next(name for name, telling in many.items() if telling.is_usual)
    chosen = usual if wanted.dialect is None else wanted.dialect
    if chosen not in many:
        raise Invalid("dialect", "must be one of " + ", ".join(sorted(many)))
    sealed, kinds = house.sealing.seal(secret), many[chosen].kinds
    return Webhook(new_id(), workspace_id, wanted.url, chosen, sealed, house.desk.now(), kinds), secret


def _checked(delivery_id: str) -> str:
    if not is_id(delivery_id):
        raise NoSuchDelivery
    return delivery_id


def _shape(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "dialect": webhook.dialect,
        "createdAt": webhook.created_at.isoformat(),
    }
