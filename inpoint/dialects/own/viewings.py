"""``/api/v1/view/{grant}/…``: a media as those see it who may read its workspace, playback ids and their restrictions
aside. The address itself is the right to it, for a day or two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from starlette.responses import Response

from inpoint.delivery.images import Size
from inpoint.dialects.house import House
from inpoint.dialects.own.queries import FrameQuery, PartsQuery, SaveQuery
from inpoint.errors import Forbidden, Invalid
from inpoint.model.ids import from_uid, uid_of
from inpoint.model.playback import Viewing
from inpoint.model.range import Range
from inpoint.web.query import asked

_DAY = 86_400  # seconds
_GRANT = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})\.(\d{1,8})\.([A-Za-z0-9_-]{43})", re.ASCII)
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,12})?)-(\d{1,9}(?:\.\d{1,12})?)", re.ASCII)
_MOST_PARTS = 100
PREFIX = "/api/v1/view"


@dataclass(frozen=True, slots=True)
class OwnViewings:
    """Addresses of media, made and read."""

    house: House

    def address(self, workspace_id: str, media_id: str) -> str:
        """Where a media is seen: the same all day long, so that browsers keep what they have."""
        last_day = str(int(self.house.desk.now().timestamp()) // _DAY + 1)
        named = f"{uid_of(media_id)}.{uid_of(workspace_id)}.{last_day}"
        return f"{PREFIX}/{named}.{self.house.sealing.sign(_signed(named))}"

    def viewing(self, grant: str, parts: str | None = None) -> Viewing:
        """``parts`` are the stretches of seconds to play, as ``1.5-2,7-9``. Raises Forbidden, Invalid."""
        match = _GRANT.fullmatch(grant)
        named, _, signature = grant.rpartition(".")
        if match is None or not self.house.sealing.is_signed(_signed(named), signature):
            raise Forbidden("this address is not valid")
        if int(match[3]) < int(self.house.desk.now().timestamp()) // _DAY:
            raise Forbidden("this address is no longer valid: open the page again")
        wanted = None if parts is None else _range(parts)
        passed_on = "" if parts is None else f"parts={parts}"
        return Viewing(match[1], granted=from_uid(match[2]), vouched=True, range=wanted, passed_on=passed_on)


def view_routes(api: OwnViewings) -> APIRouter:
    """A media as its own people see it."""
    router = APIRouter(prefix=PREFIX, tags=["Inpoint"])

    @router.get("/{grant}/video.m3u8")
    async def view(request: Request, grant: str) -> Response:
        """The HLS multivariant playlist; of the `parts` alone, as `1.5-2,7-9`: the very bytes that the clip of them
        would have."""
        return await api.house.answers.hls(api.viewing(grant, asked(PartsQuery, request).parts), request, ".")

    @router.get("/{grant}/frames/{number}.jpg")
    async def frame(
        request: Request,
        grant: str,
        number: Annotated[int, PathParameter(ge=0, le=1 << 31)],
    ) -> Response:
        """A frame by its number; or, if any of the `within` frames that follow it will do, the one of these that is
        quickest to have."""
        look = asked(FrameQuery, request)
        return await api.house.images.frame(
            api.viewing(grant), request, number, look.within, Size(height=look.height)
        )

    @router.get("/{grant}/file.mp4")
    async def file(request: Request, grant: str) -> Response:
        """The MP4, where it is kept ready; `download` names it."""
        return await api.house.files.ready(api.viewing(grant), request, "video", asked(SaveQuery, request).download)

    @router.get("/{grant}/{path:path}")
    async def resource(request: Request, grant: str, path: str) -> Response:
        """Media playlists, segments and captions, as the manifests name them."""
        return await api.house.answers.resource(api.viewing(grant, asked(PartsQuery, request).parts), path, request)

    return router


def _range(parts: str) -> Range:
    told = [_PART.fullmatch(one) for one in parts.split(",")[: _MOST_PARTS + 1]]
    stretches = [(Fraction(one[1]), Fraction(one[2])) for one in told if one is not None]
    if len(stretches) < len(told) or len(told) > _MOST_PARTS:
        raise Invalid("parts", f'must be at most {_MOST_PARTS} stretches of seconds, as "1.5-2,7-9"')
    if any(start >= end for start, end in stretches):
        raise Invalid("parts", "each must end after its start")
    return Range.of(stretches)


def _signed(named: str) -> str:
    return f"view {named}"
