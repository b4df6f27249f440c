"""One virtual printer, example by example."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from farmctl.gcode.commands import Heater
from farmctl.model.digest import digest_of
from farmctl.model.observation import DeviceState, Ended
from farmctl.sim import requests
from farmctl.sim.device import HISTORY_LIMIT, Build, Machine, Reply, Stored
from farmctl.sim.machine import advance, next_change
from farmctl.sim.reading import read_script

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEN_SECONDS = b"G4 S10\n"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def fresh(**fields: object) -> Machine:
    return Machine("virtual:sim-1", NOON, **fields)  # type: ignore[arg-type]


def printing(gcode: bytes, machine: Machine | None = None, name: str = "a.gcode") -> Machine:
    machine, stored = requests.store(
        machine or fresh(), Stored(name, digest_of(gcode), len(gcode)), NOON
    )
    machine, started = requests.start(machine, name, read_script(gcode), machine.at)
    assert (stored, started) == (Reply.OK, Reply.OK)
    return machine


def test_a_print_ends_completed_when_its_moves_are_done() -> None:
    machine = printing(TEN_SECONDS)

    assert advance(machine, after(9.999)).state is DeviceState.PRINTING
    done = advance(machine, after(60))
    (record,) = done.history
    assert (done.state, done.job) == (DeviceState.READY, None)
    assert (record.file, record.ended, record.words) == ("a.gcode", Ended.COMPLETED, "completed")
    assert (record.print_ms, record.started_at, record.ended_at) == (10_000, NOON, after(10))
    assert done.newest_job == "000001"


def test_speedup_makes_ten_machine_minutes_a_second() -> None:
    machine = printing(b"G4 S600\n", fresh(speedup=600))

    assert advance(machine, after(0.9)).state is DeviceState.PRINTING
    (record,) = advance(machine, after(1)).history
    assert (record.print_ms, record.ended_at) == (600_000, after(1))


def test_the_times_it_remembers_are_whole_milliseconds() -> None:
    machine = fresh(speedup=7)
    machine = replace(machine, at=NOON + timedelta(microseconds=123_456))
    machine, _ = requests.store(machine, Stored("a.gcode", digest_of(b"G4 S1\n"), 6), machine.at)
    machine, _ = requests.start(machine, "a.gcode", read_script(b"G4 S1\n"), machine.at)

    (record,) = advance(machine, after(1)).history
    assert record.started_at == NOON + timedelta(milliseconds=123)
    assert record.ended_at == NOON + timedelta(milliseconds=266)


def test_heating_takes_time_and_is_not_print_time() -> None:
    machine = printing(b"M190 S60\nM109 S215\nG4 S10\nM140 S0\nM104 S0\n")

    warming = advance(machine, after(35))
    assert warming.temperature_mc(Heater.BED) == 42_500
    assert warming.temperature_mc(Heater.NOZZLE) == 25_000
    ready_to_print = advance(machine, after(70 + 76))
    assert ready_to_print.temperature_mc(Heater.BED) == 60_000
    assert ready_to_print.temperature_mc(Heater.NOZZLE) == 215_000
    (record,) = advance(machine, after(200)).history
    assert (record.print_ms, record.ended_at) == (10_000, after(70 + 76 + 10))


@pytest.mark.parametrize("command", ["M0", "M600", "M601"])
def test_the_file_pauses_for_a_person_who_resumes(command: str) -> None:
    machine = printing(f"G4 S5\n{command}\nG4 S5\n".encode())

    waiting = advance(machine, after(500))
    assert waiting.state is DeviceState.PAUSED
    assert waiting.message == f"{command}: waits for a person"
    going_on, reply = requests.resume(waiting, after(500))
    assert (reply, going_on.message) == (Reply.OK, "")
    (record,) = advance(going_on, after(600)).history
    assert (record.print_ms, record.ended_at) == (10_000, after(505))


def test_a_pause_in_mid_move_loses_nothing() -> None:
    machine = printing(b"M83\nG4 S4\nG1 X1 E10 F60000\nG4 S6\n")

    paused, _ = requests.pause(machine, after(2))
    assert advance(paused, after(99)).history == ()
    again, reply = requests.pause(paused, after(99))
    assert (again.job, reply) == (paused.job, Reply.NO_JOB)
    resumed, _ = requests.resume(paused, after(100))
    (record,) = advance(resumed, after(200)).history
    assert record.filament_um == 10_000
    assert abs(record.ended_at - after(108)) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("gcode", "message"),
    [
        (b"M104 S301\nG4 S9\n", "nozzle target 301 °C is above 300 °C"),
        (b"M104 S300.001\nG4 S9\n", "nozzle target 300.001 °C is above 300 °C"),
        (b"M190 S121\nG4 S9\n", "bed target 121 °C is above 120 °C"),
        (b"M141 S71\nG4 S9\n", "chamber target 71 °C is above 70 °C"),
    ],
)
def test_a_target_above_the_limit_is_a_fault(gcode: bytes, message: str) -> None:
    machine = advance(printing(b"M104 S200\nG4 S1\n" + gcode), after(5))

    assert (machine.state, machine.message) == (DeviceState.FAULT, message)
    (record,) = machine.history
    assert (record.ended, record.reason, record.print_ms) == (Ended.FAILED, "printer_error", 1_000)
    assert [ramp.target_mc for ramp in machine.heaters] == [0, 0, 0]
    refused, reply = requests.start(machine, "a.gcode", read_script(gcode), after(6))
    assert (refused.jobs, reply) == (1, Reply.NOT_READY)
    assert requests.restart(machine, after(7)).state is DeviceState.READY


def test_the_limit_is_the_machines_own() -> None:
    hot = fresh(build=Build(max_nozzle_mc=450_000))

    assert advance(printing(b"M104 S400\nG4 S9\n", hot), after(5)).state is DeviceState.PRINTING


def test_a_target_at_the_limit_is_none_above_it() -> None:
    warming = advance(printing(b"M104 S300\nM140 S120\nG4 S9\n"), after(5))

    assert (warming.state, warming.heater(Heater.NOZZLE).target_mc) == (
        DeviceState.PRINTING,
        300_000,
    )


def test_nobody_waits_for_a_heater_that_was_switched_off() -> None:
    machine = printing(b"M109 S200\nM109 S0\nG4 S10\n")

    assert advance(machine, after(300)).history[0].ended_at == after(70 + 10)


@pytest.mark.parametrize("gcode", [b"", b"; nothing\n"])
def test_an_empty_file_completes_at_once_with_nothing_printed(gcode: bytes) -> None:
    (record,) = advance(printing(gcode), NOON).history

    assert (record.ended, record.print_ms, record.filament_um) == (Ended.COMPLETED, 0, 0)


def test_an_unknown_command_is_said_and_passed_over() -> None:
    machine = printing(b"G4 S1\nFROBNICATE\nG4 S1\n")

    assert advance(machine, after(1)).message == "line 2: unknown command `FROBNICATE`"
    assert advance(machine, after(9)).history[0].ended is Ended.COMPLETED


def test_a_malformed_move_ends_the_print_with_an_error() -> None:
    machine = advance(printing(b"M104 S200\nG4 S1\nG1 X1Y\nG4 S9\n"), after(5))

    assert machine.state is DeviceState.READY
    assert machine.message == "line 3: malformed command `G1 X1Y`"
    (record,) = machine.history
    assert (record.ended, record.words, record.print_ms) == (Ended.FAILED, "error", 1_000)
    assert machine.heater(Heater.NOZZLE).target_mc == 0


def test_a_start_while_it_prints_is_refused_without_effect() -> None:
    machine = printing(TEN_SECONDS)

    same, reply = requests.start(machine, "a.gcode", read_script(TEN_SECONDS), after(3))

    assert reply is Reply.BUSY
    assert same == advance(machine, after(3))


def test_a_start_while_paused_throws_the_paused_job_away() -> None:
    paused, _ = requests.pause(printing(TEN_SECONDS), after(1))

    other, reply = requests.start(paused, "a.gcode", read_script(TEN_SECONDS), after(2))

    assert reply is Reply.OK
    assert other.newest_job == "000002"
    assert [(each.number, each.words) for each in other.history] == [(1, "cancelled")]


def test_a_start_of_a_file_that_is_not_there_is_refused() -> None:
    machine, reply = requests.start(fresh(), "b.gcode", read_script(b""), NOON)

    assert (machine, reply) == (fresh(), Reply.MISSING)


def test_a_file_in_use_is_neither_deleted_nor_replaced() -> None:
    machine = printing(TEN_SECONDS)

    kept, reply = requests.delete(machine, "a.gcode", after(1))
    assert (kept.stored("a.gcode") is not None, reply) == (True, Reply.IN_USE)
    kept, reply = requests.store(machine, Stored("a.gcode", digest_of(b"x"), 1), after(1))
    assert (kept.files, reply) == (machine.files, Reply.IN_USE)
    gone, reply = requests.delete(machine, "a.gcode", after(11))
    assert (gone.files, reply) == ((), Reply.OK)
    assert requests.delete(gone, "a.gcode", after(12))[1] is Reply.MISSING


def test_cancel_ends_whatever_is_printed_and_cools_down() -> None:
    machine, reply = requests.cancel(printing(b"M104 S200\nG4 S100\n"), after(30))

    assert (reply, machine.state, machine.job) == (Reply.OK, DeviceState.READY, None)
    assert (machine.history[0].ended, machine.history[0].print_ms) == (Ended.ABORTED, 30_000)
    assert machine.heater(Heater.NOZZLE).target_mc == 0
    assert requests.cancel(machine, after(31))[1] is Reply.NO_JOB
    assert requests.resume(machine, after(31))[1] is Reply.NO_JOB


def test_a_restart_interrupts_the_job_and_keeps_history_and_files() -> None:
    machine = printing(TEN_SECONDS, advance(printing(b"", fresh()), NOON), name="b.gcode")

    hot = advance(printing(b"M104 S200\nG4 S9\n"), after(1))
    assert requests.restart(hot, after(4)).heater(Heater.NOZZLE).target_mc == 0
    again = requests.restart(machine, after(4))
    assert (again.boots, again.state, again.serial) == (2, DeviceState.READY, machine.serial)
    assert [each.words for each in again.history] == ["completed", "interrupted"]
    assert again.history[1].reason == "interrupted"
    assert [each.name for each in again.files] == ["a.gcode", "b.gcode"]


def test_its_history_is_long_but_not_endless() -> None:
    machine = fresh()
    for _ in range(HISTORY_LIMIT + 5):
        machine = advance(printing(b"", machine), NOON)

    assert len(machine.history) == HISTORY_LIMIT
    assert machine.history[-1].number == machine.jobs == HISTORY_LIMIT + 5


def test_the_next_change_is_known_ahead() -> None:
    machine = printing(b"M190 S60\nG4 S10\nM600\nG4 S5\n")

    assert next_change(fresh()) is None
    paused_at = next_change(machine)
    assert paused_at == after(80.001)
    paused = advance(machine, paused_at)
    assert paused.state is DeviceState.PAUSED
    assert next_change(paused) is None
    resumed, _ = requests.resume(paused, after(90))
    assert next_change(resumed) == after(95.001)


def test_a_clock_that_steps_back_changes_nothing() -> None:
    machine = advance(printing(TEN_SECONDS), after(5))

    assert advance(machine, after(1)) == machine
    assert advance(machine, after(10)).history[0].ended_at == after(10)
