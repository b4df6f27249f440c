"""A slice that is there already starts no slicer and loads no mesh."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from farmctl.slicing.plate import slice_plate

from .conftest import Workshop, model, program

ROOT = Path(__file__).parents[2]
HIT = """
import sys
from pathlib import Path
from farmctl.artifacts.store import ArtifactStore
from farmctl.geometry.overlap import Room
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.key import PlacedPart
from farmctl.slicing.plate import Bench, slice_plate
from farmctl.slicing.registry import open_slicer
from farmctl.slicing.request import Ceiling, PlateRequest
from farmctl.slicing.seat import Seat
from farmctl.system.disk import RealDisk
from farmctl.system.processes import RealProcesses

folder, program, mesh, pinned, settings = sys.argv[1:]
disk = RealDisk()
store = ArtifactStore(Path(folder, "artifacts"), disk)
seat = Seat(Path(program), Path(folder, "memory"), disk, RealProcesses())
bench = Bench(open_slicer("prusaslicer", seat), store, SliceCache(Path(folder, "slices"), disk, store))
room = Room(((0, 0), (250_000, 0), (250_000, 250_000), (0, 250_000)), 250_000, 1_000)
part = PlacedPart("P01", mesh, 125_000, 125_000)
request = PlateRequest((part,), Path(settings).read_bytes(), room, Ceiling(260, 100), pinned)
print(slice_plate(request, bench).gcode)
print(*sorted({"numpy", "trimesh", "scipy", "lxml", "duckdb", "git", "httpx"} & sys.modules.keys()))
"""


@pytest.mark.slicer
def test_a_hit_starts_no_slicer_and_imports_no_mesh_library(
    workshop: Workshop, open_program, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    wrapper = tmp_path / "slicer.sh"
    wrapper.write_text(f'#!/bin/sh\necho start >> {starts}\nexec {program()} "$@"\n')
    wrapper.chmod(0o755)
    slicer = open_program(wrapper)
    request = workshop.request([workshop.place(model("box"))], slicer=slicer.pin().digest)
    record = slice_plate(request, workshop.bench(slicer))
    started = starts.read_text().count("start")
    assert started == 2, "once for its version, once to slice"

    settings = tmp_path / "settings.ini"
    settings.write_bytes(request.settings)
    hit = subprocess.run(
        [
            sys.executable,
            "-c",
            HIT,
            str(tmp_path),
            str(wrapper),
            request.parts[0].mesh,
            request.slicer,
            str(settings),
        ],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert hit.stdout.splitlines() == [record.gcode, ""]
    assert starts.read_text().count("start") == started
