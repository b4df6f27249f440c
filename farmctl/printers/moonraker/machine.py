"""What a Klipper configuration tells about the machine. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farmctl.printers.driver import Machine

_LIMITS = ("max_velocity", "max_accel", "max_z_velocity", "max_z_accel", "square_corner_velocity")
_ROUND = ("delta", "rotary_delta", "deltesian", "polar", "winch")


def machine(
    identity: str, server: Mapping[str, Any], klipper: Mapping[str, Any], objects: Mapping[str, Any]
) -> Machine:
    """Return the machine that a Moonraker stands before.

    Args:
        identity: Moonraker's instance id.
        server: The result of `/server/info`.
        klipper: The result of `/printer/info`; empty when no Klipper runs.
        objects: Klipper's objects `configfile` (its `settings`) and `toolhead`.
    """
    settings = objects.get("configfile", {}).get("settings", {})
    space = _space(settings, objects.get("toolhead", {}))
    return Machine(
        driver="moonraker",
        identity=identity,
        server=f"Moonraker {server.get('moonraker_version', 'of unknown version')}",
        firmware=firmware(klipper),
        bed_mm=space and (space[0], space[1]),
        height_mm=space and space[2],
        nozzle_mm=_number(settings, "extruder", "nozzle_diameter"),
        max_nozzle_c=_whole(_number(settings, "extruder", "max_temp")),
        max_bed_c=_whole(_number(settings, "heater_bed", "max_temp")),
        limits=tuple(_limits(settings.get("printer", {}))),
    )


def firmware(klipper: Mapping[str, Any]) -> str:
    """Return `Klipper v0.12.0-…`, or an empty text when no Klipper runs."""
    if not klipper:
        return ""
    return f"{klipper.get('app', 'Klipper')} {klipper.get('software_version', '')}".strip()


def nozzle_um(objects: Mapping[str, Any]) -> int | None:
    """Return the nozzle that the configuration names, in micrometres."""
    settings = objects.get("configfile", {}).get("settings", {})
    diameter = _number(settings, "extruder", "nozzle_diameter")
    return None if diameter is None else round(diameter * 1000)


def space_um(objects: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Return width, depth and height in micrometres, where the configuration tells them."""
    settings = objects.get("configfile", {}).get("settings", {})
    space = _space(settings, objects.get("toolhead", {}))
    if space is None:
        return None
    return round(space[0] * 1000), round(space[1] * 1000), round(space[2] * 1000)


def _space(
    settings: Mapping[str, Any], toolhead: Mapping[str, Any]
) -> tuple[float, float, float] | None:
    """Return width, depth and height; None where the bed is round and its middle is the origin."""
    if settings.get("printer", {}).get("kinematics") in _ROUND:
        return None
    highest = toolhead.get("axis_maximum")
    if not highest:
        return None
    return (float(highest[0]), float(highest[1]), float(highest[2]))


def _limits(printer: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [(name, float(printer[name])) for name in _LIMITS if name in printer]


def _number(settings: Mapping[str, Any], section: str, option: str) -> float | None:
    value = settings.get(section, {}).get(option)
    return None if value is None else float(value)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
