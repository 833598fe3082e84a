"""libav's failures → ours, at one door, the cause kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import av.error

from inpoint import errors

#: What a confined process reports by code, and what it becomes on this side.
BY_CODE: dict[str, type[errors.MediaError]] = {
    kind.code: kind for kind in (errors.Unsupported, errors.Damaged, errors.TooLong, errors.EngineFailed)
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn what libav raises while a source is read into Unsupported or Damaged."""
    try:
        yield
    except (av.error.InvalidDataError, av.error.DecoderNotFoundError, av.error.DemuxerNotFoundError) as error:
        raise errors.Unsupported(detail=str(error)) from error
    except av.error.FFmpegError as error:
        raise errors.Damaged(detail=str(error)) from error


def from_report(code: str, message: str | None, detail: str) -> errors.MediaError:
    """The failure that a confined process reported."""
    return BY_CODE.get(code, errors.EngineFailed)(message, detail=detail)
