"""From g-code to the steps of a machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.gcode.commands import Heater
from farmctl.sim.reading import read_script
from farmctl.sim.script import Broken, Moves, Notice, Stop, Target, Wait

pytestmark = pytest.mark.pure


def test_temperatures_waits_and_pauses_are_the_files() -> None:
    script = read_script(
        b"M140 S60\nM104 S200\nM190 S60\nM109 S215\nG4 S2\nM600\nG4 P500\nM601\nM0\nM104 S0\n"
    )

    assert script.steps == (
        Target(Heater.BED, 60_000),
        Target(Heater.NOZZLE, 200_000),
        Target(Heater.BED, 60_000),
        Wait(Heater.BED),
        Target(Heater.NOZZLE, 215_000),
        Wait(Heater.NOZZLE),
        Moves(2_000_000),
        Stop("M600"),
        Moves(500_000),
        Stop("M601"),
        Stop("M0"),
        Target(Heater.NOZZLE, 0),
    )


@pytest.mark.parametrize("gcode", [b"", b"\n\n", b"; a comment\n;\n", b"G21\nG90\nM82\n"])
def test_an_empty_file_has_nothing_to_do(gcode: bytes) -> None:
    assert read_script(gcode).steps == ()


def test_moves_between_two_stops_are_one_step_with_their_filament() -> None:
    (moves,) = read_script(b"M83\nG1 X100 F6000\nG1 X0 E4.5\nG1 E-1 F1800\nG1 X50\n").steps

    assert isinstance(moves, Moves)
    assert moves.filament_um == 3_500
    assert 2_500_000 < moves.duration_us < 4_000_000


def test_commands_that_take_no_time_split_nothing() -> None:
    script = read_script(b"G4 S1\nM82\nM106 S255\nG92 E0\nM204 P500\nT0\nG4 S2\nG28\n")

    assert script.steps == (Moves(3_000_000),)


def test_an_unknown_command_is_noted_and_a_known_one_is_not() -> None:
    script = read_script(b"M82\nFROBNICATE\nSET_PRESSURE_ADVANCE ADVANCE=0.04\nG4 S1\n")

    assert script.steps == (Notice("line 2: unknown command `FROBNICATE`"), Moves(1_000_000))


@pytest.mark.parametrize("line", ["M106 P1 S255", "M107 P2", "G11", "G92", "G10\nG10"])
def test_fans_and_retractions_that_do_nothing_here_are_known(line: str) -> None:
    assert read_script(line.encode()).steps == ()


def test_nothing_is_done_after_a_malformed_move() -> None:
    script = read_script(b"G4 S1\nG1 X1Y\nG4 S1\n")

    assert script.steps == (Moves(1_000_000), Broken("line 2: malformed command `G1 X1Y`"))


SLOW = b"".join(
    b"; machine_max_%s = %s\n" % pair
    for pair in [
        *((b"feedrate_" + axis, b"10") for axis in (b"x", b"y", b"z", b"e")),
        *((b"acceleration_" + axis, b"100") for axis in (b"x", b"y", b"z", b"e")),
        *((b"jerk_" + axis, b"1") for axis in (b"x", b"y", b"z", b"e")),
        *((b"acceleration_" + kind, b"100") for kind in (b"extruding", b"retracting", b"travel")),
    ]
)


def test_the_machine_moves_within_the_limits_that_the_file_was_planned_with() -> None:
    fast = read_script(b"G1 X100 F6000\n")
    slow = read_script(b"G1 X100 F6000\n; prusaslicer_config = begin\n" + SLOW)

    assert fast.moving_us < 1_300_000
    assert slow.moving_us > 10_000_000


@given(st.binary(max_size=400))
def test_any_bytes_have_a_script(gcode: bytes) -> None:
    script = read_script(gcode)

    assert script.moving_us >= 0
    assert all(not isinstance(step, Broken) for step in script.steps[:-1])
