"""A job's shape, and how often its steps are tried."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from inpoint.errors import InpointError, Unexpected

_log = structlog.get_logger()
_ATTEMPTS = 4

Step = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """Steps in order, by name; ``give_up`` is told what no further try will mend."""

    steps: Sequence[tuple[str, Step]]
    give_up: Callable[[str, InpointError], Awaitable[None]]


async def attempt(job: Job, name: str, step: Step, subject_id: str, delay: float) -> bool:
    """One step, tried again after ``delay`` seconds and then twice as many each time; False if the job is given
    up."""
    log = _log.bind(step=name, subject=subject_id)
    for number in range(1, _ATTEMPTS + 1):
        try:
            await step(subject_id)
            return True
        except Exception as raised:
            error = _cause(raised)
            last = number == _ATTEMPTS or not error.retryable
            log.warning("job.step_failed", attempt=number, final=last, error=repr(raised), detail=error.detail)
            if last:
                await job.give_up(subject_id, error)
                return False
            await asyncio.sleep(delay * 2 ** (number - 1))
    return False


def _cause(raised: BaseException) -> InpointError:
    """The failure in ours; of a group of tasks the first one's."""
    while isinstance(raised, BaseExceptionGroup):
        raised = raised.exceptions[0]
    if isinstance(raised, InpointError):
        return raised
    return Unexpected(detail=repr(raised))
