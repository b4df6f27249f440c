"""From the bytes of a g-code file to the script of a machine: pure, and worth keeping.

A virtual printer moves as its file was planned to: the limits of motion are those in the settings
that PrusaSlicer writes at the end of its files, else those of a common desktop machine, and the
file's own M201 to M205 change them. Homing takes no time, as in a slicer's estimate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from farmctl.errors import FarmctlError
from farmctl.gcode.commands import Command, Heat, Malformed, Move, Other, Pause
from farmctl.gcode.limits import Axes, MarlinLimits, limits_from_settings
from farmctl.gcode.moves import commands
from farmctl.gcode.planner import timed
from farmctl.sim.script import Broken, Moves, Notice, Script, Step, Stop, Target, Wait

COMMON_LIMITS = MarlinLimits(
    max_velocity_mm_s=Axes(500.0, 500.0, 12.0, 120.0),
    max_accel_mm_s2=Axes(9000.0, 9000.0, 500.0, 10000.0),
    jerk_mm_s=Axes(10.0, 10.0, 0.2, 2.5),
    accel_mm_s2=1500.0,
    retract_accel_mm_s2=1500.0,
    travel_accel_mm_s2=1500.0,
)
"""PrusaSlicer's own defaults of `machine_max_*`."""

_FIRMWARE_KNOWS = (
    "G10 G11 G17 G20 G21 G28 G29 G80 G90 G91 G92 M17 M18 M20 M21 M73 M75 M76 M77 M82 M83 M84 M105 "
    "M106 M107 M110 M114 M115 M117 M118 M119 M155 M220 M221 M300 M302 M400 M420 M486 M500 M501 "
    "M502 M572 M592 M593 M862.1 M862.2 M862.3 M862.4 M862.5 M862.6 M900 M906 M907 M914 "
    "EXCLUDE_OBJECT EXCLUDE_OBJECT_DEFINE EXCLUDE_OBJECT_END EXCLUDE_OBJECT_START "
    "SET_PRESSURE_ADVANCE SET_PRINT_STATS_INFO"
)
"""Commands that change neither time nor temperature here; all others are unknown to the machine."""
_KNOWN = frozenset(_FIRMWARE_KNOWS.split())


_SETTING = re.compile(rb"^; (machine_max_\w+|gcode_flavor) = (.*?)\r?$", re.MULTILINE)
_SETTINGS_B = 64 * 1024
"""The settings are the last thing in a file of PrusaSlicer's."""


def read_script(gcode: bytes) -> Script:
    """Return what these bytes make a machine do; what cannot be read becomes a step that fails."""
    return Script.of(_steps(gcode))


def _steps(gcode: bytes) -> Iterator[Step]:
    seconds = filament_mm = 0.0
    for command, took_s in timed(commands(gcode), _limits(gcode)):
        seconds += took_s
        if isinstance(command, Move):
            filament_mm += command.de
            continue
        said = _said(command)
        if said and seconds:
            yield _moves(seconds, filament_mm)
            seconds = filament_mm = 0.0
        yield from said
        if isinstance(command, Malformed):
            return
    if seconds:
        yield _moves(seconds, filament_mm)


def _limits(gcode: bytes) -> MarlinLimits:
    found = _SETTING.findall(gcode[-_SETTINGS_B:])
    try:
        return limits_from_settings({key.decode(): value.decode() for key, value in found})
    except (FarmctlError, UnicodeDecodeError):
        return COMMON_LIMITS


def _moves(seconds: float, filament_mm: float) -> Moves:
    return Moves(round(seconds * 1_000_000), round(filament_mm * 1_000))


def _said(command: Command) -> tuple[Step, ...]:
    """Return the steps of a command that is not just motion."""
    match command:
        case Heat():
            target = Target(command.heater, round(command.target_c * 1_000))
            return (target, Wait(command.heater)) if command.waits else (target,)
        case Pause():
            return (Stop(command.code),)
        case Malformed():
            return (Broken(f"line {command.line}: malformed command `{command.text}`"),)
        case Other() if command.code not in _KNOWN:
            return (Notice(f"line {command.line}: unknown command `{command.code}`"),)
        case _:
            return ()
