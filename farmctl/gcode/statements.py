"""The commands that depend on nothing but their own line: heat, wait, fan, pause, limits."""

from __future__ import annotations

from collections.abc import Callable

from farmctl.gcode.commands import (
    Command,
    Dwell,
    Fan,
    Heat,
    Heater,
    LimitChange,
    Other,
    Pause,
)
from farmctl.gcode.words import Line, number

_PART_FAN = 0
_KLIPPER_BEDS = frozenset({"HEATER_BED"})


def other(line: Line) -> Other:
    """Keep a command as it was written."""
    return Other(line.number, line.end, line.code, line.text)


def _heat(heater: Heater, *, waits: bool) -> Callable[[Line], Command]:
    def read(line: Line) -> Command:
        words = line.words()
        # M109 R also waits for cooling; a heater command without a target changes nothing.
        target = words.get("S", words.get("R"))
        if target is None:
            return other(line)
        tool = int(words.get("T", line.tool))
        return Heat(line.number, line.end, heater, target, waits, tool)

    return read


def _klipper_heat(line: Line) -> Command:
    words = line.assignments()
    name = words.get("HEATER", "").upper()
    target = number(words.get("TARGET", "0"))
    if name in _KLIPPER_BEDS:
        return Heat(line.number, line.end, Heater.BED, target, waits=False, tool=line.tool)
    if name.startswith("EXTRUDER"):
        tool = int(name.removeprefix("EXTRUDER") or 0)
        return Heat(line.number, line.end, Heater.NOZZLE, target, waits=False, tool=tool)
    return other(line)


def _dwell(line: Line) -> Command:
    words = line.words()
    seconds = words["S"] if "S" in words else words.get("P", 0.0) / 1000
    return Dwell(line.number, line.end, max(0.0, seconds))


def _fan(line: Line) -> Command:
    words = line.words()
    # P numbers a machine's fans, as in Marlin. Klipper's own M106 knows no P; who writes one there
    # has a macro for it.
    if words.get("P", _PART_FAN) != _PART_FAN:
        return other(line)
    speed = 0.0 if line.code == "M107" else words.get("S", 255.0)
    return Fan(line.number, line.end, speed)


def _pause(line: Line) -> Command:
    return Pause(line.number, line.end, line.code)


def _limits(line: Line) -> Command:
    return LimitChange(line.number, line.end, line.code, line.words())


def _klipper_limits(line: Line) -> Command:
    values = {name: number(value) for name, value in line.assignments().items()}
    return LimitChange(line.number, line.end, line.code, values)


STATEMENTS: dict[str, Callable[[Line], Command]] = {
    "G4": _dwell,
    "M104": _heat(Heater.NOZZLE, waits=False),
    "M109": _heat(Heater.NOZZLE, waits=True),
    "M140": _heat(Heater.BED, waits=False),
    "M190": _heat(Heater.BED, waits=True),
    "M141": _heat(Heater.CHAMBER, waits=False),
    "M191": _heat(Heater.CHAMBER, waits=True),
    "SET_HEATER_TEMPERATURE": _klipper_heat,
    "M106": _fan,
    "M107": _fan,
    "M0": _pause,
    "M1": _pause,
    "M25": _pause,
    "M226": _pause,
    "M600": _pause,
    "M601": _pause,
    "PAUSE": _pause,
    "M201": _limits,
    "M203": _limits,
    "M204": _limits,
    "M205": _limits,
    "SET_VELOCITY_LIMIT": _klipper_limits,
}
"""What each code means. The functions raise ValueError where its words cannot be read."""
