"""``/api/v1/media/{media_id}/survey`` and ``…/levels``: what was found in a media."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from inpoint.dialects.own.queries import LevelsQuery
from inpoint.dialects.own.routes import OwnApi
from inpoint.errors import NotReady
from inpoint.model import survey
from inpoint.model.timeline import Timeline
from inpoint.web.query import asked


def survey_routes(api: OwnApi) -> APIRouter:
    """What was found in a media."""
    router = APIRouter(prefix="/api/v1", tags=["Inpoint"])

    async def timeline_of(request: Request, media_id: str) -> Timeline:
        media = await api.media_of(await api.reader(request), media_id)
        if media.status != "ready" or media.timeline is None:
            raise NotReady
        return media.timeline

    @router.get("/media/{media_id}/survey")
    async def get_survey(request: Request, media_id: str) -> Response:
        """Frames at which a shot begins, and stretches of frames in which nothing is heard; `known` is how much of
        the media has been looked at, 0 to 1. It is looked at in the background, from the beginning on."""
        timeline = await timeline_of(request, media_id)
        found = await api.desk.survey.found(timeline)
        return JSONResponse(
            {
                "known": round(found.known, 4),
                "shots": list(found.shots),
                "silences": [list(one) for one in found.silences],
                "hasSound": found.levels is not None,
            }
        )

    @router.get("/media/{media_id}/levels")
    async def get_levels(request: Request, media_id: str) -> Response:
        """How loud it is from frame `first` on for `frames` (all), in `points` equal parts: decibels below full scale
        of the loudest fiftieth of a second in each, or null where that isn't known yet."""
        told = asked(LevelsQuery, request)
        timeline = await timeline_of(request, media_id)
        found = await api.desk.survey.found(timeline)
        if found.levels is None:
            return JSONResponse({"levels": []})
        each = len(found.levels) / timeline.frames
        count = timeline.frames - told.first if told.frames is None else told.frames
        levels = survey.coarser(found.levels, told.first * each, max(count, 0) * each, told.points)
        decibels = [None if one is None else round(survey.decibels_of(one), 1) for one in levels]
        return JSONResponse({"levels": decibels})

    return router
