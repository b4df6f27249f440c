"""A farm with a Bambu of real servers: what a person or a power cut does to its prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.ledger.state import State
from farmctl.model.states import Bed
from farmctl.soak.machines import Body
from tests.bambu.real_farm import bambu_in, clear, is_phase, make_farm, run_1
from tests.floor.small_farm import loop_beside, phases, turn_until, type_in, wait_until
from tests.servers.authority import Authority
from tests.servers.bambu import BambuStack

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]

QUICK = 400.0


@pytest.fixture
def printing(
    tmp_path: Path, bambu: BambuStack, maker: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A farm whose loop runs, and whose run-1 prints."""
    folder = make_farm(tmp_path / "farm", bambu, maker, monkeypatch)
    bambu.clock.turn_to(2.0)
    clear(folder)
    with loop_beside(folder):
        wait_until(folder, is_phase("run-1", "printing"))
        yield folder


def needs(state: State) -> list[tuple[str, str]]:
    """What needs a person, and what to type."""
    return [(each.kind, each.command) for each in state.attentions.values()]


def test_a_print_is_paused_and_goes_on(printing: Path, bambu: BambuStack) -> None:
    done = type_in(printing, "pause", "bambu-1", "--reason", "look at it")
    assert done.code == 0, done.err
    wait_until(printing, is_phase("run-1", "paused"))
    done = type_in(printing, "resume", "bambu-1")
    assert done.code == 0, done.err
    wait_until(printing, is_phase("run-1", "printing"))
    bambu.clock.turn_to(QUICK)
    state = wait_until(printing, is_phase("run-1", "completed"))
    assert phases(state) == {"run-1": "completed"}


def test_a_print_is_aborted(printing: Path, bambu: BambuStack) -> None:
    done = type_in(printing, "abort", "bambu-1", "--reason", "wrong part")
    assert done.code == 0, done.err
    state = wait_until(printing, lambda state: not bambu_in(state).run)
    assert phases(state) == {"run-1": "aborted"}
    assert bambu_in(state).bed is Bed.OCCUPIED
    assert bambu.body.machine.history[-1].file == run_1(state).file


def test_a_machine_that_was_switched_off_in_mid_print_is_for_a_person_to_judge(
    printing: Path, bambu: BambuStack
) -> None:
    before = bambu.starts()
    bambu.power_cycle()
    state = wait_until(printing, is_phase("run-1", "unknown"))
    assert bambu_in(state).bed is not Bed.CLEAR
    assert (phases(state), bambu.starts()) == ({"run-1": "unknown"}, before)


def test_a_print_started_by_hand_is_left_alone(
    tmp_path: Path, bambu: BambuStack, maker: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_farm(tmp_path / "farm", bambu, maker, monkeypatch)
    clear(folder)
    before = bambu.starts()
    bambu.start_by_hand(b"G4 S72000\n")
    state = turn_until(folder, lambda state: any(each.sliced for each in state.plates.values()))
    assert (phases(state), bambu_in(state).bed) == ({}, Bed.OCCUPIED)
    assert "theirs.gcode" in type_in(folder, "clear", "bambu-1").err
    assert type_in(folder, "abort", "bambu-1", "--reason", "in the way").code != 0
    assert bambu.body.is_busy
    bambu.by_hand(Body.cancel)
    state = turn_until(folder, lambda state: bambu_in(state).seen.state == "ready")
    assert (phases(state), bambu.starts()) == ({}, before + 1)
    assert [each.name for each in bambu.card.iterdir()] == ["theirs.gcode.3mf"]
