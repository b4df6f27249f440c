"""One slice measured: made once, kept by content, and never more than a named failure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.artifacts.store import ArtifactStore
from farmctl.ci.measuring import Task, measured
from farmctl.ci.outcome import Failed, Measured
from farmctl.geometry.golden.make import golden_stl
from farmctl.geometry.preflight import ingest
from farmctl.slicing.key import PlacedPart, label
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.request import PlateRequest
from farmctl.system.disk import RealDisk
from tests.slicing.conftest import (
    CEILING,
    ROOM,
    Workshop,
    catalogue,
    memory,
    open_program,
    prusaslicer,
    workshop,
)

__all__ = ["catalogue", "memory", "open_program", "prusaslicer", "workshop"]

pytestmark = pytest.mark.slicer

SHORT = SliceLimits(wall_s=2.0, cpu_s=2, file_b=4 * 1024**2)


def request(shop: Workshop, folder: Path) -> PlateRequest:
    mesh = ingest(golden_stl("calibration-cube", {"size_mm": 10.0}), "cube.stl").clean_mesh
    assert mesh is not None
    kept = ArtifactStore(folder / "artifacts", RealDisk()).put(mesh)
    part = PlacedPart(label(1), kept, 125_000, 125_000)
    slicer = shop.slicer.pin().digest
    return PlateRequest((part,), shop.settings().text, ROOM, CEILING, slicer)


def task(shop: Workshop, folder: Path) -> Task:
    program = shutil.which("prusa-slicer")
    assert program is not None
    return Task(request(shop, folder), "prusaslicer", program, str(folder))


def wrapped(shop: Workshop, folder: Path, script: str) -> Task:
    """A task for a program that answers questions as PrusaSlicer does and slices in its own way."""
    real = shutil.which("prusa-slicer")
    program = folder / "slicer.sh"
    program.write_text(f'#!/bin/sh\nif [ -e plate.3mf ]; then {script}; fi\nexec {real} "$@"\n')
    program.chmod(0o755)
    from farmctl.slicing.registry import open_slicer
    from farmctl.slicing.seat import Seat
    from farmctl.system.processes import RealProcesses

    seat = Seat(program, folder / "slicer", RealDisk(), RealProcesses())
    pinned = open_slicer("prusaslicer", seat).pin().digest
    mine = replace(request(shop, folder), slicer=pinned)
    return Task(mine, "prusaslicer", str(program), str(folder), SHORT)


def test_what_was_measured_once_needs_no_slicer_again(workshop: Workshop, tmp_path: Path) -> None:
    first = task(workshop, tmp_path)
    found = measured(first)
    assert isinstance(found, Measured)
    assert (found.figures.layers, found.figures.height_um) == (50, 10_000)
    assert found.figures.per_layer[0].z_um == 200
    assert measured(replace(first, path="")) == found


def test_figures_that_are_damaged_are_made_again(workshop: Workshop, tmp_path: Path) -> None:
    first = task(workshop, tmp_path)
    found = measured(first)
    for place in (tmp_path / "figures").iterdir():
        place.write_bytes(b"{")
    assert measured(replace(first, path="")) == found
    shutil.rmtree(tmp_path / "figures")
    assert measured(replace(first, path="")) == found


def test_without_its_gcode_it_is_sliced_again(workshop: Workshop, tmp_path: Path) -> None:
    first = task(workshop, tmp_path)
    found = measured(first)
    assert isinstance(found, Measured)
    digits = found.gcode.removeprefix("sha256:")
    (tmp_path / "artifacts" / digits[:2] / digits[2:]).unlink()
    assert measured(first) == found


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("sleep 600", "slicer-timeout"),
        ("while :; do :; done", "slicer-timeout"),
        ("cat /dev/zero > plate.gcode; exit 1", "slicer-disk-full"),
        ("kill -SEGV $$", "slicer-crashed"),
        ("exit 0", "slicer-no-output"),
        ("exit 3", "slicer-failed"),
    ],
)
def test_a_slicer_that_does_not_slice_is_a_named_failure(
    workshop: Workshop, tmp_path: Path, script: str, code: str
) -> None:
    found = measured(wrapped(workshop, tmp_path, script))
    assert isinstance(found, Failed)
    assert found.code == code
    assert found.mend
    assert not (tmp_path / "figures").exists()


def test_a_build_that_is_not_here_is_a_named_failure(workshop: Workshop, tmp_path: Path) -> None:
    found = measured(replace(task(workshop, tmp_path), path=""))
    assert isinstance(found, Failed)
    assert found.code == "slicer-not-pinned"


def test_a_mesh_that_is_gone_is_a_named_failure(workshop: Workshop, tmp_path: Path) -> None:
    mine = task(workshop, tmp_path)
    shutil.rmtree(tmp_path / "artifacts")
    found = measured(mine)
    assert isinstance(found, Failed)
    assert found.code == "golden-not-measured"


def test_a_place_that_takes_nothing_is_a_named_failure(workshop: Workshop, tmp_path: Path) -> None:
    mine = task(workshop, tmp_path)
    (tmp_path / "slices").write_text("a file where a folder should be")
    found = measured(mine)
    assert isinstance(found, Failed)
    assert found.code == "disk-failed"
