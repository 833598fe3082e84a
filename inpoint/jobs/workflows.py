"""Job name → the stages' steps. The only file here that knows the stages."""

from __future__ import annotations

from collections.abc import Mapping

from inpoint.clips.cut import Cutting
from inpoint.clips.render import Rendering
from inpoint.encodings.adding import Adding
from inpoint.encodings.fill import Fill
from inpoint.encodings.importing import Importing
from inpoint.encodings.survey import Surveying
from inpoint.errors import InpointError
from inpoint.jobs.dbos_jobs import Job
from inpoint.model.ids import covered_id
from inpoint.playback.files import Packaging
from inpoint.ports import Catalog, JobKind, Jobs


def workflows(
    jobs: Jobs,
    catalog: Catalog,
    importing: Importing,
    cutting: Cutting,
    rendering: Rendering,
    fill: Fill,
    packaging: Packaging,
    adding: Adding,
    surveying: Surveying,
) -> Mapping[JobKind, Job]:
    """``jobs`` is where they will run: an import starts others."""

    async def follow_up(media_id: str) -> None:
        """What waited for the media begins, and its fill."""
        await cutting.source_ready(media_id)
        media = await catalog.media(media_id)
        if media is not None and media.status == "ready" and media.timeline is not None:
            for encoding_id in sorted(media.timeline.encodings, key=lambda one: one != media_id):
                await jobs.start("survey", encoding_id)
                await jobs.start("fill", encoding_id)
        await packaging.begin(media_id)
        await adding.begin(media_id)

    async def fill_own(clip_id: str) -> None:
        """The encodings that only this clip plays."""
        clip = await catalog.media(clip_id)
        for encoding_id in sorted(clip.timeline.pictured if clip and clip.timeline else ()):
            encoding = await catalog.encoding(encoding_id)
            if encoding is not None and encoding_id == covered_id(clip_id, encoding.mezzanine):
                await jobs.start("fill", encoding_id)

    async def import_failed(media_id: str, error: InpointError) -> None:
        if await importing.give_up(media_id, error):
            await cutting.source_failed(media_id, f"the source media failed: {error.message}")

    async def nothing_lost(subject: str, error: InpointError) -> None:
        """A fill that is given up leaves nothing undone that is asked for: it is logged, no more."""

    return {
        "import": Job(
            (
                ("fetch", importing.fetch),
                ("index", importing.index),
                ("publish", importing.publish),
                ("follow_up", follow_up),
            ),
            import_failed,
        ),
        "clip": Job(
            (
                ("edges", rendering.edges),
                ("other_edges", rendering.other_edges),
                ("files", packaging.begin),
                ("tracks", adding.begin),
                ("fill", fill_own),
            ),
            rendering.give_up,
        ),
        "track": Job((("fetch", adding.fetch), ("lay", adding.lay)), adding.give_up),
        "file": Job((("make", packaging.make),), packaging.give_up),
        "fill": Job((("fill", fill.fill),), nothing_lost),
        "survey": Job((("survey", surveying.survey),), surveying.give_up),
    }
