"""The seam check: a segment decoded on its own has the frames that it says, where it says."""

from __future__ import annotations

import io

import av
import av.error

from inpoint.model.cmaf import read_segment
from inpoint.ports.orders import MadeSegment


def check_video(made: MadeSegment, ticks: int) -> str | None:
    """What is wrong with a segment, or None. ``ticks`` is a frame's duration on its timescale."""
    start, count = made.start, made.end - made.start
    try:
        segment = read_segment(made.data)
    except ValueError as error:
        return str(error)
    if segment.time != start * ticks or segment.duration != ticks or len(segment.sizes) != count:
        return "its boxes name other frames"
    try:
        with av.open(io.BytesIO(made.init + made.data), "r", format="mp4") as source:
            decoded = [(frame.pts, frame.is_corrupt) for frame in source.decode(video=0)]
    except av.error.FFmpegError as error:
        return f"it does not decode: {error}"
    if len(decoded) != count or any(corrupt for _, corrupt in decoded):
        return f"{len(decoded)} of {count} frames decode"
    if [pts for pts, _ in decoded] != [(start + n) * ticks for n in range(count)]:
        return "its frames are not where they should be"
    return None
