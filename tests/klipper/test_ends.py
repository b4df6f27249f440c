"""A farm with a real Klipper printer: what a person, the filament or the board does to its prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.ledger.state import State
from farmctl.model.states import Bed
from farmctl.testing.parts import box
from tests.floor.small_farm import (
    facts_in,
    loop_beside,
    phases,
    turn_until,
    type_in,
    wait_until,
)
from tests.klipper.real_farm import clear, is_phase, make_farm, run_1, voron
from tests.printers.klipper_rig import KlipperRig
from tests.servers.fixtures import klipper, klipper_stack
from tests.servers.klipper import KlipperStack

__all__ = ["klipper", "klipper_stack"]

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


@pytest.fixture
def printing(tmp_path: Path, klipper: KlipperStack) -> Iterator[Path]:
    """A farm whose loop runs, and whose run-1 is past its heating."""
    folder = make_farm(tmp_path / "farm", klipper, model=box(20, 20, 1))
    clear(folder)
    with loop_beside(folder):
        wait_until(folder, is_phase("run-1", "printing"))
        klipper.wait_extruding()
        yield folder


def needs(state: State) -> list[tuple[str, str]]:
    """What needs a person, and what to type."""
    return [(each.kind, each.command) for each in state.attentions.values()]


def test_a_print_is_aborted(printing: Path, klipper: KlipperStack) -> None:
    done = type_in(printing, "abort", "voron-1", "--reason", "wrong part")
    assert done.code == 0, done.err
    state = wait_until(printing, lambda state: not voron(state).run)
    assert phases(state) == {"run-1": "aborted"}
    job = klipper.history()[0]
    assert (job["filename"], job["status"]) == (run_1(state).file, "cancelled")
    assert "wrong part" in (run_1(state).evidence or "")
    assert (voron(state).bed, needs(state)) == (
        Bed.OCCUPIED,
        [("print-failed", "clear voron-1 --failed")],
    )


def test_filament_that_runs_out_pauses_the_print_and_a_person_goes_on(
    printing: Path, klipper: KlipperStack
) -> None:
    klipper.runout()
    state = wait_until(printing, lambda state: bool(state.attentions))
    assert phases(state) == {"run-1": "paused"}
    assert needs(state) == [("print-paused", "resume voron-1")]
    klipper.load_filament()
    done = type_in(printing, "resume", "voron-1")
    assert done.code == 0, done.err
    state = wait_until(printing, is_phase("run-1", "completed"))
    job = klipper.history()[0]
    assert (job["filename"], job["status"]) == (run_1(state).file, "completed")
    assert [each["data"]["after"] for each in facts_in(printing, "run.reconciled")] == ["paused"]
    assert len(facts_in(printing, "run.resumed")) == 1


def test_a_dead_board_fails_the_print_and_nothing_starts_on_the_bed_it_left(
    printing: Path, klipper: KlipperStack
) -> None:
    # With five times the speed Klipper takes a heater of a silent board for a cold one first.
    klipper.gcode("TURN_OFF_HEATERS")
    klipper.kill_mcu()
    state = wait_until(printing, is_phase("run-1", "failed"))
    assert "Lost communication with MCU" in klipper.message()
    assert run_1(state).reason == "printer_error"
    job = klipper.history()[0]
    assert (job["filename"], job["status"]) == (run_1(state).file, "klippy_shutdown")
    wait_until(printing, lambda state: ("printer-fault", "explain voron-1") in needs(state))
    klipper.restart_klipper()
    state = wait_until(
        printing, lambda state: needs(state) == [("print-failed", "clear voron-1 --failed")]
    )
    assert voron(state).bed is Bed.OCCUPIED
    before = klipper.starts()
    clear(printing, "--failed", "--reason", "power_loss")
    assert type_in(printing, "reprint", "run-1").code == 0
    state = wait_until(printing, is_phase("run-2", "completed"))
    assert klipper.starts() == before + 1
    assert phases(state) == {"run-1": "failed", "run-2": "completed"}


def test_a_print_started_by_hand_is_left_alone(tmp_path: Path, klipper: KlipperStack) -> None:
    folder = make_farm(tmp_path / "farm", klipper)
    clear(folder)
    before = klipper.starts()
    (klipper.gcodes / "theirs.gcode").write_bytes(KlipperRig.samples.long)
    klipper.post("/printer/print/start", filename="theirs.gcode")
    klipper.wait_history("theirs.gcode", "in_progress")
    state = turn_until(folder, lambda state: any(each.sliced for each in state.plates.values()))
    assert (phases(state), voron(state).bed) == ({}, Bed.OCCUPIED)
    assert "theirs.gcode" in type_in(folder, "clear", "voron-1").err
    assert type_in(folder, "abort", "voron-1", "--reason", "in the way").code != 0
    assert klipper.print_state() == "printing"
    klipper.post("/printer/print/cancel")
    klipper.wait_history("theirs.gcode", "cancelled")
    klipper.wait_still()
    state = turn_until(folder, lambda state: voron(state).seen.state == "ready")
    assert (phases(state), klipper.starts()) == ({}, before + 1)
    assert sorted(each.name for each in klipper.gcodes.glob("*.gcode")) == ["theirs.gcode"]
    clear(folder)
    turn_until(folder, is_phase("run-1", "completed"))
    assert klipper.starts() == before + 2
