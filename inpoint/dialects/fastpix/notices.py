"""Events as FastPix's webhooks tell them, and their signature (FastPix, "Webhooks")."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from inpoint.desk.desk import Desk
from inpoint.dialects.fastpix import shapes
from inpoint.dialects.fastpix.shapes import FastPixWords
from inpoint.errors import NoSuchTrack
from inpoint.model.event import Delivery, Event, EventKind, Webhook
from inpoint.model.media import Media
from inpoint.web.moments import moment
from inpoint.web.webhooks import Notice

_TYPES: Mapping[EventKind, str] = {
    "created": "video.media.created",
    "ready": "video.media.ready",
    "failed": "video.media.failed",
    "updated": "video.media.updated",
    "deleted": "video.media.deleted",
    "upload_waiting": "video.media.upload",
    "upload_used": "video.upload.media_created",
    "upload_cancelled": "video.media.upload.cancelled",
    "track_created": "video.media.track.created",
    "track_ready": "video.media.track.ready",
    "track_failed": "video.media.track.failed",
    "track_updated": "video.media.track.updated",
    "track_deleted": "video.media.track.deleted",
    "source_ready": "video.media.source.ready",
    "source_deleted": "video.media.source.deleted",
    "file_ready": "video.media.mp4Support.ready",
    "test": "webhook.test",
}


class FastPixNotices:
    """Events as the dialect's webhooks tell them."""

    def __init__(self, desk: Desk, words: FastPixWords) -> None:
        self._desk = desk
        self._words = words

    async def spell(self, delivery: Delivery, webhook: Webhook, secret: str) -> Notice:
        """A delivery as the real service sends it, signed."""
        body = json.dumps(await self._envelope(delivery, webhook), separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "FastPix-Signature": signature(secret, body)}
        return Notice(headers, body)

    async def _envelope(self, delivery: Delivery, webhook: Webhook) -> dict[str, Any]:
        event = delivery.event
        kind = _TYPES[event.kind]
        names = {one.id: one.name for one in await self._desk.access.workspaces()}
        about = {"type": "media", "id": event.media.id} if event.media else {"type": "webhook", "id": webhook.id}
        return {
            "type": kind,
            "object": about,
            "id": event.id,
            "workspace": {"id": event.workspace_id, "name": names.get(event.workspace_id, "")},
            "status": kind.removeprefix("video.").replace(".", "_"),
            "data": await self._data(event),
            "createdAt": moment(event.created_at),
            "attempts": [
                {
                    "attemptedAt": one["at"],
                    "statusCode": one.get("status"),
                    "error": one.get("error"),
                }
                for one in delivery.attempts
            ],
        }

    async def _data(self, event: Event) -> dict[str, Any]:
        if event.media is None:
            return {}
        if event.detail is not None:
            return self._track(event.media, str(event.detail["track"]))
        encoding = await self._desk.videos.pictured(event.media)
        hms = self._words.durations != "seconds"
        return shapes.media_object(event.media, encoding, self._words.images, hms=hms)

    @staticmethod
    def _track(media: Media, identity: str) -> dict[str, Any]:
        try:
            return shapes.named_track(media, identity)
        except NoSuchTrack:  # deleted
            return {"id": shapes.track_id(media.id, identity)}


def signature(secret: str, body: bytes) -> str:
    """Base64 of the HMAC-SHA256 over the raw body, its key the secret's own base64 decoded."""
    try:
        key = base64.b64decode(secret, validate=True)
    except binascii.Error:
        key = secret.encode()
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
