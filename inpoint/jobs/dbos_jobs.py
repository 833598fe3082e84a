"""``ports.Jobs`` over DBOS: steps recorded in the database, carried on after a crash.

Jobs are tiny: their input is a row's id, all state is in our tables, and every step may be done twice. DBOS runs
them on threads of its own; the steps themselves run on the server's event loop.
"""

from __future__ import annotations

import asyncio
import contextvars
import fcntl
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import CancelledError
from pathlib import Path
from typing import IO, Any

import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID

from inpoint.jobs.attempts import Job, Step, attempt
from inpoint.ports import JobKind

_log = structlog.get_logger()
_PATIENCE = 10.0  # seconds for threads to end
_FIRST_DELAY = 0.5  # seconds, doubled each time
_BROKEN = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_VERSION = "1"  # of the jobs' shape: a job begun by one release is ended by the next


class _HandedBack(BaseException):
    """The server stops: no failure, which DBOS would note as the job's end, so that the job stays to be done."""


class DbosJobs:
    """``ports.Jobs`` over DBOS; several servers may share its database."""

    def __init__(self, database_url: str, data: Path, jobs: Mapping[JobKind, Job]) -> None:
        self._jobs = jobs
        self._data = data
        self._loop: asyncio.AbstractEventLoop | None = None
        self._steps: set[asyncio.Future[bool]] = set()
        self._stopping = False
        self._running = 0
        self._idle = threading.Condition()
        self._slot, self._lock = _take_slot(data)
        config: DBOSConfig = {
            "name": "inpoint",
            "system_database_url": database_url,
            "application_version": _VERSION,
            "executor_id": _executor(self._slot),
            "log_level": "WARNING",
            "run_migrations": True,
            "max_executor_threads": 1024,  # a job holds one while it waits; most wait
        }
        DBOS(config=config)

        def job(kind: str, subject_id: str) -> None:
            self._run(kind, subject_id)

        self._workflow = DBOS.workflow(name="job", max_recovery_attempts=1000)(job)

    async def launch(self) -> None:
        """Take up what a crash left, and be ready for more."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(DBOS.launch)

    async def take_over(self) -> None:
        """Carry on what processes that are gone have left: their slots are free, their jobs pending."""
        await asyncio.to_thread(contextvars.Context().run, self._take_over)

    def _take_over(self) -> None:
        for path in self._data.glob("executor-*.lock"):
            slot = int(path.stem.partition("-")[2])
            lock = None if slot == self._slot else _lock(path)
            if lock is None:
                continue
            with lock:
                for left in DBOS.list_workflows(executor_id=_executor(slot), status="PENDING", load_input=False):
                    _log.info("job.taken_over", job=left.workflow_id, slot=slot)
                    DBOS.resume_workflow(left.workflow_id)

    @property
    def alone(self) -> bool:
        """Whether no other process works on this folder."""
        others = [path for path in self._data.glob("executor-*.lock") if path.stem != f"executor-{self._slot}"]
        for path in others:
            lock = _lock(path)
            if lock is None:
                return False
            lock.close()
        return True

    async def stop(self) -> None:
        """Steps that are under way are broken off: whoever starts next does them anew."""
        self._stopping = True
        open_steps = list(self._steps)
        for step in open_steps:
            step.cancel()
        await asyncio.gather(*open_steps, return_exceptions=True)
        await asyncio.to_thread(self._wait_until_idle)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        self._lock.close()
        _log.info("jobs.stopped", handed_back=len(open_steps))

    def _wait_until_idle(self) -> None:
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0, _PATIENCE)

    async def start(self, kind: JobKind, subject_id: str) -> None:
        # A step may start another job: in a context of its own, or it would count as a part of the step.
        await asyncio.to_thread(contextvars.Context().run, self._start, kind, subject_id)

    def _start(self, kind: JobKind, subject_id: str) -> None:
        job_id = f"{kind}-{subject_id}"
        again = 0
        while (known := DBOS.get_workflow_status(job_id)) is not None and known.status in _BROKEN:
            again += 1  # what broke off without an end is begun anew
            job_id = f"{kind}-{subject_id}-{again}"
        with SetWorkflowID(job_id):
            DBOS.start_workflow(self._workflow, kind, subject_id)

    def _run(self, kind: str, subject_id: str) -> None:
        with self._idle:
            self._running += 1
        try:
            for name, step in self._jobs[kind].steps:  # type: ignore[index]
                if not DBOS.run_step({"name": f"{kind}.{name}"}, self._step, kind, name, step, subject_id):
                    return
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def _step(self, kind: str, name: str, step: Step, subject_id: str) -> bool:
        """One step on the event loop; False if the job is given up."""
        assert self._loop is not None
        if self._stopping:
            raise _HandedBack
        tried = attempt(self._jobs[kind], f"{kind}.{name}", step, subject_id, _FIRST_DELAY)  # type: ignore[index]
        try:
            return asyncio.run_coroutine_threadsafe(self._until_stopped(tried), self._loop).result()
        except CancelledError as error:
            if not self._stopping:
                raise
            raise _HandedBack from error

    async def _until_stopped(self, tried: Coroutine[Any, Any, bool]) -> bool:
        if self._stopping:
            tried.close()
            raise asyncio.CancelledError
        step = asyncio.ensure_future(tried)
        self._steps.add(step)
        step.add_done_callback(self._steps.discard)
        return await step


def _take_slot(data: Path) -> tuple[int, IO[str]]:
    """An id that no other living process of this machine has: a numbered file, locked as long as we live."""
    data.mkdir(parents=True, exist_ok=True)
    slot = 0
    while (lock := _lock(data / f"executor-{slot}.lock")) is None:
        slot += 1
    return slot, lock


def _lock(path: Path) -> IO[str] | None:
    """The file, locked; None if another process holds it."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _executor(slot: int) -> str:
    """The same after a change of the host's name: the lock in the data folder makes it unique."""
    return f"slot-{slot}"
