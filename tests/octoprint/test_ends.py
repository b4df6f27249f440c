"""A farm with a real OctoPrint: what a person, the printer or a power cut does to its prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.ledger.state import State
from farmctl.model.states import Bed
from tests.floor.small_farm import loop_beside, phases, turn_until, type_in, wait_until
from tests.octoprint.real_farm import clear, ender, is_phase, make_farm, run_1
from tests.printers.octoprint_rig import LONG
from tests.servers.fixtures import octoprint, octoprint_server
from tests.servers.octoprint import OctoPrintServer

__all__ = ["octoprint", "octoprint_server"]

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


@pytest.fixture
def printing(tmp_path: Path, octoprint: OctoPrintServer) -> Iterator[Path]:
    """A farm whose loop runs, and whose run-1 prints."""
    folder = make_farm(tmp_path / "farm", octoprint)
    clear(folder)
    with loop_beside(folder):
        wait_until(folder, is_phase("run-1", "printing"))
        octoprint.wait_state("Printing")
        yield folder


def needs(state: State) -> list[tuple[str, str]]:
    """What needs a person, and what to type."""
    return [(each.kind, each.command) for each in state.attentions.values()]


def test_a_print_is_aborted(printing: Path, octoprint: OctoPrintServer) -> None:
    done = type_in(printing, "abort", "ender-1", "--reason", "wrong part")
    assert done.code == 0, done.err
    state = wait_until(printing, lambda state: bool(needs(state)))
    assert phases(state) == {"run-1": "aborted"}
    assert "cancelled" in (run_1(state).evidence or "")
    assert (ender(state).bed, needs(state)) == (
        Bed.OCCUPIED,
        [("print-failed", "clear ender-1 --failed")],
    )
    assert octoprint.state() == "Operational"


def test_a_firmware_that_gives_up_fails_the_print(
    printing: Path, octoprint: OctoPrintServer
) -> None:
    octoprint.debug("trigger_fatal_error_marlin")
    state = wait_until(printing, is_phase("run-1", "failed"))
    assert run_1(state).evidence == "counters: a print that broke off"
    state = wait_until(printing, lambda state: ender(state).seen.state == "fault")
    assert "Thermal Runaway" in ender(state).seen.message
    octoprint.connect()
    state = wait_until(printing, lambda state: ender(state).seen.state == "ready")
    assert (ender(state).bed, phases(state)) == (Bed.OCCUPIED, {"run-1": "failed"})


def test_somebody_hangs_up_on_the_printer_in_mid_print(
    printing: Path, octoprint: OctoPrintServer
) -> None:
    octoprint.debug("action_disconnect")
    state = wait_until(printing, is_phase("run-1", "failed", "aborted"))
    octoprint.wait_state("Offline")
    octoprint.connect()
    state = wait_until(printing, lambda state: ender(state).seen.state == "ready")
    assert ender(state).bed is Bed.OCCUPIED


def test_a_power_cut_leaves_a_print_for_a_person_to_judge(
    printing: Path, octoprint: OctoPrintServer
) -> None:
    before = octoprint.starts()
    octoprint.restart()
    state = wait_until(printing, is_phase("run-1", "failed"))
    assert run_1(state).reason == "lost"
    assert ender(state).bed is not Bed.CLEAR
    assert octoprint.starts() == before


def test_a_print_started_by_hand_is_left_alone(tmp_path: Path, octoprint: OctoPrintServer) -> None:
    folder = make_farm(tmp_path / "farm", octoprint)
    clear(folder)
    before = octoprint.starts()
    octoprint.upload("theirs.gcode", LONG)
    octoprint.print("theirs.gcode")
    octoprint.wait_state("Printing")
    state = turn_until(folder, lambda state: any(each.sliced for each in state.plates.values()))
    assert (phases(state), ender(state).bed) == ({}, Bed.OCCUPIED)
    assert "theirs.gcode" in type_in(folder, "clear", "ender-1").err
    assert type_in(folder, "abort", "ender-1", "--reason", "in the way").code != 0
    assert octoprint.state() == "Printing"
    octoprint.job("cancel")
    octoprint.wait_state("Operational")
    state = turn_until(folder, lambda state: ender(state).seen.state == "ready")
    assert (phases(state), octoprint.starts()) == ({}, before + 1)
