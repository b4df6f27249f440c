"""Starting other programs with limits, and knowing afterwards why they ended."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Protocol

from msgspec import Struct

_OUTPUT_LIMIT_B = 256 * 1024
_PR_SET_PDEATHSIG = 1  # prctl(2)


class Limits(Struct, frozen=True):
    """What a program may use: wall seconds, CPU seconds, memory and file size in bytes, CPUs."""

    wall_s: float
    cpu_s: int | None = None
    memory_b: int | None = None
    file_b: int | None = None
    cpus: frozenset[int] | None = None


class Finished(Struct, frozen=True):
    """How a program ended: `returncode` is negative for a signal, as in `subprocess`."""

    returncode: int
    stdout: str
    stderr: str
    timed_out: bool = False


def usable_cpus() -> tuple[int, ...]:
    """Return the CPUs this process may use, each process from another one on; empty if unknown."""
    if not hasattr(os, "sched_getaffinity"):
        return ()
    cpus = sorted(os.sched_getaffinity(0))
    first = os.getpid() % len(cpus)
    return (*cpus[first:], *cpus[:first])


class Processes(Protocol):
    """Runs a program to its end."""

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        limits: Limits,
        stdin: bytes = b"",
    ) -> Finished:
        """Return how it ended. Raises FileNotFoundError when there is no such program."""
        ...


class RealProcesses:
    """The machine's own processes, each in its own session so that its children end with it."""

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        limits: Limits,
        stdin: bytes = b"",
    ) -> Finished:
        """Return how the program ended; kills it and its children after `limits.wall_s`."""
        with subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=partial(_settle_in, limits, _prctl()),  # noqa: PLW1509 - in the child
        ) as child:
            try:
                out, err = child.communicate(stdin or None, timeout=limits.wall_s)
                timed_out = False
            except subprocess.TimeoutExpired:
                _kill_group(child.pid)
                out, err = child.communicate()
                timed_out = True
            except BaseException:
                _kill_group(child.pid)
                raise
        return Finished(child.returncode, _text(out), _text(err), timed_out)


@cache
def _prctl() -> Callable[[int, int], int] | None:
    """Return Linux' `prctl`; None elsewhere."""
    import ctypes  # noqa: PLC0415 - only who starts programs needs it

    found: Callable[[int, int], int] | None = getattr(ctypes.CDLL(None), "prctl", None)
    return found


def _settle_in(limits: Limits, prctl: Callable[[int, int], int] | None) -> None:
    """Prepare the child: it is killed when the thread ends that started it, also by a kill."""
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _apply(limits)


def _apply(limits: Limits) -> None:
    if limits.cpus:
        os.sched_setaffinity(0, limits.cpus)
    if limits.cpu_s is not None:  # the soft limit's SIGXCPU tells why; the hard one is a bare kill
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 5))
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory_b),
        (resource.RLIMIT_FSIZE, limits.file_b),
        (resource.RLIMIT_CORE, 0),
    ):
        if value is not None:
            resource.setrlimit(kind, (value, value))


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _text(raw: bytes) -> str:
    return raw[-_OUTPUT_LIMIT_B:].decode("utf-8", "replace")
