"""What the routes stand on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request

from inpoint.desk.desk import Desk
from inpoint.dialects.cloudflare import access, shapes
from inpoint.dialects.cloudflare.requests import VideoSettings
from inpoint.dialects.cloudflare.translate import new_media
from inpoint.dialects.house import House
from inpoint.errors import Invalid, NoSuchWatermark, NotFound
from inpoint.model.ids import from_uid
from inpoint.model.media import Media
from inpoint.model.workspace import Credential
from inpoint.web.countries import Countries
from inpoint.web.sealing import Sealing

ACCOUNT = "/client/v4/accounts/{account}"
STREAM = f"{ACCOUNT}/stream"
VIDEO = f"{STREAM}/{{uid}}"
TAG = "Cloudflare Stream"
_LONGEST_CREATOR = 64  # characters


@dataclass(frozen=True, slots=True)
class StreamApi:
    """What the dialect's routes share: the house, and its own words for it."""

    house: House

    @property
    def desk(self) -> Desk:
        """Where everything is done."""
        return self.house.desk

    @property
    def sealing(self) -> Sealing:
        """What signs addresses."""
        return self.house.sealing

    @property
    def base_url(self) -> str:
        """What every address in a reply begins with."""
        return self.house.base_url

    @property
    def countries(self) -> Countries:
        """Where addresses are."""
        return self.house.countries

    async def reader(self, request: Request, account: str) -> Credential:
        """Who asks. Raises Unauthorized, Forbidden, NoSuchAddress."""
        return await access.reader(self.desk.access, request, account)

    async def writer(self, request: Request, account: str) -> Credential:
        """Who asks, and may change things. Raises Unauthorized, Forbidden, NoSuchAddress."""
        return await access.writer(self.desk.access, request, account)

    async def media_of(self, credential: Credential, uid: str) -> Media:
        """Raises NotFound."""
        media_id = from_uid(uid)
        if media_id is None:
            raise NotFound
        return await self.desk.videos.of(credential.workspace_id, media_id)

    async def video(self, media: Media) -> dict[str, Any]:
        """As replies show it."""
        return shapes.video(media, await self.desk.videos.pictured(media), self.house.base_url)

    async def new_media(self, wanted: VideoSettings, credential: Credential, creator: str | None = None) -> Media:
        """A media made as it is wanted; ``creator`` is what a header says. Raises Invalid for a watermark that there
        isn't."""
        media = new_media(wanted, credential.workspace_id, self.desk.now(), creator)
        if wanted.watermark is None:
            return media
        try:
            mark = await self.desk.watermarks.of(credential.workspace_id, wanted.watermark)
        except NoSuchWatermark as error:
            raise Invalid("watermark.uid", "names no watermark of this account") from error
        treatment = replace(media.treatment, overlays=(mark.placement,))
        return replace(media, treatment=treatment, request={**media.request, "watermark": shapes.watermark(mark)})


def creator_header(request: Request) -> str | None:
    """Raises Invalid."""
    told = request.headers.get("Upload-Creator")
    if told is not None and len(told) > _LONGEST_CREATOR:
        raise Invalid("Upload-Creator", f"must be a text of at most {_LONGEST_CREATOR} characters")
    return told
