"""Limits for a process that opens hostile files: time, memory, file size, one folder, no network, no new programs.

Everything must be imported before. Where the kernel lacks a means, the others still hold, and the names of the
missing are returned so that the server can say so.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_HANDLED = (1 << 13) - 1  # ABI 1: every file right
_TRUNCATE = 1 << 14  # since ABI 3
_X32 = 0x40000000  # numbers of another ABI under the same architecture
_IN_FOLDER = 1 << 1 | _READ_FILE | _READ_DIR | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8  # write, read, remove, make

#: By machine: audit architecture and the numbers of system calls that no codec needs:
#: socket, connect, bind, listen, accept, accept4, execve, execveat, ptrace, process_vm_readv and _writev,
#: mount, umount2, bpf, keyctl, kexec_load, init_module, open_by_handle_at, setns, unshare, io_uring_setup;
#: then truncate, fchmodat, fchownat, setxattr, kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo,
#: pidfd_send_signal, prlimit64 (of any process); on x86_64 also the older chmod, chown, lchown, fork and vfork.
_DENIED = {
    "x86_64": (
        0xC000003E,
        (
            *(41, 42, 49, 50, 43, 288, 59, 322, 101, 310, 311, 165, 166, 321, 250, 246, 175, 304, 308, 272, 425),
            *(76, 268, 260, 188, 62, 200, 234, 129, 297, 424, 302, 90, 92, 94, 57, 58),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(198, 203, 200, 201, 202, 242, 221, 281, 117, 270, 271, 40, 39, 280, 219, 104, 105, 265, 268, 97, 425),
            *(45, 53, 54, 5, 129, 130, 131, 138, 240, 424, 261),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time, bytes of memory and of one written file; None is no limit of ours."""

    cpu_seconds: int | None = None
    memory_bytes: int | None = None
    file_bytes: int | None = None


def confine(limits: Limits, readable: Sequence[Path] = (), writable: Sequence[Path] = ()) -> list[str]:
    """Confine this process for good. Returns what this system could not do."""
    libc = ctypes.CDLL(None, use_errno=True)
    missing = []
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for kind, value in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        if value is not None:
            resource.setrlimit(kind, (value, value))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        missing.append("no_new_privs")
    if not _landlock(libc, readable, writable):
        missing.append("landlock")
    if not _seccomp(libc):
        missing.append("seccomp")
    return missing


def _landlock(libc: ctypes.CDLL, readable: Sequence[Path], writable: Sequence[Path]) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    truncate = _TRUNCATE if version >= 3 else 0
    attributes = struct.pack("=Q", _HANDLED | truncate)
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for path, rights in [*((p, _READ_FILE) for p in readable), *((p, _IN_FOLDER | truncate) for p in writable)]:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = struct.pack("=Qi", rights, beneath)
                if libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0) != 0:
                    return False
            finally:
                os.close(beneath)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _seccomp(libc: ctypes.CDLL) -> bool:
    if platform.machine() not in _DENIED:
        return False
    architecture, denied = _DENIED[platform.machine()]
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO | EPERM
    steps = [
        (load, 0, 0, 4),
        (equal, 0, len(denied) + 3, architecture),  # another architecture's numbers: refuse
        (load, 0, 0, 0),
        (at_least, len(denied) + 1, 0, _X32),
        *((equal, len(denied) - place, 0, number) for place, number in enumerate(denied)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("@HxxxxxxP", len(steps), ctypes.addressof(buffer))
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.c_char_p(header), 0, 0) == 0)


def run_when_idle() -> None:
    """Give way to everything else (SCHED_IDLE): a request beside a fill takes hardly longer than alone."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
