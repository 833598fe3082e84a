"""What the routes stand on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request

from inpoint.clips.cut import Cutting
from inpoint.delivery.captions import Captions
from inpoint.dialects.cloudflare import access, shapes
from inpoint.dialects.cloudflare.translate import Settings, limited
from inpoint.encodings.adding import Adding
from inpoint.encodings.loaded import Library
from inpoint.encodings.watermarking import Watermarking
from inpoint.errors import Invalid, NoSuchWatermark, NotFound
from inpoint.ingest.accept import Accepting
from inpoint.ingest.upload import Uploading
from inpoint.model.ids import from_uid
from inpoint.model.media import Media
from inpoint.model.workspace import Credential
from inpoint.playback.files import Packaging
from inpoint.ports import Catalog, Clock
from inpoint.web.countries import Countries
from inpoint.web.sealing import Sealing

ACCOUNT = "/client/v4/accounts/{account}"
STREAM = f"{ACCOUNT}/stream"
VIDEO = f"{STREAM}/{{uid}}"
TAG = "Cloudflare Stream"


@dataclass(frozen=True, slots=True)
class Api:
    catalog: Catalog
    library: Library
    accepting: Accepting
    cutting: Cutting
    uploading: Uploading
    packaging: Packaging
    adding: Adding
    watermarking: Watermarking
    captions: Captions
    clock: Clock
    sealing: Sealing
    countries: Countries
    #: What every address in a reply begins with.
    base_url: str

    async def reader(self, request: Request, account: str) -> Credential:
        return await access.reader(self.catalog, request, account)

    async def writer(self, request: Request, account: str) -> Credential:
        return await access.writer(self.catalog, request, account)

    async def media_of(self, credential: Credential, uid: str) -> Media:
        """Raises NotFound."""
        media_id = from_uid(uid)
        if media_id is None:
            raise NotFound
        return await self.catalog.media_of(credential.workspace_id, media_id)

    async def video(self, media: Media) -> dict[str, Any]:
        return shapes.video(media, await self.library.pictured(media), self.base_url)

    async def new_media(self, wanted: Settings, credential: Credential) -> Media:
        """A media made as it is wanted. Raises Invalid for a watermark that there isn't."""
        media = wanted.media(credential.workspace_id, self.clock.now())
        if wanted.watermark_id is None:
            return media
        try:
            mark = await self.catalog.watermark(credential.workspace_id, wanted.watermark_id)
        except NoSuchWatermark as error:
            raise Invalid("watermark.uid", "names no watermark of this account") from error
        treatment = replace(media.treatment, overlays=(mark.placement,))
        return replace(media, treatment=treatment, request={**media.request, "watermark": shapes.watermark(mark)})


def creator_header(request: Request) -> str | None:
    """Raises Invalid."""
    return limited(request.headers, "Upload-Creator", 64)
