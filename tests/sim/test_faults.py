"""What each fault does to a machine, as the farm sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from farmctl.model.digest import digest_of
from farmctl.model.observation import DeviceState, Ended
from farmctl.sim import requests
from farmctl.sim.device import Lost, Machine, Reply, Stored
from farmctl.sim.faults import Fault, Inapplicable, strike
from farmctl.sim.machine import advance
from farmctl.sim.reading import read_script
from farmctl.sim.wire import LATE_US, Silence, send, send_start

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEN_SECONDS = read_script(b"G4 S10\n")
FILE = Stored("a.gcode", digest_of(b"G4 S10\n"), 7)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def idle() -> Machine:
    return requests.store(Machine("virtual:sim-1", NOON), FILE, NOON)[0]


def printing() -> Machine:
    return requests.start(idle(), "a.gcode", TEN_SECONDS, NOON)[0]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.FIRST_LAYER,
        Fault.ADHESION,
        Fault.SPAGHETTI,
        Fault.NO_EXTRUSION,
        Fault.LAYER_SHIFT,
        Fault.CANCELLED_AT_PANEL,
    ],
)
def test_what_only_people_see_ends_as_a_cancel_without_a_reason(fault: Fault) -> None:
    machine = strike(printing(), fault, after(4))

    (record,) = machine.history
    assert (machine.state, record.ended, record.words) == (
        DeviceState.READY,
        Ended.ABORTED,
        "cancelled",
    )
    assert (record.reason, record.print_ms) == (None, 4_000)


def test_a_runout_pauses_and_resume_goes_on() -> None:
    machine = strike(printing(), Fault.RUNOUT, after(4))

    assert (machine.state, machine.message) == (DeviceState.PAUSED, "Filament runout detected")
    resumed, _ = requests.resume(machine, after(100))
    assert advance(resumed, after(106)).history[0].ended is Ended.COMPLETED


def test_a_thermal_fault_loses_the_job_and_needs_a_restart() -> None:
    machine = strike(printing(), Fault.THERMAL, after(4))

    assert machine.state is DeviceState.FAULT
    assert machine.message == "Heater nozzle not heating at expected rate"
    assert (machine.history[0].ended, machine.history[0].reason) == (Ended.FAILED, "thermal")
    assert strike(machine, Fault.RESTART, after(5)).state is DeviceState.READY


def test_a_power_loss_interrupts_the_job_and_changes_the_boot() -> None:
    machine = strike(printing(), Fault.POWER_LOSS, after(4))

    assert (machine.boots, machine.state) == (2, DeviceState.READY)
    assert (machine.history[0].words, machine.history[0].reason) == ("interrupted", "interrupted")


def test_an_offline_machine_goes_on_printing() -> None:
    offline = strike(printing(), Fault.OFFLINE, after(4))

    assert not offline.answers
    online = strike(offline, Fault.ONLINE, after(60))
    assert online.answers
    assert online.history[0].ended_at == after(10)


def test_what_a_person_does_at_the_panel() -> None:
    external = strike(idle(), Fault.STARTED_AT_PANEL, NOON)
    assert external.job is not None
    assert external.job.file == "panel.gcode"
    paused = strike(external, Fault.PAUSED_AT_PANEL, after(60))
    assert (paused.state, paused.message) == (DeviceState.PAUSED, "Paused at the panel")
    going_on = strike(paused, Fault.RESUMED_AT_PANEL, after(120))
    (record,) = advance(going_on, after(3600)).history
    assert (record.ended, record.ended_at) == (Ended.COMPLETED, after(660))


def test_a_swapped_machine_has_another_identity_and_no_memory() -> None:
    machine = strike(printing(), Fault.SWAPPED, after(4))

    assert machine.serial == "virtual:sim-1'"
    assert (machine.files, machine.history, machine.jobs) == ((), (), 0)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.SPAGHETTI,
        Fault.RUNOUT,
        Fault.CANCELLED_AT_PANEL,
        Fault.PAUSED_AT_PANEL,
        Fault.RESUMED_AT_PANEL,
    ],
)
def test_a_fault_that_needs_a_print_says_so(fault: Fault) -> None:
    with pytest.raises(Inapplicable, match="virtual:sim-1 is ready") as caught:
        strike(idle(), fault, NOON)
    assert caught.value.mend


def test_nobody_starts_at_the_panel_of_a_busy_machine() -> None:
    with pytest.raises(Inapplicable, match="is printing: busy"):
        strike(printing(), Fault.STARTED_AT_PANEL, after(1))


@pytest.mark.parametrize("fault", sorted(Fault))
def test_every_fault_can_happen_to_some_machine(fault: Fault) -> None:
    happened = 0
    paused = requests.pause(printing(), after(1))[0]
    for machine in (idle(), printing(), paused):
        try:
            strike(machine, fault, after(2))
        except Inapplicable:
            continue
        happened += 1
    assert happened


class TestTheWire:
    """Requests and replies that get lost."""

    def test_nothing_is_sent_to_a_machine_that_does_not_answer(self) -> None:
        machine = strike(idle(), Fault.OFFLINE, NOON)

        assert send_start(machine, "a.gcode", TEN_SECONDS, NOON) == (
            machine,
            Silence.NOT_CONNECTED,
        )

    def test_a_lost_request_does_nothing(self) -> None:
        machine = strike(idle(), Fault.LOST_REQUEST, NOON)

        machine, heard = send_start(machine, "a.gcode", TEN_SECONDS, NOON)
        assert (heard, machine.jobs, machine.loses) == (Silence.NO_REPLY, 0, None)

    def test_a_lost_reply_hides_that_it_was_done(self) -> None:
        machine = strike(idle(), Fault.LOST_REPLY, NOON)

        machine, heard = send_start(machine, "a.gcode", TEN_SECONDS, NOON)
        assert (heard, machine.jobs, machine.loses) == (Silence.NO_REPLY, 1, None)
        assert send(machine, requests.cancel, after(1))[1] is Reply.OK

    def test_an_answer_without_sense_hides_it_too(self) -> None:
        machine = strike(idle(), Fault.LOST_SENSE, NOON)

        machine, heard = send_start(machine, "a.gcode", TEN_SECONDS, NOON)
        assert (heard, machine.jobs, machine.loses) == (Silence.NO_SENSE, 1, None)

    def test_a_late_start_comes_when_nobody_expects_it(self) -> None:
        machine = strike(idle(), Fault.LATE_REQUEST, NOON)

        machine, heard = send_start(machine, "a.gcode", TEN_SECONDS, NOON)
        assert (heard, machine.jobs) == (Silence.NO_REPLY, 0)
        late = advance(machine, after(LATE_US / 1_000_000 + 1))
        assert late.job is not None
        assert late.job.started_at == after(30)

    @pytest.mark.parametrize("spoiler", ["deleted", "busy", "fault"])
    def test_a_late_start_is_refused_as_any_other(self, spoiler: str) -> None:
        machine = replace(idle(), loses=Lost.LATE)
        machine, _ = send_start(machine, "a.gcode", TEN_SECONDS, NOON)
        match spoiler:
            case "deleted":
                machine, _ = requests.delete(machine, "a.gcode", after(1))
            case "busy":
                machine = strike(machine, Fault.STARTED_AT_PANEL, after(1))
            case "fault":
                machine = strike(machine, Fault.THERMAL, after(1))

        later = advance(machine, after(60))
        assert later.jobs == machine.jobs
        assert later.late is None
