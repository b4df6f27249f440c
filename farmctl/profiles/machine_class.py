"""A printer class made from what a machine says of itself: bed, height, nozzle, limits. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.printers.driver import Machine
from farmctl.profiles.files import class_files
from farmctl.profiles.guess import Facts

PROGRAM = "prusaslicer"
_HOTTEST_NOZZLE_C = 300  # where the firmware names no limit, and no g-code should ask for more
_HOTTEST_BED_C = 120


def can_be_made(machine: Machine) -> bool:
    """Return whether the machine says enough: a round bed, or no firmware running, does not."""
    return None not in (machine.bed_mm, machine.height_mm, machine.nozzle_mm)


def machine_class(name: str, machine: Machine) -> dict[str, bytes]:
    """Return the files of a new class at 1.0.0, by path inside the farm.

    Args:
        name: What the class is called.
        machine: What a probe found; `can_be_made` of it is true.
    """
    width_mm, depth_mm = machine.bed_mm or (0.0, 0.0)
    height_mm = machine.height_mm or 0.0
    facts = Facts(
        material="",
        quality="",
        nozzle_um=round((machine.nozzle_mm or 0.0) * 1000),
        bed_um=_corners(round(width_mm * 1000), round(depth_mm * 1000)),
        height_um=round(height_mm * 1000),
        nozzle_c=machine.max_nozzle_c or _HOTTEST_NOZZLE_C,
        bed_c=machine.max_bed_c or _HOTTEST_BED_C,
        profile_name="",
        class_name=name,
    )
    settings = {
        **_space(width_mm, depth_mm, height_mm),
        **_speeds(dict(machine.limits)),
        "start_gcode": _START,
        "end_gcode": _end(width_mm, depth_mm),
    }
    return class_files(name, PROGRAM, facts, settings)


def _corners(width_um: int, depth_um: int) -> tuple[tuple[int, int], ...]:
    return ((0, 0), (width_um, 0), (width_um, depth_um), (0, depth_um))


def _space(width_mm: float, depth_mm: float, height_mm: float) -> Mapping[str, str]:
    width, depth = f"{width_mm:g}", f"{depth_mm:g}"
    return {
        "bed_shape": f"0x0,{width}x0,{width}x{depth},0x{depth}",
        "max_print_height": f"{height_mm:g}",
        "gcode_flavor": "marlin2",
        "remaining_times": "0",
        "silent_mode": "0",
        "machine_limits_usage": "time_estimate_only",
    }


def _speeds(limits: Mapping[str, float]) -> Mapping[str, str]:
    """Return what the slicer's estimate takes for the machine's limits, where it names them."""
    plane = ("x", "y")
    said = {
        **{f"machine_max_feedrate_{axis}": limits.get("max_velocity") for axis in plane},
        **{f"machine_max_acceleration_{axis}": limits.get("max_accel") for axis in plane},
        **{f"machine_max_jerk_{axis}": limits.get("square_corner_velocity") for axis in plane},
        "machine_max_feedrate_z": limits.get("max_z_velocity"),
        "machine_max_acceleration_z": limits.get("max_z_accel"),
        "machine_max_acceleration_extruding": limits.get("max_accel"),
        "machine_max_acceleration_travel": limits.get("max_accel"),
    }
    return {key: f"{value:g}" for key, value in said.items() if value is not None}


# As the reference classes have them: no command here needs a macro of the machine's own.
_START = (
    r"G90 ; positions are absolute\nM82 ; so is the filament\n"
    r"M140 S[first_layer_bed_temperature] ; both heat up at once\nM104 S150 ; too cold to ooze\n"
    r"M190 S[first_layer_bed_temperature]\nG28 ; home\nG1 Z10 F900\n"
    r"M109 S[first_layer_temperature]\nG92 E0\nG1 X10 Y2 F9000\nG1 Z0.3 F900\n"
    r"G1 X70 E6 F900 ; purge\nG92 E0\nG1 Z2 F900\n"
)


def _end(width_mm: float, depth_mm: float) -> str:
    out_of_the_way = f"G1 X{max(0.0, width_mm - 10):g} Y{max(0.0, depth_mm - 10):g} F9000"
    return (
        r"M104 S0 ; cool down\nM140 S0\nM107\nG92 E0\nG1 E-2 F1800\n"
        r"G1 Z{min(max_layer_z + 10, max_print_height)} F900\n"
        rf"{out_of_the_way} ; out of the way\nM84\n"
    )
