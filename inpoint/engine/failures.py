"""libav's failures → ours, at one door, the cause kept."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import av.error

from inpoint import errors

#: What a confined process reports by code, and what it becomes on this side.
BY_CODE: dict[str, type[errors.MediaError]] = {
    kind.code: kind
    for kind in (
        errors.Unsupported,
        errors.Damaged,
        errors.NoPicture,
        errors.TooLong,
        errors.TooLarge,
        errors.EngineFailed,
    )
}


#: What libav can't read, though others may: a kind of file, or a part of its standard.
_UNREADABLE = (
    av.error.InvalidDataError,
    av.error.DecoderNotFoundError,
    av.error.DemuxerNotFoundError,
    av.error.PatchWelcomeError,
    av.error.NotImplementedError,
)
#: What no source can bring about: a build without what we write with, or a call of ours that is wrong.
_OURS = (
    av.error.EncoderNotFoundError,
    av.error.MuxerNotFoundError,
    av.error.FilterNotFoundError,
    av.error.BSFNotFoundError,
    av.error.OptionNotFoundError,
    av.error.ProtocolNotFoundError,
    av.error.FileNotFoundError,
    av.error.PermissionError,
)
#: The machine's troubles, as the system numbers them. Memory isn't one: a process that reads a source has so much of
#: it, and a source that takes more asks too much.
_MACHINES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EACCES})


def translation(error: av.error.FFmpegError) -> errors.MediaError:
    """Ours for one of libav's: Unsupported or Damaged are the source's, EngineFailed is this machine's."""
    kind: type[errors.MediaError] = errors.Damaged
    if isinstance(error, _OURS) or error.errno in _MACHINES:
        kind = errors.EngineFailed
    elif isinstance(error, _UNREADABLE):
        kind = errors.Unsupported
    return kind(detail=str(error))


@contextmanager
def translated() -> Iterator[None]:
    """Turn what libav raises while a source is read into ours."""
    try:
        yield
    except av.error.FFmpegError as error:
        raise translation(error) from error
    except MemoryError as error:
        raise errors.Damaged(detail="it takes more memory than there is for it") from error


def from_report(code: str, message: str | None, detail: str) -> errors.MediaError:
    """The failure that a confined process reported."""
    return BY_CODE.get(code, errors.EngineFailed)(message, detail=detail)
