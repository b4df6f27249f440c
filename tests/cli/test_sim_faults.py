"""`sim fault`: what goes wrong on a virtual printer, from the command to what people are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.ledger.state import State
from farmctl.sim.faults import Fault
from tests.floor.small_farm import phases, state_of, turn_until, type_in

pytestmark = pytest.mark.slicer


def strike(folder: Path, fault: Fault, printer: str = "one") -> None:
    typed = type_in(folder, "sim", "fault", printer, fault.value)
    assert (typed.code, typed.err) == (0, f"{printer}: {fault}\n")


def is_phase(phase: str) -> Callable[[State], bool]:
    return lambda state: phases(state)["run-1"] == phase


def needs(folder: Path) -> dict[str, str]:
    """Kind → what to type, as `status` shows it."""
    items = json.loads(type_in(folder, "status", "-o", "json").out)["items"]
    return {
        each["state"]: each["next_command"]
        for each in items
        if each["kind"] in ("needs-you", "take-off") and each["subject"] != "loop"
    }


@pytest.mark.parametrize(
    "fault",
    [Fault.FIRST_LAYER, Fault.ADHESION, Fault.SPAGHETTI, Fault.NO_EXTRUSION, Fault.LAYER_SHIFT],
)
def test_a_print_that_a_person_ends_at_the_machine(printing: Path, fault: Fault) -> None:
    strike(printing, fault)
    state = turn_until(printing, is_phase("aborted"))
    assert state.runs["run-1"].reason == "operator_abort"
    assert needs(printing)["print-failed"] == "farmctl clear one --failed"
    typed = type_in(printing, "clear", "one", "--failed", "--reason", fault.value)
    assert typed.code == 0
    parts = state_of(printing).items["ord-1/box"].instances
    assert {each.reason for each in parts.values()} == {fault.value}


def test_a_runout_pauses_until_somebody_goes_on(printing: Path) -> None:
    strike(printing, Fault.RUNOUT)
    state = turn_until(printing, is_phase("paused"))
    assert "Filament runout" in str(state.printers["one"].seen)
    assert needs(printing)["print-paused"] == "farmctl resume one"
    assert type_in(printing, "resume", "one").code == 0
    assert phases(state_of(printing)) == {"run-1": "printing"}


def test_a_heater_that_fails_holds_the_printer(printing: Path) -> None:
    strike(printing, Fault.THERMAL)
    state = turn_until(printing, lambda state: bool(state.printers["one"].holds))
    assert (state.runs["run-1"].phase.value, state.runs["run-1"].reason) == ("failed", "thermal")
    explained = type_in(printing, "explain", "one").out
    assert "held by rule/breaker: 1 × thermal in 24 h" in explained
    assert "failed here lately: run-1 heater fault" in explained


def test_a_power_cut_ends_the_print(printing: Path) -> None:
    strike(printing, Fault.POWER_LOSS)
    state = turn_until(printing, lambda state: state.runs["run-1"].phase.is_over)
    assert state.runs["run-1"].phase.value == "failed"
    assert state.runs["run-1"].reason in ("power_loss", "interrupted")


def test_out_of_sight_is_not_the_end(printing: Path) -> None:
    strike(printing, Fault.OFFLINE)
    turn_until(printing, is_phase("unknown"))
    assert needs(printing)["print-out-of-sight"] == "farmctl explain one"
    text = type_in(printing, "status").out
    assert "may still print" in text
    assert "unknown" not in text
    assert "may still print, not reprinted, since" in type_in(printing, "explain", "one").out
    strike(printing, Fault.ONLINE)
    turn_until(printing, is_phase("printing"))
    assert "print-out-of-sight" not in needs(printing)


def test_a_print_that_somebody_else_started_is_left_alone(printed: Path) -> None:
    type_in(printed, "clear", "one", "--ok")
    strike(printed, Fault.STARTED_AT_PANEL)
    turn_until(printed, lambda state: state.printers["one"].seen.job_file == "panel.gcode")
    text = type_in(printed, "status").out
    assert "one  in use" in text
    assert "panel.gcode, started at the printer: left alone" in text
    explained = type_in(printed, "explain", "one").out
    assert "nothing starts here now: printing panel.gcode, started at the printer" in explained


def test_another_machine_at_the_same_address(printed: Path) -> None:
    strike(printed, Fault.SWAPPED)
    state = turn_until(printed, lambda state: state.printers["one"].seen.identity == "virtual:one'")
    assert state.printers["one"].bed.value != "clear"


def test_a_fault_that_cannot_happen_now(printed: Path) -> None:
    typed = type_in(printed, "sim", "fault", "one", "runout")
    assert typed.code == 1
    assert typed.err.startswith("error: virtual:one is ")
    assert typed.err.endswith("mend: look with `farmctl status` first\n")


def test_a_fault_or_a_printer_that_there_is_not(printed: Path) -> None:
    typed = type_in(printed, "sim", "fault", "one", "runnout")
    assert (typed.code, typed.err.splitlines()[1]) == (2, "mend: did you mean `runout`?")
    typed = type_in(printed, "sim", "fault", "on", "runout")
    assert (typed.code, typed.err.splitlines()[0]) == (
        1,
        "error: there is no virtual printer `on`",
    )


def test_every_fault_is_taken_by_the_command(printing: Path) -> None:
    for fault in (Fault.LOST_REQUEST, Fault.LOST_REPLY, Fault.LATE_REQUEST, Fault.LOST_SENSE):
        strike(printing, fault)
    for fault in (Fault.PAUSED_AT_PANEL, Fault.RESUMED_AT_PANEL, Fault.CANCELLED_AT_PANEL):
        strike(printing, fault)
    strike(printing, Fault.RESTART)
