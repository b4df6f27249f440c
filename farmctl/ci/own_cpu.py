"""A CPU for each slice, also between processes: two on one would leave another idle.

A slicer is held to one CPU, because some settings make other bytes on several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from farmctl.system.disk import Busy, Disk, Lock
from farmctl.system.processes import Finished, Limits, Processes, usable_cpus


@contextmanager
def own_cpu(disk: Disk, folder: Path, processes: Processes) -> Iterator[Processes]:
    """Yield what starts programs on a CPU that no other slice of this folder has now.

    Where all are taken, programs run where they would.
    """
    cpu, lock = _free(disk, folder)
    if lock is None:
        yield processes
        return
    with lock:
        yield _OnCpu(processes, cpu)


def _free(disk: Disk, folder: Path) -> tuple[int, Lock | None]:
    for cpu in usable_cpus():
        try:
            return cpu, disk.lock(folder / f"cpu-{cpu}.lock", wait_s=0)
        except Busy:
            continue
    return -1, None


class _OnCpu:
    """Processes on one CPU."""

    def __init__(self, processes: Processes, cpu: int) -> None:
        self._processes = processes
        self._cpus = frozenset({cpu})

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        limits: Limits,
        stdin: bytes = b"",
    ) -> Finished:
        """Return how the program ended."""
        mine = replace(limits, cpus=self._cpus)
        return self._processes.run(argv, cwd=cwd, env=env, limits=mine, stdin=stdin)
