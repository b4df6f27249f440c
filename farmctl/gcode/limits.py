"""How fast a machine may move, in the terms of its firmware: mm/s and mm/s².

Marlin: M201, M203, M204, M205 (marlinfw.org/meta/gcode). Klipper: `[printer]` and `[extruder]` in
Config_Reference.md, SET_VELOCITY_LIMIT in G-Codes.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from farmctl.errors import FarmctlError
from farmctl.gcode.commands import LimitChange
from farmctl.gcode.words import MOST

_LEAST = 0.001
"""A limit below this would make a print last for ever; the firmware's own is kept."""


class Axes(NamedTuple):
    """One figure for each axis; E is the filament."""

    x: float
    y: float
    z: float
    e: float


class MarlinLimits(Struct, frozen=True):
    """Marlin with classic jerk: each axis has its own limits, all above 0 but jerk and slowest.

    Args:
        max_velocity_mm_s: M203.
        max_accel_mm_s2: M201.
        jerk_mm_s: M205 X Y Z E: the sudden change of speed that an axis stands.
        accel_mm_s2: M204 P, of moves that extrude.
        retract_accel_mm_s2: M204 R, of moves of the filament alone.
        travel_accel_mm_s2: M204 T.
        slowest_extruding_mm_s: M205 S.
        slowest_travel_mm_s: M205 T.
    """

    max_velocity_mm_s: Axes
    max_accel_mm_s2: Axes
    jerk_mm_s: Axes
    accel_mm_s2: float
    retract_accel_mm_s2: float
    travel_accel_mm_s2: float
    slowest_extruding_mm_s: float = 0.0
    slowest_travel_mm_s: float = 0.0

    def after(self, change: LimitChange) -> MarlinLimits:
        """Return the limits once the file has changed them; what makes no sense changes nothing."""
        values = {name: value for name, value in change.values.items() if value > _LEAST}
        match change.code:
            case "M201":
                return replace(self, max_accel_mm_s2=_axes(self.max_accel_mm_s2, values))
            case "M203":
                return replace(self, max_velocity_mm_s=_axes(self.max_velocity_mm_s, values))
            case "M204":
                return self._after_acceleration(values)
            case "M205":
                return replace(
                    self,
                    jerk_mm_s=_axes(self.jerk_mm_s, values),
                    slowest_extruding_mm_s=values.get("S", self.slowest_extruding_mm_s),
                    slowest_travel_mm_s=values.get("T", self.slowest_travel_mm_s),
                )
            case _:
                return self

    def _after_acceleration(self, values: Mapping[str, float]) -> MarlinLimits:
        if "S" in values:
            # The old form: S for moves, T for retractions, as Prusa's firmware still has it.
            retract = values.get("T", self.retract_accel_mm_s2)
            accel = values["S"]
            return replace(
                self, accel_mm_s2=accel, travel_accel_mm_s2=accel, retract_accel_mm_s2=retract
            )
        return replace(
            self,
            accel_mm_s2=values.get("P", self.accel_mm_s2),
            retract_accel_mm_s2=values.get("R", self.retract_accel_mm_s2),
            travel_accel_mm_s2=values.get("T", self.travel_accel_mm_s2),
        )


class KlipperLimits(Struct, frozen=True):
    """Klipper: one limit for the way of the tool, others for Z and for the filament alone.

    Args:
        max_velocity_mm_s: `max_velocity`.
        max_accel_mm_s2: `max_accel`.
        max_z_velocity_mm_s: `max_z_velocity`.
        max_z_accel_mm_s2: `max_z_accel`.
        max_extrude_only_velocity_mm_s: `max_extrude_only_velocity` of the extruder.
        max_extrude_only_accel_mm_s2: `max_extrude_only_accel` of the extruder.
        square_corner_velocity_mm_s: `square_corner_velocity`.
        minimum_cruise_ratio: `minimum_cruise_ratio`, 0 to below 1.
        instantaneous_corner_velocity_mm_s: `instantaneous_corner_velocity` of the extruder.
    """

    max_velocity_mm_s: float
    max_accel_mm_s2: float
    max_z_velocity_mm_s: float
    max_z_accel_mm_s2: float
    max_extrude_only_velocity_mm_s: float
    max_extrude_only_accel_mm_s2: float
    square_corner_velocity_mm_s: float = 5.0
    minimum_cruise_ratio: float = 0.5
    instantaneous_corner_velocity_mm_s: float = 1.0

    def after(self, change: LimitChange) -> KlipperLimits:
        """Return the limits once the file has changed them; what makes no sense changes nothing."""
        values = change.values
        if change.code == "M204":
            # Klipper takes the smaller of P and T, and neither alone.
            accel = values.get("S") or min(values.get("P", 0.0), values.get("T", 0.0))
            return replace(self, max_accel_mm_s2=accel) if accel > _LEAST else self
        if change.code != "SET_VELOCITY_LIMIT":
            return self
        ratio = values.get("MINIMUM_CRUISE_RATIO", self.minimum_cruise_ratio)
        corner = values.get("SQUARE_CORNER_VELOCITY", self.square_corner_velocity_mm_s)
        return replace(
            self,
            max_velocity_mm_s=_positive(values.get("VELOCITY"), self.max_velocity_mm_s),
            max_accel_mm_s2=_positive(values.get("ACCEL"), self.max_accel_mm_s2),
            square_corner_velocity_mm_s=max(0.0, corner),
            minimum_cruise_ratio=ratio if 0 <= ratio < 1 else self.minimum_cruise_ratio,
        )


MotionLimits = MarlinLimits | KlipperLimits


def limits_from_settings(settings: Mapping[str, str]) -> MarlinLimits:
    """Return the machine limits of PrusaSlicer settings (`machine_max_*`, first of each pair).

    Raises FarmctlError for one that is missing, not a number or not above 0.
    """
    accel = _figure(settings, "acceleration_extruding")
    # PrusaSlicer's legacy Marlin has no acceleration of its own for travel.
    is_legacy = settings.get("gcode_flavor") == "marlin"
    return MarlinLimits(
        max_velocity_mm_s=Axes(*(_figure(settings, f"feedrate_{axis}") for axis in "xyze")),
        max_accel_mm_s2=Axes(*(_figure(settings, f"acceleration_{axis}") for axis in "xyze")),
        jerk_mm_s=Axes(*(_figure(settings, f"jerk_{axis}") for axis in "xyze")),
        accel_mm_s2=accel,
        retract_accel_mm_s2=_figure(settings, "acceleration_retracting"),
        travel_accel_mm_s2=accel if is_legacy else _figure(settings, "acceleration_travel"),
    )


def _figure(settings: Mapping[str, str], name: str) -> float:
    key = f"machine_max_{name}"
    text = settings.get(key, "").partition(",")[0]
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not _LEAST < value < MOST:
        raise FarmctlError(f"setting `{key}` is `{text}`", "give it a number above 0.001")
    return value


def _axes(now: Axes, values: Mapping[str, float]) -> Axes:
    return Axes(*(values.get(axis, figure) for axis, figure in zip("XYZE", now, strict=True)))


def _positive(value: float | None, otherwise: float) -> float:
    return value if value is not None and value > _LEAST else otherwise
