"""The truth: what Klipper itself needs for the same bytes, and what the slicer says it uses.

Each golden model is sliced for a machine like that of `tests/servers/printer.cfg`: no heating, no
homing, and it begins where Klipper is told to begin.
"""

from __future__ import annotations

import math
import re
import subprocess
from pathlib import Path

import pytest

from farmctl.gcode.figures import Figures, measure_figures
from farmctl.gcode.limits import KlipperLimits
from farmctl.gcode.loops import Loops, compiled
from farmctl.gcode.settings import filament_used_um
from farmctl.gcode.summary import Filament
from farmctl.gcode.tally import tally
from farmctl.geometry.golden.make import golden_stl
from farmctl.model.golden import SHAPES
from tests.gcode.test_gcode_prusaslicer import SETTINGS
from tests.servers.klipper_batch import seconds_in_klipper

pytestmark = [pytest.mark.slicer, pytest.mark.server, pytest.mark.slow]

# Klipper's defaults of max_extrude_only_*: 4 × nozzle² over the area of the filament.
EXTRUDE_ONLY = 4 * 0.4**2 / (math.pi / 4 * 1.75**2)
MACHINE = KlipperLimits(300, 3000, 15, 200, 300 * EXTRUDE_ONLY, 3000 * EXTRUDE_ONLY)
PLA = [Filament(1.75, 1.24)]

COLD = {
    **SETTINGS,
    "bed_temperature": "0",
    "end_gcode": "",
    "first_layer_bed_temperature": "0",
    "first_layer_temperature": "0",
    "gcode_flavor": "marlin2",
    "machine_limits_usage": "ignore",
    "start_gcode": "",
    "temperature": "0",
    "use_relative_e_distances": "1",
    "layer_gcode": "G92 E0",
}
VARIANTS = {
    "absolute filament": {"use_relative_e_distances": "0", "layer_gcode": ""},
    "fast and wiping": {"perimeter_speed": "150", "infill_speed": "250", "wipe": "1"},
}
CASES = [*((shape, "") for shape in sorted(SHAPES)), *(("bridges", each) for each in VARIANTS)]


def sliced(folder: Path, shape: str, variant: str) -> bytes:
    (folder / "P01.stl").write_bytes(golden_stl(shape, {}))
    settings = {**COLD, **VARIANTS.get(variant, {})}
    (folder / "s.ini").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
    argv = ["prusa-slicer", "-g", "--loglevel", "0", "--config-compatibility", "disable"]
    argv += ["--load", "s.ini", "--center", "125,105", "--output", "out.gcode", "P01.stl"]
    ended = subprocess.run(
        argv, check=False, cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stderr
    return (folder / "out.gcode").read_bytes()


def figures(gcode: bytes) -> Figures:
    return measure_figures(gcode, limits=MACHINE, filaments=PLA)


def with_lies(gcode: bytes) -> bytes:
    """Every comment but the names of features is another, with figures that are wrong."""
    lie = rb"; estimated printing time (normal mode) = 1s ;LAYER_CHANGE ; filament used [mm] = 1"
    return re.sub(rb";(?!TYPE:)[^\n]*", lie, gcode)


@pytest.mark.parametrize(("shape", "variant"), CASES)
def test_times_are_klippers_and_filament_is_the_slicers(
    tmp_path: Path, shape: str, variant: str
) -> None:
    gcode = sliced(tmp_path, shape, variant)
    found = figures(gcode)
    klipper_s = seconds_in_klipper(tmp_path, gcode)
    assert found.time_ms / 1000 == pytest.approx(klipper_s, rel=0.005)
    (claimed_um,) = filament_used_um(gcode)
    assert found.filament_um == pytest.approx(claimed_um, rel=0.001)
    assert found.layers == gcode.count(b"\n;LAYER_CHANGE")
    assert figures(with_lies(gcode)) == found
    loops: Loops = compiled()
    assert tally(loops.legs(gcode, MACHINE), PLA, (), loops.flows) == found


def test_arcs_take_as_long_as_in_klipper(tmp_path: Path) -> None:
    lines = ["G90", "M83", "G1 X100 Y100 Z5 F9000"]
    for radius in (2, 7, 30, 60):
        lines += [f"G2 X{100 + radius} Y100 I{radius / 2} J0 E1 F3000", "G1 X100 Y100"]
        lines += [f"G3 X100 Y{100 + radius} I0 J{radius / 2} Z6 F6000", "G1 X100 Y100"]
    gcode = "\n".join(lines).encode()
    assert figures(gcode).time_ms / 1000 == pytest.approx(
        seconds_in_klipper(tmp_path, gcode), rel=0.005
    )


def test_g92_without_an_axis_is_read_as_klipper_does(tmp_path: Path) -> None:
    lines = ["G90", "M82", "G1 X100 Y80 Z5 E2 F9000", "G92", "G1 X50 Y20 E3 F3000", "G1 X0 Y0 E4"]
    gcode = "\n".join(lines).encode()
    ours = figures(gcode)
    assert ours.time_ms / 1000 == pytest.approx(seconds_in_klipper(tmp_path, gcode), rel=0.005)
    assert ours.filament_um == 6000
