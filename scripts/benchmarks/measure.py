"""CPU time of programs and of code, each sample beside its peer's, and the ratio of the medians."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Sample = Callable[[], float]
"""Does the work once and returns its CPU seconds, user and system."""

_UNSET = ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "FARMCTL_STATE")


class BenchError(Exception):
    """A program that is measured did not do its work."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row measured, in CPU seconds.

    Args:
        ours: Median of what farmctl needs.
        peer: Median of what the peer needs.
        base: Median of what is taken off ours: a bare Typer app; 0 for nothing.
    """

    ours: float
    peer: float
    base: float = 0.0

    @property
    def ratio(self) -> float:
        """Return how many times the peer's work farmctl does."""
        return (self.ours - self.base) / self.peer


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, and where it is run. As a sample, it is run once.

    Args:
        argv: The program and its arguments.
        cwd: Where.
    """

    argv: Sequence[str | Path]
    cwd: Path

    def __call__(self) -> float:
        """Run it, and return the CPU seconds of it and of the programs that it waited for.

        Raises BenchError when it fails.
        """
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                self.argv, cwd=self.cwd, env=environment(), stdout=subprocess.DEVNULL, stderr=said
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                words = said.read().decode(errors="replace").strip()
                shown = " ".join(map(str, self.argv))
                raise BenchError(f"`{shown}` ended with {process.returncode}: {words}")
        return usage.ru_utime + usage.ru_stime


def environment() -> dict[str, str]:
    """Return the surroundings of a person's shell: Python keeps its byte-code."""
    return {name: value for name, value in os.environ.items() if name not in _UNSET}


def here(work: Callable[[], object]) -> float:
    """Do some work in this process and return its CPU seconds, those of its children with them."""
    before = _used()
    work()
    return _used() - before


def interleaved(samples: Mapping[str, Sample], times: int) -> dict[str, float]:
    """Return the median of each sample; they take turns, so that noise hits all alike.

    What is done first is left out: it fills caches and compiles byte-code.
    """
    for sample in samples.values():
        sample()
    taken: dict[str, list[float]] = {name: [] for name in samples}
    for _ in range(times):
        for name, sample in samples.items():
            taken[name].append(sample())
    return {name: statistics.median(each) for name, each in taken.items()}


def compared(samples: Mapping[str, Sample], times: int) -> Reading:
    """Return the reading of samples that are named `ours`, `peer` and, perhaps, `base`."""
    return Reading(**interleaved(samples, times))


def _used() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in usages)
