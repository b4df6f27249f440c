"""A CPU for each slice, also between processes: two on one would leave another idle.

A slicer is held to one CPU, because some settings make other bytes on several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from farmctl.system.disk import Busy, Disk
from farmctl.system.processes import Finished, Limits, Processes, usable_cpus


class OwnCpu:
    """Runs each program on a CPU that no other one of this folder has, and where it would without.

    Args:
        processes: Runs them.
        disk: Locks.
        folder: Where the locks are; of this machine alone.
    """

    def __init__(self, processes: Processes, disk: Disk, folder: Path) -> None:
        self._processes = processes
        self._disk = disk
        self._folder = folder

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
        with self._cpu() as cpus:
            mine = replace(limits, cpus=cpus or limits.cpus)
            return self._processes.run(argv, cwd=cwd, env=env, limits=mine, stdin=stdin)

    @contextmanager
    def _cpu(self) -> Iterator[frozenset[int]]:
        """Yield a CPU that is free; none where all are taken."""
        for cpu in usable_cpus():
            try:
                lock = self._disk.lock(self._folder / f"cpu-{cpu}.lock", wait_s=0)
            except Busy:
                continue
            with lock:
                yield frozenset({cpu})
                return
        yield frozenset()
