"""How much is asked of the hotend: speed × the cross-section of what is laid."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec import Struct

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.advice.speeds import speed
from farmctl.profiles.advice.subject import Subject, share, told

_WIDTHS = {
    "perimeter_speed": "perimeter_extrusion_width",
    "external_perimeter_speed": "external_perimeter_extrusion_width",
    "infill_speed": "infill_extrusion_width",
    "solid_infill_speed": "solid_infill_extrusion_width",
    "top_solid_infill_speed": "top_infill_extrusion_width",
    "support_material_speed": "support_material_extrusion_width",
}
_LIMITS = ("filament_max_volumetric_speed", "max_volumetric_speed")
_AUTOMATIC = 1.125
"""The width of a line, in nozzles, where nobody says it."""

_PLAIN_HOTEND = 11.0 / 0.4
"""What a hotend without a name melts, in mm³/s for each mm of its nozzle."""

_ROUNDING = 1.02


class Demand(Struct, frozen=True):
    """What one kind of line asks for."""

    key: str
    speed: float
    flow: float


def flow(subject: Subject) -> Iterator[Diagnostic]:
    """Yield where more is asked for than hotend or filament give."""
    most = max(demands(subject), key=lambda each: each.flow, default=None)
    if most is None:
        return
    limits = [figure for figure in map(subject.figure, _LIMITS) if figure > 0]
    limit = min(limits, default=0.0)
    hotend = subject.machines.flow_mm3_s
    if hotend is not None and min(limit or most.flow, most.flow) > hotend * _ROUNDING:
        yield _above_hotend(subject, most, limit, hotend)
    elif limit and most.flow > limit * _ROUNDING:
        yield _slowed_down(subject, most, limit)
    elif not limit and hotend is None:
        yield from _unlimited(subject, most)


def demands(subject: Subject) -> list[Demand]:
    """Return what each kind of line asks for, as the slicer reckons it: flat, with round ends."""
    height = subject.figure("layer_height")
    found = []
    for key, width_key in _WIDTHS.items():
        width, pace = _width(subject, width_key, height), speed(subject, key)
        if height > 0 and width > height and pace > 0:
            area = height * (width - height) + math.pi * (height / 2) ** 2
            found.append(Demand(key, pace, area * pace * (subject.figure("extrusion_multiplier"))))
    return found


def _width(subject: Subject, key: str, height: float) -> float:
    widths = (share(subject.values.get(each, ""), height) for each in (key, "extrusion_width"))
    automatic = subject.figure("nozzle_diameter") * _AUTOMATIC
    return next((each for each in widths if each > 0), automatic)


def _above_hotend(subject: Subject, most: Demand, limit: float, hotend: float) -> Diagnostic:
    key = _LIMITS[0] if limit and subject.is_said(_LIMITS[0]) else most.key
    asked = min(limit or most.flow, most.flow)
    return subject.finding(
        key,
        "flow-above-hotend",
        f"`{most.key}` asks for {told(asked)} mm³/s, the hotend of {subject.machines.name} melts "
        f"{told(hotend)}: lines get thin and layers part",
        f"filament_max_volumetric_speed = {told(hotend)}, or a lower `{most.key}`",
    )


def _slowed_down(subject: Subject, most: Demand, limit: float) -> Diagnostic:
    pace = most.speed * limit / most.flow
    return subject.finding(
        most.key,
        "flow-slowed-down",
        f"`{most.key}` of {told(most.speed)} mm/s would be {told(most.flow)} mm³/s: the limit of "
        f"{told(limit)} makes it {told(pace)} mm/s",
        "what you read is not what is printed; lower the speed, or raise the limit if it melts",
        Severity.NOTE,
    )


def _unlimited(subject: Subject, most: Demand) -> Iterator[Diagnostic]:
    usual = _PLAIN_HOTEND * subject.figure("nozzle_diameter")
    if most.flow > usual * _ROUNDING:
        yield subject.finding(
            most.key,
            "flow-unlimited",
            f"`{most.key}` asks for {told(most.flow)} mm³/s and nothing limits it; a plain hotend "
            f"melts about {told(usual)}",
            "set filament_max_volumetric_speed, or say `max_flow_mm3_s` in the class",
        )
