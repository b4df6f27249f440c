"""Measured figures against PrusaSlicer's own, on parts like those that farms print."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.gcode.canonical import canonical, canonical_digest
from farmctl.gcode.check import PrintSpace, check
from farmctl.gcode.limits import MotionLimits, limits_from_settings
from farmctl.gcode.measure import measure
from farmctl.gcode.settings import (
    embedded_settings,
    estimated_time_ms,
    filament_used_um,
    objects,
)
from farmctl.gcode.summary import Filament, Placement, Summary
from farmctl.testing.parts import PARTS

pytestmark = pytest.mark.slicer

MK3 = PrintSpace(((0, 0), (250, 0), (250, 210), (0, 210)), 210, max_nozzle_c=280, max_bed_c=110)
PURGED_UM = 21_500
"""What start g-code pushes: PrusaSlicer leaves custom g-code out of its own figures."""

SETTINGS = {
    "bed_shape": "0x0,250x0,250x210,0x210",
    "bed_temperature": "60",
    "external_perimeter_speed": "25",
    "filament_density": "1.24",
    "filament_diameter": "1.75",
    "fill_density": "15%",
    "fill_pattern": "gyroid",
    "first_layer_acceleration": "800",
    "first_layer_bed_temperature": "60",
    "first_layer_speed": "20",
    "first_layer_temperature": "215",
    "gcode_flavor": "marlin",
    "gcode_label_objects": "1",
    "infill_acceleration": "1000",
    "infill_speed": "80",
    "machine_limits_usage": "emit_to_gcode",
    "machine_max_acceleration_e": "5000",
    "machine_max_acceleration_extruding": "1250",
    "machine_max_acceleration_retracting": "1250",
    "machine_max_acceleration_travel": "1250",
    "machine_max_acceleration_x": "1000",
    "machine_max_acceleration_y": "1000",
    "machine_max_acceleration_z": "200",
    "machine_max_feedrate_e": "120",
    "machine_max_feedrate_x": "200",
    "machine_max_feedrate_y": "200",
    "machine_max_feedrate_z": "12",
    "machine_max_jerk_e": "4.5",
    "machine_max_jerk_x": "8",
    "machine_max_jerk_y": "8",
    "machine_max_jerk_z": "0.4",
    "perimeter_acceleration": "800",
    "perimeter_generator": "classic",
    "perimeter_speed": "45",
    "perimeters": "2",
    "retract_length": "0.8",
    "retract_lift": "0.2",
    "retract_speed": "35",
    "start_gcode": r"M190 S60\nM109 S215\nG28\nG92 E0\nG1 Y-3 F1000\nG1 X60 E9\nG1 X100 E21.5\nG92 E0",
    "temperature": "210",
    "travel_speed": "180",
    "use_relative_e_distances": "0",
}

VARIANTS = {
    "plain": {},
    "limits in no line": {"machine_limits_usage": "time_estimate_only"},
    "marlin 2": {"gcode_flavor": "marlin2", "machine_max_acceleration_travel": "1000"},
    "relative": {
        "use_relative_e_distances": "1",
        "layer_gcode": "G92 E0",
        "wipe": "1",
        "start_gcode": r"M190 S60\nM109 S215\nG28\nM83\nG1 Y-3 F1000\nG1 X60 E9\nG1 X100 E12.5",
    },
    "support and brim": {"support_material": "1", "brim_width": "3", "layer_height": "0.15"},
    "fast": {"perimeter_speed": "120", "infill_speed": "180", "machine_max_jerk_x": "20"},
}

Slice = Callable[..., bytes]


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> Slice:
    """Slice a part, each with the same settings only once."""
    known: dict[tuple[str, str, str], bytes] = {}

    def slice_part(part: str, variant: str = "plain", name: str = "P01.stl") -> bytes:
        key = (part, variant, name)
        if key not in known:
            settings = {**SETTINGS, **VARIANTS[variant]}
            known[key] = run_slicer(tmp_path_factory.mktemp("slice"), part, settings, name)
        return known[key]

    return slice_part


def run_slicer(folder: Path, part: str, settings: dict[str, str], name: str) -> bytes:
    (folder / name).write_bytes(PARTS[part]())
    (folder / "s.ini").write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
    argv = [
        "prusa-slicer",
        "-g",
        "--loglevel",
        "0",
        "--config-compatibility",
        "disable",
        "--load",
        "s.ini",
    ]
    argv += ["--center", "125,105", "--output", "out.gcode", name]
    ended = subprocess.run(
        argv, check=False, cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return (folder / "out.gcode").read_bytes()


def machine(variant: str = "plain") -> MotionLimits:
    return limits_from_settings({**SETTINGS, **VARIANTS[variant]})


MIDDLE = Placement(40, 40, 210, 170)


def figures(raw: bytes, variant: str = "plain", box: Placement = MIDDLE) -> Summary:
    filaments = [Filament(1.75, 1.24)]
    return measure(raw, limits=machine(variant), filaments=filaments, placements=[box])


PARTS_BY_VARIANT = [
    *((part, "plain") for part in sorted(PARTS)),
    *(("bracket", variant) for variant in VARIANTS if variant != "plain"),
    *(("clip", variant) for variant in VARIANTS if variant != "plain"),
]


@pytest.mark.parametrize(("part", "variant"), PARTS_BY_VARIANT)
def test_time_filament_and_layers_agree_with_the_slicer(
    sliced: Slice, part: str, variant: str
) -> None:
    raw = sliced(part, variant)
    summary = figures(raw, variant)
    assert summary.time_ms == pytest.approx(estimated_time_ms(raw), rel=0.015)
    (claimed_um,) = filament_used_um(raw)
    assert summary.length_um - PURGED_UM == pytest.approx(claimed_um, rel=0.001)
    assert summary.layers == raw.count(b"\n;LAYER_CHANGE")
    assert check(raw, MK3) == []


def test_mass_and_volume_agree_with_the_slicer(sliced: Slice) -> None:
    raw = sliced("bracket")
    (use,) = figures(raw).filaments
    share = 1 - PURGED_UM / use.length_um
    assert share * use.mass_mg / 1000 == pytest.approx(claim(raw, "g"), abs=0.01)
    assert share * use.volume_nl / 1e6 == pytest.approx(claim(raw, "cm3"), abs=0.01)


def claim(raw: bytes, unit: str) -> float:
    found = re.search(rf"\n; filament used \[{unit}\] = (\S+)".encode(), raw)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("variant", ["plain", "relative"])
def test_figures_stay_when_every_comment_is_dropped_or_a_lie(sliced: Slice, variant: str) -> None:
    raw = sliced("clip", variant)
    honest = figures(raw, variant)
    silent = re.sub(rb"[ \t]*;[^\n]*", b"", raw)
    assert b";" not in silent
    assert figures(silent, variant) == honest
    lying = re.sub(rb";[^\n]*", rb";LAYER_CHANGE\n; filament used [mm] = 1\n; G1 X9 E9", raw)
    assert figures(lying, variant) == honest


def test_height_box_temperatures_and_objects(sliced: Slice) -> None:
    summary = figures(sliced("box"), box=Placement(122, 102, 128, 108))
    assert (summary.height_um, summary.first_layer_um) == (950, 350)
    assert (summary.max_nozzle_mc, summary.max_bed_mc) == (215_000, 60_000)
    assert summary.objects == 1
    assert summary.laid is not None
    assert summary.laid.min_y_um == -3000
    assert objects(sliced("box")) == ["P01.stl"]


def test_the_settings_that_were_asked_for_are_the_ones_that_were_used(sliced: Slice) -> None:
    used = embedded_settings(sliced("box"))
    assert len(used) > 250
    asked = SETTINGS.items() - {("start_gcode", SETTINGS["start_gcode"])}
    assert {key: used[key] for key, _ in asked} == dict(asked)


def test_two_slices_of_a_part_differ_in_the_named_places_only(sliced: Slice) -> None:
    first, second = sliced("gear", name="gear one.stl"), sliced("gear", name="2.STL")
    differing = {
        re.sub(rb"\d\S*|gear one\S*", b"#", line)
        for line, other in zip(first.splitlines(), second.splitlines(), strict=True)
        if line != other
    }
    made_at = b"; generated by PrusaSlicer # on # at # UTC"
    labels = {b"; printing object # id:# copy #", b"; stop printing object # id:# copy #"}
    assert labels <= differing <= labels | {made_at}
    assert canonical(first) == canonical(second)
    assert canonical_digest(first) == canonical_digest(second)
