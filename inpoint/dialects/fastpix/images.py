"""``/{playbackId}/thumbnail.…``, ``clip.…``, ``spritesheet.…``: pictures of a video (FastPix, "Images API")."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.delivery.images import Size, Span, middle
from inpoint.dialects.fastpix.queries import AnimationQuery, FitModeQuery, SheetQuery, StillQuery
from inpoint.dialects.fastpix.viewings import FastPixViewings
from inpoint.dialects.house import House
from inpoint.errors import Invalid
from inpoint.model.still import ImageFormat, Sheet
from inpoint.web.app import with_cors
from inpoint.web.query import asked

_STILLS: tuple[ImageFormat, ...] = ("png", "jpg", "webp")
_MOVING: tuple[ImageFormat, ...] = ("gif", "webp")
_MOVING_SECONDS, _MOST_SECONDS = Fraction(5), Fraction(10)
_TILES, _TILE_WIDTH = 100, 256
_FINE_TILES, _FINE_WIDTH = 400, 160


def image_routes(house: House) -> APIRouter:
    """Thumbnails, moving pictures and spritesheets."""
    router = APIRouter(tags=["Images"])
    watching, images, base = FastPixViewings(house), house.images, house.images_base

    def thumbnail(kind: ImageFormat) -> None:
        @router.head(f"/{{playback_id}}/thumbnail.{kind}", include_in_schema=False)
        @router.get(f"/{{playback_id}}/thumbnail.{kind}", name=f"thumbnail_{kind}")
        async def still(request: Request, playback_id: str) -> Response:
            """A frame: of `time` in seconds, or its cover, or the middle; `width`, `height`, and `fit_mode` preserve,
            stretch, crop or pad."""
            viewing = await watching.viewing(request, playback_id)
            time = asked(StillQuery, request).time
            return await images.still(viewing, request, middle if time is None else time, _size(request), kind)

    def animation(kind: ImageFormat) -> None:
        @router.head(f"/{{playback_id}}/clip.{kind}", include_in_schema=False)
        @router.get(f"/{{playback_id}}/clip.{kind}", name=f"clip_{kind}")
        async def moving(request: Request, playback_id: str) -> Response:
            """A moving picture: `start` and `end` in seconds (five from the beginning), at most ten; `width`,
            `height`, and `fps` up to 30."""
            viewing = await watching.viewing(request, playback_id, previews=False)
            size = _size(request)
            if size.width is None and size.height is None:
                size = Size(width=640)
            return await images.moving(viewing, request, _span(request), size, kind)

    def sheet(name: str, most: int, width: int) -> None:
        async def plan(request: Request, playback_id: str) -> Sheet:
            interval = Fraction(asked(SheetQuery, request).interval) if most == _FINE_TILES else None
            return await images.plan(await watching.viewing(request, playback_id), interval, most, width)

        @router.get(f"/{{playback_id}}/{name}.json", name=f"{name}_json")
        async def told(request: Request, playback_id: str) -> Response:
            """Where each tile of the sheet is."""
            planned = await plan(request, playback_id)
            query = f"?{request.url.query}" if request.url.query else ""
            url = f"{base}/{playback_id}/{name}.jpg{query}"
            return with_cors(JSONResponse((_grid if most == _FINE_TILES else _tiles)(planned, url)))

        @router.get(f"/{{playback_id}}/{name}.jpg", name=f"{name}_jpg")
        async def painted(request: Request, playback_id: str) -> Response:
            """Frames all through the video, as tiles of one picture."""
            viewing = await watching.viewing(request, playback_id)
            return await images.sheet(viewing, request, await plan(request, playback_id))

    for still in _STILLS:
        thumbnail(still)
    for moving in _MOVING:
        animation(moving)
    sheet("spritesheet", _TILES, _TILE_WIDTH)
    sheet("advanced-spritesheet", _FINE_TILES, _FINE_WIDTH)
    return router


def _tiles(plan: Sheet, url: str) -> dict[str, Any]:
    width, height = plan.tile
    places = [plan.place(number) for number in range(len(plan.frames))]
    return {
        "url": url,
        "tile_width": width,
        "tile_height": height,
        "duration": float(plan.duration),
        "tiles": [{"start": float(number * plan.interval), "x": x, "y": y} for number, (x, y) in enumerate(places)],
    }


def _grid(plan: Sheet, url: str) -> dict[str, Any]:
    return {
        "url": url,
        "tileWidth": plan.tile[0],
        "tileHeight": plan.tile[1],
        "columns": plan.columns,
        "rows": plan.rows,
        "interval": float(plan.interval),
        "thumbnailCount": len(plan.frames),
        "sheetWidth": plan.size[0],
        "sheetHeight": plan.size[1],
        "duration": float(plan.duration),
    }


def _size(request: Request) -> Size:
    """Raises Invalid, naming the parameter."""
    told = asked(FitModeQuery, request)
    return Size(told.width, told.height, told.fit)


def _span(request: Request) -> Span:
    """``start`` and ``end``, or ``startTime`` and ``endTime``. Raises Invalid."""
    told = asked(AnimationQuery, request)
    start = (told.start_time if told.start is None else told.start) or Fraction(0)
    end = told.end_time if told.end is None else told.end
    end = start + _MOVING_SECONDS if end is None else end
    if not start < end <= start + _MOST_SECONDS:
        raise Invalid("end", f"must lie after the start, by at most {_MOST_SECONDS} seconds")
    return Span(start, end, told.fps)
