"""How long moves take: trapezoids worked out by hand, and what must hold for any file."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.gcode.limits import Axes, KlipperLimits, MarlinLimits, MotionLimits
from farmctl.gcode.moves import commands
from farmctl.gcode.planner import timed

pytestmark = pytest.mark.pure

KLIPPER = KlipperLimits(
    max_velocity_mm_s=300,
    max_accel_mm_s2=1000,
    max_z_velocity_mm_s=10,
    max_z_accel_mm_s2=100,
    max_extrude_only_velocity_mm_s=50,
    max_extrude_only_accel_mm_s2=500,
)
ROUGH = KlipperLimits(300, 1000, 10, 100, 50, 500, minimum_cruise_ratio=0)
MARLIN = MarlinLimits(
    max_velocity_mm_s=Axes(200, 200, 10, 50),
    max_accel_mm_s2=Axes(2000, 2000, 100, 5000),
    jerk_mm_s=Axes(10, 10, 0.5, 5),
    accel_mm_s2=1000,
    retract_accel_mm_s2=500,
    travel_accel_mm_s2=2000,
)
MACHINES = pytest.mark.parametrize(
    "machine", [KLIPPER, ROUGH, MARLIN], ids=["klipper", "rough", "marlin"]
)


def seconds(machine: MotionLimits, *lines: str) -> float:
    return sum(took for _, took in timed(commands("\n".join(lines).encode()), machine))


def each(machine: MotionLimits, *lines: str) -> list[float]:
    return [took for _, took in timed(commands("\n".join(lines).encode()), machine)]


def trapezoid_s(length: float, accel: float, cruise: float, start: float, end: float) -> float:
    """Speed up, cruise, brake: written with times and ways, unlike the planner."""
    up, down = (cruise - start) / accel, (cruise - end) / accel
    way = up * (start + cruise) / 2 + down * (cruise + end) / 2
    assert way <= length
    return up + down + (length - way) / cruise


def test_one_long_move_is_a_trapezoid() -> None:
    # 0.1 s and 5 mm to 100 mm/s and back, 90 mm in between.
    assert seconds(ROUGH, "G1 X100 F6000") == pytest.approx(0.1 + 0.9 + 0.1)
    assert seconds(KLIPPER, "G1 X100 F6000") == pytest.approx(1.1)


def test_one_short_move_is_a_triangle() -> None:
    assert seconds(ROUGH, "G1 X1 F6000") == pytest.approx(2 * sqrt(1 / 1000))


def test_klipper_does_not_speed_up_only_to_brake_again() -> None:
    # Half of the acceleration brings 1 mm to sqrt(500) mm/s: so fast and no faster.
    expected = trapezoid_s(1, 1000, sqrt(500), 0, 0)
    assert seconds(KLIPPER, "G1 X1 F6000") == pytest.approx(expected)


def test_a_square_corner_is_taken_at_its_own_speed() -> None:
    leg = trapezoid_s(100, 1000, 100, 0, 5)
    assert each(ROUGH, "G1 X100 F6000", "G1 Y100") == pytest.approx([leg, leg])


@MACHINES
def test_the_machine_rests_while_the_firmware_retracts(machine: MotionLimits) -> None:
    still = seconds(machine, "G1 X40 F6000", "G4 P0", "G1 X100", "G4 P0", "G1 X120")
    assert seconds(machine, "G1 X40 F6000", "G10", "G1 X100", "G11", "G1 X120") == still
    # Nothing is pulled back a second time.
    assert seconds(machine, "G10", "G1 X40 F6000", "G10", "G1 X100") < seconds(
        machine, "G10", "G1 X40 F6000", "G11", "G1 X100"
    )


def test_going_straight_on_costs_nothing_and_turning_round_is_a_stop() -> None:
    whole = seconds(ROUGH, "G1 X100 F6000")
    assert seconds(ROUGH, "G1 X40 F6000", "G1 X100") == pytest.approx(whole)
    assert each(ROUGH, "G1 X100 F6000", "G1 X0") == pytest.approx([whole, whole])


def test_a_corner_of_short_moves_is_rounded_no_wider_than_they_are() -> None:
    # v² = a·d/2 is 20 mm²/s² for 0.04 mm: below the 25 of the corner, and a leg may add 80.
    leg = (2 * sqrt((20 + 80) / 2) - sqrt(20)) / 1000
    assert each(ROUGH, "G1 X0.04 F6000", "G1 Y0.04") == pytest.approx([leg, leg])


def test_z_has_its_own_limits_in_klipper() -> None:
    assert seconds(ROUGH, "G1 Z20 F60000") == pytest.approx(trapezoid_s(20, 100, 10, 0, 0))
    # 3-4-5: Z is 0.6 of the way, so the tool may do 10 / 0.6 mm/s and 100 / 0.6 mm/s².
    slope = trapezoid_s(50, 100 / 0.6, 10 / 0.6, 0, 0)
    assert seconds(ROUGH, "G1 X40 Z30 F60000") == pytest.approx(slope)


def test_filament_alone_has_its_own_limits_and_stops_the_machine_in_klipper() -> None:
    assert seconds(ROUGH, "G1 E-10 F6000") == pytest.approx(trapezoid_s(10, 500, 50, 0, 0))
    whole = seconds(ROUGH, "G1 X50 F6000")
    stopped = seconds(ROUGH, "M83", "G1 X50 F6000", "G1 E-.8 F2400", "G1 X100 F6000")
    retraction = seconds(ROUGH, "G1 E-.8 F2400")
    assert stopped == pytest.approx(2 * whole + retraction)


def test_pulling_back_on_the_way_keeps_to_the_filaments_limits() -> None:
    wipe = trapezoid_s(10, 500 / 0.5, 50 / 0.5, 0, 0)
    assert seconds(ROUGH, "M83", "G1 X10 E-5 F18000") == pytest.approx(wipe)


def test_marlin_starts_and_stops_with_its_jerk() -> None:
    travel = trapezoid_s(100, 2000, 100, 10, 10)
    assert seconds(MARLIN, "G1 X100 F6000") == pytest.approx(travel)
    printing = trapezoid_s(100, 1000, 100, 10, 10)
    assert seconds(MARLIN, "G1 X100 E1 F6000") == pytest.approx(printing)


def test_marlins_axes_share_a_slope_by_their_own_limits() -> None:
    # On the diagonal each axis has 1/sqrt(2) of speed and acceleration, but all of its jerk.
    diagonal = trapezoid_s(100 * sqrt(2), 2000, 200 * sqrt(2), 10, 10)
    assert seconds(MARLIN, "G1 X100 Y100 F60000") == pytest.approx(diagonal)
    rise = trapezoid_s(50, 100 / 0.6, 10 / 0.6, 0.5, 0.5)
    assert seconds(MARLIN, "G1 X40 Z30 F60000") == pytest.approx(rise)


def test_marlin_holds_a_flat_move_to_each_axis_that_it_asks_too_much_of() -> None:
    capped = trapezoid_s(100, 2000, 200, 10, 10)
    assert seconds(MARLIN, "G1 Y100 F15000") == pytest.approx(capped)
    gentle = trapezoid_s(100, 500, 100, 10, 10)
    assert seconds(MARLIN, "M201 X500", "G1 X100 F6000") == pytest.approx(gentle)
    # Two mm of filament for each of the way: at 25 mm/s it is as fast as it may be.
    thick = trapezoid_s(10, 1000, 25, 5, 5)
    assert seconds(MARLIN, "M83", "G1 X10 E20 F1800") == pytest.approx(thick)


def test_marlin_takes_a_square_corner_with_the_jerk_of_its_axes() -> None:
    leg = trapezoid_s(100, 2000, 100, 10, 10)
    assert each(MARLIN, "G1 X100 F6000", "G1 Y100") == pytest.approx([leg, leg])
    # At 45° neither axis changes by more than 1/sqrt(2) of the speed.
    first = trapezoid_s(100, 2000, 100, 10, 10 * sqrt(2))
    assert each(MARLIN, "G1 X100 F6000", "G1 X150 Y50")[0] == pytest.approx(first)


def test_marlin_starts_anew_after_a_lift_rather_than_with_its_little_jerk() -> None:
    lift, travel = each(MARLIN, "G1 Z2 F600", "G1 X100 F6000")
    assert travel == pytest.approx(trapezoid_s(100, 2000, 100, 10, 10))
    assert lift == pytest.approx(trapezoid_s(2, 100, 10, 0.5, 10))


def test_marlin_retracts_with_its_own_acceleration() -> None:
    assert seconds(MARLIN, "G1 E-10 F2400") == pytest.approx(trapezoid_s(10, 500, 40, 5, 5))


def test_marlins_slowest_speeds_lift_a_slower_feed() -> None:
    asked = ("M205 S20 T30", "G1 X100 E1 F600")
    assert seconds(MARLIN, *asked) == pytest.approx(trapezoid_s(100, 1000, 20, 10, 10))
    asked = ("M205 S20 T30", "G1 X100 F600")
    assert seconds(MARLIN, *asked) == pytest.approx(trapezoid_s(100, 2000, 30, 10, 10))


def test_the_file_sets_limits_from_there_on() -> None:
    slow = ("M204 S100", "G1 X100 F6000")
    assert seconds(MARLIN, *slow) == pytest.approx(trapezoid_s(100, 100, 100, 10, 10))
    slow = ("SET_VELOCITY_LIMIT VELOCITY=20", "G1 X100 F6000")
    assert seconds(ROUGH, *slow) == pytest.approx(trapezoid_s(100, 1000, 20, 0, 0))


@MACHINES
def test_commands_that_wait_bring_the_machine_to_rest(machine: MotionLimits) -> None:
    flowing = seconds(machine, "G1 X50 F6000", "M73 P1", "M106 S9", "M104 S200", "G1 X100")
    assert flowing == pytest.approx(seconds(machine, "G1 X50 F6000", "G1 X100"))
    half = seconds(machine, "G1 X50 F6000")
    for stop in ("M109 S200", "M190 S60", "M600", "T1", "G4", "G28 Z"):
        assert seconds(machine, "G1 X50 F6000", stop, "G1 X100") == pytest.approx(2 * half), stop
    assert seconds(machine, "G1 X50 F6000", "G4 S7", "G1 X100") == pytest.approx(2 * half + 7)


@MACHINES
def test_a_move_of_no_length_takes_no_time(machine: MotionLimits) -> None:
    assert seconds(machine, "G1 F6000", "G1 X0 Y0 Z0 E0", "G1 X.0000000000001", "G92 E5") == 0


@MACHINES
def test_every_command_comes_out_once_and_in_order(machine: MotionLimits) -> None:
    lines = [f"G1 X{n % 7} Y{n % 5}\nM73 P{n}\n;x" for n in range(4000)]
    raw = "\n".join(lines).encode()
    assert [command for command, _ in timed(commands(raw), machine)] == list(commands(raw))


@MACHINES
def test_how_much_is_looked_ahead_at_once_does_not_matter(
    machine: MotionLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [(n * 7919 % 200 / 10, n * 104729 % 170 / 10, 1200 + n * 31 % 9000) for n in range(900)]
    lines = [f"G1 X{x} Y{y} E{n / 9} F{feed}" for n, (x, y, feed) in enumerate(steps)]
    whole = each(machine, *lines)
    for batch in (1, 2, 7, 100):
        monkeypatch.setattr("farmctl.gcode.planner._BATCH", batch)
        assert each(machine, *lines) == pytest.approx(whole)


feeds = st.integers(10, 30000)
tenths = st.integers(-500, 500).map(lambda tenth: tenth / 10)
steps = st.tuples(tenths, tenths, st.sampled_from([0.0, 0.0, 0.2, 5.0]), tenths, feeds)
programs = st.lists(steps, min_size=1, max_size=40).map(
    lambda steps: [f"G1 X{x} Y{y} Z{z} E{e} F{feed}" for x, y, z, e, feed in steps]
)


@MACHINES
@given(program=programs)
def test_times_are_never_negative_and_never_below_way_over_speed(
    machine: MotionLimits, program: list[str]
) -> None:
    for command, took in timed(commands("\n".join(program).encode()), machine):
        way = sqrt(command.dx**2 + command.dy**2 + command.dz**2)
        assert took >= way / command.feed - 1e-9


@MACHINES
@given(first=programs, second=programs)
def test_times_add_up_over_a_stop(
    machine: MotionLimits, first: list[str], second: list[str]
) -> None:
    both = seconds(machine, *first, "G4", "G92 X0 Y0 Z0 E0", *second)
    alone = seconds(machine, *first) + seconds(machine, *second)
    assert both == pytest.approx(alone)


@MACHINES
@given(program=programs, more=programs)
def test_a_longer_file_takes_longer(
    machine: MotionLimits, program: list[str], more: list[str]
) -> None:
    # What follows may only spare the stop at the end: less than stopping from the highest speed.
    spared = 500 / 100
    assert seconds(machine, *program, *more) >= seconds(machine, *program) - spared


@MACHINES
@given(program=programs)
def test_asking_for_less_speed_never_saves_time(machine: MotionLimits, program: list[str]) -> None:
    assert seconds(machine, "M220 S50", *program) >= seconds(machine, *program) - 1e-9


@given(program=programs, scale=st.sampled_from([2, 4]))
def test_speeds_and_accelerations_scale_like_time(program: list[str], scale: int) -> None:
    """A machine twice as fast with four times the acceleration needs half of the time."""
    fast = KlipperLimits(
        300 * scale,
        1000 * scale**2,
        10 * scale,
        100 * scale**2,
        50 * scale,
        500 * scale**2,
        square_corner_velocity_mm_s=5 * scale,
        instantaneous_corner_velocity_mm_s=scale,
    )
    hurried = seconds(fast, f"M220 S{100 * scale}", *program)
    assert hurried == pytest.approx(seconds(KLIPPER, *program) / scale)


@MACHINES
@given(raw=st.binary(max_size=200))
def test_any_bytes_take_some_time(machine: MotionLimits, raw: bytes) -> None:
    assert all(took >= 0 for _, took in timed(commands(raw), machine))
