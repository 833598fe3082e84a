"""Job name → the stages' steps. The only file here that knows the stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inpoint.background.fill import Fill
from inpoint.background.survey import Survey
from inpoint.clips.render import ClipRendering
from inpoint.clips.waiting import WaitingClips
from inpoint.desk.files import KeptFiles
from inpoint.desk.tracks import Tracks
from inpoint.errors import InpointError
from inpoint.imports.source import SourceImport
from inpoint.imports.tracks import TrackImport
from inpoint.jobs.attempts import Job
from inpoint.making.files import FileMaking
from inpoint.model.ids import covered_id
from inpoint.ports import EncodingRows, JobKind, Jobs, MediaRows


@dataclass(frozen=True, slots=True)
class Stages:
    """What jobs are made of; ``jobs`` is where they will run, for an import starts others."""

    jobs: Jobs
    media: MediaRows
    made: EncodingRows
    imports: SourceImport
    waiting: WaitingClips
    clips: ClipRendering
    fill: Fill
    file_making: FileMaking
    track_import: TrackImport
    survey: Survey
    files: KeptFiles
    tracks: Tracks


def workflows(stages: Stages) -> Mapping[JobKind, Job]:
    """Each kind's steps, in order."""

    async def follow_up(media_id: str) -> None:
        """What waited for the media begins, and its fill."""
        await stages.waiting.source_ready(media_id)
        media = await stages.media.media(media_id)
        if media is not None and media.status == "ready" and media.timeline is not None:
            for encoding_id in sorted(media.timeline.encodings, key=lambda one: one != media_id):
                await stages.jobs.start("survey", encoding_id)
                await stages.jobs.start("fill", encoding_id)
        await stages.files.begin(media_id)
        await stages.tracks.begin(media_id)

    async def fill_own(clip_id: str) -> None:
        """The encodings that only this clip plays."""
        clip = await stages.media.media(clip_id)
        for encoding_id in sorted(clip.timeline.pictured if clip and clip.timeline else ()):
            encoding = await stages.made.encoding(encoding_id)
            if encoding is not None and encoding_id == covered_id(clip_id, encoding.mezzanine):
                await stages.jobs.start("fill", encoding_id)

    async def import_failed(media_id: str, error: InpointError) -> None:
        if await stages.imports.give_up(media_id, error):
            await stages.waiting.source_failed(media_id, f"the source media failed: {error.message}")

    async def nothing_lost(subject: str, error: InpointError) -> None:
        """A fill that is given up leaves nothing undone that is asked for: it is logged, no more."""

    imports, clips, tracks = stages.imports, stages.clips, stages.track_import
    return {
        "import": Job(
            (
                ("fetch", imports.fetch),
                ("index", imports.index),
                ("publish", imports.publish),
                ("follow_up", follow_up),
            ),
            import_failed,
        ),
        "clip": Job(
            (
                ("edges", clips.edges),
                ("other_edges", clips.other_edges),
                ("files", stages.files.begin),
                ("tracks", stages.tracks.begin),
                ("fill", fill_own),
            ),
            clips.give_up,
        ),
        "track": Job((("fetch", tracks.fetch), ("lay", tracks.lay)), tracks.give_up),
        "file": Job((("make", stages.file_making.make),), stages.file_making.give_up),
        "fill": Job((("fill", stages.fill.fill),), nothing_lost),
        "survey": Job((("survey", stages.survey.survey),), stages.survey.give_up),
    }
