"""One slice of a golden model, and what it came to: also in another process, never an exception."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct

from farmctl.artifacts.store import ArtifactStore
from farmctl.ci.outcome import Failed, Measured, Outcome
from farmctl.ci.own_cpu import own_cpu
from farmctl.errors import FarmctlError, SlicerFailed
from farmctl.gcode.figures import measure_figures
from farmctl.gcode.limits import limits_from_settings
from farmctl.gcode.measured import Figures
from farmctl.model.baseline import MEASURED_BY
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.digest import Digest, digest_of, hexdigits
from farmctl.slicing import ini
from farmctl.slicing.arrange import arrange
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.judge import filaments
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.plate import Bench, slice_plate
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.registry import open_slicer
from farmctl.slicing.request import PlateRequest
from farmctl.slicing.seat import Seat
from farmctl.system.disk import Disk, RealDisk
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
    """

    request: PlateRequest
    program: str
    path: str
    folder: str
    limits: SliceLimits = LIMITS


def measured(task: Task) -> Outcome:
    """Return what a plate comes to; what was sliced and measured before is not made again."""
    try:
        return _Workplace(Path(task.folder), RealDisk()).measured(task)
    except SlicerFailed as error:
        return Failed(error.code, error.message, error.mend)
    except FarmctlError as error:
        return Failed("golden-not-measured", error.message, error.mend)
    except OSError as error:
        return Failed("disk-failed", f"{error.strerror or error}", "make room on the disk")


def known(request: PlateRequest, folder: Path) -> Measured | None:
    """Return what a plate came to before; None where it was not sliced and measured in `folder`."""
    try:
        return _Workplace(folder, RealDisk()).known(request)
    except (FarmctlError, OSError):
        return None


class _Workplace:
    """Where slices, meshes and figures are kept."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk
        self._store = ArtifactStore(folder / "artifacts", disk)
        self._cache = SliceCache(folder / "slices", disk, self._store)

    def measured(self, task: Task) -> Measured:
        record = self._cache.known(task.request) or self._sliced(task)
        return _as_measured(record, self._figures(task.request, record))

    def known(self, request: PlateRequest) -> Measured | None:
        record = self._cache.known(request)
        figures = self._kept(self._place(request, record)) if record else None
        return _as_measured(record, figures) if record and figures else None

    def _sliced(self, task: Task) -> SliceRecord:
        if not task.path:
            raise SlicerFailed(
                f"the pinned {task.program} ({task.request.slicer[7:19]}…) is not on this machine",
                "install it, or pin the one that is here: farmctl slicer pin",
                "slicer-not-pinned",
            )
        with own_cpu(self._disk, self._folder, RealProcesses()) as processes:
            seat = Seat(Path(task.path), self._folder / "slicer", self._disk, processes)
            slicer = open_slicer(task.program, seat)
            return slice_plate(task.request, Bench(slicer, self._store, self._cache, task.limits))

    def _figures(self, request: PlateRequest, record: SliceRecord) -> Figures:
        place = self._place(request, record)
        kept = self._kept(place)
        if kept is not None:
            return kept
        settings = ini.parse(request.settings, "settings").values
        made = measure_figures(
            self._store.get(record.gcode),
            limits=limits_from_settings(settings),
            filaments=filaments(settings),
            placements=arrange(request.parts, request.room, self._store).boxes,
        )
        text = json.dumps(encode(made), separators=(",", ":"))
        self._disk.replace(place, text.encode(), durable=False)
        return made

    def _place(self, request: PlateRequest, record: SliceRecord) -> Path:
        return self._folder / "figures" / f"{hexdigits(_key(request, record))}.json"

    def _kept(self, path: Path) -> Figures | None:
        try:
            return decode(Figures, json.loads(self._disk.read(path)))
        except (FileNotFoundError, NotADirectoryError, ValueError, Undecodable):
            return None


def _as_measured(record: SliceRecord, figures: Figures) -> Measured:
    return Measured(record.gcode, figures, tuple(sorted({each.code for each in record.warnings})))


def _key(request: PlateRequest, record: SliceRecord) -> Digest:
    """Return the digest of all that figures depend on."""
    return digest_of(f"{MEASURED_BY} {record.gcode} {request.key} {record.settings}".encode())
