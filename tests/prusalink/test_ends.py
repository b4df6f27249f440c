"""A farm with a real PrusaLink: what a person or the machine does to its prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.model.states import Bed
from tests.floor.small_farm import loop_beside, phases, type_in, wait_until
from tests.klipper.real_farm import is_phase, run_1
from tests.printers.prusalink_rig import PrusaLinkRig
from tests.prusalink.real_farm import LARGER, is_seen, make_farm, mk3, running
from tests.servers.prusalink import PrusaLinkStack

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


@pytest.fixture
def printing(tmp_path: Path, prusalink: PrusaLinkStack) -> Iterator[Path]:
    """A farm whose loop runs, and whose run-1 prints."""
    folder = make_farm(tmp_path / "farm", prusalink, model=LARGER)
    with running(folder):
        wait_until(folder, is_phase("run-1", "printing"))
        yield folder


def test_a_print_is_paused_goes_on_and_is_aborted(
    printing: Path, prusalink: PrusaLinkStack
) -> None:
    done = type_in(printing, "pause", "mk3-1", "--reason", "is it well?")
    assert done.code == 0, done.err
    wait_until(printing, is_phase("run-1", "paused"))
    assert prusalink.state() == "PAUSED"
    assert type_in(printing, "resume", "mk3-1").code == 0
    wait_until(printing, is_phase("run-1", "printing"))
    done = type_in(printing, "abort", "mk3-1", "--reason", "wrong part")
    assert done.code == 0, done.err
    state = wait_until(printing, lambda state: not mk3(state).run)
    assert phases(state) == {"run-1": "aborted"}
    assert "STOPPED (" in (run_1(state).evidence or "")
    assert "wrong part" in (run_1(state).evidence or "")
    assert mk3(state).bed is Bed.OCCUPIED


def test_a_print_that_a_reset_cut_off_ends_and_nothing_starts_on_the_bed_it_left(
    printing: Path, prusalink: PrusaLinkStack
) -> None:
    before = prusalink.starts()
    prusalink.reset()
    state = wait_until(printing, lambda state: not mk3(state).run)
    assert phases(state) == {"run-1": "aborted"}
    assert "(at the printer)" in (run_1(state).evidence or "")
    wait_until(printing, is_seen("ready"))
    assert mk3(state).bed is Bed.OCCUPIED
    assert prusalink.starts() == before


def test_a_print_started_by_hand_is_left_alone(tmp_path: Path, prusalink: PrusaLinkStack) -> None:
    folder = make_farm(tmp_path / "farm", prusalink)
    prusalink.store("theirs.gcode", PrusaLinkRig.samples.long)
    prusalink.print("theirs.gcode")
    begun = prusalink.starts()
    with loop_beside(folder):
        state = wait_until(folder, is_seen("printing"))
        state = wait_until(folder, lambda state: any(p.sliced for p in state.plates.values()))
        assert (phases(state), mk3(state).bed) == ({}, Bed.OCCUPIED)
        assert "theirs.gcode" in type_in(folder, "clear", "mk3-1").err
        assert type_in(folder, "abort", "mk3-1", "--reason", "in the way").code != 0
        assert prusalink.state() == "PRINTING"
        prusalink.end_job()
        state = wait_until(folder, is_seen("ready"))
    assert (phases(state), prusalink.starts()) == ({}, begun)
    assert [each.name for each in prusalink.gcodes.glob("*.gcode")] == ["theirs.gcode"]
