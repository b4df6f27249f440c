"""What goes wrong at a machine happens to the machine, and to nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from farmctl.model.events.printers import BedDoubted, PrinterSeen
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState
from farmctl.sim.device import Reply
from farmctl.soak.bambu import TOLD_TWICE
from farmctl.soak.doubled import Doubled
from farmctl.soak.faults import FAULTS
from farmctl.soak.faults_at_machines import FAULTS_AT_MACHINES, NEVER_ON
from farmctl.soak.kinds import KINDS
from farmctl.soak.machines import Body, PhysicalStart
from farmctl.soak.play import as_it_is
from farmctl.soak.stage import Stage
from farmctl.soak.wire import Fate
from farmctl.system.entropy import dice

pytestmark = pytest.mark.pure

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    stage = Stage([request.param], dice(1), as_it_is)
    yield stage
    stage.timeline.close()


def name_of(stage: Stage) -> str:
    return next(iter(stage.machines))


def strike(stage: Stage, fault: str) -> Body:
    """Make it happen to the only machine, and return that."""
    name = name_of(stage)
    stage.timeline.run_until_complete(FAULTS[fault](stage, name))  # type: ignore[arg-type]  # - a coroutine, by its kind
    return stage.machines[name]


def printing(stage: Stage) -> Body:
    machine = stage.machines[name_of(stage)]
    machine.put("a.gcode", b"G4 S7200\n")
    assert machine.start("a.gcode") is Reply.OK
    return machine


def test_faults_at_machines_are_faults() -> None:
    assert FAULTS_AT_MACHINES.items() <= FAULTS.items()
    assert {fault for fault, _ in NEVER_ON} <= set(FAULTS_AT_MACHINES)
    assert {kind for _, kind in NEVER_ON} <= set(KINDS)
    assert all(NEVER_ON.values())


def test_a_swapped_printer_is_another_until_it_is_swapped_back(stage: Stage) -> None:
    machine = printing(stage)
    wire = stage.wires[name_of(stage)]
    strike(stage, "printer swapped")
    assert isinstance(wire.server, type(machine))
    assert wire.server is not machine
    assert wire.server.machine.serial != machine.machine.serial
    assert not machine.is_busy  # it was switched off for that
    strike(stage, "printer swapped")
    assert wire.server is machine


def test_a_start_on_a_machine_that_only_stood_in_is_a_violation(stage: Stage) -> None:
    strike(stage, "printer swapped")
    other = stage.wires[name_of(stage)].server
    assert isinstance(other, Body)
    other.put("farmctl-5eed-1-1-1.gcode", b"G4 S5\n")
    other.start("farmctl-5eed-1-1-1.gcode")
    stage.checker.check()
    assert [each.invariant for each in stage.checker.violations] == ["I2"]


def test_peace_puts_everything_in_its_place(stage: Stage) -> None:
    name, wire = name_of(stage), stage.wires[name_of(stage)]
    for fault in ("printer swapped", "false reconnect", "status out of order", "unplugged"):
        strike(stage, fault)
    stage.fates[name].append(Fate.LATE)
    assert (wire.is_up, wire.is_telling, wire.overtaken) == (False, False, 3)
    stage.calm_down()
    assert (wire.is_up, wire.is_telling, wire.overtaken) == (True, True, 0)
    assert wire.server is stage.machines[name]
    assert not stage.fates[name]


def test_a_power_cycle_ends_the_print_and_hangs_up(stage: Stage) -> None:
    printing(stage)
    machine = strike(stage, "power cycle")
    assert (machine.state, machine.is_busy) == (DeviceState.READY, False)
    assert machine.jobs_before_boot == 1


def test_hands_leave_an_idle_machine_as_it_is_where_there_is_nothing_to_do(stage: Stage) -> None:
    for fault in ("paused by hand", "ended by hand", "heater fails"):
        machine = strike(stage, fault)
        assert (machine.state, machine.starts) == (DeviceState.READY, [])


def test_people_start_only_on_an_idle_machine_with_an_empty_bed(stage: Stage) -> None:
    machine = strike(stage, "started by hand")
    assert [each.file for each in machine.starts] == ["theirs.gcode"]
    strike(stage, "started by hand")
    strike(stage, "ended by hand")
    strike(stage, "started by hand")
    assert len(machine.starts) == 1
    machine.clear_bed()
    strike(stage, "started by hand")
    assert len(machine.starts) == 2


def test_a_heater_that_fails_stops_the_machine(stage: Stage) -> None:
    printing(stage)
    assert strike(stage, "heater fails").state is DeviceState.FAULT


def test_files_are_overwritten_under_their_names(stage: Stage) -> None:
    machine = stage.machines[name_of(stage)]
    machine.put("b.gcode", b"G4 S1\n")
    strike(stage, "files overwritten")
    assert machine.bytes["b.gcode"] != b"G4 S1\n"
    strike(stage, "files wiped")
    assert machine.bytes == {}


def started(astray: str | None, onto: str | None = None) -> PhysicalStart:
    return PhysicalStart(AT, "farmctl-a.gcode", "sha256:0", onto, astray=astray)


def seen(message: str = "", file: str | None = None) -> PrinterSeen:
    return PrinterSeen(PrinterName("p"), DeviceState.PRINTING, job_file=file, message=message)


@pytest.mark.parametrize(
    ("start", "fact", "is_detected"),
    [
        (started("doubled"), seen(TOLD_TWICE), True),
        (started("doubled"), seen(file="farmctl-a.gcode"), False),
        (started("doubled"), BedDoubted(PrinterName("p"), "lost"), True),
        (started("doubled"), BedDoubted(PrinterName("q"), "lost"), False),
        (started("late", onto="b"), seen(file="farmctl-a.gcode"), True),
        (started("late", onto="b"), seen(file="theirs.gcode"), False),
    ],
)
def test_a_doubled_start_is_detected_by_what_the_journal_says(
    start: PhysicalStart, fact: object, is_detected: bool
) -> None:
    doubled = Doubled()
    assert doubled.count("p", start)
    doubled.take([fact])
    assert (doubled.number, doubled.detected) == (1, int(is_detected))


@pytest.mark.parametrize("start", [started(None), started("late"), started(None, onto="b")])
def test_what_the_transport_did_not_double_is_judged_as_ever(start: PhysicalStart) -> None:
    doubled = Doubled()
    assert not doubled.count("p", start)
    assert (doubled.number, doubled.detected) == (0, 0)
