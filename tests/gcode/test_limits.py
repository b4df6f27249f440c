"""Limits of motion: from settings, and as a file changes them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.errors import FarmctlError
from farmctl.gcode.commands import LimitChange
from farmctl.gcode.limits import Axes, KlipperLimits, MarlinLimits, limits_from_settings

pytestmark = pytest.mark.pure

MARLIN = MarlinLimits(Axes(200, 210, 12, 120), Axes(1, 2, 3, 4), Axes(8, 9, 0.4, 5), 10, 20, 30)
KLIPPER = KlipperLimits(300, 3000, 15, 200, 80, 800)
SETTINGS = {
    "gcode_flavor": "marlin2",
    "machine_max_feedrate_x": "200,100",
    "machine_max_feedrate_y": "210",
    "machine_max_feedrate_z": "12",
    "machine_max_feedrate_e": "120",
    "machine_max_acceleration_x": "1",
    "machine_max_acceleration_y": "2",
    "machine_max_acceleration_z": "3",
    "machine_max_acceleration_e": "4",
    "machine_max_jerk_x": "8",
    "machine_max_jerk_y": "9",
    "machine_max_jerk_z": "0.4",
    "machine_max_jerk_e": "5",
    "machine_max_acceleration_extruding": "10",
    "machine_max_acceleration_retracting": "20",
    "machine_max_acceleration_travel": "30",
}


def change(code: str, **values: float) -> LimitChange:
    return LimitChange(1, 1, code, values)


def test_limits_come_from_prusaslicers_settings() -> None:
    assert limits_from_settings(SETTINGS) == MARLIN


def test_legacy_marlin_travels_with_the_acceleration_of_printing() -> None:
    legacy = limits_from_settings({**SETTINGS, "gcode_flavor": "marlin"})
    assert legacy == replace(MARLIN, travel_accel_mm_s2=10)


@pytest.mark.parametrize("key", sorted(SETTINGS.keys() - {"gcode_flavor"}))
@pytest.mark.parametrize("value", [None, "", "fast", "0", "-3", "nan", "inf", "1e9"])
def test_a_limit_that_is_no_limit_is_refused_by_name(key: str, value: str | None) -> None:
    settings = {**SETTINGS, key: value or ""}
    if value is None:
        del settings[key]
    with pytest.raises(FarmctlError) as caught:
        limits_from_settings(settings)
    assert caught.value.message == f"setting `{key}` is `{value or ''}`"
    assert caught.value.mend == "give it a number above 0.001"


def test_marlin_changes() -> None:
    accel, speed, jerk = MARLIN.max_accel_mm_s2, MARLIN.max_velocity_mm_s, MARLIN.jerk_mm_s
    for code, values, expected in [
        ("M201", {"X": 7, "E": 8}, {"max_accel_mm_s2": accel._replace(x=7, e=8)}),
        ("M203", {"Z": 5}, {"max_velocity_mm_s": speed._replace(z=5)}),
        ("M205", {"Y": 6}, {"jerk_mm_s": jerk._replace(y=6)}),
        ("M205", {"S": 2, "T": 3}, {"slowest_extruding_mm_s": 2, "slowest_travel_mm_s": 3}),
        ("M204", {"S": 7}, {"accel_mm_s2": 7, "travel_accel_mm_s2": 7}),
        (
            "M204",
            {"S": 7, "T": 8},
            {"accel_mm_s2": 7, "travel_accel_mm_s2": 7, "retract_accel_mm_s2": 8},
        ),
        ("M204", {"P": 7}, {"accel_mm_s2": 7}),
        ("M204", {"R": 7, "T": 8}, {"retract_accel_mm_s2": 7, "travel_accel_mm_s2": 8}),
        ("SET_VELOCITY_LIMIT", {"ACCEL": 9}, {}),
    ]:
        assert MARLIN.after(change(code, **values)) == replace(MARLIN, **expected)


def test_klipper_changes() -> None:
    for code, values, expected in [
        ("SET_VELOCITY_LIMIT", {"VELOCITY": 9}, {"max_velocity_mm_s": 9}),
        ("SET_VELOCITY_LIMIT", {"ACCEL": 9}, {"max_accel_mm_s2": 9}),
        (
            "SET_VELOCITY_LIMIT",
            {"SQUARE_CORNER_VELOCITY": 0},
            {"square_corner_velocity_mm_s": 0},
        ),
        ("SET_VELOCITY_LIMIT", {"MINIMUM_CRUISE_RATIO": 0}, {"minimum_cruise_ratio": 0}),
        ("M204", {"S": 9}, {"max_accel_mm_s2": 9}),
        ("M204", {"P": 9, "T": 8}, {"max_accel_mm_s2": 8}),
        ("M204", {"P": 9}, {}),
        ("M201", {"X": 9}, {}),
    ]:
        assert KLIPPER.after(change(code, **values)) == replace(KLIPPER, **expected)


@pytest.mark.parametrize("figure", [0, -5, 0.0000001])
def test_a_change_that_would_stop_the_machine_for_ever_is_no_change(figure: float) -> None:
    for code in ("M201", "M203", "M204", "M205"):
        assert MARLIN.after(change(code, X=figure, S=figure, P=figure, T=figure)) == MARLIN
    assert KLIPPER.after(change("M204", S=figure)) == KLIPPER
    assert KLIPPER.after(change("SET_VELOCITY_LIMIT", VELOCITY=figure, ACCEL=figure)) == KLIPPER


@pytest.mark.parametrize("ratio", [1, 2, -0.1])
def test_a_cruise_ratio_outside_its_range_is_no_change(ratio: float) -> None:
    assert KLIPPER.after(change("SET_VELOCITY_LIMIT", MINIMUM_CRUISE_RATIO=ratio)) == KLIPPER
