"""What a slicer may use, and which of it this system can enforce."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from farmctl.system.processes import Limits, Processes, usable_cpus

_GIB = 1024**3
_ALWAYS = ("cpu-time", "file-size", "memory", "wall-time")
_NO_NETWORK = (  # the second works without privileges where the system lets users have namespaces
    ("unshare", "--net", "--"),
    ("unshare", "--user", "--map-root-user", "--net", "--"),
)
ALL_LIMITS = tuple(sorted((*_ALWAYS, "no-network", "one-cpu")))


class SliceLimits(Struct, frozen=True):
    """What one slice may use: seconds on the wall and of CPU, bytes of memory and of one file."""

    wall_s: float = 600.0
    cpu_s: int = 600
    memory_b: int = 4 * _GIB
    file_b: int = _GIB


class Fence(Struct, frozen=True):
    """How one slice is confined.

    Args:
        prefix: What to put before the program's own command line.
        limits: For `Processes.run`.
        names: The limits in force, sorted.
    """

    prefix: tuple[str, ...]
    limits: Limits
    names: tuple[str, ...]


class Confinement:
    """Gives each slice a CPU of its own, and no network where the system allows that."""

    def __init__(self, processes: Processes, cpus: tuple[int, ...] | None = None) -> None:
        self._processes = processes
        self._free = deque(usable_cpus() if cpus is None else cpus)
        self._prefix: tuple[str, ...] | None = None

    @contextmanager
    def fence(self, wanted: SliceLimits) -> Iterator[Fence]:
        """Yield how to confine one slice; its CPU is free again afterwards."""
        try:
            cpu = self._free.popleft()
        except IndexError:  # more slices than CPUs: this one goes where the system puts it
            yield self._fence(wanted, None)
            return
        try:
            yield self._fence(wanted, cpu)
        finally:
            self._free.append(cpu)

    def _fence(self, wanted: SliceLimits, cpu: int | None) -> Fence:
        prefix = self._network_off()
        names = [*_ALWAYS]
        names += ["no-network"] if prefix else []
        names += ["one-cpu"] if cpu is not None else []
        limits = Limits(
            wanted.wall_s,
            wanted.cpu_s,
            wanted.memory_b,
            wanted.file_b,
            None if cpu is None else frozenset({cpu}),
        )
        return Fence(prefix, limits, tuple(sorted(names)))

    def _network_off(self) -> tuple[str, ...]:
        if self._prefix is None:
            works = (prefix for prefix in _NO_NETWORK if self._can(prefix))
            self._prefix = next(works, ())
        return self._prefix

    def _can(self, prefix: tuple[str, ...]) -> bool:
        try:
            tried = self._processes.run(
                [*prefix, "true"],
                cwd=Path("/"),
                env={"PATH": "/usr/bin:/bin"},
                limits=Limits(wall_s=5.0),
            )
        except FileNotFoundError:
            return False
        return tried.returncode == 0


def missing_limits(in_force: tuple[str, ...]) -> tuple[str, ...]:
    """Return the limits that this system cannot enforce."""
    return tuple(name for name in ALL_LIMITS if name not in in_force)
