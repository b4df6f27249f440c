"""What runs on a worker: what there is on its machine, and one slice there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from farmctl import __version__
from farmctl.ci.cluster.fitness import Build, Seen, Unfit, unfit
from farmctl.ci.cluster.parcel import Delivery, Parcel
from farmctl.ci.keeping import in_use, mark_used, tidy
from farmctl.ci.measuring import Task, measured
from farmctl.ci.outcome import Failed, Measured
from farmctl.ci.trouble import FolderFailed, disk_failed
from farmctl.ci.workplace import Workplace
from farmctl.errors import SlicerFailed
from farmctl.slicing.find import find
from farmctl.slicing.registry import open_slicer
from farmctl.slicing.seat import Seat
from farmctl.system.caches import cache_folder
from farmctl.system.clock import SystemClock
from farmctl.system.disk import Disk, RealDisk
from farmctl.system.processes import RealProcesses


def versions() -> Seen:
    """Return what farmctl and Python are here; no slicer is looked for."""
    return Seen(__version__, f"{sys.version_info.major}.{sys.version_info.minor}")


def seen_here(programs: tuple[str, ...]) -> Seen:
    """Return what this machine has for these programs."""
    workplace = Workplace(cache_folder("ci"), RealDisk())
    found = (each.build for program in programs for each in _builds(program, workplace))
    mine = versions()
    return Seen(mine.farmctl, mine.python, tuple(dict.fromkeys(found)))


def sliced_here(parcel: Parcel) -> Delivery | Unfit:
    """Return a slice with all that there is to keep of it; a worker that is unfit slices nothing.

    The slicer is looked for at each slice: its machine may have been updated since the last one.
    """
    from distributed import get_worker  # noqa: PLC0415 - only a worker has it

    worker = str(get_worker().address)
    disk = RealDisk()
    workplace = Workplace(cache_folder("ci"), disk)
    clock = SystemClock()
    now = clock.now()
    try:
        with in_use(workplace):
            answer = _sliced(parcel, workplace, worker)
            mark_used(workplace, [parcel.request.key], now)
    except FolderFailed as error:
        return Delivery(Failed(error.code, f"worker {worker}: {error.message}", error.mend))
    except OSError as error:
        return Delivery(disk_failed(error, f"{workplace.folder} of worker {worker}"))
    tidy(workplace, now)
    return answer


def _sliced(parcel: Parcel, workplace: Workplace, worker: str) -> Delivery | Unfit:
    here = {each.build.digest: each for each in _builds(parcel.program, workplace)}
    mine = versions()
    seen = Seen(mine.farmctl, mine.python, tuple(each.build for each in here.values()))
    why = unfit(worker, seen, parcel.sender, parcel.needed)
    if why is not None:
        return why
    for mesh in parcel.meshes:
        workplace.store.put(mesh)
    path = str(here[parcel.request.slicer].path)
    folder = str(workplace.folder)
    outcome = measured(Task(parcel.request, parcel.program, path, folder, parcel.limits))
    if not isinstance(outcome, Measured):
        return Delivery(outcome)
    return workplace.delivery(parcel.request, outcome)


class _Here(Struct, frozen=True):
    """A slicer and where it is."""

    build: Build
    path: Path


def _builds(program: str, workplace: Workplace) -> Iterator[_Here]:
    disk: Disk = RealDisk()
    for each in find(os.environ.get("PATH", ""), Path.home(), disk):
        seat = Seat(each.path, workplace.memory, disk, RealProcesses())
        try:
            pin = open_slicer(program, seat).pin()
        except SlicerFailed:  # something else that is called like a slicer
            continue
        yield _Here(Build(program, pin.version, pin.digest), each.path)
