"""Jobs that are done when told, step by step, and can be broken off between any two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inpoint.jobs.attempts import Job, attempt
from inpoint.ports import JobKind


@dataclass(slots=True)
class _Begun:
    done: int = 0


@dataclass(slots=True)
class MemoryJobs:
    """``ports.Jobs``; ``kinds`` may be given later, since stages start jobs that are made of stages."""

    kinds: Mapping[JobKind, Job] = field(default_factory=dict)
    #: What was started and hasn't ended, in order.
    open: dict[tuple[JobKind, str], _Begun] = field(default_factory=dict)
    #: What has ended.
    ended: set[tuple[JobKind, str]] = field(default_factory=set)
    #: Every step that was begun: kind, step, subject.
    log: list[tuple[str, str, str]] = field(default_factory=list)
    #: Whether every step is done twice, as after a crash that came before it was noted.
    twice: bool = False

    async def start(self, kind: JobKind, subject_id: str) -> None:
        if (kind, subject_id) not in self.ended:
            self.open.setdefault((kind, subject_id), _Begun())

    async def take_over(self) -> None:
        """There is nobody else."""

    async def run(self, steps: int | None = None) -> int:
        """Do what is open, to its end or for so many steps; how many were done."""
        count = 0
        while self.open and (steps is None or count < steps):
            await self._step(next(iter(self.open)))
            count += 1
        return count

    async def _step(self, key: tuple[JobKind, str]) -> None:
        kind, subject_id = key
        job, begun = self.kinds[kind], self.open[key]
        name, step = job.steps[begun.done]
        self.log.append((kind, name, subject_id))
        lives = await attempt(job, f"{kind}.{name}", step, subject_id, 0)
        if lives and self.twice:
            await step(subject_id)
        begun.done = begun.done + 1 if lives else len(job.steps)
        if begun.done >= len(job.steps):
            del self.open[key]
            self.ended.add(key)
