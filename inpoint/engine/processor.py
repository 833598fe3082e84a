"""libav without the processor's own instructions: sums of many numbers are then the same bits on every machine."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import av._core

_NONE = 0
#: A library that stands on libavutil, whose functions are found through it wherever that lies.
_LIBAV = ctypes.CDLL(av._core.__file__)


@contextmanager
def plain_code(*, wanted: bool = True) -> Iterator[None]:
    """What is opened within, and used, is as it was written in C, if that is ``wanted``. It holds for the process."""
    if not wanted:
        yield
        return
    before: int = _LIBAV.av_get_cpu_flags()
    _LIBAV.av_force_cpu_flags(_NONE)
    try:
        yield
    finally:
        _LIBAV.av_force_cpu_flags(before)
