"""One slice of a golden model, and what it came to: also in another process, never an exception."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

from farmctl.ci.outcome import Failed, Measured, Outcome
from farmctl.ci.own_cpu import OwnCpu
from farmctl.ci.trouble import disk_failed
from farmctl.ci.workplace import Workplace, made
from farmctl.errors import FarmctlError, SlicerFailed
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.plate import Bench, slice_plate
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.registry import open_slicer
from farmctl.slicing.request import PlateRequest
from farmctl.slicing.seat import Seat
from farmctl.slicing.slicer import Slicer
from farmctl.system.disk import RealDisk
from farmctl.system.processes import RealProcesses

LIMITS = SliceLimits(wall_s=180.0, cpu_s=180, file_b=512 * 1024**2)
"""A golden model slices in seconds: one that takes longer hangs, or fills the disk."""


class Task(Struct, frozen=True):
    """One slice to make, where another process finds all it needs.

    Args:
        request: The plate.
        program: The slicer's name in the registry.
        path: Where it is; empty where this machine has not the pinned one.
        folder: Where slices, meshes and figures are kept.
        limits: What the slicer may use.
        many: Whether it is one of many, for which it pays to load what is faster.
    """

    request: PlateRequest
    program: str
    path: str
    folder: str
    limits: SliceLimits = LIMITS
    many: bool = False


def measured(task: Task) -> Outcome:
    """Return what a plate comes to; what was sliced and measured before is not made again."""
    try:
        return _measured(task, Workplace(Path(task.folder), RealDisk()))
    except SlicerFailed as error:
        return Failed(error.code, error.message, error.mend)
    except FarmctlError as error:
        return Failed("golden-not-measured", error.message, error.mend)
    except OSError as error:
        return disk_failed(error, task.folder)


def known(request: PlateRequest, workplace: Workplace) -> Measured | None:
    """Return what a plate came to before; None where it was not sliced and measured there."""
    try:
        return workplace.known(request)
    except (FarmctlError, OSError):
        return None


def _measured(task: Task, workplace: Workplace) -> Measured:
    record = workplace.cache.known(task.request) or _sliced(task, workplace)
    return made(record, workplace.figures(task.request, record, many=task.many))


def _sliced(task: Task, workplace: Workplace) -> SliceRecord:
    if not task.path:
        raise SlicerFailed(
            f"the pinned {task.program} ({task.request.slicer[7:19]}…) is not on this machine",
            "install it, or pin the one that is here: farmctl slicer pin",
            "slicer-not-pinned",
        )
    slicer = _slicer(task.program, Path(task.path), workplace.machine, workplace.memory)
    bench = Bench(slicer, workplace.store, workplace.cache, task.limits, task.many)
    return slice_plate(task.request, bench)


@cache
def _slicer(program: str, path: Path, machine: Path, memory: Path) -> Slicer:
    """Return a slicer of this process: what it can be confined to is found out once."""
    disk = RealDisk()
    return open_slicer(program, Seat(path, memory, disk, OwnCpu(RealProcesses(), disk, machine)))
